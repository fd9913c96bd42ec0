//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hybrid/internal/lab"
)

// A signalled is a folder of a configuration whose cmdlets take their time, and a run in it.
type signalled struct {
	*testing.T
	dir  string
	cmd  *exec.Cmd
	env  []string // of the command, beside what every program here has
	errs said
}

// A said is what a program has written so far.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// slow makes a folder in which a cmdlet takes so long, on a host that does everything else at once.
func slow(t *testing.T, cmdlet string, takes time.Duration) *signalled {
	t.Helper()
	s := &signalled{T: t, dir: t.TempDir()}
	t.Cleanup(func() {
		if s.cmd != nil && s.cmd.Process != nil {
			_ = s.cmd.Process.Kill() // one that did not end as it should
		}
	})
	users := "sip_address\nsip:ada@contoso.com\nsip:alan@contoso.com\nsip:barbara@contoso.com\nsip:grace@contoso.com\nsip:kurt@contoso.com\n"
	for name, text := range map[string]string{"main.hcl": signalsConfig, "pilot.csv": users} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := s.program("lab", "fault", "--kind", "lag", "--cmdlet", cmdlet, "--delay", takes.String()).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return s
}

// program is this program in the folder.
func (s *signalled) program(args ...string) *exec.Cmd {
	s.Helper()
	c := process(append([]string{"HYBRID_SKYPE_PASSWORD=secret"}, s.env...), args...)
	c.Dir = s.dir
	return c
}

// start starts a run.
func (s *signalled) start(args ...string) {
	s.Helper()
	s.cmd = s.program(args...)
	s.cmd.Stderr, s.cmd.Stdout = &s.errs, io.Discard
	if err := s.cmd.Start(); err != nil {
		s.Fatal(err)
	}
}

// asking starts a command and waits until it has a session, in which it asks.
func (s *signalled) asking(command string) {
	s.Helper()
	s.start(strings.Fields(command)...)
	s.until("the far end is being asked", func() bool { return s.sessions().Opened > 0 })
}

// moving waits until users are being moved: the command is noted before it is sent.
func (s *signalled) moving() {
	s.Helper()
	s.until("a user is being moved", func() bool {
		files, _ := filepath.Glob(filepath.Join(s.dir, ".hybrid", "journal", "*"))
		for _, file := range files {
			if text, err := os.ReadFile(file); err == nil && bytes.Contains(text, []byte(`"commands":["Move-CsUser`)) {
				return true
			}
		}
		return false
	})
}

// atWork starts a run and waits until the far end has begun to move a user: noted, a move may yet wait for its session.
func (s *signalled) atWork(args ...string) {
	s.Helper()
	s.start(append(args, "--log-level", "trace")...)
	s.until("the far end moves a user", func() bool { return strings.Contains(s.errs.String(), "begun: cmdlet=Move-CsUser") })
}

func (s *signalled) until(what string, true func() bool) {
	s.Helper()
	for deadline := time.Now().Add(time.Minute); !true(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.Fatalf("not in time: %s\n%s", what, s.errs.String())
		}
	}
}

func (s *signalled) send(signal os.Signal) {
	s.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.Fatal(err)
	}
}

// ends waits for the run, which is to end with a code, and with nothing left on the hosts.
func (s *signalled) ends(code int) {
	s.Helper()
	s.endsWith(code)
}

// endsWith is ends where there is more than one good code.
func (s *signalled) endsWith(codes ...int) {
	s.Helper()
	err := s.cmd.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		s.Fatal(err)
	}
	if got := s.cmd.ProcessState.ExitCode(); !slices.Contains(codes, got) {
		s.Errorf("exit code %d, not one of %d:\n%s", got, codes, s.errs.String())
	}
	counts := s.sessions()
	if counts.Opened == 0 || counts.Left() != 0 || counts.Closed != counts.Opened {
		s.Errorf("sessions: %+v", counts)
	}
}

func (s *signalled) sessions() lab.Sessions {
	counts, err := lab.LoadSessions(labState(s.dir))
	if err != nil {
		s.Error(err)
	}
	return counts
}

func (s *signalled) says(text string) {
	s.Helper()
	if !strings.Contains(s.errs.String(), text) {
		s.Errorf("it does not say %q:\n%s", text, s.errs.String())
	}
}
