package modules

import (
	"strings"
	"testing"
)

// What the program comes with can be read, and says of everything when and where it was read.
func TestBuiltIn(t *testing.T) {
	t.Parallel()
	table := BuiltIn()
	if table.AsOf == "" || table.Modules[Teams].Least != "6.2.1" {
		t.Errorf("%+v", table)
	}
	for name, m := range table.Modules {
		if m.AsOf == "" || !strings.Contains(m.Source, " ") || m.Install == "" {
			t.Errorf("%s says too little: %+v", name, m)
		}
		for _, b := range m.Broken {
			if b.AsOf == "" || b.Note == "" || !strings.Contains(b.Source, " ") {
				t.Errorf("%s says too little: %+v", name, b)
			}
		}
		if f, err := m.Judge(m.Install); err != nil || f.Old || f.Broken != nil {
			t.Errorf("%s: the version to install is %+v, %v", name, f, err)
		}
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	m := Module{Least: "6.2.1", Broken: []Broken{{From: "7.2", Until: "7.9"}}}
	for text, want := range map[string]struct{ old, broken bool }{
		"5.9.0": {old: true}, "6.2.0": {old: true}, "6.2.1": {}, "6.10.0": {}, "7.1.0": {}, "7.1.1": {}, "7.2": {broken: true},
		"7.2.0": {broken: true}, "7.8.0": {broken: true}, "7.9.0": {}, "10.0.0": {}, "7.2.1-preview": {broken: true},
	} {
		if f, err := m.Judge(text); err != nil || f.Old != want.old || (f.Broken != nil) != want.broken {
			t.Errorf("%s: %+v, %v", text, f, err)
		}
	}
	if _, err := m.Judge("new"); err == nil {
		t.Error("a word is a version")
	}
}

// A file of a configuration says of a module what holds instead; what is wrong in it is said, and changes nothing.
func TestRead(t *testing.T) {
	t.Parallel()
	table, err := BuiltIn().Read([]byte(`{"schema":1,"as_of":"2027-01-01","modules":{"MicrosoftTeams":{"least":"8.0"},"ADSync":{"least":"1.0"}}}`))
	if err != nil || table.AsOf != "2027-01-01" || table.Modules[Teams].Least != "8.0" || len(table.Modules[Teams].Broken) != 0 || len(table.Modules) != 2 {
		t.Error(table, err)
	}
	if BuiltIn().Modules[Teams].Least == "8.0" {
		t.Error("the program's own table was changed")
	}
	for src, want := range map[string]string{
		`{`:                               "it is no file of modules",
		`{"schema":1,"module":{}}`:        "unknown field",
		`{"schema":2}`:                    `"schema": 1`,
		`{"schema":1,"modules":{"A":{}}}`: `least of "A" is "": write a version`,
		`{"schema":1,"modules":{"A":{"least":"1","install":"x"}}}`:                       `install of "A" is "x"`,
		`{"schema":1,"modules":{"A":{"least":"1","broken":[{}]}}}`:                       `from of "A" is ""`,
		`{"schema":1,"modules":{"A":{"least":"1","broken":[{"from":"1","until":"y"}]}}}`: `until of "A" is "y"`,
		`{"schema":1,"modules":{"A":{"least":"1","as_of":"May"}}}`:                       "write a date",
	} {
		if got, err := BuiltIn().Read([]byte(src)); err == nil || !strings.Contains(err.Error(), want) || len(got.Modules) != len(BuiltIn().Modules) {
			t.Errorf("%s: %v", src, err)
		}
	}
}
