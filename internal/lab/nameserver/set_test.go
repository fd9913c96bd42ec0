package nameserver

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	zone := []string{
		"@ 3600 IN SOA ns1 hostmaster 7 3600 600 86400 300", "b 60 A 192.0.2.1", "b 60 A 192.0.2.2", "a.b 60 TXT x", "@ NS ns1", "gone 60 A 192.0.2.3",
	}
	sets := []Set{
		{Owner: "b.contoso.com.", Type: "A", Records: []string{"b.contoso.com. 300 IN A 192.0.2.9", "b.contoso.com. 300 IN A 192.0.2.10"}},
		{Owner: "gone.contoso.com.", Type: "A"},
		{Owner: "never.contoso.com.", Type: "AAAA"},
		{Owner: "b-c.contoso.com.", Type: "TYPE65534", Records: []string{`b-c.contoso.com. 300 IN TYPE65534 \# 2 ABCD`}},
		{Owner: "new.contoso.com.", Type: "A", Records: []string{"new.contoso.com. 1 IN A 192.0.2.4"}},
		{Owner: "new.contoso.com.", Type: "A", Records: []string{"new.contoso.com. 2 IN A 192.0.2.5"}},
	}
	want := []string{
		"contoso.com. 3600 IN SOA ns1.contoso.com. hostmaster.contoso.com. 7 3600 600 86400 300",
		"contoso.com. 3600 IN NS ns1.contoso.com.",
		"b.contoso.com. 300 IN A 192.0.2.10",
		"b.contoso.com. 300 IN A 192.0.2.9",
		`a.b.contoso.com. 60 IN TXT "x"`,
		`b-c.contoso.com. 300 CLASS1 TYPE65534 \# 2 ABCD`, // as the library writes what it does not know
		"new.contoso.com. 2 IN A 192.0.2.5",
	}
	for range 2 { // playing sets twice does no harm
		got, err := Merge("contoso.com", zone, sets)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("%v\n%s", err, diff)
		}
		zone = got
	}
}

func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	zone := []string{"@ 3600 IN SOA ns1 hostmaster 7 3600 600 86400 300"}
	tests := map[string]Set{
		`"X" is no type of record`: {Owner: "a.contoso.com.", Type: "X"},
		"outside the zone":         {Owner: "a.example.org.", Type: "A"},
		"is not of the set":        {Owner: "a.contoso.com.", Type: "A", Records: []string{"b.contoso.com. 1 IN A 192.0.2.1"}},
		"bad A A":                  {Owner: "a.contoso.com.", Type: "A", Records: []string{"a.contoso.com. 1 IN A sip"}},
		"has no SOA record":        {Owner: "contoso.com.", Type: "SOA"},
	}
	for want, set := range tests {
		if got, err := Merge("contoso.com", zone, []Set{set}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, %v; want %q", set, got, err, want)
		}
	}
	if _, err := Merge("contoso.com", []string{"x"}, nil); err == nil {
		t.Error("a zone that does not parse is merged into")
	}
}

func TestSetReadsWellInALog(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal([]Set{{Owner: "a.contoso.com.", Type: "A"}, {Owner: "b.contoso.com.", Type: "A", Records: []string{"b.contoso.com. 1 IN A 192.0.2.1"}}})
	want := `[{"owner":"a.contoso.com.","type":"A"},{"owner":"b.contoso.com.","type":"A","records":["b.contoso.com. 1 IN A 192.0.2.1"]}]`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
}

// A zone answers "there is nothing" and "there is no such name" from counts; they must hold through any order of changes.
func TestNamesAboveOthers(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	z := s.zones["contoso.com."]
	steps := []struct {
		put   bool
		owner string
		above map[string]bool
	}{
		{true, "a.b.c.contoso.com.", map[string]bool{"b.c.contoso.com.": true, "c.contoso.com.": true, "a.b.c.contoso.com.": false}},
		{true, "b.c.contoso.com.", map[string]bool{"b.c.contoso.com.": true, "c.contoso.com.": true}},
		{false, "a.b.c.contoso.com.", map[string]bool{"b.c.contoso.com.": false, "c.contoso.com.": true}},
		{false, "a.b.c.contoso.com.", map[string]bool{"b.c.contoso.com.": false, "c.contoso.com.": true}},
		{false, "b.c.contoso.com.", map[string]bool{"c.contoso.com.": false, "contoso.com.": true}},
	}
	for n, step := range steps {
		records := rr(t, step.owner+" 60 A 192.0.2.1")
		if !step.put {
			records = nil
		}
		z.put(setKey{step.owner, 1}, records)
		for owner, want := range step.above {
			if z.above(owner) != want {
				t.Errorf("step %d: above(%s) is %v", n, owner, !want)
			}
		}
	}
}
