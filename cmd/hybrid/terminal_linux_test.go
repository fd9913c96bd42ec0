package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// pseudoTerminal opens a terminal and what is behind its screen and keyboard (pty(7)).
func pseudoTerminal(t *testing.T) (screen, terminal *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo terminals here: ", err)
	}
	var unlock, number int32
	raw, err := screen.SyscallConn() // Fd would make it one that Close waits for
	if err != nil {
		t.Fatal(err)
	}
	control := func(request uintptr, value *int32) {
		_ = raw.Control(func(fd uintptr) {
			if _, _, failed := syscall.Syscall(syscall.SYS_IOCTL, fd, request, uintptr(unsafe.Pointer(value))); failed != 0 {
				t.Error(failed)
			}
		})
	}
	control(syscall.TIOCSPTLCK, &unlock)
	control(syscall.TIOCGPTN, &number)
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return screen, terminal
}

// asks starts a run on a terminal of its own and waits until it asks.
func (s *signalled) asks() (screen *os.File) {
	s.Helper()
	screen = s.onTerminal("apply", "--lab")
	s.until("it asks", func() bool { return strings.Contains(s.errs.String(), "Only \"yes\" does") })
	return screen
}

// onTerminal starts a command on a terminal of its own, of which it is the session's leader.
func (s *signalled) onTerminal(args ...string) (screen *os.File) {
	s.Helper()
	screen, terminal := pseudoTerminal(s.T)
	s.cmd = s.program(args...)
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = terminal, terminal, terminal
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.cmd.Start(); err != nil {
		s.Fatal(err)
	}
	terminal.Close()
	go func() { _, _ = io.Copy(&s.errs, screen) }()
	return screen
}

// Who sits at a terminal is told what a command waits for that reads from a host that does not answer, and nobody else is.
func TestWhoSitsAtATerminalIsToldWhatIsWaitedFor(t *testing.T) {
	t.Parallel()
	for command, at := range map[string]struct{ slow, waits string }{
		// D-WEBC and H-TOPO wait for the same answer, and stand before it where they began before it.
		"check --lab":                           {"Get-CsService", `Waiting for .*\bE-NET\b`},
		"plan --lab":                            {"Get-CsUser", `Waiting for skype \(user_homing\)`},
		"why --lab hosting_provider.LyncOnline": {"Get-CsUser", `Waiting for skype \(user_homing\)`},
		"check user --lab sip:ada@contoso.com":  {"Get-CsUser", `Waiting for skype \(Get-CsUser`},
		"import --lab":                          {"Get-CsUser", `Waiting for skype \(user`},
		"lab snapshot --lab --out copy.json":    {"Get-CsUser", `Waiting for skype \(Get-CsUser\)`},
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			s := slow(t, at.slow, time.Hour)
			screen := s.onTerminal(strings.Fields(command)...)
			defer screen.Close()
			waits := regexp.MustCompile(at.waits)
			s.until("it says what it waits for", func() bool { return waits.MatchString(s.errs.String()) })
			s.send(os.Interrupt)
			s.ends(exitInterrupted)
		})
	}
}

// A terminal that is closed in the middle, as by a laptop that is put away, ends no run: it is its session's leader, so that
// the kernel sends it SIGHUP, and every line that it writes from then on is an error.
func TestARunOutlivesItsTerminal(t *testing.T) {
	t.Parallel()
	s := slow(t, "Move-CsUser", 300*time.Millisecond)
	screen := s.asks()
	if _, err := io.WriteString(screen, "yes\n"); err != nil {
		t.Fatal(err)
	}
	s.moving()
	screen.Close()
	s.ends(0)
	if out, err := s.program("plan", "--lab", "--detailed-exitcode").CombinedOutput(); err != nil {
		t.Errorf("after it: %v\n%s", err, out)
	}
}

// A terminal that is dumb, or is said to be since a screen reader reads it, gets lines and nothing that moves over them.
func TestADumbTerminalGetsLines(t *testing.T) {
	t.Parallel()
	for term, moves := range map[string]bool{"dumb": false, "xterm": true} {
		t.Run(term, func(t *testing.T) {
			t.Parallel()
			s := slow(t, "Move-CsUser", 300*time.Millisecond)
			s.env = []string{"TERM=" + term}
			screen := s.onTerminal("apply", "--lab", "--auto-approve")
			defer screen.Close()
			s.until("it is done", func() bool { return strings.Contains(s.errs.String(), "Applied: ") })
			s.ends(0)
			if got := strings.Contains(s.errs.String(), "\x1b["); got != moves {
				t.Errorf("it moves over lines or paints: %t, not %t:\n%q", got, moves, s.errs.String())
			}
		})
	}
}

// Ctrl-D at the question is a no, on a line of its own.
func TestTheEndOfTheInputIsANo(t *testing.T) {
	t.Parallel()
	s := slow(t, "Move-CsUser", time.Hour)
	screen := s.asks()
	defer screen.Close()
	if _, err := screen.Write([]byte{4}); err != nil {
		t.Fatal(err)
	}
	s.ends(exitRefused)
	s.until("it says so", func() bool { return strings.Contains(s.errs.String(), "does: \r\nNot approved. Nothing was done.") })
}

// Ctrl-C and a closed terminal at the question end the command, with nothing left on the hosts.
func TestTheQuestionCanBeInterrupted(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"Ctrl-C", "closed"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := slow(t, "Move-CsUser", time.Hour)
			screen := s.asks()
			defer screen.Close()
			if how == "closed" {
				screen.Close()
			} else if _, err := screen.Write([]byte{3}); err != nil {
				t.Fatal(err)
			}
			if how == "closed" { // the end of its input may be noticed before the signal is: that is a no
				s.endsWith(exitInterrupted, exitRefused)
				return
			}
			s.ends(exitInterrupted)
			s.until("it says so", func() bool { return strings.Contains(s.errs.String(), "Interrupted. Nothing was done.") })
		})
	}
}
