//go:build unix

package main

import (
	"errors"
	"io"
	"os"
	ossignal "os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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
