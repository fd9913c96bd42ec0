package journal

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func parts() []Baseline {
	return []Baseline{
		{Whole: true, Swept: []Swept{{Kind: "hosting_provider", Provider: "skype", IDs: []string{"a", "b"}}}, Uncertain: []Uncertain{{Address: `user_homing.p["sip:bob@contoso.com"]`, User: "sip:bob@contoso.com"}}},
		{Objects: []Standing{{Address: "hosting_provider.A", Provider: "skype", ID: "a", Values: map[string]string{"enabled": "true", "proxy_fqdn": `"<&>"`}}, {Address: "hosting_provider.B", Provider: "skype"}}},
		{Users: &Crowd{Block: "user_homing.p", Kind: "user_homing", Provider: "skype", Columns: []string{"target"}, Rows: [][]string{{"sip:ada@contoso.com", "pool01"}, {"sip:cyd@contoso.com"}}}},
	}
}

// What was written is given back in order; who reads the run alone is not burdened with it.
func TestBaselineIsGivenBack(t *testing.T) {
	t.Parallel()
	j, err := Begin(t.TempDir(), sample())
	must(t, err)
	must(t, j.Intent(Entry{Address: `odd "type":"baseline"`, Action: "update"}))
	must(t, j.Baseline(parts()[:2]...))
	must(t, j.Baseline())
	must(t, j.Baseline(parts()[2]))
	must(t, j.End(Summary{Result: "done"}))
	var got []Baseline
	must(t, ReadBaseline(j.Path(), func(b Baseline) error { got = append(got, b); return nil }))
	if diff := cmp.Diff(parts(), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	p, err := Read(j.Path())
	must(t, err)
	if p.End == nil || len(p.Entries) != 1 {
		t.Errorf("%+v", p)
	}
	enough := errors.New("enough")
	if err := ReadBaseline(j.Path(), func(Baseline) error { return enough }); err != enough {
		t.Errorf("got %v", err)
	}
}

func TestADamagedBaselineIsAnError(t *testing.T) {
	t.Parallel()
	j, err := Begin(t.TempDir(), sample())
	must(t, err)
	must(t, j.Baseline(parts()...))
	must(t, j.End(Summary{Result: "done"}))
	whole, err := os.ReadFile(j.Path())
	must(t, err)
	must(t, os.WriteFile(j.Path(), []byte(strings.Replace(string(whole), "pool01", "pool02", 1)), 0o600))
	err = ReadBaseline(j.Path(), func(Baseline) error { return nil })
	if err == nil || !strings.Contains(err.Error(), ":4: its checksum does not match") {
		t.Errorf("got %v", err)
	}
	if err := ReadBaseline(j.Path()+"x", func(Baseline) error { return nil }); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// A file of the first format, without a baseline, is read as ever.
func TestAnOlderJournalHasNoBaseline(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/old.jsonl"
	text := renumbered(t, record{Type: typeRun, Format: 1, Run: &Run{ID: "old"}}, record{Type: typeEnd, End: &Summary{Result: "done"}})
	must(t, os.WriteFile(path, []byte(text), 0o600))
	if err := ReadBaseline(path, func(Baseline) error { return errors.New("there is one") }); err != nil {
		t.Error(err)
	}
	if p, err := Read(path); err != nil || p.ID != "old" {
		t.Errorf("%v, %v", p, err)
	}
}

// What writing down 100,000 users costs: 1,000 in a line, ten lines an fsync.
func BenchmarkBaseline(b *testing.B) {
	j, err := Begin(b.TempDir(), sample())
	must(b, err)
	for b.Loop() {
		for range 10 {
			var ten []Baseline
			for range 10 {
				crowd := &Crowd{Block: "user_homing.pilot", Columns: []string{"target"}}
				for n := range 1000 {
					crowd.Rows = append(crowd.Rows, []string{fmt.Sprint("sip:user", n, "@contoso.com"), "pool01.contoso.com"})
				}
				ten = append(ten, Baseline{Users: crowd})
			}
			must(b, j.Baseline(ten...))
		}
	}
}
