package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// A lab is the simulated estate of a configuration, served by a process of its own, so that memory that is measured is hybrid's alone.
type lab struct {
	env  []string // the variables that tell the configuration where it is
	stop func()
}

// told is what `hybrid lab serve` prints of its listener and how to sign in there.
var told = regexp.MustCompile(`127\.0\.0\.1:(\d+)/wsman|password +(\S+)|fingerprint +(\S+)`)

// serve starts the lab of a configuration and waits until it serves.
func (r *run) serve(dir string) (*lab, error) {
	values := map[string]string{"port": "1", "password": "x", "fingerprint": strings.Repeat("00:", 31) + "00"} // before it is known
	server := exec.CommandContext(r.ctx, r.hybrid, "lab", "serve", "--winrm-port", "0", "--dns-port", "0", dir)
	server.Env = append(os.Environ(), variables(values)...)
	out, err := server.StdoutPipe()
	if err != nil {
		return nil, err
	}
	var said strings.Builder
	server.Stderr = &said
	if err := server.Start(); err != nil {
		return nil, err
	}
	l := &lab{stop: func() { _ = server.Process.Signal(os.Interrupt); _ = server.Wait() }}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "Serving") {
			go func() { _, _ = io.Copy(io.Discard, out) }() // so that it never waits for a reader
			l.env = variables(values)
			return l, nil
		}
		if found := told.FindStringSubmatch(lines.Text()); found != nil {
			for n, name := range []string{"port", "password", "fingerprint"} {
				if found[n+1] != "" {
					values[name] = found[n+1]
				}
			}
		}
	}
	l.stop()
	return nil, fmt.Errorf("hybrid lab serve ended before it served: %s", tail([]byte(said.String())))
}

// variables are values as the environment gives them to a configuration.
func variables(values map[string]string) []string {
	var all []string
	for name, value := range values {
		all = append(all, "HYBRID_VAR_"+name+"="+value)
	}
	return all
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
