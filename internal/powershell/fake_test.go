package powershell

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if run := children[os.Getenv(childVariable)]; run != nil {
		os.Exit(run())
	}
	goleak.VerifyTestMain(m)
}

// A far is the far end of a process: what the agent would be.
type far struct {
	t     interface{ Errorf(string, ...any) }
	lines *bufio.Scanner
	out   io.Writer
	done  <-chan struct{}
}

// line is the next request; ok is false at the end of input.
func (f *far) line() (string, bool) { ok := f.lines.Scan(); return f.lines.Text(), ok }

func (f *far) say(format string, args ...any) { fmt.Fprintf(f.out, format+"\n", args...) }

// zip answers in the packed form.
func (f *far) zip(answer string) { f.say("#hybrid z %s", pack(answer)) }

func pack(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// hello takes the agent and the opening, and answers with the cmdlets that were asked for.
func (f *far) hello() bool {
	if _, ok := f.line(); !ok {
		return false
	}
	f.say(`#hybrid j {"hello":1,"pid":1,"version":"5.1.14393.0","language":"FullLanguage"}`)
	opening, ok := f.line()
	if !ok {
		return false
	}
	var request struct {
		ID   int
		Open struct{ Cmdlets []string }
	}
	if err := json.Unmarshal([]byte(opening), &request); err != nil {
		f.t.Errorf("opening: %v", err)
	}
	names, _ := json.Marshal(request.Open.Cmdlets)
	f.say(`#hybrid j {"id":%d,"rows":%s}`, request.ID, names)
	f.say(`#hybrid j {"id":%d,"done":true,"ms":1}`, request.ID)
	return true
}

// A fakeHost runs far ends in this process, without a transport.
type fakeHost struct {
	t       *testing.T
	name    string
	run     func(*far)
	refuse  error // of Start
	stderr  string
	exit    int
	mutex   sync.Mutex
	started int
	closed  int
}

func (h *fakeHost) String() string { return h.name }

func (h *fakeHost) count() (started, closed int) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.started, h.closed
}

func (h *fakeHost) Start(context.Context, string, ...string) (Process, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.started++
	if h.refuse != nil {
		return nil, h.refuse
	}
	p := &fakeProcess{host: h, done: make(chan struct{})}
	p.stdinRead, p.stdin = io.Pipe()
	p.stdout, p.stdoutWrite = io.Pipe()
	lines := bufio.NewScanner(p.stdinRead)
	lines.Buffer(nil, 4<<20)
	go func() {
		h.run(&far{h.t, lines, p.stdoutWrite, p.done})
		_ = p.stdoutWrite.Close()
		_ = p.stdinRead.Close()
	}()
	return p, nil
}

type fakeProcess struct {
	host        *fakeHost
	stdin       *io.PipeWriter
	stdinRead   *io.PipeReader
	stdout      *io.PipeReader
	stdoutWrite *io.PipeWriter
	done        chan struct{}
	once        sync.Once
}

func (p *fakeProcess) Read(b []byte) (int, error) { return p.stdout.Read(b) }

func (p *fakeProcess) WriteContext(ctx context.Context, b []byte) (int, error) {
	stop := context.AfterFunc(ctx, func() { _ = p.stdinRead.CloseWithError(context.Cause(ctx)) })
	defer stop()
	n, err := p.stdin.Write(b)
	if err != nil {
		return n, brokenPipe{n, err}
	}
	return n, nil
}

func (p *fakeProcess) Stderr() string        { return p.host.stderr }
func (p *fakeProcess) ExitCode() (int, bool) { return p.host.exit, true }

func (p *fakeProcess) Close() error {
	p.once.Do(func() {
		close(p.done)
		_ = p.stdinRead.Close()
		_ = p.stdout.Close()
		p.host.mutex.Lock()
		p.host.closed++
		p.host.mutex.Unlock()
	})
	return nil
}

// served answers every call with answer, after the greeting.
func served(answer func(f *far, id int64, line string)) func(*far) {
	return func(f *far) {
		if !f.hello() {
			return
		}
		for {
			line, ok := f.line()
			if !ok {
				return
			}
			var request struct{ ID int64 }
			if err := json.Unmarshal([]byte(line), &request); err != nil {
				f.t.Errorf("request: %v", err)
			}
			answer(f, request.ID, line)
		}
	}
}

func open(t *testing.T, run func(*far)) *Session {
	t.Helper()
	s, err := Start(t.Context(), &fakeHost{t: t, name: "fe01", run: run}, Open{Cmdlets: []string{"Get-CsX"}}, SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// within fails the test where f takes longer than it may: the second that is promised of a cancellation, by the clock of a bubble
// ([synctest.Test]), and much more where there are true processes, on a machine that may be busy.
func within(t *testing.T, limit time.Duration, f func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-time.After(limit):
		t.Fatal("still at work after", limit)
		return nil
	}
}

func transcript(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/transcript.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}
