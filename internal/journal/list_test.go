package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestList(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if runs, err := List(filepath.Join(dir, "none")); err != nil || len(runs) != 0 {
		t.Errorf("a folder that is not there: %v, %v", runs, err)
	}
	for i, id := range []string{"b", "a", "c"} {
		run := sample()
		run.ID, run.Started = id, noon.Add(time.Duration(i)*time.Hour)
		j, err := Begin(dir, run)
		must(t, err)
		must(t, j.Intent(Entry{Address: "x", Error: strings.Repeat("long ", 4000)}))
		if id != "c" { // c is cut off
			must(t, j.End(Summary{Result: "done", Message: strings.Repeat(id, 10_000)}))
		} else {
			must(t, j.file.Close())
		}
	}
	must(t, os.WriteFile(filepath.Join(dir, "torn.jsonl"), []byte(`{"crc":"12`), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "readme.txt"), []byte("x"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "bad.jsonl"), []byte("rubbish\n"), 0o600))
	runs, err := List(dir)
	if err == nil || !strings.Contains(err.Error(), "bad.jsonl:1: not a line of a journal") || strings.Contains(err.Error(), "torn") {
		t.Errorf("error: %v", err)
	}
	var got []string
	for _, p := range runs {
		got = append(got, fmt.Sprint(p.ID, " ", p.End != nil && p.End.Message == strings.Repeat(p.ID, 10_000), " ", len(p.Entries)))
	}
	if diff := cmp.Diff([]string{"c false 0", "a true 0", "b true 0"}, got); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}

// Of runs that began in the same second the names do not tell which is the later one.
func TestLatest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if p, err := Latest(filepath.Join(dir, "none")); err != nil || p != nil {
		t.Errorf("a folder that is not there: %v, %v", p, err)
	}
	for n, id := range []string{"20261122T220000Z-apply-0000", "20261122T220100Z-apply-ffff", "20261122T220100Z-apply-1111"} {
		run := sample()
		run.ID, run.Started, run.Seen = id, noon.Add(time.Duration(n)*time.Millisecond), map[string]int{"skype thing": n}
		j, err := Begin(dir, run)
		must(t, err)
		must(t, j.End(Summary{Result: "done", Seen: map[string]int{"skype thing": 10 * n}}))
	}
	must(t, os.WriteFile(filepath.Join(dir, "20270101T000000Z-apply-0000.jsonl"), []byte(`{"crc":"12`), 0o600)) // cut off at once
	must(t, os.WriteFile(filepath.Join(dir, "20200101T000000Z-apply-0000.jsonl"), []byte("rubbish\n"), 0o600))  // not looked at
	p, err := Latest(dir)
	must(t, err)
	if p.ID != "20261122T220100Z-apply-1111" || p.Seen["skype thing"] != 2 || p.End.Seen["skype thing"] != 20 {
		t.Errorf("%+v, %+v", p.Run, p.End)
	}
	must(t, os.WriteFile(filepath.Join(dir, "20280101T000000Z-apply-0000.jsonl"), []byte("rubbish\n"), 0o600))
	if _, err := Latest(dir); err == nil || !strings.Contains(err.Error(), "not a line of a journal") {
		t.Errorf("a last run that cannot be read: %v", err)
	}
}

// A machine whose clock is slow shares the journal: its run is the later one all the same, and says so.
func TestRunsAreInTheOrderInWhichTheyBegan(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, at := range []time.Time{noon.Add(time.Hour), noon, noon.Add(2 * time.Hour), noon.Add(2*time.Hour + time.Millisecond)} {
		sys := machine()
		sys.now = func() time.Time { return at }
		j, err := begin(dir, Run{Command: "apply", Reason: at.Format(time.TimeOnly)}, sys)
		must(t, err)
		must(t, j.End(Summary{Result: "done"}))
	}
	runs, err := List(dir)
	must(t, err)
	var reasons []string
	for _, run := range runs {
		reasons = append(reasons, run.Reason)
	}
	last := noon.Add(2 * time.Hour).Format(time.TimeOnly)
	if diff := cmp.Diff([]string{last, last, noon.Format(time.TimeOnly), noon.Add(time.Hour).Format(time.TimeOnly)}, reasons); diff != "" {
		t.Errorf("newest first (-want +got):\n%s", diff)
	}
	slow, err := Read(runs[2].Path)
	must(t, err)
	if want := noon.Add(time.Hour + time.Second); !slow.Started.Equal(want) || len(slow.Notes) != 1 || !strings.Contains(slow.Notes[0].Text, "One of the clocks is wrong") {
		t.Errorf("began %s, notes %v", slow.Started, slow.Notes)
	}
	if begun, err := Latest(dir); err != nil || !begun.Started.Equal(noon.Add(2*time.Hour+time.Millisecond)) {
		t.Errorf("latest %+v: %v", begun, err)
	}
}
