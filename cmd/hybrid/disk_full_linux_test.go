package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestAFullDiskStopsARunAndTheNextGoesOn lets the journal grow to 64 KiB and no further (ulimit(1)), against a lab in another
// process: the run stops, and says why; with room again, the same command does the rest, and nobody is moved twice.
func TestAFullDiskStopsARunAndTheNextGoesOn(t *testing.T) {
	t.Parallel()
	undisturbed, f := serveUsers(t), serveUsers(t)
	undisturbed.whole(t)
	self := process(f.env)
	c := exec.Command("bash", "-c", `ulimit -f 64; exec -a hybrid "$0" apply --auto-approve "$1"`, self.Path, f.dir)
	var told bytes.Buffer
	c.Env, c.Stdout, c.Stderr = self.Env, &told, &told
	_ = c.Run()
	if c.ProcessState.ExitCode() != exitPartial || !strings.Contains(told.String(), "this run stops here. Make room or mend the disk, then apply again") {
		t.Fatalf("it ended with %s:\n%s", c.ProcessState, told.String())
	}
	if _, err := os.Stat(f.journals() + "/lock.json"); !os.IsNotExist(err) {
		t.Errorf("the lock was kept: %v", err)
	}
	f.whole(t)
	f.left(t).holdsAgainst(t, undisturbed.left(t))
}

// TestADiskThatIsFullBeforeTheFirstCall lets no file grow at all: nothing is sent, nothing is left behind, and with room again the same
// command does everything.
func TestADiskThatIsFullBeforeTheFirstCall(t *testing.T) {
	t.Parallel()
	f := serveUsers(t)
	self := process(f.env)
	c := exec.Command("bash", "-c", `ulimit -f 0; exec -a hybrid "$0" apply --auto-approve "$1"`, self.Path, f.dir)
	var told bytes.Buffer
	out, err := c.StdoutPipe() // a file could not be written to
	if err != nil {
		t.Fatal(err)
	}
	errs, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Env = self.Env
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = told.ReadFrom(out)
	_, _ = told.ReadFrom(errs)
	_ = c.Wait()
	if c.ProcessState.ExitCode() != exitFailed || !strings.Contains(told.String(), "Nothing was done.") || !strings.Contains(told.String(), f.journals()) {
		t.Fatalf("it ended with %s:\n%s", c.ProcessState, told.String())
	}
	f.whole(t)
	f.left(t).sentOnce(t, "Move-CsUser", usersKilled)
}
