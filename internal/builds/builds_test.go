package builds

import (
	"slices"
	"strings"
	"testing"
)

// What the program comes with can be read, and each row says where it is from.
func TestBuiltIn(t *testing.T) {
	t.Parallel()
	table := BuiltIn()
	if p, known := table.Of("7.0.2046.396"); !known || p.Name != "Skype for Business Server 2019" || p.Minimum != "7.0.2046.385" || table.AsOf == "" {
		t.Error(p, known)
	}
	if p, known := table.InTopology(6); !known || p.Name != "Lync Server 2013" {
		t.Error(p, known)
	}
	if p, known := table.Of("7.0.20461.1"); known {
		t.Error("a build of something else is taken for one of", p.Name)
	}
	if _, known := table.InTopology(9); known {
		t.Error("a version that nobody knows is known")
	}
	for name, p := range table.Products {
		if p.Source == "" || p.Date == "" || p.TopologySource == "" || strings.Contains(p.Source, "MOVE") || strings.Contains(p.TopologySource, "PLAN") {
			t.Errorf("%s says too little of where it is from: %+v", name, p)
		}
		for _, other := range p.Beside {
			if !slices.Contains(table.Products[other].Beside, name) {
				t.Errorf("%s may be beside %s, but not the other way round", name, other)
			}
		}
	}
}

// Builds are compared as numbers, not as texts.
func TestOlder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		build, than string
		older, ok   bool
	}{
		{"7.0.2046.384", "7.0.2046.385", true, true},
		{"7.0.2046.385", "7.0.2046.385", false, true},
		{"7.0.2046.1000", "7.0.2046.385", false, true},
		{"6.0.9319.62", "6.0.9319.619", true, true},
		{"7.0.2046", "7.0.2046.385", true, true},
		{"seven", "7.0.2046.385", false, false},
	} {
		if older, ok := Older(c.build, c.than); ok != c.ok || ok && older != c.older {
			t.Errorf("%s than %s: %v %v", c.build, c.than, older, ok)
		}
	}
}

// A file of a configuration adds products and raises minimums; what is wrong in it is said, and changes nothing.
func TestRead(t *testing.T) {
	t.Parallel()
	table, err := BuiltIn().Read([]byte(`{"schema":1,"as_of":"2027-01-01","products":{"Server SE":{"builds":"8.0.1","minimum":"8.0.1.5"},"Lync Server 2013":{"builds":"5.0.8308"}}}`))
	if err != nil || table.Products["Server SE"].Minimum != "8.0.1.5" || table.Products["Lync Server 2013"].Minimum != "" || table.AsOf != "2027-01-01" {
		t.Error(table, err)
	}
	if BuiltIn().Products["Lync Server 2013"].Minimum == "" {
		t.Error("the program's own table was changed")
	}
	for src, want := range map[string]string{
		`{`:                         "it is no file of builds",
		`{"schema":1,"product":{}}`: "unknown field",
		`{"schema":2}`:              `"schema": 1`,
		`{"schema":1,"products":{"A":{"builds":"new"}}}`:                                            "write what all its versions begin with",
		`{"schema":1,"products":{"A":{"builds":"8.0.1","minimum":"7.0.1.5"}}}`:                      "write one of its builds",
		`{"schema":1,"products":{"A":{"builds":"8.0.1","minimum":"8.0.1.5","date":"last summer"}}}`: "write a date",
	} {
		if got, err := BuiltIn().Read([]byte(src)); err == nil || !strings.Contains(err.Error(), want) || len(got.Products) != len(BuiltIn().Products) {
			t.Errorf("%s: %v", src, err)
		}
	}
}
