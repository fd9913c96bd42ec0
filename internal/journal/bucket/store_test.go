package bucket_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hybrid/internal/journal"
	"hybrid/internal/journal/bucket"
	"hybrid/internal/journal/bucket/buckettest"
)

// A hand is a clock that goes on only by hand. Who sleeps does so until their time has come; with onSleep, time goes by for them.
type hand struct {
	mu      sync.Mutex
	now     time.Time
	moved   chan struct{}
	onSleep func()
}

func newHand() *hand {
	return &hand{now: time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC), moved: make(chan struct{})}
}

func (h *hand) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hand) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
	close(h.moved)
	h.moved = make(chan struct{})
}

func (h *hand) Sleep(ctx context.Context, d time.Duration) error {
	if h.onSleep != nil {
		h.onSleep()
		h.move(d)
		return ctx.Err()
	}
	h.mu.Lock()
	until := h.now.Add(d)
	h.mu.Unlock()
	for {
		h.mu.Lock()
		moved, over := h.moved, !h.now.Before(until)
		h.mu.Unlock()
		if over {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// quick is a clock on which waiting takes no time.
func quick() *hand {
	h := newHand()
	h.onSleep = func() {}
	return h
}

func machine(t *testing.T, o bucket.Objects, c bucket.Clock) *bucket.Store {
	return bucket.NewWithClock(bucket.Options{
		Name: "azblob://runs", Dir: filepath.Join(t.TempDir(), "copy"), Term: time.Minute,
		Open: func(context.Context) (bucket.Objects, error) { return o, nil },
	}, c)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustSay(t *testing.T, err error, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v does not say %q", err, text)
		}
	}
}

func entry(address string) journal.Entry { return journal.Entry{Address: address, Action: "move"} }

func done(address string) journal.Entry {
	return journal.Entry{Address: address, Action: "move", Result: journal.Done}
}

func begin(t *testing.T, s *bucket.Store, id string) *journal.Journal {
	t.Helper()
	j, err := journal.BeginIn(t.Context(), s, journal.Run{ID: id, Command: "apply", Who: id + "'s owner"})
	must(t, err)
	return j
}

// read is a run as a machine knows it that has the bucket alone.
func read(t *testing.T, o bucket.Objects, id string) *journal.Past {
	t.Helper()
	s := machine(t, o, quick())
	must(t, s.Refresh(t.Context()))
	past, err := journal.Read(filepath.Join(s.Dir(), id+".jsonl"))
	must(t, err)
	return past
}

func TestARunIsReadFromTheBucketAlone(t *testing.T) {
	t.Parallel()
	memory := &buckettest.Memory{}
	other := machine(t, memory, quick())
	j := begin(t, machine(t, memory, newHand()), "r1")
	must(t, j.Intent(entry("a")))
	if past := read(t, memory, "r1"); len(past.Open()) != 1 || past.Open()[0].Fence != 1 {
		t.Errorf("the intent is not in the bucket before the call: %+v", past.Entries)
	}
	must(t, other.Refresh(t.Context()))
	must(t, j.Outcome(done("a")))
	must(t, j.End(journal.Summary{Result: journal.Done, Done: 1}))
	must(t, other.Refresh(t.Context())) // goes on where its copy ends
	mine, err := os.ReadFile(j.Path())
	must(t, err)
	others, err := os.ReadFile(filepath.Join(other.Dir(), "r1.jsonl"))
	must(t, err)
	if string(mine) != string(others) {
		t.Errorf("the copy is\n%s\nnot\n%s", others, mine)
	}
	if past := read(t, memory, "r1"); past.End == nil || past.Entries[0].Result != journal.Done {
		t.Errorf("read as %+v", past)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(j.Path()), "*.unshared")); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestASecondRunWaitsForTheFirstToEnd(t *testing.T) {
	t.Parallel()
	memory, clock := &buckettest.Memory{}, newHand()
	here := machine(t, memory, clock)
	lease, err := here.Take(t.Context(), journal.Holder{Who: "ada", Host: "fe01", PID: 12, Run: "r1", Since: clock.Now()})
	must(t, err)
	waits := newHand()
	waits.onSleep = func() { _ = bucket.Renew(context.Background(), lease) }
	there := machine(t, memory, waits)
	var told string
	there.Tell = func(text string) { told = text }
	for name, refused := range map[string]error{
		"before anything is read": there.Free(t.Context()),
		"when it begins":          second(there.Take(t.Context(), journal.Holder{Run: "r2", PID: 1})),
	} {
		var locked *journal.LockedError
		if !errors.As(refused, &locked) {
			t.Fatalf("%s: %v", name, refused)
		}
		mustSay(t, refused, "ada has been at work on fe01 since 2026-11-21 22:00:00 UTC (process 12, run r1), and keeps the lease on azblob://runs.\nNothing was done. Wait for that run to end. If it is cut off, apply takes the lease over 1 min after it was last renewed.")
	}
	if want := "ada on fe01 holds the lease on azblob://runs since 2026-11-21 22:00:00 UTC (process 12, run r1). Waiting for up to 1 min to see whether that run is still at work."; told != want {
		t.Errorf("told %q", told)
	}
	if hold, err := there.Held(t.Context()); err != nil || hold.Run != "r1" || hold.State != journal.Elsewhere {
		t.Errorf("held by %+v, %v", hold, err)
	}
	must(t, lease.Release())
	must(t, there.Free(t.Context()))
	begin(t, there, "r2")
}

func second[T any](_ T, err error) error { return err }

func TestALeaseThatStandsStillIsTakenOver(t *testing.T) {
	t.Parallel()
	memory := &buckettest.Memory{}
	dead := begin(t, machine(t, memory, newHand()), "r1") // its clock stands still, so that it never renews
	must(t, dead.Intent(entry("a")))
	there := machine(t, memory, quick())
	must(t, there.Free(t.Context()))
	j := begin(t, there, "r2")
	if from := j.TookOver(); from == nil || from.Run != "r1" {
		t.Errorf("taken over from %+v", from)
	}
	must(t, j.Intent(entry("a")))
	past := read(t, memory, "r2")
	if past.Entries[0].Fence != 2 || len(past.Notes) != 1 || !strings.HasPrefix(past.Notes[0].Text, "took over the lease of run r1 on azblob://runs: its process ") {
		t.Errorf("fence %d, notes %v", past.Entries[0].Fence, past.Notes)
	}
	if open := read(t, memory, "r1").Open(); len(open) != 1 {
		t.Errorf("in doubt of the first: %v", open)
	}
	must(t, j.End(journal.Summary{Result: journal.Done}))
}

// TestARunThatLostItsLeaseBeginsNothing: it says what became of what it had begun, also into the bucket.
func TestARunThatLostItsLeaseBeginsNothing(t *testing.T) {
	t.Parallel()
	memory, clock := &buckettest.Memory{}, newHand()
	j := begin(t, machine(t, memory, clock), "r1")
	must(t, j.Intent(entry("a")))
	other := begin(t, machine(t, memory, quick()), "r2")
	clock.move(10 * time.Second) // time for a renewal, which finds who has it
	<-j.Lost()
	err := j.Intent(entry("b"))
	mustSay(t, err, "journal: azblob://runs is not safely this run's any more: r2's owner on ", " has taken the lease over (run r2).", "Apply again")
	must(t, j.Outcome(done("a")))
	must(t, j.End(journal.Summary{Result: "partial"}))
	if past := read(t, memory, "r1"); len(past.Open()) != 0 || past.End == nil || len(past.Entries) != 1 {
		t.Errorf("the bucket has %+v", past)
	}
	must(t, other.Intent(entry("b"))) // its lease was left alone
	must(t, other.End(journal.Summary{Result: journal.Done}))
}

// An outage makes requests fail while it lasts.
type outage struct{ on atomic.Bool }

func (o *outage) around(string, bool) error {
	if o.on.Load() {
		return errors.New("the network is down")
	}
	return nil
}

func TestALateRenewalStopsARun(t *testing.T) {
	t.Parallel()
	var out outage
	memory, clock := &buckettest.Memory{Around: out.around}, newHand()
	j := begin(t, machine(t, memory, clock), "r1")
	must(t, j.Intent(entry("a")))
	out.on.Store(true)
	clock.move(29 * time.Second)
	if err := j.Check(); err != nil {
		t.Errorf("after 29 seconds: %v", err)
	}
	clock.move(time.Second)
	mustSay(t, j.Intent(entry("b")), "the lease was last renewed 30 s ago, and after 1 min another machine may take it over")
	<-whileTime(clock, j.Lost())
	out.on.Store(false)
	must(t, j.Outcome(done("a")))
	must(t, j.End(journal.Summary{Result: "partial"}))
	if past := read(t, memory, "r1"); past.End == nil || len(past.Entries) != 1 || past.Entries[0].Result != journal.Done {
		t.Errorf("the bucket has %+v", past)
	}
}

// whileTime lets time go by until a channel is closed.
func whileTime(h *hand, c <-chan struct{}) <-chan struct{} {
	for {
		select {
		case <-c:
			return c
		case <-time.After(time.Millisecond):
			h.move(time.Second)
		}
	}
}

// TestWhatTheBucketDidNotGetItGetsLater: a run whose network is cut off ends on this machine alone.
func TestWhatTheBucketDidNotGetItGetsLater(t *testing.T) {
	t.Parallel()
	var out outage
	memory := &buckettest.Memory{Around: out.around}
	here := machine(t, memory, quick())
	j := begin(t, here, "r1")
	must(t, j.Intent(entry("a")))
	out.on.Store(true)
	var unshared *journal.UnsharedError
	if err := j.Outcome(done("a")); !errors.As(err, &unshared) {
		t.Errorf("got %v", err)
	}
	mustSay(t, j.End(journal.Summary{Result: "partial"}), "the network is down")
	if past, err := journal.Read(j.Path()); err != nil || past.End == nil || past.Entries[0].Result != journal.Done {
		t.Errorf("on this machine: %+v, %v", past, err)
	}
	out.on.Store(false)
	if open := read(t, memory, "r1").Open(); len(open) != 1 {
		t.Errorf("in the bucket is open: %v", open)
	}
	next := begin(t, here, "r2")
	if past := read(t, memory, "r1"); past.End == nil || len(past.Open()) != 0 {
		t.Errorf("after the next run the bucket has %+v", past)
	}
	must(t, next.End(journal.Summary{Result: journal.Done}))
	if left, _ := filepath.Glob(filepath.Join(here.Dir(), "*.unshared")); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

// TestAWriteWithoutAnAnswerIsReadFirst: its lines are there once.
func TestAWriteWithoutAnAnswerIsReadFirst(t *testing.T) {
	t.Parallel()
	var lose atomic.Bool
	memory := &buckettest.Memory{Around: func(name string, after bool) error {
		if after && strings.HasPrefix(name, "r1/") && lose.CompareAndSwap(true, false) {
			return errors.New("the answer got lost")
		}
		return nil
	}}
	j := begin(t, machine(t, memory, newHand()), "r1")
	lose.Store(true)
	must(t, j.Intent(entry("a")))
	if lose.Load() {
		t.Error("nothing got lost")
	}
	must(t, j.Outcome(done("a")))
	must(t, j.End(journal.Summary{Result: journal.Done}))
	if past := read(t, memory, "r1"); past.End == nil || len(past.Entries) != 1 {
		t.Errorf("the bucket has %+v", past)
	}
}

func TestUnlockingABucketIsInTheNextJournal(t *testing.T) {
	t.Parallel()
	memory, clock := &buckettest.Memory{}, newHand()
	here, there := machine(t, memory, clock), machine(t, memory, quick())
	lease, err := here.Take(t.Context(), journal.Holder{Who: "ada", Host: "fe01", PID: 12, Run: "r1"})
	must(t, err)
	u := journal.Unlocking{Who: "kim", Host: "fe09", Reason: "fe01 burned down", Time: clock.Now()}
	hold, err := there.Unlock(t.Context(), u)
	if err != nil || hold.Run != "r1" {
		t.Fatalf("got %+v, %v", hold, err)
	}
	if _, err := there.Unlock(t.Context(), u); !errors.Is(err, journal.ErrFree) {
		t.Errorf("a second time: %v", err)
	}
	j := begin(t, there, "r2")
	must(t, j.End(journal.Summary{Result: journal.Done}))
	must(t, begin(t, there, "r3").End(journal.Summary{Result: journal.Done}))
	notes := read(t, memory, "r2").Notes
	if want := "the lock of run r1 (process 12 on fe01) was taken away by kim on fe09 at 2026-11-21 22:00:00 UTC: fe01 burned down"; len(notes) != 1 || notes[0].Text != want {
		t.Errorf("notes %v", notes)
	}
	if notes := read(t, memory, "r3").Notes; len(notes) != 0 {
		t.Errorf("it is said again: %v", notes)
	}
	clock.move(10 * time.Second)
	<-lease.Lost()
	mustSay(t, lease.Check(), "is not safely this run's any more")
	must(t, lease.Release())
}

func TestTheLeaseOfWhoIsAliveIsNotTakenAway(t *testing.T) {
	t.Parallel()
	memory := &buckettest.Memory{}
	here := machine(t, memory, newHand())
	j := begin(t, here, "r1")
	var alive *journal.AliveError
	if _, err := here.Unlock(t.Context(), journal.Unlocking{Reason: "why not"}); !errors.As(err, &alive) {
		t.Errorf("got %v", err)
	}
	must(t, j.End(journal.Summary{Result: journal.Done}))
}

func TestABucketWithOtherThingsInIt(t *testing.T) {
	t.Parallel()
	memory := &buckettest.Memory{}
	must(t, memory.Create(t.Context(), "../evil/000001.jsonl", nil))
	s := machine(t, memory, quick())
	mustSay(t, s.Refresh(t.Context()), "is no name of a run", "?prefix=hybrid/")
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(s.Dir()), "*")); slices.ContainsFunc(left, func(p string) bool { return strings.Contains(p, "evil") }) {
		t.Errorf("written: %q", left)
	}
}

// Whoever takes a lease away cannot know that its run is no more, and one that was stopped for long believes its lease to be good
// until it has looked. Neither begins anything once another goes on.
func TestARunThatIsGoneOnFromBeginsNothing(t *testing.T) {
	t.Parallel()
	for name, free := range map[string]func(s *bucket.Store) error{
		"unlocked": func(s *bucket.Store) error {
			_, err := s.Unlock(t.Context(), journal.Unlocking{Who: "kim", Reason: "the line is dead"})
			return err
		},
		"stands still": func(s *bucket.Store) error { return s.Free(t.Context()) },
	} {
		memory := &buckettest.Memory{}
		here := machine(t, memory, newHand()) // its clock stands still: it believes to have renewed the lease just now
		first := begin(t, here, "r1")
		must(t, first.Intent(entry("a")))
		there := machine(t, memory, quick())
		if name == "unlocked" {
			elsewhere(t, memory, "r1")
		}
		must(t, free(there))
		next := begin(t, there, "r2")
		must(t, first.Check())
		mustSay(t, first.Turn(done("a"), entry("b")), "another run goes on from here, and has closed this one")
		mustSay(t, first.Intent(entry("c")), "another run goes on from here")
		_ = first.End(journal.Summary{Result: journal.Failed})
		if past := read(t, memory, "r1"); past.End == nil || len(past.Entries) != 2 || past.Entries[0].Result != journal.Done || past.Entries[1].Result != journal.Failed {
			t.Errorf("%s: the bucket has %+v", name, past.Entries)
		}
		must(t, next.Intent(entry("a"))) // whoever goes on has not lost the lease by that
		must(t, next.End(journal.Summary{Result: journal.Done}))
	}
}

// elsewhere makes a run one of another machine.
func elsewhere(t *testing.T, o bucket.Objects, run string) {
	t.Helper()
	content, version, err := o.Get(t.Context(), "lease.json")
	must(t, err)
	host, _ := os.Hostname()
	must(t, o.Replace(t.Context(), "lease.json", []byte(strings.Replace(string(content), `"host":"`+host+`"`, `"host":"fe99"`, 1)), version))
}

func TestAJournalBelowAnotherAndAPartThatIsMissing(t *testing.T) {
	t.Parallel()
	memory := &buckettest.Memory{}
	must(t, memory.Create(t.Context(), "contoso/lease.json", []byte(`{"format":1}`)))
	must(t, memory.Create(t.Context(), "contoso/r0/000001.jsonl", []byte("not of this journal\n")))
	j := begin(t, machine(t, memory, newHand()), "r1")
	must(t, j.Intent(entry("a")))
	must(t, j.Outcome(done("a")))
	s := machine(t, memory, quick())
	must(t, s.Refresh(t.Context()))
	if files, _ := filepath.Glob(filepath.Join(s.Dir(), "*.jsonl")); len(files) != 1 || filepath.Base(files[0]) != "r1.jsonl" {
		t.Errorf("the copy has %q", files)
	}
	must(t, memory.Delete(t.Context(), "r1/000002.jsonl"))
	mustSay(t, machine(t, memory, quick()).Refresh(t.Context()), "run r1: r1/000002.jsonl is missing, and r1/000003.jsonl is there")
}
