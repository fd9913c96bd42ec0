package powershell

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hybrid/internal/wsman/wsmantest"
)

// overWinRM starts a listener whose PowerShell is run.
func overWinRM(t testing.TB, run func(*far)) (*wsmantest.Server, Host) {
	t.Helper()
	server := wsmantest.New(t, func(p *wsmantest.Program) int {
		command, args := CommandLine()
		if p.Command != command || fmt.Sprint(p.Args) != fmt.Sprint(args) {
			fmt.Fprintf(p.Stderr, "'%s' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n", p.Command)
			return 1
		}
		lines := bufio.NewScanner(p.Stdin)
		lines.Buffer(nil, 4<<20)
		out := bufio.NewWriterSize(p.Stdout, 1<<20)
		run(&far{t: t, lines: lines, out: flushing{out}, done: p.Done})
		return 0
	})
	host, err := WinRM(server.Options())
	if err != nil {
		t.Fatal(err)
	}
	return server, host
}

// A flushing writer sends what it has with each answer that ends a request, as the agent does.
type flushing struct{ *bufio.Writer }

func (w flushing) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	if strings.Contains(string(b), `"done":true`) || strings.Contains(string(b), `"hello"`) || w.Buffered() > 60_000 {
		err = errors.Join(err, w.Flush())
	}
	return n, err
}

func TestSessionOverWinRM(t *testing.T) {
	t.Parallel()
	server, host := overWinRM(t, served(func(f *far, id int64, line string) {
		f.say(`#hybrid j {"id":%d,"rows":[%s]}`, id, line)
		f.say(`#hybrid j {"id":%d,"done":true}`, id)
	}))
	p := NewPool(PoolOptions{Hosts: []Host{host}, Open: Open{Cmdlets: []string{"Get-CsX"}}})
	long := strings.Repeat("\u4f60", 60_000) // three envelopes
	for n := range 3 {
		var got any
		err := p.Call(t.Context(), Command{"Get-CsX", []Param{{"N", n}, {"Long", long}}}, CallOptions{Object: func(o map[string]any) error {
			got = o["parameters"].(map[string]any)["Long"]
			return nil
		}})
		if err != nil || got != long {
			t.Fatalf("call %d: %v", n, err)
		}
	}
	server.Kill()
	if err := p.Call(t.Context(), get, CallOptions{}); err != nil {
		t.Errorf("after the shell was gone: %v", err)
	}
	if err := p.Close(); err != nil || server.Shells() != 0 {
		t.Errorf("Close: %v, %d shells left", err, server.Shells())
	}
}

// A shell that is deleted under a call leaves the call in doubt; it is not repeated.
func TestShellKilledUnderACall(t *testing.T) {
	t.Parallel()
	taken := make(chan struct{}, 2)
	server, host := overWinRM(t, served(func(f *far, _ int64, _ string) { taken <- struct{}{}; <-f.done }))
	p := NewPool(PoolOptions{Hosts: []Host{host}, Open: Open{Cmdlets: []string{"Get-CsX"}}})
	defer p.Close()
	go func() { <-taken; server.Kill() }()
	err := p.Call(t.Context(), get, CallOptions{})
	var lost *LostError
	if !errors.As(err, &lost) || !lost.Sent || len(taken) > 0 {
		t.Errorf("%v, taken again: %d", err, len(taken))
	}
}

// A Send whose answer is lost may have arrived: the call is in doubt, and not repeated.
func TestSendWithoutAnswerIsInDoubt(t *testing.T) {
	t.Parallel()
	server, host := overWinRM(t, served(ok))
	var broken atomic.Int32
	var opened atomic.Bool
	server.Intercept = func(action string, w http.ResponseWriter, _ *http.Request) bool {
		if action != "Send" || !opened.Load() {
			return false
		}
		broken.Add(1)
		connection, _, _ := w.(http.Hijacker).Hijack()
		_ = connection.Close()
		return true
	}
	p := NewPool(PoolOptions{Hosts: []Host{host}})
	defer p.Close()
	if err := p.Call(t.Context(), get, CallOptions{}); err != nil {
		t.Fatal(err)
	}
	opened.Store(true)
	err := p.Call(t.Context(), get, CallOptions{})
	var lost *LostError
	if !errors.As(err, &lost) || !lost.Sent || broken.Load() != 1 {
		t.Errorf("%v after %d tries", err, broken.Load())
	}
}

func TestNoPowerShellOnHost(t *testing.T) {
	t.Parallel()
	server := wsmantest.New(t, func(p *wsmantest.Program) int {
		fmt.Fprint(p.Stderr, "'powershell.exe' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n")
		return 1
	})
	host, err := WinRM(server.Options())
	if err != nil {
		t.Fatal(err)
	}
	p := NewPool(PoolOptions{Hosts: []Host{host}})
	defer p.Close()
	err = p.Call(t.Context(), get, CallOptions{})
	var strange *ProtocolError
	if !errors.As(err, &strange) || !strings.Contains(err.Error(), "'powershell.exe' is not recognized") {
		t.Errorf("%v", err)
	}
}

func TestWrongPasswordOverWinRM(t *testing.T) {
	t.Parallel()
	server := wsmantest.New(t, func(*wsmantest.Program) int { return 0 })
	options := server.Options()
	options.Password = "hunter2"
	host, err := WinRM(options)
	if err != nil {
		t.Fatal(err)
	}
	p := NewPool(PoolOptions{Hosts: []Host{host, host}, Size: 2})
	defer p.Close()
	for range 3 {
		err = p.Call(t.Context(), get, CallOptions{})
		if err == nil || !strings.Contains(err.Error(), `user name or password of "CONTOSO\\svc-hybrid" refused`) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v", err)
		}
	}
	if n := len(server.Actions()); n != 1 {
		t.Errorf("%d tries", n)
	}
}

func TestCancelOverWinRM(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"Create", "Command", "Send", "Receive"} {
		server, host := overWinRM(t, served(ok))
		stop, seen := make(chan struct{}), make(chan struct{}, 10)
		server.Intercept = func(got string, _ http.ResponseWriter, r *http.Request) bool {
			if got == action {
				seen <- struct{}{}
				select {
				case <-stop:
				case <-r.Context().Done():
				}
			}
			return got == action
		}
		p := NewPool(PoolOptions{Hosts: []Host{host}})
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-seen; cancel() }()
		err := within(t, 10*time.Second, func() error { return p.Call(ctx, get, CallOptions{}) })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", action, err)
		}
		close(stop)
		_ = p.Close()
	}
}

// BenchmarkRequest is one small request after the other: in one session, where the aim is 2 posts each (a Send, and the
// poll that its answer comes with) and 500 a second, and with a process for each, as scripts over WinRM do it. What a
// PowerShell costs to start comes on top of the latter: the far end here starts at once.
func BenchmarkRequest(b *testing.B) {
	server, host := overWinRM(b, served(func(f *far, id int64, _ string) {
		f.say(`#hybrid j {"id":%d,"rows":[{"Identity":"x"}]}`, id)
		f.say(`#hybrid j {"id":%d,"done":true,"ms":1}`, id)
	}))
	defer func() { _ = host.(winRM).Close() }()
	move := Command{"Move-CsUser", []Param{{"Identity", "sip:ada@contoso.com"}, {"Target", "sipfed.online.lync.com"}, {"Confirm", false}}}
	open := func(b *testing.B) *Session {
		s, err := Start(b.Context(), host, Open{}, SessionOptions{})
		if err != nil {
			b.Fatal(err)
		}
		return s
	}
	call := func(b *testing.B, s *Session) {
		if err := s.Call(b.Context(), move, CallOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	measure := func(b *testing.B, request func()) {
		before, began := len(server.Actions()), time.Now()
		for b.Loop() {
			request()
		}
		b.ReportMetric(float64(len(server.Actions())-before)/float64(b.N), "posts/request")
		b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "requests/s")
	}
	b.Run("session", func(b *testing.B) {
		s := open(b)
		defer func() { _ = s.Close() }()
		measure(b, func() { call(b, s) })
	})
	b.Run("process", func(b *testing.B) {
		measure(b, func() {
			s := open(b)
			call(b, s)
			_ = s.Close()
		})
	})
}

// BenchmarkRows is a listing of 100,000 users of eight properties, 500 an answer, in the packed form.
func BenchmarkRows(b *testing.B) {
	const users, each = 100_000, 500
	properties := []string{"SipAddress", "HostingProvider", "RegistrarPool", "Enabled", "DisplayName", "Identity", "SamAccountName", "LineURI"}
	answers := make([]string, users/each)
	for n := range answers {
		rows := make([][]any, each)
		for i := range rows {
			u := n*each + i
			rows[i] = []any{
				fmt.Sprintf("sip:user%d@contoso.com", u), "sipfed.online.lync.com", nil, true, fmt.Sprintf("\u00dcser %d", u),
				fmt.Sprintf("CN=user%d,OU=Users,DC=contoso,DC=com", u), fmt.Sprintf("user%d", u), "",
			}
		}
		text, _ := json.Marshal(map[string]any{"id": 0, "rows": rows})
		answers[n] = string(text)
	}
	_, host := overWinRM(b, served(func(f *far, id int64, _ string) {
		for _, text := range answers {
			f.zip(strings.Replace(text, `"id":0`, fmt.Sprintf(`"id":%d`, id), 1))
		}
		f.say(`#hybrid j {"id":%d,"done":true,"ms":1}`, id)
	}))
	s, err := Start(b.Context(), host, Open{}, SessionOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close(); _ = host.(winRM).Close() }()
	b.ReportAllocs()
	for b.Loop() {
		rows := 0
		err := s.Call(b.Context(), Command{Cmdlet: "Get-CsUser"}, CallOptions{Select: properties, Row: func([]any) error { rows++; return nil }})
		if err != nil || rows != users {
			b.Fatal(rows, err)
		}
	}
}
