package lab

import (
	"context"
	"io"
	"sync"
)

// A process is a command that runs in a shell: the simulated host, a real PowerShell, or something that fails at once.
type process struct {
	id    string
	ctx   context.Context
	kill  context.CancelFunc
	stdin *inlet
	out   *outlet
	shell *shell
	ended chan struct{}
}

// A program is what a process runs. It ends when its context does; its result is the exit code.
type program func(p *process) int

// start runs a program in a new process of the shell.
func (s *shell) start(id string, run program) *process {
	ctx, kill := context.WithCancel(s.ctx)
	p := &process{id: id, ctx: ctx, kill: kill, stdin: newInlet(), out: newOutlet(), shell: s, ended: make(chan struct{})}
	context.AfterFunc(ctx, p.stdin.Close)
	context.AfterFunc(ctx, p.out.open)
	go func() {
		defer close(p.ended)
		defer s.server.operations.end(p)
		code := run(p)
		p.out.finish(code)
		kill()
	}()
	return p
}

// stream gives the writer of "stdout" or "stderr".
func (p *process) stream(name string) io.Writer { return outletStream{p.out, name == "stderr"} }

// An inlet is a process's standard input: it takes what it is sent at once, however slowly the process reads.
type inlet struct {
	mu     sync.Mutex
	filled *sync.Cond
	data   []byte
	closed bool
}

func newInlet() *inlet {
	in := &inlet{}
	in.filled = sync.NewCond(&in.mu)
	return in
}

func (in *inlet) Write(p []byte) (int, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return 0, io.ErrClosedPipe
	}
	in.data = append(in.data, p...)
	in.filled.Broadcast()
	return len(p), nil
}

func (in *inlet) Read(p []byte) (int, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for len(in.data) == 0 && !in.closed {
		in.filled.Wait()
	}
	if len(in.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, in.data)
	in.data = in.data[n:]
	return n, nil
}

// Close ends the input: what was sent before can still be read.
func (in *inlet) Close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.closed = true
	in.filled.Broadcast()
}

// outletLimit is how much output waits for a Receive before the process has to.
const outletLimit = 4 << 20

// An outlet is a process's output on its way to the next Receive.
type outlet struct {
	mu      sync.Mutex
	changed chan struct{} // closed and made anew whenever anything below changes
	stdout  []byte
	stderr  []byte
	done    bool // the process has ended
	code    int
	opened  bool // nobody will read any more: writing does not wait
	cut     bool // the next answer with output is cut off in the middle
}

func newOutlet() *outlet { return &outlet{changed: make(chan struct{})} }

// update changes the outlet and wakes who waits.
func (o *outlet) update(change func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change()
	close(o.changed)
	o.changed = make(chan struct{})
}

func (o *outlet) finish(code int) { o.update(func() { o.done, o.code = true, code }) }
func (o *outlet) open()           { o.update(func() { o.opened = true }) }
func (o *outlet) cutNext()        { o.update(func() { o.cut = true }) }

type outletStream struct {
	outlet *outlet
	stderr bool
}

func (s outletStream) Write(p []byte) (int, error) {
	o := s.outlet
	for {
		o.mu.Lock()
		wait := o.changed
		full := len(o.stdout)+len(o.stderr) >= outletLimit && !o.opened
		o.mu.Unlock()
		if !full {
			break
		}
		<-wait
	}
	o.update(func() {
		if s.stderr {
			o.stderr = append(o.stderr, p...)
		} else {
			o.stdout = append(o.stdout, p...)
		}
	})
	return len(p), nil
}

// A portion is what one Receive takes.
type portion struct {
	stdout, stderr []byte
	done           bool // the process has ended and this was all
	code           int
	cut            bool
}

// take waits for output or the end, and gives at most limit bytes. ok is false where the context ended first.
func (o *outlet) take(ctx context.Context, limit int) (got portion, ok bool) {
	for {
		o.mu.Lock()
		wait := o.changed
		if len(o.stdout) > 0 || len(o.stderr) > 0 || o.done {
			got = o.portion(limit)
			o.mu.Unlock()
			return got, true
		}
		o.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
			return portion{}, false
		}
	}
}

// portion is called with the lock held.
func (o *outlet) portion(limit int) portion {
	got := portion{cut: o.cut}
	o.cut = false
	got.stdout, o.stdout = split(o.stdout, limit)
	got.stderr, o.stderr = split(o.stderr, limit-len(got.stdout))
	got.done, got.code = o.done && len(o.stdout) == 0 && len(o.stderr) == 0, o.code
	close(o.changed)
	o.changed = make(chan struct{})
	return got
}

func split(data []byte, limit int) (taken, left []byte) {
	if len(data) <= limit {
		return data, nil
	}
	return data[:limit:limit], data[limit:]
}
