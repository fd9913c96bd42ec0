package journal

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// childDir, set in the environment, makes the test binary a second program that holds a journal folder until its
// standard input ends.
const childDir = "HYBRID_TEST_JOURNAL"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(hold(dir))
	}
	os.Exit(m.Run())
}

func hold(dir string) int {
	j, err := Begin(dir, Run{ID: "child", Command: "apply", Who: "eve"})
	if err != nil {
		fmt.Println("error:", err)
		return 1
	}
	fmt.Println("held")
	io.Copy(io.Discard, os.Stdin)
	if err := j.End(Summary{Result: "done"}); err != nil {
		fmt.Println("error:", err)
		return 1
	}
	return 0
}

// child starts a second process that holds dir.
func child(t *testing.T, dir string) (cmd *exec.Cmd, stdin io.Closer) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the other process says %q", line)
	}
	return cmd, in
}

func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd, stdin := child(t, dir)
	_, err := Begin(dir, Run{Command: "apply", Who: "ada"})
	var locked *LockedError
	if !errors.As(err, &locked) {
		t.Fatalf("got %v", err)
	}
	host, _ := os.Hostname()
	if locked.Who != "eve" || locked.Host != host || locked.PID != cmd.Process.Pid || locked.Since.IsZero() || locked.Run != "child" {
		t.Errorf("held by %+v", locked.Holder)
	}
	want := fmt.Sprintf("eve has been at work on %s since %s (process %d, run child).\nNothing was done. Wait for that run to end. If that process is gone, `hybrid runs unlock --reason TEXT` takes the lock away (%s).",
		host, locked.Since.Format("2006-01-02 15:04:05 UTC"), cmd.Process.Pid, filepath.Join(dir, lockName))
	if err.Error() != want {
		t.Errorf("it says\n%s\nwant\n%s", err, want)
	}
	must(t, stdin.Close())
	must(t, cmd.Wait())
	j, err := Begin(dir, sample())
	must(t, err)
	if j.TookOver() != nil {
		t.Error("a lock that was given back was taken over")
	}
	must(t, j.End(Summary{}))
}

func TestAKilledProcessIsTakenOver(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd, _ := child(t, dir)
	must(t, cmd.Process.Kill())
	cmd.Wait()
	j, err := Begin(dir, Run{ID: "mine", Command: "apply", Who: "ada"})
	must(t, err)
	if from := j.TookOver(); from == nil || from.Run != "child" || from.PID != cmd.Process.Pid {
		t.Errorf("taken over from %+v", from)
	}
	must(t, j.End(Summary{}))
	p, err := Read(j.Path())
	must(t, err)
	if len(p.Notes) != 1 || !strings.HasPrefix(p.Notes[0].Text, "took over the lock of run child: its process ") {
		t.Errorf("notes: %+v", p.Notes)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "lock.*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if p, err := Read(filepath.Join(dir, "child.jsonl")); err != nil || p.End != nil {
		t.Errorf("the killed run: %+v, %v", p, err)
	}
}

func TestLocksThatAreNotTakenOver(t *testing.T) {
	t.Parallel()
	dead := func(int) bool { return false }
	text := func(h Holder) string { b, _ := json.Marshal(h); return string(b) }
	tests := []struct {
		name, content string
		alive         func(int) bool
		want          string
	}{
		{"another machine", text(Holder{Who: "eve", Host: "other", PID: 7}), dead, "eve has been at work on other"},
		{"a living process", text(Holder{Who: "eve", Host: "here", PID: 7}), func(pid int) bool { return pid == 7 }, "eve has been at work on here"},
		{"nobody's name", text(Holder{Host: "here", PID: 7}), func(int) bool { return true }, "somebody has been at work"},
		{"an empty file", "", dead, "another run is starting, or was killed while it started"},
		{"half a file", `{"who":"ev`, dead, "another run is starting"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, lockName)
			must(t, os.WriteFile(path, []byte(tt.content), 0o600))
			_, err := lock(dir, Holder{Who: "ada", Host: "here", PID: 1}, tt.alive)
			var locked *LockedError
			if !errors.As(err, &locked) || !strings.HasPrefix(err.Error(), tt.want) || !strings.Contains(err.Error(), "Nothing was done") {
				t.Errorf("got %v", err)
			}
			if now, _ := os.ReadFile(path); string(now) != tt.content {
				t.Errorf("the lock was changed to %q", now)
			}
		})
	}
}

// Of many who find one dead lock, one gets it.
func TestOneTakesOver(t *testing.T) {
	t.Parallel()
	for range 20 {
		dir := t.TempDir()
		dead, _ := json.Marshal(Holder{Who: "eve", Host: "here", PID: 7, Run: "dead"})
		must(t, os.WriteFile(filepath.Join(dir, lockName), dead, 0o600))
		var won atomic.Int32
		var wait sync.WaitGroup
		for n := range 16 {
			wait.Go(func() {
				h := Holder{Who: "ada", Host: "here", PID: 100 + n, Run: fmt.Sprint(n)}
				from, err := lock(dir, h, func(pid int) bool { return pid != 7 })
				var locked *LockedError
				switch {
				case err == nil && from != nil:
					won.Add(1)
				case !errors.As(err, &locked):
					t.Errorf("from %v, error %v", from, err)
				}
			})
		}
		wait.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d took over", won.Load())
		}
	}
}

// Whoever found a lock dead looks again: by then it may be another's, or gone.
func TestATakeOverThatComesTooLate(t *testing.T) {
	t.Parallel()
	dead, next := []byte(`{"pid":7,"run":"dead"}`), `{"who":"eve","host":"here","pid":8,"run":"next"}`
	for name, now := range map[string]string{"another's": next, "gone": ""} {
		dir := t.TempDir()
		path := filepath.Join(dir, lockName)
		if now != "" {
			must(t, os.WriteFile(path, []byte(now), 0o600))
		}
		var locked *LockedError
		if err := takeOver(path, dead, []byte("mine")); !errors.As(err, &locked) || now != "" && locked.Who != "eve" {
			t.Errorf("%s: got %v", name, err)
		}
		if after, _ := os.ReadFile(path); string(after) != now {
			t.Errorf("%s: the lock is now %q", name, after)
		}
		if _, err := os.Stat(filepath.Join(dir, takeOverName)); err == nil {
			t.Errorf("%s: the take-over file was left", name)
		}
	}
}

// A take-over that was itself cut off is not taken over: a person has to look.
func TestATakeOverThatWasCutOff(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	dead, _ := json.Marshal(Holder{Who: "eve", Host: "here", PID: 7})
	guard := filepath.Join(dir, takeOverName)
	must(t, os.WriteFile(filepath.Join(dir, lockName), dead, 0o600))
	must(t, os.WriteFile(guard, nil, 0o600))
	_, err := lock(dir, Holder{Host: "here", PID: 1}, func(int) bool { return false })
	if err == nil || !strings.Contains(err.Error(), guard) || !strings.Contains(err.Error(), "if no hybrid is running, delete that file") {
		t.Errorf("got %v", err)
	}
}

func TestALockLostIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j, err := Begin(dir, sample())
	must(t, err)
	other, _ := json.Marshal(Holder{Who: "eve", Host: "other", PID: 7})
	must(t, os.WriteFile(filepath.Join(dir, lockName), other, 0o600))
	if err := j.End(Summary{}); err == nil || !strings.Contains(err.Error(), "now belongs to eve on other: it was deleted while this run was at work") {
		t.Errorf("got %v", err)
	}
	if now, _ := os.ReadFile(filepath.Join(dir, lockName)); string(now) != string(other) {
		t.Error("the other's lock was taken away")
	}
}
