package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOpenFollowsTheLastWord(t *testing.T) {
	t.Parallel()
	d := &disk{}
	j, err := begin(t.TempDir(), sample(), on(d))
	must(t, err)
	e := func(address, result string) Entry { return Entry{Address: address, Action: "move", Result: result} }
	must(t, j.Intent(e("a", ""), e("b", ""), e("c", ""), e("d", "")))
	must(t, j.Outcome(e("a", Doubt), e("b", Done), e("c", Failed), e("d", Done)))
	must(t, j.Outcome(e("a", Done), e("d", NotShown))) // reading brought certainty
	must(t, j.Intent(e("c", "")))                      // again, and cut off
	p, err := read(bytes.NewReader(d.data.Bytes()), "r1.jsonl")
	must(t, err)
	if diff := cmp.Diff([]Entry{e("c", "")}, p.Open(), unanswered); diff != "" {
		t.Errorf("open (-want +got):\n%s", diff)
	}
	want := []Entry{e("a", Done), e("b", Done), e("c", Failed), e("d", NotShown), e("c", "")}
	if diff := cmp.Diff(want, p.Entries, unanswered); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

// Whatever byte a run is cut off at, what was on disk by then is read, and only the torn line is left out.
func TestCutOffAtAnyByte(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(recorded(t, t.TempDir()))
	must(t, err)
	for n := range len(whole) + 1 {
		part := whole[:n]
		lines := bytes.Count(part, []byte("\n"))
		p, err := read(bytes.NewReader(part), "r.jsonl")
		// A line of which only the line feed is missing is whole.
		if n < len(whole) && whole[n] == '\n' {
			lines++
		}
		if lines == 0 {
			if !errors.Is(err, errNoRun) {
				t.Fatalf("%d bytes: %v", n, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		torn := n > 0 && part[n-1] != '\n' && (n == len(whole) || whole[n] != '\n')
		if p.Torn != torn {
			t.Fatalf("%d bytes: Torn is %v", n, p.Torn)
		}
		if got, want := heard(p), expected(lines); got != want {
			t.Fatalf("%d bytes, %d lines: got %s, want %s", n, lines, got, want)
		}
	}
}

// heard is how much of the recorded run a Past knows: entries, entries with an outcome, notes, end.
func heard(p *Past) string {
	outcomes := 0
	for _, e := range p.Entries {
		if e.Result != "" {
			outcomes++
		}
	}
	return fmt.Sprint(len(p.Entries), outcomes, len(p.Notes), p.End != nil)
}

// expected is heard of so many lines of the recorded run: run, 4 intents, 3 outcomes, note, end.
func expected(lines int) string {
	lines--
	intents := min(lines, 4)
	outcomes := max(0, min(lines-4, 3))
	return fmt.Sprint(intents, outcomes, max(0, min(lines-7, 1)), lines > 8)
}

func TestDamageIsAnError(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(recorded(t, t.TempDir()))
	must(t, err)
	lines := strings.SplitAfter(string(whole), "\n")
	tests := []struct {
		name, text, want string
	}{
		{"a changed letter", strings.Replace(string(whole), "sip:bob", "sip:rob", 1), "j.jsonl:4: its checksum does not match: the line was changed or damaged"},
		{"a line missing", strings.Join(append(append([]string{}, lines[:2]...), lines[3:]...), ""), "j.jsonl:3: it has number 4 where 3 is due: lines are missing or out of order"},
		{"a foreign line", lines[0] + "hello\n" + lines[1], "j.jsonl:2: not a line of a journal"},
		{"an empty line", lines[0] + "\n" + lines[1], "j.jsonl:2: not a line of a journal"},
		{"two runs", lines[0] + lines[0], "j.jsonl:2: it has number 1 where 2 is due"},
		{"no run", renumbered(t, record{Type: typeNote, Note: "x"}), `j.jsonl:1: a line of type "note" cannot stand here`},
		{"after the end", renumbered(t, record{Type: typeRun, Run: &Run{ID: "r"}}, record{Type: typeEnd, End: &Summary{}}, record{Type: typeNote}), "j.jsonl:3: a line after the end of the run"},
		{"an intent of nothing", renumbered(t, record{Type: typeRun, Run: &Run{ID: "r"}}, record{Type: typeIntent}), `j.jsonl:2: a line of type "intent" that holds none`},
		{"a baseline of nothing", renumbered(t, record{Type: typeRun, Run: &Run{ID: "r"}}, record{Type: typeBaseline}), `j.jsonl:2: a line of type "baseline" that holds none`},
		{"a newer program", renumbered(t, record{Type: typeRun, Format: 3, Run: &Run{ID: "r"}}), "j.jsonl:1: it was written by a newer hybrid (format 3, this one reads up to 2): use that one"},
		{"nothing", "", "j.jsonl: it holds no run"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := read(strings.NewReader(tt.text), "j.jsonl")
			if err == nil || !strings.HasPrefix(err.Error(), "journal: "+tt.want) {
				t.Errorf("got %+v, %v", p, err)
			}
		})
	}
}

// renumbered writes records as the lines of a file.
func renumbered(t *testing.T, records ...record) string {
	var buf bytes.Buffer
	for i, r := range records {
		r.Seq = i + 1
		must(t, appendLine(&buf, r))
	}
	return buf.String()
}

// Every damaged byte but that of a torn last line is found, or makes no difference.
func TestNoFlippedBitGoesUnseen(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(recorded(t, t.TempDir()))
	must(t, err)
	for n := range whole {
		if n == len(whole)-1 {
			continue // the last line feed: a torn line
		}
		damaged := bytes.Clone(whole)
		damaged[n] ^= 1
		if _, err := read(bytes.NewReader(damaged), "r"); err == nil {
			// The checksum is written in lower case and read in either.
			if !strings.EqualFold(string(damaged), string(whole)) {
				t.Fatalf("byte %d, %q for %q, was not noticed", n, damaged[n], whole[n])
			}
		}
	}
}

func TestAnOutcomeAddsWhatItKnows(t *testing.T) {
	t.Parallel()
	d := &disk{}
	j, err := begin(t.TempDir(), sample(), on(d))
	must(t, err)
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	must(t, j.Intent(Entry{Address: "a", Action: "update", Identity: "A", Commands: []string{"x"}, Before: raw(`1`), After: raw(`2`)}))
	must(t, j.Outcome(Entry{Address: "a", Action: "update", Result: Doubt, Error: "lost"}))
	must(t, j.Outcome(Entry{Address: "a", Action: "update", Identity: "B", Commands: []string{"y"}, Before: raw(`3`), After: raw(`4`), Result: Done, Millis: 5}))
	must(t, j.Outcome(Entry{Address: "never announced", Action: "delete", Result: Doubt}))
	p, err := read(bytes.NewReader(d.data.Bytes()), "r")
	must(t, err)
	want := []Entry{
		{Address: "a", Action: "update", Identity: "B", Commands: []string{"y"}, Before: raw(`3`), After: raw(`4`), Result: Done, Millis: 5},
		{Address: "never announced", Action: "delete", Result: Doubt},
	}
	if diff := cmp.Diff(want, p.Entries, unanswered); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[1:], p.Open(), unanswered); diff != "" {
		t.Errorf("open (-want +got):\n%s", diff)
	}
}

func TestAFileThatIsNotThere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "none.jsonl")
	if _, err := Read(path); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}

// When a call was first answered is known of every entry that was, and no later outcome moves it.
func TestWhenACallWasAnswered(t *testing.T) {
	t.Parallel()
	d := &disk{}
	s := on(d)
	clock := noon
	s.now = func() time.Time { clock = clock.Add(time.Minute); return clock }
	j, err := begin(t.TempDir(), sample(), s)
	must(t, err)
	must(t, j.Intent(Entry{Address: "a", Action: "move"}, Entry{Address: "b", Action: "move"}))
	must(t, j.Outcome(Entry{Address: "a", Action: "move", Result: Done}))
	answered := clock
	must(t, j.Outcome(Entry{Address: "a", Action: "move", Result: NotShown}))
	p, err := read(bytes.NewReader(d.data.Bytes()), "r")
	must(t, err)
	if got := p.Entries[0].Answered; !got.Equal(answered) || !p.Entries[1].Answered.IsZero() {
		t.Errorf("answered at %v and %v, want %v and never", got, p.Entries[1].Answered, answered)
	}
}
