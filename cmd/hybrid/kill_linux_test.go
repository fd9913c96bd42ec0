package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hybrid/internal/journal"
	"hybrid/internal/lab/labtest"
)

// usersKilled is how many users the applies move that are killed: five hundred in the whole suite.
var usersKilled = map[bool]int{false: 200, true: 500}[wholeSuites()]

// lagKilled is how much longer each move takes, so that calls outlive the run that had sent them.
const lagKilled = 5 * time.Millisecond

// TestKilledAtAnyInstantTheNextRunGoesOn kills applies of hundreds of users with SIGKILL at random instants, twelve of them or with
// HYBRID_SUITES=whole two hundred, each a process of its own against a lab that outlives it, as servers do: calls that were under
// way still come to their end there. An apply that goes on may be killed again. When all is done, the estate is that of an
// undisturbed run, each user's move was sent once and no more, nobody is missing, and the journals account for every move.
func TestKilledAtAnyInstantTheNextRunGoesOn(t *testing.T) {
	t.Parallel()
	// As many estates are served side by side, since much of the time nothing is done but to wait for what may be under way.
	seed, kills, chains := uint64(time.Now().UnixNano()), 12, 4
	if wholeSuites() {
		kills, chains = 200, 8
	}
	if again := os.Getenv("HYBRID_SEED"); again != "" {
		var err error
		if seed, err = strconv.ParseUint(again, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("seed %d", seed)
	undisturbed := serveUsers(t)
	size := undisturbed.whole(t)
	want := undisturbed.left(t)
	for chain := range chains {
		t.Run(strconv.Itoa(chain), func(t *testing.T) {
			t.Parallel()
			killing{rand.New(rand.NewPCG(seed, uint64(chain))), size, want}.times(t, kills/chains)
		})
	}
}

// killing kills applies at instants of a sequence, each within what an undisturbed run writes, whose aftermath is wanted.
type killing struct {
	random *rand.Rand
	size   int64
	want   aftermath
}

// times kills so many applies, and tells how many of them had users under way.
func (k killing) times(t *testing.T, kills int) {
	t.Helper()
	killed, during := 0, 0
	for killed < kills {
		f := serveUsers(t)
		for again := true; again && killed < kills; again = k.random.IntN(3) > 0 {
			if !f.killed(t, k.random.Int64N(k.size), time.Duration(k.random.Int64N(int64(2*lagKilled)))) {
				break
			}
			killed++
			if len(f.open(t)) > 0 {
				during++
			}
		}
		f.whole(t)
		left := f.left(t)
		left.holdsAgainst(t, k.want)
		left.sentOnce(t, "Move-CsUser", usersKilled)
		if t.Failed() {
			t.Fatalf("after %d kills", killed)
		}
	}
	t.Logf("%d kills, %d of them with users under way", killed, during)
}

// A farEnd is a lab that is served by a process of its own, and the folder of a configuration that leads there.
type farEnd struct {
	dir string
	lab *exec.Cmd
	log *said // of the lab: each cmdlet that it has begun
	env []string
}

// crowdKilled are the users who are moved by applies that are killed.
var crowdKilled = movedCrowd(usersKilled)

// movedCrowd is a block of so many users who are to be moved.
func movedCrowd(users int) string {
	return fmt.Sprintf(`
user_homing "all" {
  users  = [for n in range(%d) : { sip_address = format("sip:user%%03d@contoso.com", n) }]
  target = "pool01.contoso.com"
  wave {
    canary   = 2
    parallel = 4
  }
}
`, users)
}

// serveUsers serves a fresh estate of users who are to be moved, each move taking a little, so that many a one outlives the run
// that had sent it.
func serveUsers(t *testing.T) *farEnd {
	t.Helper()
	return serveEstate(t, crowdKilled, "Move-CsUser", lagKilled)
}

// serveEstate serves a fresh estate behind blocks of a configuration, in which a cmdlet takes so much longer, with what else is
// said of that fault.
func serveEstate(t *testing.T, blocks, cmdlet string, lag time.Duration, more ...string) *farEnd {
	t.Helper()
	f := &farEnd{dir: filepath.Join(t.TempDir(), "users"), env: labtest.Placeholders()}
	if err := os.Mkdir(f.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	provider := strings.Replace(benchProvider[strings.Index(benchProvider, "variable"):], "provider \"skype\" {\n", fmt.Sprintf("provider \"skype\" {\n  timeout = %d\n", 5+int(lag.Seconds())), 1)
	text := "hybrid {\n  journal = \"journal\"\n  guard { max_moves = 1000 }\n}\n" + provider + blocks
	if err := os.WriteFile(filepath.Join(f.dir, "main.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := process(f.env, slices.Concat([]string{"lab", "fault", "--kind", "lag", "--delay", lag.String(), "--cmdlet", cmdlet}, more, []string{f.dir})...).CombinedOutput(); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	f.serve(t)
	return f
}

// serve starts the lab and learns where it is.
func (f *farEnd) serve(t *testing.T) {
	t.Helper()
	f.lab = process(f.env, "lab", "serve", "--log-level", "trace", "--winrm-port", "0", "--dns-port", "0", f.dir)
	f.log = &said{}
	f.lab.Stderr = f.log
	variables, err := labtest.Serve(f.lab)
	t.Cleanup(f.end)
	if err != nil {
		t.Fatal(err)
	}
	f.env = append(f.env, variables...)
}

// end ends the lab, which then has saved its estate.
func (f *farEnd) end() {
	if f.lab != nil && f.lab.Process != nil {
		_ = f.lab.Process.Signal(os.Interrupt)
		_ = f.lab.Wait()
		f.lab = nil
	}
}

func (f *farEnd) journals() string { return filepath.Join(f.dir, "journal") }

// apply starts an apply.
func (f *farEnd) apply(t *testing.T) (*exec.Cmd, *said) {
	t.Helper()
	c, told := process(f.env, "apply", "--auto-approve", f.dir), &said{}
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

// killed starts an apply and kills it a little after its journal has grown so long; false where it came to its end before that.
func (f *farEnd) killed(t *testing.T, at int64, after time.Duration) bool {
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
	time.Sleep(after)
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
		for _, told := range []*said{firstTold, secondTold} {
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
