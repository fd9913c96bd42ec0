package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// timedRun writes a run in a folder whose clock goes on only where it is told to.
func timedRun(t testing.TB, dir, id string, write func(j *Journal, wait func(time.Duration))) string {
	t.Helper()
	now := noon
	sys := machine()
	sys.now = func() time.Time { return now }
	j, err := begin(dir, Run{ID: id, Command: "apply"}, sys)
	must(t, err)
	write(j, func(d time.Duration) { now = now.Add(d) })
	must(t, j.End(Summary{Result: "done"}))
	return j.Path()
}

func outcome(address, action, result string, millis int64) Entry {
	return Entry{Address: address, Action: action, Result: result, Millis: millis}
}

func twoRuns(t testing.TB) string {
	dir := t.TempDir()
	timedRun(t, dir, "20261101T000000Z-apply-0001", func(j *Journal, wait func(time.Duration)) {
		must(t, j.Intent(Entry{Address: `dns_record["a.b"]["A"]`, Action: "create"}))
		must(t, j.Outcome(outcome(`dns_record["a.b"]["A"]`, "create", Done, 40)))
		wait(30 * time.Second) // until resolvers had it
	})
	timedRun(t, dir, "20261102T000000Z-apply-0002", func(j *Journal, wait func(time.Duration)) {
		must(t, j.Intent(Entry{Address: "access_edge", Action: "update"}))
		must(t, j.Outcome(outcome("access_edge", "update", Done, 700)))
		wait(2 * time.Second)
		a, b, c := `user_homing.p["sip:a@b.c"]`, `user_homing.p["sip:b@b.c"]`, `user_homing.p["sip:c@b.c"]`
		must(t, j.Intent(Entry{Address: a, Action: "move"}, Entry{Address: b, Action: "move"}))
		must(t, j.Outcome(outcome(a, "move", Done, 9000)))
		must(t, j.Intent(Entry{Address: c, Action: "move"}))
		must(t, j.Outcome(outcome(b, "move", Failed, 100), outcome(c, "move", Doubt, 60000)))
		wait(3 * time.Second)
		must(t, j.Outcome(outcome(c, "move", Done, 0), outcome(a, "move", NotShown, 0))) // read
	})
	return dir
}

func TestTimings(t *testing.T) {
	t.Parallel()
	dir := twoRuns(t)
	must(t, os.WriteFile(filepath.Join(dir, "lock"), []byte("not a run"), 0o600))
	got, err := Timings(dir)
	must(t, err)
	want := []Timing{
		{Run: 0, Kind: "access_edge", Action: "update", Parallel: 1, Took: 700 * time.Millisecond},
		{Run: 0, Kind: "access_edge", Parallel: 1, Took: 2 * time.Second},
		{Run: 0, Kind: "user_homing", Action: "move", Parallel: 2, Took: 9 * time.Second},
		{Run: 0, Kind: "user_homing", Parallel: 1, Took: 3 * time.Second},
		{Run: 1, Kind: "dns_record", Action: "create", Parallel: 1, Took: 40 * time.Millisecond},
		{Run: 1, Kind: "dns_record", Parallel: 1, Took: 30 * time.Second},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("timings (-want +got):\n%s", diff)
	}
}

func TestNoFolderHoldsNoTimings(t *testing.T) {
	t.Parallel()
	if got, err := Timings(filepath.Join(t.TempDir(), "none")); got != nil || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

func TestAFolderThatCannotBeReadIsNoEmptyOne(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "journal")
	must(t, os.WriteFile(file, nil, 0o600))
	if got, err := Timings(file); err == nil {
		t.Errorf("%v", got)
	}
}

// However a file is damaged or cut off, what is told of it is what was in it. A doubt that was settled may then look like a
// change that took no time.
func TestTimingsOfWhatIsLeft(t *testing.T) {
	t.Parallel()
	dir := twoRuns(t)
	whole, err := os.ReadFile(filepath.Join(dir, "20261102T000000Z-apply-0002.jsonl"))
	must(t, err)
	all := timings(0, whole)
	for n := range len(whole) {
		for _, part := range [][]byte{whole[:n], whole[n:], slices.Concat(whole[:n], []byte("#"), whole[n+1:])} {
			for _, got := range timings(0, part) {
				if got.Action != "" && got.Took > 0 && !slices.ContainsFunc(all, func(is Timing) bool { return is.Took == got.Took && is.Kind == got.Kind }) {
					t.Fatalf("at byte %d: %+v", n, got)
				}
			}
		}
	}
}

// Of a long journal only the end is read.
func TestTimingsOfALongRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := timedRun(t, dir, "20261102T000000Z-apply-0002", func(j *Journal, _ func(time.Duration)) {
		must(t, j.Intent(Entry{Address: "access_edge", Action: "update", Commands: []string{string(bytes.Repeat([]byte("x"), timedFile))}}))
		must(t, j.Outcome(outcome("access_edge", "update", Done, 700)))
		for n := range 200 {
			address := fmt.Sprintf(`user_homing.p["sip:u%d@b.c"]`, n)
			must(t, j.Intent(Entry{Address: address, Action: "move"}))
			must(t, j.Outcome(outcome(address, "move", Done, 9000)))
		}
	})
	scan := int64(timedScan)
	text, err := tail(path, timedFile, &scan)
	must(t, err)
	if len(text) > timedFile || bytes.Contains(text, []byte("access_edge\",\"action\":\"update\",\"commands")) {
		t.Errorf("%d bytes were read", len(text))
	}
	got, err := Timings(dir)
	must(t, err)
	if moves := slices.DeleteFunc(got, func(is Timing) bool { return is.Action != "move" }); len(moves) != 200 {
		t.Errorf("%d moves", len(moves))
	}
}

func BenchmarkTimings(b *testing.B) {
	dir := b.TempDir()
	command := string(bytes.Repeat([]byte("x"), 700))
	for run := range 4 {
		timedRun(b, dir, fmt.Sprintf("2026110%dT000000Z-apply-0002", run), func(j *Journal, _ func(time.Duration)) {
			var entries []Entry
			for n := range 10_000 {
				entries = append(entries, Entry{Address: fmt.Sprintf(`user_homing.p["sip:u%d@b.c"]`, n), Action: "move", Commands: []string{command}})
			}
			for chunk := range slices.Chunk(entries, 8) {
				must(b, j.Intent(chunk...))
				for n := range chunk {
					chunk[n].Result, chunk[n].Millis, chunk[n].Commands = Done, 9000, nil
				}
				must(b, j.Outcome(chunk...))
			}
		})
	}
	for b.Loop() {
		if got, err := Timings(dir); err != nil || len(got) < 1000 {
			b.Fatal(len(got), err)
		}
	}
}

// stoodLong writes what so many users were at the end of a run, as apply does.
func stoodLong(t testing.TB, j *Journal, users int) {
	for from := 0; from < users; from += 1000 {
		crowd := &Crowd{Block: "user_homing.all", Kind: "user_homing", Provider: "skype", Columns: []string{"sip_address", "target"}}
		for n := range 1000 {
			crowd.Rows = append(crowd.Rows, []string{fmt.Sprintf("sip:user%06d@contoso.com", from+n), "pool01.contoso.com"})
		}
		must(t, j.Baseline(Baseline{Users: crowd}))
	}
}

// What stood when a run ended is longer than what is read of it, and hides nothing of what it did.
func TestTimingsStandBeforeALongBaseline(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := timedRun(t, dir, "20261101T000000Z-apply-0001", func(j *Journal, _ func(time.Duration)) {
		must(t, j.Intent(Entry{Address: "access_edge", Action: "update"}))
		must(t, j.Outcome(outcome("access_edge", "update", Done, 700)))
		stoodLong(t, j, 60_000)
	})
	if info, err := os.Stat(path); err != nil || info.Size() < 2*timedFile {
		t.Fatalf("%v: the baseline is too short to be a test", err)
	}
	got, err := Timings(dir)
	must(t, err)
	if !slices.ContainsFunc(got, func(t Timing) bool { return t.Kind == "access_edge" && t.Took == 700*time.Millisecond }) {
		t.Errorf("%+v", got)
	}
}

// BenchmarkTimingsOfManyRuns looks for how long changes take in a journal of many runs, the latest of which have left behind how
// 100,000 users stand.
func BenchmarkTimingsOfManyRuns(b *testing.B) {
	for _, runs := range []int{10, 1_000} {
		b.Run(fmt.Sprintf("runs=%d", runs), func(b *testing.B) {
			dir := b.TempDir()
			for n := range runs {
				timedRun(b, dir, fmt.Sprintf("20261101T%06dZ-apply-0001", n), func(j *Journal, _ func(time.Duration)) {
					must(b, j.Intent(Entry{Address: "access_edge", Action: "update"}))
					must(b, j.Outcome(outcome("access_edge", "update", Done, 700)))
					if runs-n <= 5 {
						stoodLong(b, j, 100_000)
					}
				})
			}
			for b.Loop() {
				if got, err := Timings(dir); err != nil || len(got) == 0 {
					b.Fatal(got, err)
				}
			}
		})
	}
}
