package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/render"
	"hybrid/planner"
)

// blocksOf takes a file apart into its blocks, each from its header to the brace in the first column that closes it.
func blocksOf(t *testing.T, path string) []string {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	open := ""
	for line := range strings.SplitAfterSeq(string(src), "\n") {
		open += line
		if strings.HasPrefix(line, "}") {
			blocks = append(blocks, open)
			open = ""
		}
	}
	if strings.TrimSpace(open) != "" {
		t.Fatalf("%s does not end with a block: %q", path, open)
	}
	return blocks
}

// inEveryFormat is what a configuration plans in a lab of its own.
func inEveryFormat(t *testing.T, dir string) map[string]string {
	t.Helper()
	_, s, p := planned(t, dir)
	texts := map[string]string{}
	for _, format := range render.Formats() {
		o := render.Options{Header: s.header(), Users: true, ShowCommands: true, Steps: s.engine.Steps, Nodes: s.config.Nodes, RoundTrips: 7, Digest: planner.Approve(p.Plan).Digest, Refusals: p.Refusals}
		texts[format] = strings.ReplaceAll(written(t, format, p.Plan, o), filepath.ToSlash(filepath.Dir(dir)), "")
	}
	return texts
}

// The same configuration plans the same bytes in every format: the second time, and from a file of another name.
func TestAConfigurationPlansTheSameBytes(t *testing.T) {
	t.Parallel()
	for _, example := range []string{"federation", "teams-only", "user-waves"} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			want := inEveryFormat(t, exampleCopy(t, example))
			renamed := exampleCopy(t, example)
			if err := os.Rename(filepath.Join(renamed, "main.hcl"), filepath.Join(renamed, "other.hcl")); err != nil {
				t.Fatal(err)
			}
			for format, text := range inEveryFormat(t, renamed) {
				text = strings.ReplaceAll(text, "other.hcl", "main.hcl")
				if diff := cmp.Diff(want[format], text); diff != "" {
					t.Errorf("%s: %s", format, diff)
				}
			}
		})
	}
}

// Blocks in another order say the same of every object. What is independent of one another may come in another order.
func TestTheOrderOfBlocksChangesNoChange(t *testing.T) {
	t.Parallel()
	for _, example := range []string{"federation", "teams-only", "user-waves"} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			dir := exampleCopy(t, example)
			want := changesByAddress(t, inEveryFormat(t, dir)["json"])
			blocks := blocksOf(t, filepath.Join(dir, "main.hcl"))
			slices.Reverse(blocks)
			other := exampleCopy(t, example)
			write(t, filepath.Join(other, "main.hcl"), strings.Join(blocks, ""))
			if diff := cmp.Diff(want, changesByAddress(t, inEveryFormat(t, other)["json"])); diff != "" || len(want) == 0 {
				t.Error(diff)
			}
		})
	}
}

// changesByAddress are the changes of a plan without their places in files, and what they come after in no order.
func changesByAddress(t *testing.T, text string) map[string]map[string]any {
	t.Helper()
	var plan struct {
		Changes []map[string]any `json:"resource_changes"`
	}
	if err := json.Unmarshal([]byte(text), &plan); err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]any{}
	for _, c := range plan.Changes {
		delete(c, "source")
		after, _ := c["after"].([]any)
		for _, reason := range after {
			delete(reason.(map[string]any), "source")
		}
		slices.SortFunc(after, func(a, b any) int { return strings.Compare(asJSON(t, a), asJSON(t, b)) })
		all[c["address"].(string)] = c
	}
	return all
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
