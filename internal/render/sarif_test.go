package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/planner"
)

// standard is the schema of SARIF 2.1.0 with errata 01, as OASIS publishes it. It takes no name that is not its own.
var standard = sync.OnceValues(func() (*jsonschema.Schema, error) {
	file, err := os.Open("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("sarif.json")
})

// valid holds SARIF to the standard's schema.
func valid(text []byte) error {
	schema, err := standard()
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(doc)
}

// sarifRun is what a document has one of.
type sarifRun struct {
	Tool        sarifTool
	Invocations []sarifInvocation
	Results     []sarifResult
}

func runOf(text []byte) (sarifRun, error) {
	var log struct{ Runs []sarifRun }
	if err := json.Unmarshal(text, &log); err != nil || len(log.Runs) != 1 {
		return sarifRun{}, fmt.Errorf("%d runs: %w", len(log.Runs), err)
	}
	return log.Runs[0], nil
}

func sarifOf(t *testing.T, p *planner.Plan, o Options) sarifRun {
	t.Helper()
	text := rendered(t, func(b *bytes.Buffer) error { return SARIF(b, p, o) })
	if err := valid(text); err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	run, err := runOf(text)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// The schema would find a mistake.
func TestTheSchemaRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"version":"2.1.0"}`, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"result":[]}]}`,
		`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"level":"high","message":{"text":"x"}}]}]}`,
	} {
		if err := valid([]byte(text)); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestSARIF(t *testing.T) {
	t.Parallel()
	o := Options{Digest: "0123456789abcdef", Steps: issued, Refusals: refused}
	golden(t, "estate.sarif", rendered(t, func(b *bytes.Buffer) error { return SARIF(b, estate(), o) }))
	run := sarifOf(t, estate(), o)
	var got []string
	for _, r := range run.Results {
		place := r.Locations[0].Physical
		got = append(got, fmt.Sprint(r.RuleID, " ", r.Level, " ", place.Artifact.URI, ":", place.Region.StartLine))
	}
	want := []string{
		"guard/max_deletes error main.hcl:3", "plan/warning warning dns.hcl:3",
		"plan/replace warning trust.hcl:41", "plan/delete warning trust.hcl:50", "plan/not-read warning trust.hcl:1",
		"plan/move note users.hcl:14", "plan/blocked warning users.hcl:14",
		"plan/add note trust.hcl:12", "plan/change note trust.hcl:20", "plan/change note trust.hcl:30", "plan/enable note users.hcl:14",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Every rule that a result names is described, with what to do about it.
func TestSARIFExplainsItsRules(t *testing.T) {
	t.Parallel()
	run := sarifOf(t, estate(), Options{Refusals: refused})
	texts := map[string]bool{}
	for _, rule := range run.Tool.Driver.Rules {
		texts[rule.ID] = len(rule.Short.Text) > 10 && len(rule.Help.Text) > 40
	}
	for _, r := range run.Results {
		if !texts[r.RuleID] {
			t.Errorf("%s is not explained", r.RuleID)
		}
	}
	for _, a := range []planner.Action{planner.Create, planner.Update, planner.Replace, planner.Delete, planner.Move, planner.Run, planner.Unknown, planner.NoOp} {
		for _, users := range []*planner.UserChanges{nil, moves(2, 0).Users, moves(1, 1).Users} {
			if id := "plan/" + strings.ReplaceAll(doing(&planner.Change{Kind: homing, Action: a, Users: users}), " ", "-"); ruleOf(id, "note").Help.Text == "" {
				t.Errorf("%s has no help", id)
			}
		}
	}
}

// A result stays the same one when its line moves and when what is said of it changes; two of a kind differ.
func TestSARIFFingerprintsStay(t *testing.T) {
	t.Parallel()
	prints := func(p *planner.Plan, o Options) (all []string) {
		for _, r := range sarifOf(t, p, o).Results {
			all = append(all, r.Fingerprints["primaryLocationLineHash"])
		}
		return all
	}
	o := Options{Refusals: append(refused, refused...)}
	before, moved := prints(estate(), o), estate()
	for i := range moved.Changes {
		moved.Changes[i].Range.Start.Line += 7
		moved.Changes[i].Range.End.Line += 7
	}
	o.Refusals = []planner.Refusal{{Guard: "max_deletes", Text: "the plan deletes more"}, o.Refusals[1]}
	if after := prints(moved, o); strings.Join(before, " ") != strings.Join(after, " ") {
		t.Errorf("before %v\nafter  %v", before, after)
	}
	seen := map[string]bool{}
	for _, print := range before {
		if seen[print] {
			t.Errorf("%s stands for two results", print)
		}
		seen[print] = true
	}
}

// What is about the plan as a whole has a place all the same, and none is made up where there is no configuration.
func TestSARIFOfThePlanAsAWhole(t *testing.T) {
	t.Parallel()
	whole := Options{Refusals: []planner.Refusal{{Guard: "max_moves", Text: "too many"}}}
	run := sarifOf(t, &planner.Plan{Changes: []planner.Change{moves(3, 0), diffed(provider, null(provider), object(provider, nil), 1, "x")}}, whole)
	if at := run.Results[0].Locations[0].Physical; at.Artifact.URI != "trust.hcl" || at.Region != nil {
		t.Errorf("%+v", at)
	}
	empty := sarifOf(t, &planner.Plan{Incomplete: true}, whole)
	if len(empty.Results[0].Locations) != 0 || empty.Invocations[0].Successful || len(empty.Invocations[0].Notifications) != 1 {
		t.Errorf("%+v", empty)
	}
}

// Files are named as a service finds them in a repository, on whatever system the plan was made.
func TestSARIFNamesFiles(t *testing.T) {
	t.Parallel()
	root := filepath.Join(string(filepath.Separator), "srv", "repository")
	f := findings{o: Options{Root: root}, uris: map[string]string{}}
	for name, want := range map[string]string{
		"trust.hcl": "trust.hcl", filepath.Join("a folder", "trust.hcl"): "a%20folder/trust.hcl", "./trust.hcl": "trust.hcl", "a:b.hcl": "./a:b.hcl", "50%.hcl": "50%25.hcl",
		filepath.Join(root, "deploy", "trust.hcl"): "deploy/trust.hcl", filepath.Join(filepath.Dir(root), "trust.hcl"): "file:///srv/trust.hcl",
	} {
		if got := f.uri(name); got != want && filepath.Separator == '/' {
			t.Errorf("%s: %s, not %s", name, got, want)
		}
	}
}

// More results than GitHub takes are cut with a count, those of the least risk.
func TestSARIFIsCutWithACount(t *testing.T) {
	t.Parallel()
	p := &planner.Plan{}
	for i := range 25 {
		p.Changes = append(p.Changes, diffed(edge, object(edge, nil), object(edge, vals{"routing": cty.StringVal("x")}), i+1))
	}
	p.Changes = append(p.Changes, diffed(provider, object(provider, nil), null(provider), 1, "last"))
	run, err := runOf(rendered(t, func(b *bytes.Buffer) error { return newFindings(b, p, Options{}, 20).write() }))
	if err != nil || len(run.Results) != 20 || run.Results[0].RuleID != "plan/delete" || !strings.Contains(run.Invocations[0].Notifications[0].Message.Text, "There are 6 results more") {
		t.Errorf("%d results, %v", len(run.Results), run.Invocations)
	}
}

func TestSARIFIsValidWhateverOthersWrite(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, o := hostileDrawn(t)
		p.Changes[0].Range = hcl.Range{Filename: "x.hcl", Start: hcl.Pos{Line: rapid.IntRange(0, 3).Draw(t, "line")}, End: hcl.Pos{Line: rapid.IntRange(0, 3).Draw(t, "line"), Column: rapid.IntRange(0, 3).Draw(t, "column")}}
		var b bytes.Buffer
		if err := SARIF(&b, p, o); err != nil {
			t.Fatal(err)
		}
		if err := valid(b.Bytes()); err != nil {
			t.Fatalf("%v:\n%s", err, b.String())
		}
		if len(p.Changes) > 1 && strings.Contains(b.String(), "hunter2") || strings.Contains(messages(t, b.Bytes()), "](") {
			t.Fatalf("a secret or a link in\n%s", b.String())
		}
	})
}

// messages are what a service shows of SARIF.
func messages(t *rapid.T, text []byte) string {
	run, err := runOf(text)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, r := range run.Results {
		all.WriteString(r.Message.Text + "\n")
	}
	return all.String()
}
