package wsman_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hybrid/internal/wsman"
	"hybrid/internal/wsman/wsmantest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo writes back each line, and "bye" to standard error at the end.
func echo(p *wsmantest.Program) int {
	lines := bufio.NewScanner(p.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fmt.Fprintf(p.Stdout, "%s\n", lines.Text())
	}
	fmt.Fprint(p.Stderr, "bye")
	return 7
}

func host(t *testing.T, options wsman.Options) *wsman.Host {
	t.Helper()
	h, err := wsman.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func start(t *testing.T, h *wsman.Host, command string, args ...string) *wsman.Process {
	t.Helper()
	p, err := h.Start(t.Context(), command, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestProcessTalks(t *testing.T) {
	t.Parallel()
	server := wsmantest.New(t, echo)
	p := start(t, host(t, server.Options()), "echo")
	output := bufio.NewReader(p)
	for _, line := range []string{"one\n", strings.Repeat("long ", 60_000) + "\n"} {
		if n, err := p.Write([]byte(line)); n != len(line) || err != nil {
			t.Fatalf("Write = %d, %v", n, err)
		}
		if got, err := output.ReadString('\n'); got != line || err != nil {
			t.Fatalf("read %d bytes, %v; want %d", len(got), err, len(line))
		}
	}
	if _, known := p.ExitCode(); known {
		t.Error("an exit code is known while the process runs")
	}
	if err := p.CloseStdin(); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(output); len(rest) > 0 || err != nil {
		t.Errorf("at the end: %q, %v", rest, err)
	}
	if code, known := p.ExitCode(); code != 7 || !known || p.Stderr() != "bye" {
		t.Errorf("exit code %d, %v, stderr %q", code, known, p.Stderr())
	}
	if err := p.Close(); err != nil || server.Shells() != 0 {
		t.Errorf("Close: %v, %d shells left", err, server.Shells())
	}
	if got := server.Actions(); !slices.Equal(got[len(got)-2:], []string{"Signal", "Delete"}) {
		t.Errorf("ended by %v", got[len(got)-2:])
	}
}

// The command's own text must arrive as it is: nothing is escaped by the library.
func TestCommandLineArrives(t *testing.T) {
	t.Parallel()
	want := []string{`a&b <c> "d"`, "]]>", "x]]]]><![CDATA[>", "\u2019\u00fc\U0001f600", "line\ntwo"}
	programs := make(chan *wsmantest.Program, 1)
	server := wsmantest.New(t, func(p *wsmantest.Program) int { programs <- p; return 0 })
	start(t, host(t, server.Options()), "cmd & ]]> more", want...)
	if p := <-programs; p.Command != "cmd & ]]> more" || !slices.Equal(p.Args, want) {
		t.Errorf("got %q %q", p.Command, p.Args)
	}
	_, err := host(t, server.Options()).Start(t.Context(), "a\x00b")
	if err == nil || !strings.Contains(err.Error(), "control character") {
		t.Errorf("a NUL in the command line: %v", err)
	}
}

// MS-WSMV lets a client ask for a pipe; the library always asks for a console.
func TestStandardInputIsAPipe(t *testing.T) {
	t.Parallel()
	server := wsmantest.New(t, echo)
	var asked string
	server.Intercept = func(action string, _ http.ResponseWriter, r *http.Request) bool {
		if action == "Command" {
			body, _ := io.ReadAll(r.Body)
			asked = string(body)
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		return false
	}
	start(t, host(t, server.Options()), "echo")
	if !strings.Contains(asked, `Name="WINRS_CONSOLEMODE_STDIN">FALSE<`) || strings.Contains(asked, `STDIN">TRUE<`) {
		t.Errorf("asked for %s", asked)
	}
}

func TestEnvelopesStayBelowTheirSize(t *testing.T) {
	t.Parallel()
	for _, size := range []int{8192, 153600} {
		server := wsmantest.New(t, echo)
		largest := 0
		server.Intercept = func(_ string, _ http.ResponseWriter, r *http.Request) bool {
			largest = max(largest, int(r.ContentLength))
			return false
		}
		options := server.Options()
		options.EnvelopeSize = size
		p := start(t, host(t, options), "echo")
		if _, err := p.Write(append(bytes.Repeat([]byte("x"), 400_000), '\n')); err != nil {
			t.Fatal(err)
		}
		_ = p.Close()
		if largest > size || largest < size-4096 {
			t.Errorf("envelope of %d bytes where %d are permitted", largest, size)
		}
	}
}

func TestPollsAgainAfterTimedOut(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := wsmantest.New(t, func(p *wsmantest.Program) int {
		<-release
		fmt.Fprint(p.Stdout, "late")
		return 0
	})
	timedOut := 0
	server.Intercept = func(action string, w http.ResponseWriter, _ *http.Request) bool {
		if action == "Receive" && timedOut < 3 {
			if timedOut++; timedOut == 3 {
				close(release)
			}
			wsmantest.Fault(w, wsman.CodeOperationTimeout, "w:TimedOut", "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.")
			return true
		}
		return false
	}
	p := start(t, host(t, server.Options()), "x")
	if got, err := io.ReadAll(p); string(got) != "late" || err != nil {
		t.Errorf("read %q, %v after %d timeouts", got, err, timedOut)
	}
}

// The server itself ends a poll at the time that it was told.
func TestPollTimeIsTheServers(t *testing.T) {
	t.Parallel()
	server := wsmantest.New(t, echo)
	options := server.Options()
	options.Timeout = 50 * time.Millisecond
	p := start(t, host(t, options), "echo")
	for len(server.Actions()) < 5 { // Create, Command, and polls that brought nothing
		time.Sleep(10 * time.Millisecond)
	}
	if _, err := p.Write([]byte("still here\n")); err != nil {
		t.Fatal(err)
	}
	if got, err := bufio.NewReader(p).ReadString('\n'); got != "still here\n" || err != nil {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestCancelEndsSoon(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"Create", "Command", "Send", "Receive"} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			server := wsmantest.New(t, echo)
			waiting, stop := make(chan struct{}, 1), make(chan struct{})
			server.Intercept = func(got string, _ http.ResponseWriter, r *http.Request) bool {
				if got != action {
					return false
				}
				select {
				case waiting <- struct{}{}:
				default:
				}
				select {
				case <-r.Context().Done():
				case <-stop:
				}
				return true
			}
			t.Cleanup(func() { close(stop) })
			h := host(t, server.Options())
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var cancelled time.Time
			go func() {
				<-waiting
				cancelled = time.Now()
				cancel()
			}()
			err := talk(ctx, h)
			if took := time.Since(cancelled); took > 10*time.Second { // a poll takes a minute
				t.Errorf("returned %s after the cancellation", took)
			}
			if !errors.Is(err, context.Canceled) && action != "Receive" {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// talk starts a process, writes to it, and waits for it or the context.
func talk(ctx context.Context, h *wsman.Host) error {
	p, err := h.Start(ctx, "echo")
	if err != nil {
		return err
	}
	read := make(chan error, 1)
	go func() {
		_, err := io.ReadAll(p)
		read <- err
	}()
	if _, err := p.WriteContext(ctx, []byte("x\n")); err != nil {
		go func() { _ = p.Close() }()
		return err
	}
	<-ctx.Done()
	go func() { _ = p.Close() }()
	return <-read
}

func TestCloseNeverHangs(t *testing.T) {
	t.Parallel()
	server := wsmantest.New(t, echo)
	stop := make(chan struct{})
	server.Intercept = func(action string, _ http.ResponseWriter, r *http.Request) bool {
		if action == "Signal" {
			<-stop
			return true
		}
		return false
	}
	p := start(t, host(t, server.Options()), "echo")
	closed := make(chan error, 1)
	go func() { closed <- p.Close() }()
	select {
	case err := <-closed:
		if err == nil {
			t.Error("a signal that was never answered is no success")
		}
	case <-time.After(8 * time.Second):
		t.Error("Close hangs")
	}
	close(stop)
	if _, err := p.Read(make([]byte, 1)); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("Read after Close: %v", err)
	}
	if _, err := p.Write([]byte("x")); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("Write after Close: %v", err)
	}
}

// A shell in which no command could be started is not left behind.
func TestFailedCommandRemovesItsShell(t *testing.T) {
	t.Parallel()
	server := wsmantest.New(t, echo)
	server.Intercept = func(action string, w http.ResponseWriter, _ *http.Request) bool {
		if action == "Command" {
			wsmantest.Fault(w, wsman.CodePathTooLong, "w:InternalError", "The filename or extension is too long.")
		}
		return action == "Command"
	}
	h := host(t, server.Options())
	_, err := h.Start(t.Context(), "echo")
	var fault *wsman.Fault
	if !errors.As(err, &fault) || fault.Code != wsman.CodePathTooLong {
		t.Errorf("error is %v", err)
	}
	if err := h.Close(); err != nil || server.Shells() != 0 {
		t.Errorf("%d shells left, %v", server.Shells(), err)
	}
}
