package dns

import (
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab/nameserver"
	"hybrid/planner"
)

func TestWhatIsDoneAheadOfASwitch(t *testing.T) {
	t.Parallel()
	live := set("sip.contoso.com", "A", 3600, "203.0.113.9")
	unknown := set("sip.contoso.com", "A", 300).AsValueMap()
	unknown["values"] = cty.UnknownVal(cty.Set(cty.String))
	for label, test := range map[string]struct {
		live, want cty.Value
		ttl        int64  // that is set ahead, 0 for nothing
		note       string // of the plan, "" for none
	}{
		"other values":            {live, set("sip.contoso.com", "A", -1, "203.0.113.10"), 300, "for up to 1 h after the change (TTL 3600)"},
		"other values, lower TTL": {live, set("sip.contoso.com", "A", 60, "203.0.113.10"), 60, "(TTL 3600)"},
		"other values, high TTL":  {live, set("sip.contoso.com", "A", 86400, "203.0.113.10"), 300, "(TTL 3600)"},
		"one more value":          {live, set("sip.contoso.com", "A", -1, "203.0.113.9", "203.0.113.10"), 300, "(TTL 3600)"},
		"values not known yet":    {live, cty.ObjectVal(unknown), 300, "(TTL 3600)"},
		"deleted":                 {live, cty.NilVal, 300, "for up to 1 h after the change"},
		"only the TTL":            {live, set("sip.contoso.com", "A", 60, "203.0.113.9"), 0, ""},
		"another spelling":        {set("x.contoso.com", "CNAME", 3600, "A.contoso.com"), set("x.contoso.com", "CNAME", 60, "a.contoso.com."), 0, ""},
		"low already":             {set("sip.contoso.com", "A", 300, "203.0.113.9"), set("sip.contoso.com", "A", -1, "203.0.113.10"), 0, ""},
		"low, to be lower":        {set("sip.contoso.com", "A", 300, "203.0.113.9"), set("sip.contoso.com", "A", 60, "203.0.113.10"), 60, ""},
		"new":                     {cty.NilVal, set("sip.contoso.com", "A", 60, "203.0.113.10"), 0, ""},
		"nothing":                 {live, live, 0, ""},
		"high, with minutes":      {set("sip.contoso.com", "A", 5400, "203.0.113.9"), cty.NilVal, 300, "for up to 1 h 30 min after"},
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			c := change(test.live, test.want)
			plan := &planner.Plan{Changes: []planner.Change{c}}
			nodes := planner.Ahead(plan)
			if (len(nodes) > 0) != (test.ttl > 0) {
				t.Fatalf("%s: %d blocks ahead", c.Action, len(nodes))
			}
			if test.ttl > 0 {
				holdsTTLOnly(t, nodes[0], test.live, test.ttl)
			}
			notes := strings.Join(switchNotes(string(c.Action), valuesOf(c.Before), afterOf(c)), "\n")
			if !strings.Contains(notes, test.note) || (notes == "") != (test.note == "") {
				t.Errorf("notes %q, want %q", notes, test.note)
			}
			if test.note != "" && !strings.Contains(notes, "hybrid apply --lower-ttl") {
				t.Errorf("no remedy in %q", notes)
			}
		})
	}
}

func valuesOf(v cty.Value) map[string]cty.Value {
	if v.IsNull() {
		return nil
	}
	return v.AsValueMap()
}

// holdsTTLOnly plans what is done ahead against what is live.
func holdsTTLOnly(t *testing.T, node *planner.Node, live cty.Value, ttl int64) {
	t.Helper()
	objects, diags := node.Evaluate(nil)
	if diags.HasErrors() || len(objects) != 1 {
		t.Fatalf("%d objects, %v", len(objects), diags)
	}
	o := objects[0]
	listing := planner.Listing{Objects: map[string]planner.Found{o.Kind.LiveID(o.Identity, live): {Identity: o.Identity, Value: live}}}
	c := planner.Check(&o, listing)
	if c.Action != planner.Update || len(c.Paths) != 1 || planner.AttrName(c.Paths[0]) != "ttl" || ttlOf(c.After.AsValueMap()) != ttl {
		t.Errorf("ahead comes %s of %v with TTL %d, want %d", c.Action, c.Paths, ttlOf(c.After.AsValueMap()), ttl)
	}
	if !c.After.GetAttr("values").RawEquals(live.GetAttr("values")) || c.Notes != nil {
		t.Errorf("values become %#v, notes %q", c.After.GetAttr("values"), c.Notes)
	}
}

// What a reading has shown of the zone says how long an absence is remembered, with a transfer and without.
func TestAbsencesAreRemembered(t *testing.T) {
	t.Parallel()
	for label, test := range map[string]struct {
		minimum string
		fault   nameserver.Fault
		zones   []string
		want    string
	}{
		"transfer":       {"900", nameserver.NoFault, nil, "there is none for up to 15 min after the change (the zone's SOA record says 900 s)"},
		"no transfer":    {"900", nameserver.RefuseTransfers, nil, "says 900 s"},
		"declared zones": {"5400", nameserver.NoFault, []string{"contoso.com"}, "up to 1 h 30 min after the change"},
		"short":          {"300", nameserver.NoFault, nil, ""},
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			s, err := nameserver.Start(nameserver.Options{Listen: "127.0.0.1:0", Zones: map[string][]string{
				"contoso.com": {"@ 7200 IN SOA ns1 hostmaster 7 3600 600 86400 " + test.minimum, "@ 3600 IN NS ns1"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			s.SetFault(test.fault)
			p := openAt(t, settings(s.Addr(), nameserver.Key{}, test.zones...)).(*provider)
			c := plan(t, p, set("sip.contoso.com", "A", -1, "203.0.113.10"))
			said := strings.Join(p.Advise(c), "\n")
			if !strings.Contains(said, test.want) || (said == "") != (test.want == "") {
				t.Errorf("got %q, want %q", said, test.want)
			}
			if c.Action = planner.Delete; p.Advise(c) != nil {
				t.Error("advice for what exists")
			}
		})
	}
}

func TestWhenTheSwitchIsSafe(t *testing.T) {
	t.Parallel()
	live, want := set("sip.contoso.com", "A", 5400, "203.0.113.9"), set("sip.contoso.com", "A", 60, "203.0.113.10")
	later := &planner.Plan{Changes: []planner.Change{
		change(live, want), change(set("meet.contoso.com", "A", 200, "203.0.113.9"), cty.NilVal), change(live, live),
		change(cty.NilVal, set("new.contoso.com", "A", 60, "203.0.113.10")),
	}}
	later.Changes[3].Notes = []string{"whoever has asked before …"}
	low := set("sip.contoso.com", "A", 60, "203.0.113.9")
	done := &planner.Plan{Changes: []planner.Change{change(live, low)}}
	at := time.Date(2026, 11, 22, 22, 59, 10, 0, time.UTC)
	got := Lowered(done, later, at)
	const want1 = "Others may remember the old TTLs for up to 1 h 30 min. From Mon 23 Nov 00:30 UTC on, the switch itself takes no longer than 3 min 20 s to arrive everywhere: plan and apply it then, without --lower-ttl."
	const want2 = ` Records that are made new have no TTL to lower (dns_record["new.contoso.com"].A): whoever has asked before ….`
	if !strings.HasPrefix(got, want1) || strings.TrimPrefix(got, want1) != strings.ReplaceAll(want2, "].A", `]["A"]`) {
		t.Errorf("got  %s\nwant %s%s", got, want1, want2)
	}
}

func TestLasting(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 s", 45: "45 s", 60: "1 min", 200: "3 min 20 s", 3600: "1 h", 5400: "1 h 30 min", 86400: "24 h"} {
		if got := lasting(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
