package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"hybrid/internal/lab/labtest"
)

// A lab is the simulated estate of a configuration, served by a process of its own, so that memory that is measured is hybrid's alone.
type lab struct {
	env  []string // the variables that tell the configuration where it is
	stop func()
}

// serve starts the lab of a configuration and waits until it serves.
func (r *run) serve(dir string) (*lab, error) {
	server := exec.CommandContext(r.ctx, r.hybrid, "lab", "serve", "--winrm-port", "0", "--dns-port", "0", dir)
	server.Env = append(os.Environ(), labtest.Placeholders()...)
	var said strings.Builder
	server.Stderr = &said
	l := &lab{stop: func() { _ = server.Process.Signal(os.Interrupt); _ = server.Wait() }}
	var err error
	if l.env, err = labtest.Serve(server); err != nil {
		if server.Process != nil {
			l.stop()
		}
		return nil, fmt.Errorf("hybrid lab serve: %w: %s", err, tail([]byte(said.String())))
	}
	return l, nil
}

// until reads a log until a line holds a text, and goes on reading in the background so that its writer never waits.
func until(log io.Reader, text string, patience time.Duration) bool {
	found := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(log)
		for lines.Scan() {
			if strings.Contains(lines.Text(), text) {
				found <- true
				_, _ = io.Copy(io.Discard, log)
				return
			}
		}
		found <- false
	}()
	select {
	case ok := <-found:
		return ok
	case <-time.After(patience):
		return false
	}
}
