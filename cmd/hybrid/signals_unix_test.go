//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	ossignal "os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/lab"
)

const signalsConfig = `provider "skype" {
  hosts    = ["fe01.contoso.com", "fe02.contoso.com"]
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
}

user_homing "pilot" {
  users  = users_csv("pilot.csv")
  target = "pool01.contoso.com"

  wave {
    parallel = 2
  }
}

hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
}
`

// A signalled is a folder of a configuration whose cmdlets take their time, and a run in it.
type signalled struct {
	*testing.T
	dir  string
	cmd  *exec.Cmd
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
	c := process([]string{"HYBRID_SKYPE_PASSWORD=secret"}, args...)
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

func TestSIGTERMIsAsCtrlC(t *testing.T) {
	t.Parallel()
	s := slow(t, "Move-CsUser", 300*time.Millisecond)
	s.atWork("apply", "--lab", "--auto-approve")
	s.send(syscall.SIGTERM)
	s.ends(exitInterrupted)
	s.says("stopping: nothing new is started")
	s.says("What was begun has been finished and read back")
}

func TestTheSecondInterruptLeavesNoSessionBehind(t *testing.T) {
	t.Parallel()
	s := slow(t, "Move-CsUser", time.Hour)
	s.atWork("apply", "--lab", "--auto-approve")
	s.send(os.Interrupt)
	s.until("it has heard it", func() bool { return strings.Contains(s.errs.String(), "stopping") })
	s.send(os.Interrupt)
	s.ends(exitInterrupted)
	s.says("not waiting any longer")
	s.says("it may still be going on")
}

func TestAnInterruptWhileReadingEndsAtOnceAndLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		for _, command := range []string{"plan", "apply"} {
			t.Run(command+" "+signal.String(), func(t *testing.T) {
				t.Parallel()
				if signal == syscall.SIGHUP && ossignal.Ignored(signal) {
					t.Skip("the tests are to outlive their terminal, and so is what they start")
				}
				s := slow(t, "Get-CsUser", time.Hour)
				s.asking(command + " --lab")
				s.send(signal)
				s.ends(exitInterrupted)
				s.says("Interrupted. Nothing was done.")
				if _, err := os.Stat(filepath.Join(s.dir, ".hybrid", "journal")); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("a journal: %v", err)
				}
			})
		}
	}
}

// lookers are commands that only look, each with a cmdlet that it asks and what it says when it is interrupted.
var lookers = []struct{ slow, command, says string }{
	{"Get-CsUser", "plan --lab", "Interrupted. Nothing was done."},
	{"Get-CsUser", "why --lab hosting_provider.LyncOnline", "Interrupted. Nothing was done."},
	{"Get-CsService", "check --lab", "Interrupted. Nothing was changed."},
	{"Get-CsUser", "check user --lab sip:ada@contoso.com", "Interrupted. Nothing was changed."},
	{"Get-CsUser", "trace --lab sip:ada@contoso.com", "Interrupted. Nothing was changed."},
}

// What only looks has nothing to finish, and does not tell as unknown what it was kept from looking at.
func TestAnInterruptWhileLookingSaysThatNothingWasChanged(t *testing.T) {
	t.Parallel()
	for _, tt := range lookers {
		t.Run(tt.command, func(t *testing.T) {
			t.Parallel()
			s := slow(t, tt.slow, time.Hour)
			s.asking(tt.command)
			s.send(os.Interrupt)
			s.ends(exitInterrupted)
			s.says(tt.says)
		})
	}
}

// An interrupt while the estate is read to be written down leaves the folder as it was, and tells nothing of what was not read.
func TestAnInterruptedImportWritesNothing(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"import --lab", "lab snapshot --lab --out copy.json"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			s := slow(t, "Get-CsUser", time.Hour)
			before := contents(t, s.dir)
			s.asking(command)
			s.send(os.Interrupt)
			s.ends(exitInterrupted)
			s.says("Interrupted. Nothing was done.")
			if diff := cmp.Diff(before, contents(t, s.dir)); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(s.errs.String(), "could not be read") {
				t.Errorf("it tells of what it broke off itself:\n%s", s.errs.String())
			}
		})
	}
}

// Who presses Ctrl-C again and again leaves no session behind either: it only waits for them to be closed.
func TestImpatienceWhileLookingLeavesNoSessionBehind(t *testing.T) {
	t.Parallel()
	for _, tt := range append(lookers, struct{ slow, command, says string }{"Get-CsUser", "apply --lab", "Interrupted. Nothing was done."}) {
		t.Run(tt.command, func(t *testing.T) {
			t.Parallel()
			s := slow(t, tt.slow, time.Hour)
			s.asking(tt.command)
			go func() {
				for s.cmd.Process.Signal(os.Interrupt) == nil { // until it has ended
					time.Sleep(time.Millisecond)
				}
			}()
			s.ends(exitInterrupted)
			s.says(tt.says)
		})
	}
}

// An interrupt while checks are run before the first change is answered at once: nothing has been done, and no run is remembered.
func TestAnInterruptDuringTheChecksLeavesNothing(t *testing.T) {
	t.Parallel()
	s := slow(t, "Get-CsServerPatchVersion", time.Hour)
	s.cmd = s.program("apply", "--lab", "--auto-approve")
	var shown said
	s.cmd.Stderr, s.cmd.Stdout = &s.errs, &shown
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.until("the plan is shown, and the checks have begun", func() bool { return strings.Contains(shown.String(), "Applying issues ") })
	s.send(os.Interrupt)
	s.ends(exitInterrupted)
	s.says("Interrupted. Nothing was done.")
	if strings.Contains(s.errs.String(), "Checks: ") {
		t.Errorf("it tells of checks that were broken off:\n%s", s.errs.String())
	}
	if _, err := os.Stat(filepath.Join(s.dir, ".hybrid", "journal")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a journal: %v", err)
	}
}

// A closed terminal, or a reader of the output that goes away, ends nothing.
func TestARunOutlivesItsOutput(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			s := slow(t, "Move-CsUser", 300*time.Millisecond)
			s.cmd = s.program("apply", "--lab", "--auto-approve", "--json="+map[string]string{"text": "false", "json": "true"}[format], "--log-level", "debug")
			reader, writer, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			s.cmd.Stdout, s.cmd.Stderr = writer, writer
			if err := s.cmd.Start(); err != nil {
				t.Fatal(err)
			}
			writer.Close()
			go func() { _, _ = io.Copy(io.Discard, reader) }()
			s.moving()
			reader.Close()
			s.send(syscall.SIGHUP)
			s.ends(0)
		})
	}
}
