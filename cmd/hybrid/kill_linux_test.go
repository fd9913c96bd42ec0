package main

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hybrid/internal/journal"
)

// usersKilled is how many users the applies move that are killed.
const usersKilled = 500

// TestKilledAtAnyInstantTheNextRunGoesOn kills applies of 500 users with SIGKILL at random instants, twelve of them or with
// HYBRID_SUITES=whole two hundred, each a process of its own against a lab that outlives it, as servers do: calls that were under
// way still come to their end there. An apply that goes on may be killed again. When all is done, the estate is that of an
// undisturbed run, nobody was moved twice, nobody is missing, and the journals account for every move.
func TestKilledAtAnyInstantTheNextRunGoesOn(t *testing.T) {
	t.Parallel()
	seed, kills := uint64(time.Now().UnixNano()), 12
	if wholeSuites() {
		kills = 200
	}
	if again := os.Getenv("HYBRID_SEED"); again != "" {
		var err error
		if seed, err = strconv.ParseUint(again, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	undisturbed := serveUsers(t)
	size := undisturbed.whole(t)
	want := undisturbed.left(t)
	for killed, during := 0, 0; killed < kills; {
		f := serveUsers(t)
		for again := true; again && killed < kills; again = random.IntN(3) > 0 {
			at := random.Int64N(size)
			if !f.killed(t, at) {
				break
			}
			killed++
			if n := len(f.open(t)); n > 0 {
				during++
			}
		}
		f.whole(t)
		f.left(t).holdsAgainst(t, want)
		if t.Failed() {
			t.Fatalf("after %d kills", killed)
		}
		t.Logf("%d kills, %d of them with users under way", killed, during)
	}
}

// A farEnd is a lab that is served by a process of its own, and the folder of a configuration that leads there.
type farEnd struct {
	dir string
	lab *exec.Cmd
	env []string
}

// serveUsers serves a fresh estate of users who are to be moved.
func serveUsers(t *testing.T) *farEnd {
	t.Helper()
	f := &farEnd{dir: filepath.Join(t.TempDir(), "users"), env: []string{"HYBRID_VAR_port=1", "HYBRID_VAR_fingerprint=" + strings.Repeat("00:", 31) + "00", "HYBRID_VAR_password=x"}}
	if err := os.Mkdir(f.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	text := "hybrid {\n  journal = \"journal\"\n  guard { max_moves = 1000 }\n}\n" + benchProvider[strings.Index(benchProvider, "variable"):] + fmt.Sprintf(`
user_homing "all" {
  users  = [for n in range(%d) : { sip_address = format("sip:user%%03d@contoso.com", n) }]
  target = "pool01.contoso.com"
  wave {
    canary   = 2
    parallel = 4
  }
}
`, usersKilled)
	if err := os.WriteFile(filepath.Join(f.dir, "main.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f.serve(t)
	return f
}

// serve starts the lab and learns where it is.
func (f *farEnd) serve(t *testing.T) {
	t.Helper()
	f.lab = process(f.env, "lab", "serve", "--winrm-port", "0", "--dns-port", "0", f.dir)
	out, err := f.lab.StdoutPipe()
	if err == nil {
		err = f.lab.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.end)
	told := regexp.MustCompile(`127\.0\.0\.1:(\d+)/wsman|(password|fingerprint) +(\S+)`)
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Serving") {
		if found := told.FindStringSubmatch(lines.Text()); found == nil {
			continue
		} else if found[1] != "" {
			f.env = append(f.env, "HYBRID_VAR_port="+found[1])
		} else {
			f.env = append(f.env, "HYBRID_VAR_"+found[2]+"="+found[3])
		}
	}
	go func() {
		for lines.Scan() { // so that the lab never waits for a reader
		}
	}()
}

// end ends the lab, which then has saved its estate.
func (f *farEnd) end() {
	if f.lab != nil {
		_ = f.lab.Process.Signal(os.Interrupt)
		_ = f.lab.Wait()
		f.lab = nil
	}
}

func (f *farEnd) journals() string { return filepath.Join(f.dir, "journal") }

// apply starts an apply.
func (f *farEnd) apply(t *testing.T) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	c, told := process(f.env, "apply", "--auto-approve", f.dir), &bytes.Buffer{}
	c.Stdout, c.Stderr = told, told
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, told
}

// whole applies until nothing is left, undisturbed, and gives how long all the journals are then, in bytes.
func (f *farEnd) whole(t *testing.T) int64 {
	t.Helper()
	for range 2 {
		c, told := f.apply(t)
		if err := c.Wait(); err != nil {
			t.Fatalf("%v:\n%s", err, told)
		}
		if strings.Contains(told.String(), "No changes.") {
			return f.written(t)
		}
	}
	t.Fatal("a run that had done all left something to be done")
	return 0
}

// written is how long all journals are, in bytes.
func (f *farEnd) written(t *testing.T) (size int64) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(f.journals(), "*"+journalSuffix))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err == nil {
			size += info.Size()
		}
	}
	return size
}

// killed starts an apply and kills it when its journal has grown so long; false where it came to its end before that.
func (f *farEnd) killed(t *testing.T, at int64) bool {
	t.Helper()
	before := f.written(t)
	c, told := f.apply(t)
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for f.written(t)-before <= at {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v:\n%s", err, told)
			}
			return false
		default:
			time.Sleep(time.Millisecond)
		}
	}
	if err := c.Process.Signal(syscall.SIGKILL); err != nil {
		<-ended
		return false
	}
	return (<-ended) != nil
}

// open is whom the latest run has left in doubt.
func (f *farEnd) open(t *testing.T) []journal.Entry {
	t.Helper()
	last, err := journal.Latest(f.journals())
	if err == nil && last != nil {
		last, err = journal.Read(last.Path)
	}
	if err != nil {
		t.Fatal(err)
	}
	if last == nil {
		return nil
	}
	return last.Open()
}

// left ends the lab and reads what the runs have left.
func (f *farEnd) left(t *testing.T) aftermath {
	t.Helper()
	f.end()
	return leftBy(t, f.dir, f.journals())
}

// TestOfTwoOperatorsOneApplies starts two applies of one folder at once, again and again: each time all users are moved by one of
// them, and the other is refused or finds nothing left.
func TestOfTwoOperatorsOneApplies(t *testing.T) {
	t.Parallel()
	times := 3
	if wholeSuites() {
		times = 30
	}
	for range times {
		f := serveUsers(t)
		first, firstTold := f.apply(t)
		second, secondTold := f.apply(t)
		_, _ = first.Wait(), second.Wait() // how each ended is in what it said
		applied := 0
		for _, told := range []*bytes.Buffer{firstTold, secondTold} {
			switch {
			case strings.Contains(told.String(), "Applied: "):
				applied++
			case strings.Contains(told.String(), "Refused: ") && strings.Contains(told.String(), "Nothing was done"), strings.Contains(told.String(), "No changes."):
			default:
				t.Errorf("one of the two has said:\n%s", told)
			}
		}
		moves := f.left(t).changes("Move-CsUser")
		for user, n := range moves {
			if n != 1 {
				t.Errorf("%s was moved %d times", user, n)
			}
		}
		if applied != 1 || len(moves) != usersKilled {
			t.Errorf("%d of two runs have applied, and %d users were moved:\n%s\n%s", applied, len(moves), firstTold, secondTold)
		}
	}
}
