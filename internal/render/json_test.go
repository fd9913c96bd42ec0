package render

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"estate.json": {Digest: "sha256:1234", RoundTrips: 7, Estimate: timedEstimate(), Elapsed: time.Second},
		"users.json":  {Users: true, Steps: issued},
	} {
		plan := estate()
		if o.Users {
			plan = &planner.Plan{Changes: []planner.Change{enabled(1), moves(4, 1, planner.Blocked{Row: 2, Reason: "no home known"}), moves(2, 2)}}
		}
		got := rendered(t, func(b *bytes.Buffer) error { return JSON(b, plan, o) })
		golden(t, name, got)
		o.Elapsed = time.Hour
		if again := rendered(t, func(b *bytes.Buffer) error { return JSON(b, plan, o) }); !bytes.Equal(got, again) {
			t.Errorf("%s: the same plan gives other bytes", name)
		}
	}
}

// What a change comes after stands with it: blocks by address, kinds by name, each once; of users it is the block's.
func TestJSONSaysWhatComesFirst(t *testing.T) {
	t.Parallel()
	first := &schema.Kind{Name: "oauth_server"}
	later := &schema.Kind{Name: "hosting_provider", After: []schema.First{{Kind: "oauth_server", Why: "trust comes first"}}, Leaving: []schema.First{{Kind: "oauth_server", Why: "trust goes last"}}}
	at := func(k *schema.Kind, label string, leaving bool, needs ...planner.Edge) *planner.Node {
		return &planner.Node{Address: planner.Address{Kind: k.Name, Labels: []string{label}}, Kind: k, Leaving: leaving, Needs: needs}
	}
	edge := planner.Edge{To: "oauth_server.a", Why: "refers to it", Refers: true, Range: hcl.Range{Filename: "main.hcl", Start: hcl.Pos{Line: 3}}}
	nodes, _ := planner.Sort([]*planner.Node{at(later, "in", false, edge, edge), at(later, "out", true), at(first, "a", false), at(first, "b", true)})
	want := map[string]string{
		"in":  `[{"address":"oauth_server.a","why":"refers to it","source":"main.hcl:3"},{"kind":"oauth_server","why":"hosting_provider comes after oauth_server: trust comes first"}]`,
		"out": `[{"kind":"oauth_server","why":"hosting_provider comes after oauth_server: trust goes last"},{"kind":"oauth_server","leaving":true,"why":"hosting_provider comes after oauth_server: trust goes last"}]`,
	}
	for _, node := range nodes {
		got, err := json.Marshal(precedences(&planner.Change{Node: node}, Redact(&planner.Plan{})))
		if expected := want[node.Address.Labels[0]]; expected != "" && (err != nil || string(got) != expected) {
			t.Errorf("%s: %s", node.Address, got)
		}
	}
	if precedences(&planner.Change{}, nil) != nil {
		t.Error("what no block declares comes after something")
	}
}

// What tools read of it, by the library that they read it with.
func TestTerraformReadsIt(t *testing.T) {
	t.Parallel()
	text := rendered(t, func(b *bytes.Buffer) error { return JSON(b, estate(), Options{Steps: issued}) })
	var plan tfjson.Plan
	if err := json.Unmarshal(text, &plan); err != nil {
		t.Fatal(err)
	}
	if plan.FormatVersion != "1.2" || plan.Complete == nil || *plan.Complete || plan.Timestamp != "" {
		t.Errorf("version %q, complete %v", plan.FormatVersion, plan.Complete)
	}
	type brief struct {
		Address, Type, Name, Provider string
		Actions                       tfjson.Actions
		Replace                       []any
	}
	var got []brief
	for _, c := range plan.ResourceChanges {
		if c.Mode != tfjson.ManagedResourceMode {
			t.Errorf("%s has mode %q", c.Address, c.Mode)
		}
		got = append(got, brief{c.Address, c.Type, c.Name, c.ProviderName, c.Change.Actions, c.Change.ReplacePaths})
	}
	none, create, change := tfjson.Actions{"no-op"}, tfjson.Actions{"create"}, tfjson.Actions{"update"}
	want := []brief{
		{"access_edge", "access_edge", "", "skype", none, nil},
		{"hosting_provider.LyncOnline", "hosting_provider", "LyncOnline", "skype", create, nil},
		{"hosting_provider.Exchange", "hosting_provider", "Exchange", "skype", change, nil},
		{`hosting_provider["Old.Provider"]`, "hosting_provider", "Old.Provider", "skype", tfjson.Actions{"delete", "create"}, []any{[]any{"proxy_fqdn"}}},
		{`dns_record["_sip._tls.contoso.com"]["SRV"]`, "dns_record", "_sip._tls.contoso.com SRV", "dns.external", change, nil},
		{"hosting_provider.Same", "hosting_provider", "Same", "skype", none, nil},
		{"hosting_provider.Old", "hosting_provider", "Old", "skype", tfjson.Actions{"delete"}, nil},
		{"user.new", "user", "new", "skype", create, nil},
		{"user_homing.pilot", "user_homing", "pilot", "skype", change, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	lync, exchange := plan.ResourceChanges[1].Change, plan.ResourceChanges[2].Change
	after := lync.After.(map[string]any)
	if lync.Before != nil || after["password"] != nil || after["proxy_fqdn"] != "sipfed.online.lync.com" || after["priority"] != 10.0 {
		t.Errorf("before %v, after %v", lync.Before, after)
	}
	if _, there := after["retries"]; there {
		t.Error("what steers hybrid is shown as a part of the object")
	}
	if diff := cmp.Diff(map[string]any{"password": true, "proxy": map[string]any{"key": true}}, lync.AfterSensitive); diff != "" || lync.BeforeSensitive != false {
		t.Errorf("sensitive: %s", diff)
	}
	if diff := cmp.Diff(map[string]any{"issuer": true}, lync.AfterUnknown); diff != "" {
		t.Errorf("unknown: %s", diff)
	}
	if diff := cmp.Diff(map[string]any{"autodiscover_url": true, "issuer": true}, keys(exchange.AfterUnknown, "autodiscover_url", "issuer")); diff != "" {
		t.Errorf("unknown: %s", diff)
	}
	if gone := plan.ResourceChanges[6].Change; gone.After != nil || gone.Before.(map[string]any)["proxy_fqdn"] != "old.contoso.com" {
		t.Errorf("deleted: %+v", gone)
	}
}

func keys(object any, names ...string) map[string]any {
	all := map[string]any{}
	for _, name := range names {
		if v, ok := object.(map[string]any)[name]; ok {
			all[name] = v
		}
	}
	return all
}

// With every user, each change is counted once: the block's own element does nothing.
func TestEachUserIsCountedOnce(t *testing.T) {
	t.Parallel()
	plan := &planner.Plan{Changes: []planner.Change{moves(50, 2, planner.Blocked{Row: 7, Reason: "no home known"})}}
	count := func(users bool) (actions map[string]int) {
		text := rendered(t, func(b *bytes.Buffer) error { return JSON(b, plan, Options{Users: users}) })
		var doc tfjson.Plan
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		actions = map[string]int{}
		for _, c := range doc.ResourceChanges {
			actions[string(c.Change.Actions[0])]++
			if c.Index == "sip:user2@contoso.com" && (c.Address != `user_homing.pilot["sip:user2@contoso.com"]` ||
				cmp.Diff(map[string]any{"target": "sipfed.online.lync.com"}, c.Change.Before) != "" || c.Change.After.(map[string]any)["target"] != "pool01.contoso.com") {
				t.Errorf("%+v", c.Change)
			}
		}
		return actions
	}
	if diff := cmp.Diff(map[string]int{"update": 1}, count(false)); diff != "" {
		t.Errorf("blocks: %s", diff)
	}
	if diff := cmp.Diff(map[string]int{"update": 47, "no-op": 2}, count(true)); diff != "" {
		t.Errorf("users: %s", diff)
	}
}

func TestUnknownParts(t *testing.T) {
	t.Parallel()
	unknown := cty.UnknownVal(cty.String)
	for want, v := range map[string]cty.Value{
		`null`:               cty.StringVal("x"),
		`true`:               unknown,
		`[false,true]`:       cty.ListVal([]cty.Value{cty.StringVal("x"), unknown}),
		`{"b":true}`:         cty.ObjectVal(vals{"a": cty.True, "b": unknown}),
		`{"a":[{"b":true}]}`: cty.ObjectVal(vals{"a": cty.TupleVal([]cty.Value{cty.ObjectVal(vals{"b": unknown})})}),
	} {
		got, err := json.Marshal(unknownParts(v))
		if err != nil || string(got) != want {
			t.Errorf("got %s, want %s (%v)", got, want, err)
		}
	}
	if got := unknownParts(cty.SetVal([]cty.Value{unknown})); got != true {
		t.Errorf("a set: %v", got)
	}
	if text, err := json.Marshal(value(cty.ListVal([]cty.Value{cty.StringVal("x"), unknown}))); string(text) != `["x",null]` || err != nil {
		t.Errorf("%s, %v", text, err)
	}
}

// A hundred thousand users go out one at a time.
func BenchmarkJSONUsers(b *testing.B) {
	plan := &planner.Plan{Changes: []planner.Change{moves(100_000, 0)}}
	b.ReportAllocs()
	for b.Loop() {
		if err := JSON(&discard{}, plan, Options{Users: true}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTextUsers(b *testing.B) {
	plan := &planner.Plan{Changes: []planner.Change{moves(100_000, 0)}}
	b.ReportAllocs()
	for b.Loop() {
		if err := Text(&discard{}, plan, Options{Users: true}); err != nil {
			b.Fatal(err)
		}
	}
}

// discard counts what it is given.
type discard struct{ most int }

func (d *discard) Write(p []byte) (int, error) { d.most = max(d.most, len(p)); return len(p), nil }

func TestTheDocumentIsNeverInMemory(t *testing.T) {
	t.Parallel()
	var d discard
	if err := JSON(&d, &planner.Plan{Changes: []planner.Change{moves(5000, 0)}}, Options{Users: true}); err != nil {
		t.Fatal(err)
	}
	if d.most == 0 || d.most > 64<<10 {
		t.Errorf("a write of %d bytes", d.most)
	}
}

func TestLostAndClearedAttributes(t *testing.T) {
	t.Parallel()
	live := object(provider, vals{"proxy_fqdn": cty.StringVal("old"), "autodiscover_url": cty.UnknownVal(cty.String), "priority": cty.NumberIntVal(1)})
	c := diffed(provider, live, object(provider, vals{"proxy_fqdn": cty.StringVal("new")}), 1, "x")
	c.After = object(provider, vals{"proxy_fqdn": cty.StringVal("new")}) // priority is cleared by another attribute
	got := string(rendered(t, func(b *bytes.Buffer) error { return Text(b, &planner.Plan{Changes: []planner.Change{c}}, Options{}) }))
	for _, want := range []string{
		`~ proxy_fqdn       = "old" → "new"   forces replacement`,
		"? autodiscover_url: the server does not tell, so the new object is made without it",
		"- priority         = 1\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}
