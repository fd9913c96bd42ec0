package powershell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"

	"hybrid/internal/wsman"
)

// Local runs sessions in child processes on this machine. With path "" the PowerShell on PATH is used: powershell.exe on
// Windows, since the management shells are modules of Windows PowerShell, and otherwise pwsh. The command that
// [Host.Start] is given is replaced by it.
func Local(path string) Host { return local{path} }

type local struct{ path string }

func (l local) String() string { return "this machine" }

func (l local) find() (string, error) {
	if l.path != "" {
		return l.path, nil
	}
	for _, name := range candidates(runtime.GOOS, os.Getenv("SystemRoot")) {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no PowerShell on PATH (looked for pwsh and powershell.exe)")
}

// candidates are the PowerShells of a system, the one that is taken first. Services and tasks may have been started without
// Windows' own on PATH, which is then where Windows keeps it, below root.
func candidates(system, root string) []string {
	if system != "windows" {
		return []string{"pwsh", "powershell.exe", "powershell"}
	}
	all := []string{"powershell.exe"}
	if root != "" {
		all = append(all, root+`\System32\WindowsPowerShell\v1.0\powershell.exe`)
	}
	return append(all, "pwsh")
}

func (l local) Start(ctx context.Context, _ string, args ...string) (Process, error) {
	path, err := l.find()
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := &child{cmd: exec.Command(path, args...), ended: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), "NO_COLOR=1")
	c.cmd.Stderr = &c.stderr
	c.cmd.WaitDelay = time.Second // for what has inherited stderr
	ownGroup(c.cmd)
	if err := c.start(); err != nil {
		return nil, fmt.Errorf("PowerShell could not be started: %w", err)
	}
	return c, nil
}

// A child is a PowerShell of this machine.
type child struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *os.File
	stderr wsman.Tail

	ended   chan struct{} // closed when it has been waited for
	closing sync.Once
}

// start runs the process. Its standard output is a pipe of ours and not of exec's, which Wait would close before
// everything is read.
func (c *child) start() error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer write.Close() // the child has its own
	c.stdout, c.cmd.Stdout = read, write
	if c.stdin, err = c.cmd.StdinPipe(); err == nil {
		err = c.cmd.Start()
	}
	if err != nil {
		_ = read.Close()
		return err
	}
	go c.wait()
	return nil
}

// wait reaps the child, and kills what it has left behind.
func (c *child) wait() {
	defer close(c.ended)
	_ = c.cmd.Wait()
	killGroup(c.cmd)
}

func (c *child) Read(b []byte) (int, error) {
	n, err := c.stdout.Read(b)
	if errors.Is(err, io.EOF) {
		select { // so that the exit code is known to who asks next
		case <-c.ended:
		case <-time.After(closeGrace):
		}
	}
	return n, err
}

// A brokenPipe is a write that failed.
type brokenPipe struct {
	written int
	error
}

// Delivered says whether part of the line may have arrived.
func (e brokenPipe) Delivered() bool { return e.written > 0 }
func (e brokenPipe) Unwrap() error   { return e.error }

// WriteContext writes, and gives up when ctx ends; the rest may then still be written until the child is closed.
func (c *child) WriteContext(ctx context.Context, b []byte) (int, error) {
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	go func() {
		n, err := c.stdin.Write(b)
		done <- result{n, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return r.n, brokenPipe{r.n, r.err}
		}
		return r.n, nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

func (c *child) Stderr() string { return c.stderr.String() }

func (c *child) ExitCode() (int, bool) {
	select {
	case <-c.ended:
		return c.cmd.ProcessState.ExitCode(), c.cmd.ProcessState.Exited()
	default:
		return 0, false
	}
}

// closeGrace is how long a child may take to end by itself when its input ends.
const closeGrace = 2 * time.Second

// Close ends standard input, at which an agent that is not at work ends, and then kills the child with all that it has
// started.
func (c *child) Close() error {
	c.closing.Do(func() {
		_ = c.stdin.Close()
		select {
		case <-c.ended:
		case <-time.After(closeGrace):
			killGroup(c.cmd)
			<-c.ended
		}
		_ = c.stdout.Close()
	})
	return nil
}
