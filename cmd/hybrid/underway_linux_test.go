package main

import (
	"bytes"
	"os"
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
