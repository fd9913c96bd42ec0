package engine_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hybrid/internal/engine"
	"hybrid/internal/journal"
)

// A run leaves a user between two homes. The next one, which a call fails for that leaves all as it is, finds the user no better
// than that, as does the one after it; what they hold the user against is what was before the first. A fourth brings the user home,
// and settles it.
func TestWhoWasTornIsHeldAgainstWhatWasBefore(t *testing.T) {
	t.Parallel()
	f, hcl := movers(2, "")
	f.between["sip:u00@x.com"] = "nowhere"
	tr := try(t, f, hcl)
	run := func(want engine.Summary) (results []string) {
		t.Helper()
		left, err := journal.UnderwaySince(filepath.Join(tr.dir, "journal"), tr.engine.Clock.Now().Add(-engine.LookBack))
		if err != nil {
			t.Fatal(err)
		}
		tr.engine.Between = left
		sum, results := tr.apply()
		if sum != want {
			t.Errorf("summary %+v, not %+v", sum, want)
		}
		return results
	}
	torn := `doubt home.all["sip:u00@x.com"]`
	if results := run(engine.Summary{Begun: 2, Done: 1, Doubt: 1, Between: 1}); !slices.Contains(results, torn) {
		t.Errorf("in the journal: %v", results)
	}
	delete(f.between, "sip:u00@x.com")
	f.fail["u00"] = errors.New("Error=(507)")
	for range 2 {
		if results := run(engine.Summary{Begun: 1, Doubt: 1, Between: 1}); !slices.Contains(results, torn) {
			t.Errorf("in the journal: %v", results)
		}
		left, err := journal.UnderwaySince(filepath.Join(tr.dir, "journal"), tr.engine.Clock.Now().Add(-engine.LookBack))
		if err != nil || len(left) == 0 || !strings.Contains(string(left[0].Was), `"Home":"cloud"`) {
			t.Errorf("what was before is %+v, %v", left, err)
		}
	}
	if warned := warnings(tr.plan()); len(warned) != 1 || !strings.Contains(warned[0], "sip:u00@x.com, since run ") || !strings.Contains(warned[0], ": Home is nowhere; this plan moves the user again.") {
		t.Errorf("warned of %q", warned)
	}
	delete(f.fail, "u00")
	run(engine.Summary{Begun: 1, Done: 1})
	tr.engine.Between = nil
	if warned := warnings(tr.plan()); len(warned) > 0 {
		t.Errorf("warned of %q", warned)
	}
}

// Who shows again what was before, by somebody's hand, is moved like any other; who is wanted no more, or read by a program that
// knows other properties, is not spoken of.
func TestWhoIsTornNoMore(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]struct {
		home, user string
		was        string
		warned     bool
	}{
		"torn":               {"nowhere", "sip:u00@x.com", `{"SipAddress":"sip:u00@x.com","Home":"cloud"}`, true},
		"as before":          {"cloud", "sip:u00@x.com", `{"SipAddress":"sip:u00@x.com","Home":"cloud"}`, false},
		"as wanted":          {"pool", "sip:u00@x.com", `{"SipAddress":"sip:u00@x.com","Home":"cloud"}`, false},
		"of another block":   {"nowhere", "sip:u09@x.com", `{"SipAddress":"sip:u09@x.com","Home":"cloud"}`, false},
		"of another version": {"nowhere", "sip:u00@x.com", `{"SipAddress":"sip:u00@x.com","House":"cloud"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, hcl := movers(1, "")
			f.people["sip:u00@x.com"] = of.home
			tr := try(t, f, hcl)
			tr.engine.Between = []journal.Underway{{Run: "before", Entry: journal.Entry{Kind: "home", User: of.user, After: json.RawMessage(`{"target":"\"pool\""}`), Was: json.RawMessage(of.was)}}}
			if warned := warnings(tr.plan()); (len(warned) > 0) != of.warned {
				t.Errorf("warned of %q", warned)
			}
		})
	}
}

// warnings are the texts of a plan's warnings.
func warnings(p *engine.Planned) (texts []string) {
	for _, d := range p.Plan.Warnings {
		texts = append(texts, d.Detail)
	}
	return texts
}
