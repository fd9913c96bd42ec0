package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A subject is a command that is measured.
type subject struct {
	name    string
	command []string
	dir     string
	env     []string     // beside this process's own
	before  func() error // what has to be done each time and is not measured; nil for nothing
	shows   string       // what its output has to hold, or it did not do what it is measured at
	exits   int          // the exit code of success
}

// figures are what measuring a subject gave.
type figures struct {
	wall []time.Duration // start to exit
	cpu  []time.Duration // processor time, of the system's too
	peak int64           // the most memory that was resident at once, in bytes; 0 where the system does not tell
}

// alternately measures all subjects once, then all once more, and so on. With an error it gives what was measured before.
func (r *run) alternately(repeat int, subjects ...subject) ([]figures, error) {
	all := make([]figures, len(subjects))
	for range repeat {
		for n, s := range subjects {
			r.say("  %s", s.name)
			if err := r.once(s, &all[n]); err != nil {
				return all, fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	return all, nil
}

// once measures a subject. Its output goes to files, so that this process stays small: Linux counts the memory of whoever starts a
// process as that process's until it runs a program of its own.
func (r *run) once(s subject, f *figures) error {
	if s.before != nil {
		if err := s.before(); err != nil {
			return err
		}
	}
	said, err := os.Create(filepath.Join(r.scratch, "output"))
	if err != nil {
		return err
	}
	defer func() { _ = said.Close() }()
	c := exec.CommandContext(r.ctx, s.command[0], s.command[1:]...)
	c.Dir, c.Env, c.Stdout, c.Stderr = s.dir, append(os.Environ(), s.env...), said, said
	began := time.Now()
	err = c.Run()
	took := time.Since(began)
	if c.ProcessState == nil {
		return err
	}
	if err := s.succeeded(c.ProcessState.ExitCode(), said.Name()); err != nil {
		return err
	}
	f.wall = append(f.wall, took)
	f.cpu = append(f.cpu, c.ProcessState.UserTime()+c.ProcessState.SystemTime())
	f.peak = max(f.peak, peak(c.ProcessState))
	return nil
}

// succeeded holds a subject to what it was to do.
func (s subject) succeeded(code int, output string) error {
	said, err := os.Open(output)
	if err != nil {
		return err
	}
	defer func() { _ = said.Close() }()
	if code != s.exits {
		return fmt.Errorf("exit code %d in place of %d: %s", code, s.exits, ending(said))
	}
	there, err := holds(said, s.shows)
	if err == nil && !there {
		return fmt.Errorf("its output does not say %q: %s", s.shows, ending(said))
	}
	return err
}

// holds reads, piece by piece, whether a text is there when the commas in numbers are left out.
func holds(said io.Reader, text string) (bool, error) {
	piece, kept := make([]byte, 64<<10), ""
	for {
		n, err := said.Read(piece)
		window := kept + strings.ReplaceAll(string(piece[:n]), ",", "")
		if strings.Contains(window, text) {
			return true, nil
		}
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		kept = window[max(0, len(window)-len(text)):]
	}
}

// ending is the last that a file holds, where errors are.
func ending(said *os.File) []byte {
	all, err := said.Stat()
	if err != nil {
		return nil
	}
	last := make([]byte, min(all.Size(), 2000))
	n, _ := said.ReadAt(last, all.Size()-int64(len(last)))
	return bytes.TrimSpace(last[:n])
}

// median is the middle one.
func median(of []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}
