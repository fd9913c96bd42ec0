package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"hybrid/internal/catalogue"
	"hybrid/internal/lab"
)

// metByNoApply are the rows of the catalogue that no apply can meet, and why. Their stories explain the words of others.
var metByNoApply = map[string]string{
	"module-too-new":     "no source tells in which words Move-CsUser fails with such a module",
	"user-administrator": "no source tells in which words a move fails that lacks the role",
	"origin-not-allowed": "only pages in browsers name an origin, and hybrid is none",
	"forbidden":          "hybrid tells the text of an answer beside its status",
	"wrong-principal":    "it stands in the event log of servers, which no apply reads",
	"tls-outgoing":       "it stands in the event log of servers, which no apply reads",
	"teams-only-refused": "hybrid grants no upgrade policy: the tenant is set to Teams Only by hand",
}

// explained ID... [~TEXT | FILE] holds hybrid explain to finding rows of the catalogue in what the program printed last, in those
// lines of it that hold a text, or in a file.
func explained(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: explained ID... [~TEXT | FILE]")
	}
	file, text := "printed.txt", ""
	switch last := args[len(args)-1]; {
	case strings.HasPrefix(last, "~"):
		text, args = last[1:], args[:len(args)-1]
	case strings.Contains(last, "."):
		file, args = last, args[:len(args)-1]
	}
	if file == "printed.txt" {
		printed := linesWith(ts.ReadFile("stdout")+"\n"+ts.ReadFile("stderr"), text)
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(printed), 0o600))
	}
	found := rowsFound(ts, file)
	for _, id := range args {
		if !slices.Contains(found, id) {
			ts.Fatalf("explain finds %q in it, and not %s", found, id)
		}
	}
}

// rowsFound are the ids of the rows that hybrid explain finds in a file.
func rowsFound(ts *testscript.TestScript, file string) []string {
	ts.Check(ts.Exec("hybrid", "explain", "--json", file))
	var x struct {
		Findings []struct{ ID string }
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &x))
	var found []string
	for _, f := range x.Findings {
		found = append(found, f.ID)
	}
	return found
}

// linesWith are the lines that hold a text.
func linesWith(printed, text string) string {
	var some strings.Builder
	for line := range strings.Lines(printed) {
		if strings.Contains(line, text) {
			some.WriteString(line)
		}
	}
	return some.String()
}

// A told is the rows that a story explains, by its lines.
type told struct {
	byApply map[string]string // from what an apply printed
	byWords map[string]string // from a file
}

// read takes over the rows of one story.
func (r told) read(t *testing.T, story string) {
	content, err := os.ReadFile(story)
	if err != nil {
		t.Fatal(err)
	}
	ran := ""
	for line := range strings.Lines(string(content)) {
		ids, explains := strings.CutPrefix(strings.TrimSpace(line), "explained ")
		if !explains {
			if strings.Contains(line, "hybrid ") {
				ran = line
			}
			continue
		}
		ids, _, _ = strings.Cut(ids, "~")
		words := strings.Contains(ids, ".")
		if !words && !strings.Contains(ran, "hybrid apply --lab") {
			t.Errorf("%s: %q follows no apply, but %q", story, strings.TrimSpace(line), ran)
		}
		for _, id := range strings.Fields(ids) {
			map[bool]map[string]string{false: r.byApply, true: r.byWords}[words][id] = story
		}
		ran = "" // what was printed last is explain's
	}
}

// TestEveryRowOfTheCatalogueHasAStory: each is provoked by an ordinary apply in the lab and found explained in what that printed,
// but for those of which it is said why no apply meets them.
func TestEveryRowOfTheCatalogueHasAStory(t *testing.T) {
	stories, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	rows := told{map[string]string{}, map[string]string{}}
	for _, story := range stories {
		rows.read(t, story)
	}
	for _, e := range catalogue.Entries() {
		why, none := metByNoApply[e.ID]
		switch {
		case none && rows.byApply[e.ID] != "":
			t.Errorf("%s is met by an apply in %s after all (%s)", e.ID, rows.byApply[e.ID], why)
		case none && rows.byWords[e.ID] == "":
			t.Errorf("no story explains %s: write \"explained %s FILE\"", e.ID, e.ID)
		case !none && rows.byApply[e.ID] == "":
			t.Errorf("no story provokes %s by an apply: write one with \"explained %s\" behind it", e.ID, e.ID)
		}
	}
}

// TestRefusalsOfTheLabAreOfTheCatalogue: the lab's words are explained by the row whose id they have, said by the cmdlet that
// says them.
func TestRefusalsOfTheLabAreOfTheCatalogue(t *testing.T) {
	for _, r := range lab.Refusals() {
		from := catalogue.Refusal{Cmdlet: r.Cmdlet, Module: "SkypeForBusiness", Kind: r.Text, Text: r.Text}
		if strings.Contains(r.Cmdlet, "Tenant") || strings.Contains(r.Cmdlet, "Teams") {
			from.Module = "MicrosoftTeams"
		}
		if e, known := catalogue.Of(from); !known || e.ID != r.ID {
			t.Errorf("%s: %q is explained by %q", r.ID, r.Text, e.ID)
		}
	}
}
