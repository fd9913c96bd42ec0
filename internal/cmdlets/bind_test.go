package cmdlets

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// A verdict is what PowerShell 7.7 said about one call of a function with the documented parameter sets.
type verdict struct {
	Case       string         `json:"case"`
	Cmdlet     string         `json:"cmdlet"`
	Parameters map[string]any `json:"parameters"`
	Set        string         `json:"set"`
	Bound      []string       `json:"bound"`
	Error      string         `json:"error"`
}

func verdicts(t *testing.T) []verdict {
	t.Helper()
	file, err := os.Open("testdata/binding.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []verdict
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var v verdict
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

func TestBindSaysWhatPowerShellSays(t *testing.T) {
	t.Parallel()
	tables := load(t)
	all := verdicts(t)
	if len(all) != 2016 {
		t.Fatalf("%d verdicts, want 2016", len(all))
	}
	for _, v := range all {
		binding, err := tables.Bind(v.Cmdlet, v.Parameters)
		id := ""
		if err != nil {
			id = err.ID
		}
		var bound []string
		for name := range binding.Params {
			bound = append(bound, name)
		}
		slices.Sort(bound)
		slices.Sort(v.Bound)
		set := v.Set
		if set == "__AllParameterSets" {
			set = ""
		}
		if id != v.Error || binding.Set != set || !slices.Equal(bound, v.Bound) {
			call, _ := json.Marshal(v.Parameters)
			t.Errorf("%s: %s %s\n got set %q bound %v error %q (%v)\nwant set %q bound %v error %q",
				v.Case, v.Cmdlet, call, binding.Set, bound, id, err, set, v.Bound, v.Error)
		}
	}
}

func load(t testing.TB) *Tables {
	t.Helper()
	tables, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return tables
}
