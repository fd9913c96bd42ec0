package powershell

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"

	"hybrid/internal/bounded"
	"hybrid/internal/clock"
)

// SessionOptions bound a session.
type SessionOptions struct {
	Deadline time.Duration // of a call that brings none of its own, and of opening; 0: [defaultDeadline]
	Log      hclog.Logger  // nil: none. It gets cmdlet names and durations, never a value.

	clock  *clock.Clock    // what the time of opening goes by; nil: the machine's
	calls  *atomic.Int64   // where requests are counted, if anywhere
	ending *sync.WaitGroup // what waits for the end of a session that did not open
}

const (
	// defaultDeadline is how long a call may take where nothing else is said.
	defaultDeadline = 10 * time.Minute
	// helloDeadline is how long PowerShell may take to start the agent.
	helloDeadline = time.Minute
)

// CallOptions say what becomes of a call's results.
type CallOptions struct {
	// Select names the properties that Row gets the values of, in that order.
	Select []string
	// Row takes one object at a time, as the selected properties' values: nil, bool, [json.Number], string, []any, or
	// map[string]any. It owns the slice. The first error it returns is the call's; the rest is then read and dropped.
	Row func(cells []any) error
	// Object takes one object at a time with all its properties, where there is no Select. A bare text or number comes
	// as the property "value".
	Object func(map[string]any) error
	// Warning takes what the cmdlet warns of.
	Warning func(string)
	// Deadline is how long the call may take; 0 means the session's.
	Deadline time.Duration
	// Yields gives a call up with an error that is [Throttled] as soon as the host does not take it while others of the pool
	// are under way, for callers who then make fewer at once. Without it the pool waits until one of those has made place.
	Yields bool
	// Before is asked when a session of the pool is there for the call, which may have taken long. Its error is the call's, and nothing
	// is sent then; nil asks nobody.
	Before func() error
}

// A Session is one PowerShell on a host. It serves one call at a time; others wait.
type Session struct {
	process Process
	host    string
	station *station // of the pool, which sets it
	options SessionOptions
	open    Open

	turn   chan struct{}
	serial int64
	lines  chan []byte   // what the process writes, line by line
	gone   chan struct{} // closed with the session
	close  sync.Once
	closed sync.WaitGroup
	cause  error // why lines ended; valid once lines is closed
	lost   atomic.Bool

	found  []string // the cmdlets that there are
	Opened Opening  // how it came about
}

// Start opens a session: PowerShell, the agent, the modules or the endpoint, and what is to run then. Its errors are
// those of the transport, *[ProtocolError], *[MissingError], *[EndpointError], *[ReadyError] and *[CmdletError]; nothing has been changed
// by then.
func Start(ctx context.Context, host Host, open Open, options SessionOptions) (*Session, error) {
	options = options.withDefaults()
	began := options.clock.Now()
	command, args := CommandLine()
	starting, cancel := context.WithTimeout(ctx, options.Deadline)
	defer cancel()
	process, err := host.Start(starting, command, args...)
	if err != nil {
		return nil, err
	}
	s := &Session{
		process: process, host: host.String(), options: options, open: open,
		turn: make(chan struct{}, 1), lines: make(chan []byte, 1), gone: make(chan struct{}),
	}
	s.Opened.Started = options.clock.Since(began)
	s.closed.Go(s.read)
	if err := s.begin(starting, began); err != nil {
		s.drop()
		options.ending.Go(func() { _ = s.Close() })
		return nil, unsent(err)
	}
	s.Opened.Ready = options.clock.Since(began)
	options.Log.Debug("session open", "host", s.host, "powershell", s.Opened.Version, "ms", s.Opened.Ready.Milliseconds())
	return s, nil
}

// unsent says of a session that was lost while it was opened that nobody's call had been sent: whatever reached the host
// changes nothing.
func unsent(err error) error {
	var lost *LostError
	if errors.As(err, &lost) {
		lost.Sent = false
	}
	return err
}

func (o SessionOptions) withDefaults() SessionOptions {
	if o.Deadline <= 0 {
		o.Deadline = defaultDeadline
	}
	if o.Log == nil {
		o.Log = hclog.NewNullLogger()
	}
	if o.calls == nil {
		o.calls = new(atomic.Int64)
	}
	if o.ending == nil {
		o.ending = new(sync.WaitGroup)
	}
	return o
}

// Lost says whether the session has ended and can serve no more calls.
func (s *Session) Lost() bool { return s.lost.Load() }

// Close ends the session and waits until the host has been told, at most a few seconds. A call under way is lost.
func (s *Session) Close() error {
	s.drop()
	s.closed.Wait()
	return nil
}

// drop ends the session without waiting for the host.
func (s *Session) drop() {
	s.close.Do(func() {
		s.lost.Store(true)
		close(s.gone)
		s.closed.Go(func() {
			if err := s.process.Close(); err != nil {
				s.options.Log.Debug("the session's end was not acknowledged", "host", s.host, "error", err)
			}
		})
	})
}

// read takes the process's output apart until it ends.
func (s *Session) read() {
	defer close(s.lines)
	scanner := bufio.NewScanner(s.process)
	scanner.Buffer(make([]byte, 64<<10), maxLine)
	for scanner.Scan() {
		line := append([]byte(nil), scanner.Bytes()...)
		select {
		case s.lines <- line:
		case <-s.gone:
			s.cause = io.ErrClosedPipe
			return
		}
	}
	s.cause = s.ending(scanner.Err())
	s.lost.Store(true)
}

// ending says why the output has ended.
func (s *Session) ending(err error) error {
	if errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("what answers there wrote a line of more than %s without an end, which the host agent never does", bounded.Size(maxLine))
	}
	if err != nil {
		return err
	}
	ended := &endedError{stderr: readable(s.process.Stderr())}
	ended.code, ended.known = s.process.ExitCode()
	return ended
}

// An endedError is a PowerShell that ended by itself.
type endedError struct {
	code   int
	known  bool
	stderr string
}

func (e *endedError) Error() string {
	text := "PowerShell has ended"
	if e.known {
		text += fmt.Sprintf(" with exit code %d", e.code)
	}
	if e.stderr != "" {
		text += ": " + e.stderr
	}
	return text
}

// line waits for the next line of output.
func (s *Session) line(ctx context.Context) ([]byte, error) {
	select {
	case line, more := <-s.lines:
		if !more {
			return nil, s.cause
		}
		return line, nil
	case <-s.gone:
		return nil, errSessionClosed
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

var errSessionClosed = errors.New("the session was closed")
