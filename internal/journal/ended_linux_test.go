package journal

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

// A process that was killed and that nobody has waited for holds no lock any more.
func TestAProcessThatNobodyHasWaitedForIsNotRunning(t *testing.T) {
	t.Parallel()
	if !running(os.Getpid()) {
		t.Error("this process does not run")
	}
	c := exec.Command("sleep", "60")
	must(t, c.Start())
	if !running(c.Process.Pid) {
		t.Error("a process that has been started does not run")
	}
	must(t, c.Process.Kill())
	for until := time.Now().Add(10 * time.Second); running(c.Process.Pid); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("a process that was killed still runs")
		}
	}
	c.Wait()
}
