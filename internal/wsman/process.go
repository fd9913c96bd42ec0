package wsman

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/masterzen/winrm"
)

// A Process runs on the host, in a shell of its own. One goroutine may read while another writes.
type Process struct {
	host           *Host
	shell, command string

	ctx    context.Context // ends with Close
	cancel context.CancelFunc

	sending chan struct{} // holds a token while input is under way: its parts must not mix
	output  chan []byte   // what Read has not taken yet
	rest    []byte
	stderr  Tail
	ended   chan struct{} // closed when nothing more will be received
	exit    int           // from here on valid once ended
	err     error

	closing  sync.Once
	closeErr error
}

// Start creates a shell on the host and runs a command in it. A poll for its output is under way at once. A context
// that ends stops the start within moments; it does not bound the process afterwards. A shell that a command could not
// be started in is removed behind the caller's back (see [Host.Close]), and so is one whose creation is answered soon after the
// context has ended; one whose creation never is ends by the server's idle timeout.
func (h *Host) Start(ctx context.Context, command string, args ...string) (*Process, error) {
	if err := printable(append(args[:len(args):len(args)], command)); err != nil {
		return nil, err
	}
	shell, err := h.create(ctx)
	if err != nil {
		return nil, err
	}
	id, err := h.execute(ctx, shell, command, args)
	if err != nil {
		h.discard(shell)
		return nil, err
	}
	p := &Process{
		host: h, shell: shell, command: id,
		sending: make(chan struct{}, 1), output: make(chan []byte, 2), ended: make(chan struct{}),
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	go p.receive()
	return p, nil
}

// Read reads standard output. It blocks until there is some, and ends with [io.EOF] when the process has ended, or with
// the error that ended the session.
func (p *Process) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		chunk, more := <-p.output
		if !more {
			return 0, p.err
		}
		p.rest = chunk
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// Write is [Process.WriteContext] without a context.
func (p *Process) Write(b []byte) (int, error) { return p.WriteContext(context.Background(), b) }

// WriteContext sends b to standard input, in as many envelopes as it takes, and returns when the host has taken it
// all. With an error it returns how much was surely taken; whether the next part was, its Delivered method tells.
func (p *Process) WriteContext(ctx context.Context, b []byte) (int, error) {
	ctx, release, err := p.acquire(ctx)
	if err != nil {
		return 0, err
	}
	defer release()
	written := 0
	for part := range slices.Chunk(b, p.host.chunk) {
		if err := p.send(ctx, part, false); err != nil {
			return written, err
		}
		written += len(part)
	}
	return written, nil
}

// CloseStdin ends standard input.
func (p *Process) CloseStdin() error {
	ctx, cancel := context.WithTimeout(context.Background(), closePatience)
	defer cancel()
	ctx, release, err := p.acquire(ctx)
	if err != nil {
		return err
	}
	defer release()
	return p.send(ctx, nil, true)
}

// acquire waits for its turn to send, and gives a context that also ends with the process.
func (p *Process) acquire(ctx context.Context) (context.Context, func(), error) {
	select {
	case p.sending <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, &ConnectError{Address: p.host.address, Err: context.Cause(ctx)}
	case <-p.ctx.Done():
		return nil, nil, &ConnectError{Address: p.host.address, Err: errClosed}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(p.ctx, func() { cancel(errClosed) })
	return ctx, func() { stop(); cancel(nil); <-p.sending }, nil
}

// errClosed is what reading and writing give after Close.
var errClosed = errors.New("the session was closed")

func (p *Process) send(ctx context.Context, part []byte, end bool) error {
	answer, err := p.host.transport.exchange(ctx, winrm.NewSendInputRequest(p.host.url, p.shell, p.command, part, end, p.host.parameters))
	if err != nil {
		return err
	}
	if err := answer.expect(sendResponse); err != nil {
		return &ConnectError{Address: p.host.address, Sent: true, Err: err}
	}
	return nil
}

// receive polls until the process or the session ends.
func (p *Process) receive() {
	defer close(p.output)
	defer close(p.ended) // first, so that who reads the end finds the exit code
	for idle := 0; ; {
		began := time.Now()
		out, err := p.poll()
		if p.err = p.deliver(out, err); p.err != nil {
			return
		}
		// A poll that comes back at once with nothing is against the protocol; do not make a storm of it.
		if idle++; len(out.stdout)+len(out.stderr) > 0 || time.Since(began) > 50*time.Millisecond {
			idle = 0
		}
		p.rests(idle)
	}
}

// rests waits the longer the more polls in a row came back at once with nothing.
func (p *Process) rests(idle int) {
	if idle < 2 {
		return
	}
	select {
	case <-time.After(min(time.Duration(idle)*20*time.Millisecond, time.Second)):
	case <-p.ctx.Done():
	}
}

// poll asks once for output. A server that had nothing to tell is no error.
func (p *Process) poll() (output, error) {
	answer, err := p.host.transport.exchange(p.ctx, winrm.NewGetOutputRequest(p.host.url, p.shell, p.command, "stdout stderr", p.host.parameters))
	var fault *Fault
	if errors.As(err, &fault) && fault.TimedOut() {
		return output{}, nil
	}
	if err != nil {
		return output{}, err
	}
	out, err := answer.output()
	if err != nil {
		return out, &ConnectError{Address: p.host.address, Sent: true, Err: err}
	}
	return out, nil
}

// deliver hands on what a poll brought, and says why no other should follow.
func (p *Process) deliver(out output, err error) error {
	if p.ctx.Err() != nil {
		return errClosed
	}
	_, _ = p.stderr.Write(out.stderr)
	if len(out.stdout) > 0 {
		select {
		case p.output <- out.stdout:
		case <-p.ctx.Done():
			return errClosed
		}
	}
	if err == nil && out.done {
		p.exit = out.exit
		return io.EOF
	}
	return err
}

// Stderr is the end of what the process has written to standard error, for diagnosis.
func (p *Process) Stderr() string { return p.stderr.String() }

// ExitCode is the process's exit code; known is false as long as it runs, and where the session ended before it did.
func (p *Process) ExitCode() (code int, known bool) {
	select {
	case <-p.ended:
		return p.exit, p.err == io.EOF // not a connection's EOF, which is wrapped
	default:
		return 0, false
	}
}

// Close terminates the process and removes its shell, in at most five seconds. It may be called at any time, also
// while another goroutine reads or writes; both then return.
func (p *Process) Close() error {
	p.closing.Do(func() {
		p.cancel()
		<-p.ended
		p.closeErr = p.terminate()
	})
	return p.closeErr
}

// terminate signals, which MS-WSMV 3.1.4.14 wants even after the end of a process, and deletes the shell. That the
// shell is gone already is well.
func (p *Process) terminate() error {
	ctx, cancel := context.WithTimeout(context.Background(), closePatience)
	defer cancel()
	var fault *Fault
	_, err := p.host.transport.exchange(ctx, winrm.NewSignalRequest(p.host.url, p.shell, p.command, p.host.parameters))
	if err == nil || errors.As(err, &fault) {
		_, err = p.host.transport.exchange(ctx, winrm.NewDeleteShellRequest(p.host.url, p.shell, p.host.parameters))
	}
	if errors.As(err, &fault) && fault.Code == CodeShellNotFound {
		return nil
	}
	return err
}
