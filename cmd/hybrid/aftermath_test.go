package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/journal"
	"hybrid/internal/lab"
)

// An aftermath is what runs against a lab have left behind: the estate, the writes that the far end has seen, and the
// journals, line by line.
type aftermath struct {
	estate map[string]any
	writes []lab.Write
	lines  []journalLine
}

// A journalLine is one line of a journal, with the run that it is of.
type journalLine struct {
	run  string
	seq  int
	Time time.Time
	Type string
	journal.Entry
}

// leftBy reads what the runs against the lab of a folder have left, once nothing serves it.
func leftBy(t *testing.T, dir, journals string) aftermath {
	t.Helper()
	writes, err := lab.Writes(labState(dir))
	if err != nil {
		t.Fatal(err)
	}
	return aftermath{estate: estateIn(t, dir), writes: writes, lines: linesIn(t, journals)}
}

// estateIn reads the estate of a folder. What differs between two ways to the same estate is left out: times, counts, serials
// of zones, what still goes wrong, and the keys of the lab itself.
func estateIn(t *testing.T, dir string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(labState(dir))
	if err != nil {
		t.Fatal(err)
	}
	serial := regexp.MustCompile(`(\sIN\s+SOA\s+\S+\s+\S+\s+)[0-9]+`)
	var e map[string]any
	if err := json.Unmarshal(serial.ReplaceAll(text, []byte("${1}0")), &e); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"clock", "write_calls", "faults", "directory_sync"} {
		delete(e, name)
	}
	for _, part := range []string{"tenant", "directory"} {
		if table, ok := e[part].(map[string]any); ok {
			for _, name := range []string{"shared_at", "faults", "clients"} {
				delete(table, name)
			}
		}
	}
	return e
}

// withoutStrangers takes the keys out of the estate that somebody else has added, and counts them.
func (a aftermath) withoutStrangers() (many int) {
	directory, _ := a.estate["directory"].(map[string]any)
	principals, _ := directory["service_principals"].([]any)
	for _, p := range principals {
		p := p.(map[string]any)
		keys, _ := p["keyCredentials"].([]any)
		kept := slices.DeleteFunc(slices.Clone(keys), func(key any) bool { return key.(map[string]any)["displayName"] == "CN=somebody else" })
		many += len(keys) - len(kept)
		if len(kept) < len(keys) {
			p["keyCredentials"] = kept
		}
	}
	return many
}

// linesIn reads all journals of a folder, the earliest first. A last line that was torn is left out.
func linesIn(t *testing.T, dir string) []journalLine {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"+journalSuffix))
	if err != nil {
		t.Fatal(err)
	}
	var all []journalLine
	for _, file := range files {
		if _, err := journal.Read(file); err != nil && !strings.Contains(err.Error(), "it holds no run") {
			t.Errorf("a journal cannot be read any more: %v", err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(bytes.NewReader(text))
		for seq := 0; ; seq++ {
			one, err := lines.ReadBytes('\n')
			if err != nil {
				break
			}
			l := journalLine{run: filepath.Base(file), seq: seq}
			var record struct {
				Time  time.Time
				Type  string
				Entry journal.Entry
			}
			if err := json.Unmarshal(one, &record); err != nil {
				t.Errorf("%s:%d: %v", file, seq+1, err)
			}
			l.Time, l.Type, l.Entry = record.Time, record.Type, record.Entry
			all = append(all, l)
		}
	}
	return all
}

// holdsAgainst demands that the estate is that of an undisturbed run, that every user was moved once, and that the journals
// account for every call that changed something.
func (a aftermath) holdsAgainst(t *testing.T, undisturbed aftermath) {
	t.Helper()
	if diff := cmp.Diff(undisturbed.estate, a.estate); diff != "" {
		t.Errorf("the estate is not that of an undisturbed run (-undisturbed +this):\n%s", diff)
	}
	if diff := cmp.Diff(undisturbed.changes("Move-CsUser"), a.changes("Move-CsUser")); diff != "" {
		t.Errorf("users were not moved as in an undisturbed run, each once (-undisturbed +this):\n%s", diff)
	}
	for _, w := range a.writes {
		if why := a.unaccounted(w); w.Changed && why != "" {
			t.Errorf("%s of %q at %s: %s", w.Call, w.Of, w.At.Format(time.RFC3339Nano), why)
		}
	}
}

// changes counts how often a call has changed something, by what it was about.
func (a aftermath) changes(call string) map[string]int {
	counts := map[string]int{}
	for _, w := range a.writes {
		if w.Call == call && w.Changed {
			counts[w.Of]++
		}
	}
	return counts
}

// sentOnce demands that a call has reached the far end for so many, and for nobody twice, whether or not it changed anything.
func (a aftermath) sentOnce(t *testing.T, call string, many int) {
	t.Helper()
	counts := map[string]int{}
	for _, w := range a.writes {
		if w.Call == call {
			counts[w.Of]++
		}
	}
	for of, n := range counts {
		if n != 1 {
			t.Errorf("%s of %s was sent %d times", call, of, n)
		}
	}
	if len(counts) != many {
		t.Errorf("%s was sent for %d, not for %d", call, len(counts), many)
	}
}

// unaccounted says why the journals do not account for a write; "" where they do: it was announced before, and what became of
// it was written after, or it counts as in doubt.
func (a aftermath) unaccounted(w lab.Write) string {
	why := "no journal had announced it"
	for n, l := range a.lines {
		if l.Type != "intent" || l.Time.After(w.At) || !l.announces(w) {
			continue
		}
		answer, answered := a.answer(n)
		if !answered || answer.Result == journal.Doubt || !answer.Time.Before(w.At) {
			return ""
		}
		why = "it was carried out after the journal had said that it was " + answer.Result
	}
	return why
}

// answer is the first outcome of what a line announces, in the same run.
func (a aftermath) answer(intent int) (journalLine, bool) {
	at := a.lines[intent]
	for _, l := range a.lines[intent+1:] {
		if l.run == at.run && l.Type == "outcome" && l.Address == at.Address && l.Action == at.Action {
			return l, true
		}
	}
	return journalLine{}, false
}

// announces says whether the commands of an intent are those of a write.
func (l journalLine) announces(w lab.Write) bool {
	return slices.ContainsFunc(l.Commands, func(command string) bool {
		switch w.Call {
		case "DNS update":
			return strings.Contains(command, strings.TrimSuffix(w.Of, "."))
		case "Graph PATCH":
			return strings.HasPrefix(command, "PATCH ")
		}
		if strings.HasSuffix(w.Call, "DnsServerResourceRecordA") {
			return strings.HasPrefix(command, w.Call+" ")
		}
		return strings.HasPrefix(command, w.Call+" ") && (w.Of == "" || strings.Contains(command, "'"+w.Of+"'") || w.Of == "Global")
	})
}

// TestAnAftermathThatIsWrongIsFound: what the suites of faults and kills rest on finds a second move, a missing user, a call
// that nobody had announced and one that came after its outcome.
func TestAnAftermathThatIsWrongIsFound(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	move := func(second int, user string) lab.Write {
		return lab.Write{At: noon.Add(time.Duration(second) * time.Second), Call: "Move-CsUser", Of: user, Changed: true}
	}
	said := func(second, seq int, what, user, result string) journalLine {
		e := journal.Entry{Address: user, Action: "move", Result: result, Commands: []string{"Move-CsUser -Identity:'" + user + "' -Target:'x'"}}
		return journalLine{run: "r", seq: seq, Time: noon.Add(time.Duration(second) * time.Second), Type: what, Entry: e}
	}
	a := aftermath{writes: []lab.Write{move(1, "ada"), move(5, "ada")}, lines: []journalLine{said(0, 1, "intent", "ada", ""), said(2, 2, "outcome", "ada", "done")}}
	if got := a.changes("Move-CsUser"); !maps.Equal(got, map[string]int{"ada": 2}) {
		t.Errorf("two moves of one user are counted as %v", got)
	}
	for n, want := range []string{"", "it was carried out after the journal had said that it was done"} {
		if got := a.unaccounted(a.writes[n]); got != want {
			t.Errorf("write %d: %q, not %q", n, got, want)
		}
	}
	if got := a.unaccounted(move(1, "bob")); got != "no journal had announced it" {
		t.Errorf("a move that nobody announced: %q", got)
	}
	a.lines = a.lines[:1]
	if got := a.unaccounted(a.writes[1]); got != "" {
		t.Errorf("a move that is in doubt: %q", got)
	}
}
