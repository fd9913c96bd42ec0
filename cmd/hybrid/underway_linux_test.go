package main

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestWhatACutOffRunHadSentIsNotSentAgain kills an apply whose calls take six seconds more, and applies again at once: reading shows
// nothing of them yet, and still each is sent once.
func TestWhatACutOffRunHadSentIsNotSentAgain(t *testing.T) {
	t.Parallel()
	for cmdlet, of := range map[string]struct {
		blocks string
		many   int // calls in all
		says   string
	}{
		"Move-CsUser": {strings.Replace(crowdKilled, "canary   = 2", "canary   = 0", 1), usersKilled, " users were under way when run "},
		"New-CsHostingProvider": {`
hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
}
`, 1, "it was under way when run "},
	} {
		t.Run(cmdlet, func(t *testing.T) {
			t.Parallel()
			f := serveEstate(t, of.blocks, cmdlet, 6*time.Second, "--times", "2")
			cut, told := f.apply(t)
			f.begun(t, cmdlet)
			if err := cut.Process.Signal(syscall.SIGKILL); err != nil {
				t.Fatalf("%v:\n%s", err, told)
			}
			_ = cut.Wait()
			if len(f.open(t)) == 0 {
				t.Fatalf("nothing was under way:\n%s", told)
			}
			again, told := f.apply(t)
			if err := again.Wait(); err != nil {
				t.Fatalf("%v:\n%s", err, told)
			}
			f.left(t).sentOnce(t, cmdlet, of.many)
			if !strings.Contains(told.String(), of.says) || !strings.Contains(told.String(), "it may still be going on") {
				t.Errorf("what is waited for is not told:\n%s", told)
			}
		})
	}
}

// TestWhatLostItsAnswerIsNotSentAgain cuts the connection of two calls, which are carried out six seconds later: an apply that reads
// at once finds them not done, and ends. The next one, begun at once, sends them nothing, and the one after has nothing to do.
func TestWhatLostItsAnswerIsNotSentAgain(t *testing.T) {
	t.Parallel()
	for cmdlet, of := range map[string]struct {
		blocks string
		many   int // calls in all
	}{
		"Move-CsUser": {strings.Replace(crowdKilled, "canary   = 2", "canary   = 0", 1), usersKilled},
		"New-CsHostingProvider": {`
hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
}
`, 1},
	} {
		t.Run(cmdlet, func(t *testing.T) {
			t.Parallel()
			f := serveEstate(t, of.blocks, cmdlet, 6*time.Second, "--kind", "cut", "--times", strconv.Itoa(min(2, of.many)))
			first, told := f.apply(t)
			if err := first.Wait(); err == nil || !strings.Contains(told.String(), "reading shows that it was not done") {
				t.Fatalf("%v:\n%s", err, told)
			}
			if open := f.open(t); len(open) != 0 {
				t.Fatalf("open is %+v", open)
			}
			again, told := f.apply(t)
			if err := again.Wait(); err != nil {
				t.Fatalf("%v:\n%s", err, told)
			}
			if !strings.Contains(told.String(), "it may still be going on") || !strings.Contains(told.String(), "reading shows that it was done") {
				t.Errorf("what is waited for is not told:\n%s", told)
			}
			last, told := f.apply(t)
			if err := last.Wait(); err != nil || !strings.Contains(told.String(), "No changes.") {
				t.Errorf("%v:\n%s", err, told)
			}
			f.left(t).sentOnce(t, cmdlet, of.many)
		})
	}
}

// begun waits until the journal announces a cmdlet, and a little for the call.
func (f *farEnd) begun(t *testing.T, cmdlet string) {
	t.Helper()
	for range 3000 {
		if text, err := os.ReadFile(f.latest(t)); err == nil && bytes.Contains(text, []byte(cmdlet)) {
			time.Sleep(500 * time.Millisecond)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s was never announced", cmdlet)
}
