package main

import (
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// longUnderway is how long calls stay under way, so that what comes between the run that sent them and the reading of the next one
// is over by then on a machine that has much else to do.
const longUnderway = 20 * time.Second

// fewKilled are few enough to be moved, but for two, while these are under way.
const fewKilled = 24

// underwayBlocks are blocks that an apply is killed over, by the cmdlet that they call, with how many calls that is and how many of
// these are under way for long.
var underwayBlocks = map[string]struct {
	blocks     string
	many, long int
}{
	"Move-CsUser": {strings.Replace(movedCrowd(fewKilled), "canary   = 2", "canary   = 0", 1), fewKilled, 2},
	"New-CsHostingProvider": {`
hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
}
`, 1, 1},
}

// TestWhatACutOffRunHadSentIsNotSentAgain kills an apply whose calls take long, and applies again at once: reading shows nothing of
// them yet, and still each is sent once.
func TestWhatACutOffRunHadSentIsNotSentAgain(t *testing.T) {
	t.Parallel()
	says := map[string]string{"Move-CsUser": " users were under way when run ", "New-CsHostingProvider": "it was under way when run "}
	for cmdlet, of := range underwayBlocks {
		t.Run(cmdlet, func(t *testing.T) {
			t.Parallel()
			f := serveEstate(t, of.blocks, cmdlet, longUnderway, "--times", strconv.Itoa(of.long))
			cut, told := f.apply(t)
			f.begun(t, cmdlet, of.long)
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
			if !strings.Contains(told.String(), says[cmdlet]) || !strings.Contains(told.String(), "it may still be going on") {
				t.Errorf("what is waited for is not told:\n%s", told)
			}
		})
	}
}

// TestAPlanBesideARun plans while a run is at work: what that has sent is under way, and nobody is told that it was cut off.
func TestAPlanBesideARun(t *testing.T) {
	t.Parallel()
	const cmdlet = "New-CsHostingProvider"
	of := underwayBlocks[cmdlet]
	f := serveEstate(t, of.blocks, cmdlet, longUnderway, "--times", strconv.Itoa(of.long))
	run, told := f.apply(t)
	f.begun(t, cmdlet, of.long)
	out, err := process(f.env, "plan", f.dir).CombinedOutput()
	if err != nil || !strings.Contains(string(out), " was at work (sent at ") || strings.Contains(string(out), "was cut off") {
		t.Errorf("%v:\n%s", err, out)
	}
	if err := run.Wait(); err != nil {
		t.Errorf("%v:\n%s", err, told)
	}
}

// TestWhatLostItsAnswerIsNotSentAgain cuts the connection of two calls, which are carried out much later: an apply that reads
// at once finds them not done, and ends. The next one, begun at once, sends them nothing, and the one after has nothing to do.
func TestWhatLostItsAnswerIsNotSentAgain(t *testing.T) {
	t.Parallel()
	for cmdlet, of := range underwayBlocks {
		t.Run(cmdlet, func(t *testing.T) {
			t.Parallel()
			f := serveEstate(t, of.blocks, cmdlet, longUnderway, "--kind", "cut", "--times", strconv.Itoa(of.long))
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

// begun waits until calls are under way: the far end has begun them, and the journal has them open.
func (f *farEnd) begun(t *testing.T, cmdlet string, calls int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if strings.Count(f.log.String(), "begun: cmdlet="+cmdlet) >= calls && len(f.open(t)) >= calls {
			return
		}
	}
	t.Fatalf("%d calls of %s were never under way:\n%s", calls, cmdlet, f.log)
}
