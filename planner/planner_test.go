package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/schema"
)

// provider is a kind with every sort of attribute that planning tells apart.
var provider = &schema.Kind{
	Name: "hosting_provider", System: "skype", Remote: schema.Cmdlet{Noun: "CsHostingProvider"},
	Attrs: []schema.Attr{
		{Name: "proxy_fqdn", Type: cty.String, Mode: schema.Required, ForceNew: true, Norm: lower},
		{Name: "enabled", Type: cty.Bool},
		{Name: "level", Type: cty.String, OneOf: []string{"Always", "Never"}},
		{Name: "issuer", Type: cty.String, Mode: schema.Computed},
		{Name: "born_at", Type: cty.String, Initial: true},
		{Name: "key_a", Type: cty.String, Group: "key"},
		{Name: "key_b", Type: cty.String, Group: "key"},
	},
}

func lower(v cty.Value) cty.Value { return cty.StringVal(strings.ToLower(v.AsString())) }

var sources = planner.Source{Provider: "skype", Kind: "hosting_provider"}

// value makes an object of a kind; what is not named is null.
func value(k *schema.Kind, identity string, set map[string]cty.Value) cty.Value {
	values := map[string]cty.Value{}
	for name, t := range k.Type().AttributeTypes() {
		values[name] = cty.NullVal(t)
	}
	values["identity"] = cty.StringVal(identity)
	for name, v := range set {
		values[name] = v
	}
	return cty.ObjectVal(values)
}

func text(s string) cty.Value { return cty.StringVal(s) }

// node is a block that holds fixed objects.
func node(k *schema.Kind, label string, needs []planner.Edge, objects ...planner.Object) *planner.Node {
	address := planner.Address{Kind: k.Name, Labels: []string{label}}
	for i := range objects {
		objects[i].Kind, objects[i].Provider = k, "skype"
		if objects[i].Address.Kind == "" {
			objects[i].Address = address
		}
	}
	return &planner.Node{
		Address: address, Kind: k, Needs: needs,
		Evaluate: func(map[string]cty.Value) ([]planner.Object, hcl.Diagnostics) { return objects, nil },
	}
}

func declared(label string, set map[string]cty.Value) *planner.Node {
	return node(provider, label, nil, planner.Object{Identity: label, Want: value(provider, label, set)})
}

func listing(found ...cty.Value) planner.Live {
	l := planner.Listing{Objects: map[string]planner.Found{}, Complete: true}
	for _, v := range found {
		id := v.GetAttr("identity").AsString()
		l.Objects[provider.LiveID(id, v)] = planner.Found{Identity: id, Value: v}
	}
	return planner.Live{sources: l}
}

func TestOneObject(t *testing.T) {
	t.Parallel()
	live := map[string]cty.Value{"proxy_fqdn": text("sipfed.online.lync.com"), "enabled": cty.True, "level": text("Never"), "issuer": text("i"), "key_a": text("k")}
	with := func(changes map[string]cty.Value) map[string]cty.Value {
		set := map[string]cty.Value{"proxy_fqdn": text("sipfed.online.lync.com")}
		for name, v := range changes {
			set[name] = v
		}
		return set
	}
	unread := map[string]cty.Value{"proxy_fqdn": text("sipfed.online.lync.com"), "enabled": cty.UnknownVal(cty.Bool)}
	for _, test := range []struct {
		name          string
		live, want    map[string]cty.Value
		action        planner.Action
		paths, unread []string
		after         map[string]string
	}{
		{name: "create", want: with(nil), action: planner.Create, paths: []string{"proxy_fqdn"}, after: map[string]string{"issuer": "(known after apply)"}},
		{name: "as wanted", live: live, want: with(map[string]cty.Value{"enabled": cty.True}), action: planner.NoOp},
		{name: "unset is left alone", live: live, want: with(nil), action: planner.NoOp, after: map[string]string{"level": `"Never"`, "enabled": "true"}},
		{name: "spelling is no difference", live: live, want: map[string]cty.Value{"proxy_fqdn": text("SIPFED.online.lync.com"), "level": text("never")}, action: planner.NoOp},
		{name: "update", live: live, want: with(map[string]cty.Value{"enabled": cty.False}), action: planner.Update, paths: []string{"enabled"}, after: map[string]string{"level": `"Never"`, "enabled": "false", "issuer": "(known after apply)"}},
		{name: "known after apply", live: live, want: with(map[string]cty.Value{"level": cty.UnknownVal(cty.String)}), action: planner.Update, paths: []string{"level"}},
		{name: "replace keeps what is unset", live: live, want: map[string]cty.Value{"proxy_fqdn": text("other")}, action: planner.Replace, paths: []string{"proxy_fqdn"}, after: map[string]string{"level": `"Never"`, "proxy_fqdn": `"other"`}},
		{name: "initial is never compared", live: live, want: with(map[string]cty.Value{"born_at": text("x")}), action: planner.NoOp},
		{name: "nothing from what is unread", live: unread, want: with(map[string]cty.Value{"enabled": cty.True}), action: planner.NoOp, unread: []string{"enabled"}},
		{name: "unset equals empty", live: live, want: with(map[string]cty.Value{"key_b": text("")}), action: planner.NoOp},
		{name: "one of a group clears the others", live: live, want: with(map[string]cty.Value{"key_b": text("x")}), action: planner.Update, paths: []string{"key_b"}, after: map[string]string{"key_b": `"x"`, "key_a": ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			state := listing()
			if test.live != nil {
				state = listing(value(provider, "lynconline", test.live))
			}
			plan, diags := planner.New([]*planner.Node{declared("LyncOnline", test.want)}, state, planner.Options{})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			c := plan.Changes[0]
			if c.Action != test.action {
				t.Errorf("action %s, want %s", c.Action, test.action)
			}
			var paths []string
			for _, p := range c.Paths {
				paths = append(paths, planner.AttrName(p))
			}
			if d := cmp.Diff(test.paths, paths); d != "" {
				t.Error("paths:", d)
			}
			if d := cmp.Diff(test.unread, c.Unread); d != "" {
				t.Error("unread:", d)
			}
			after := planner.Texts(c.After)
			for name, want := range test.after {
				if after[name] != want {
					t.Errorf("%s will be %s, want %s", name, after[name], want)
				}
			}
		})
	}
}

func TestErrorIsNoAbsence(t *testing.T) {
	t.Parallel()
	state := planner.Live{sources: planner.Listing{Err: fmt.Errorf("the server does not answer")}}
	plan, _ := planner.New([]*planner.Node{declared("LyncOnline", map[string]cty.Value{"proxy_fqdn": text("x")})}, state, planner.Options{})
	if c := plan.Changes[0]; c.Action != planner.Unknown || c.Reason != "the server does not answer" {
		t.Errorf("planned %s (%s) from a read that failed", c.Action, c.Reason)
	}
	unasked, _ := planner.New([]*planner.Node{declared("LyncOnline", nil)}, planner.Live{}, planner.Options{})
	if c := unasked.Changes[0]; c.Action != planner.Unknown {
		t.Errorf("planned %s without any read", c.Action)
	}
}

// What the far end does not keep as it is declared is an error where it is declared, and stops the plan of nothing else.
func TestRefusedObjectsAreErrorsOfTheirOwn(t *testing.T) {
	t.Parallel()
	bad, good := declared("Bad", nil), declared("Good", map[string]cty.Value{"proxy_fqdn": text("x")})
	objects, _ := bad.Evaluate(nil)
	state := listing()
	l := state[sources]
	l.Refused = map[string]error{objects[0].LiveID(): fmt.Errorf("Bad is kept by somebody else")}
	state[sources] = l
	plan, diags := planner.New([]*planner.Node{bad, good}, state, planner.Options{})
	if bad, good := plan.Changes[0], plan.Changes[1]; bad.Action != planner.Unknown || bad.Reason != "Bad is kept by somebody else" || good.Action != planner.Create {
		t.Errorf("planned %s (%s) of what is refused, and %s beside it", bad.Action, bad.Reason, good.Action)
	}
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "Bad is kept by somebody else.") || diags[0].Subject == nil {
		t.Errorf("said: %v", diags)
	}
}

func TestAbsent(t *testing.T) {
	t.Parallel()
	gone := node(provider, "Old", nil, planner.Object{Identity: "Old", Want: value(provider, "Old", nil), Absent: true, PreventDestroy: true})
	live := listing(value(provider, "OLD", map[string]cty.Value{"proxy_fqdn": text("old")}))
	plan, diags := planner.New([]*planner.Node{gone}, live, planner.Options{})
	if c := plan.Changes[0]; c.Action != planner.Delete || c.Identity != "OLD" {
		t.Errorf("planned %s of %q, want the live object to be deleted", c.Action, c.Identity)
	}
	if c := plan.Changes[0]; !c.PreventDestroy || diags.HasErrors() {
		t.Errorf("what its block protects is a guard's to refuse, who must know of it: %v %v", c.PreventDestroy, diags)
	}
	plan, diags = planner.New([]*planner.Node{gone}, listing(), planner.Options{})
	if plan.Changes[0].Action != planner.NoOp || diags.HasErrors() {
		t.Errorf("what is absent already is no change: %v %v", plan.Changes[0].Action, diags)
	}
}

func TestExclusive(t *testing.T) {
	t.Parallel()
	live := listing(
		value(provider, "LyncOnline", map[string]cty.Value{"proxy_fqdn": text("a")}),
		value(provider, "Exchange Online", map[string]cty.Value{"proxy_fqdn": text("b")}),
		value(provider, "stray", map[string]cty.Value{"proxy_fqdn": text("c")}))
	nodes := []*planner.Node{declared("LyncOnline", map[string]cty.Value{"proxy_fqdn": text("a")})}
	o := planner.Options{Exclusives: []planner.Exclusive{{Kind: provider, Provider: "skype", Ignore: []string{"exchange*"}}}}
	plan, diags := planner.New(nodes, live, o)
	var got []string
	for _, c := range plan.Changes {
		got = append(got, fmt.Sprint(c.Action, " ", c.Address))
	}
	if d := cmp.Diff([]string{"delete hosting_provider.stray", "no-op hosting_provider.LyncOnline"}, got); d != "" || diags.HasErrors() {
		t.Error(d, diags)
	}
	partial := live[sources]
	partial.Complete = false
	if _, diags = planner.New(nodes, planner.Live{sources: partial}, o); !diags.HasErrors() {
		t.Error("an incomplete list was taken for the whole truth")
	}
}

func TestSort(t *testing.T) {
	t.Parallel()
	edge := func(to string) []planner.Edge { return []planner.Edge{{To: to, Why: "depends_on"}} }
	late := &schema.Kind{Name: "late", After: []schema.First{{Kind: "hosting_provider", Why: "it is needed"}}, Attrs: provider.Attrs}
	nodes := []*planner.Node{
		node(late, "l1", nil), node(provider, "b", edge("hosting_provider.c")), node(provider, "a", nil),
		node(late, "l2", nil), node(provider, "c", edge("late.l2")),
	}
	order, diags := planner.Sort(nodes)
	var got []string
	for _, n := range order {
		got = append(got, n.Address.String())
	}
	want := []string{"late.l2", "hosting_provider.c", "hosting_provider.b", "hosting_provider.a", "late.l1"}
	if d := cmp.Diff(want, got); d != "" || diags.HasErrors() {
		t.Error(d, diags)
	}
}

func TestCycleNamesEveryEdge(t *testing.T) {
	t.Parallel()
	edge := func(to string, line int) []planner.Edge {
		return []planner.Edge{{To: to, Why: "depends_on", Range: hcl.Range{Filename: "main.hcl", Start: hcl.Pos{Line: line}}}}
	}
	_, diags := planner.Sort([]*planner.Node{
		node(provider, "a", edge("hosting_provider.b", 3)), node(provider, "b", edge("hosting_provider.c", 7)), node(provider, "c", edge("hosting_provider.b", 11)),
	})
	want := "Nothing in this circle can come first:\n" +
		"  hosting_provider.b → hosting_provider.c  (depends_on, main.hcl:7)\n" +
		"  hosting_provider.c → hosting_provider.b  (depends_on, main.hcl:11)\n" +
		"Remove one of these edges."
	if len(diags) != 1 || diags[0].Detail != want {
		t.Errorf("got %v", diags)
	}
}

// Users: two kinds as skype declares them, with the columns that matter.
var columns = []string{"SipAddress", "HostingProvider", "RegistrarPool"}

var user = &schema.Kind{
	Name: "user", System: "skype", Attrs: []schema.Attr{{Name: "pool", Type: cty.String, Initial: true}},
	Rows: &schema.Rows{Columns: columns, Created: func(v map[string]cty.Value, sip, _ string) []string {
		return []string{sip, "SRV:", v["pool"].AsString()}
	}},
}

var homing = &schema.Kind{
	Name: "user_homing", System: "skype", After: []schema.First{{Kind: "user", Why: "it is needed"}},
	Attrs: []schema.Attr{{Name: "target", Type: cty.String, Mode: schema.Required}},
	Rows: &schema.Rows{Columns: columns, Attr: "target", State: func(cells []string) string {
		if cells[1] == "SRV:" {
			return cells[2]
		}
		return cells[1]
	}, Blocked: func(cells []string) string {
		if cells[1] == "" {
			return "no home known"
		}
		return ""
	}},
}

func table(columns []string, rows ...[]string) *roster.Table {
	t := roster.New(columns...)
	for _, r := range rows {
		t.Append(r...)
	}
	return t
}

func TestUsers(t *testing.T) {
	t.Parallel()
	live := planner.Listing{Complete: true, Users: table(columns,
		[]string{"sip:HOME@x.com", "SRV:", "pool01"}, []string{"sip:cloud@x.com", "sipfed", ""}, []string{"sip:odd@x.com", "", ""})}
	state := planner.Live{{Provider: "skype", Kind: "user"}: live, {Provider: "skype", Kind: "user_homing"}: live}
	enabled := table([]string{"sip_address", "identity"}, []string{"sip:new@x.com", "new"}, []string{"sip:local@x.com", "local"}, []string{"sip:home@x.com", "home"})
	everyone := table([]string{"sip_address", "identity"},
		[]string{"sip:home@x.com", "home"}, []string{"sip:cloud@x.com", "cloud"}, []string{"sip:odd@x.com", "odd"},
		[]string{"sip:new@x.com", "new"}, []string{"sip:stranger@x.com", "stranger"})
	nodes, _ := planner.Sort([]*planner.Node{
		node(homing, "all", nil, planner.Object{Users: everyone, Want: value(homing, "", map[string]cty.Value{"target": text("pool01")})}),
		node(user, "online", nil, planner.Object{Users: enabled, Want: value(user, "", map[string]cty.Value{"pool": text("pool02")})}),
	})
	plan, diags := planner.New(nodes, state, planner.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var got []string
	for _, c := range plan.Changes {
		got = append(got, fmt.Sprintf("%s %s: %d same", c.Action, c.Address, c.Users.Same))
		for one := range c.All() {
			got = append(got, fmt.Sprintf("%s %s", one.Address, one.Identity))
		}
		for _, b := range c.Users.Blocked {
			got = append(got, fmt.Sprintf("blocked %s: %.20s", c.Users.Want.SIP(int(b.Row)), b.Reason))
		}
	}
	want := []string{
		"create user.online: 1 same", `user.online["sip:new@x.com"] new`, `user.online["sip:local@x.com"] local`,
		"move user_homing.all: 1 same", `user_homing.all["sip:cloud@x.com"] cloud`, `user_homing.all["sip:new@x.com"] new`,
		"blocked sip:odd@x.com: no home known", "blocked sip:stranger@x.com: not enabled for the ",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	counts := plan.Count()
	if counts.Enabled != 2 || counts.Moved != 2 || counts.Blocked != 2 || counts.Same != 2 {
		t.Errorf("counted %+v", counts)
	}
}

func TestApproval(t *testing.T) {
	t.Parallel()
	nodes := []*planner.Node{declared("a", map[string]cty.Value{"proxy_fqdn": text("a"), "enabled": cty.True}), declared("b", map[string]cty.Value{"proxy_fqdn": text("b")})}
	state := func(enabled cty.Value, level string) planner.Live {
		return listing(value(provider, "a", map[string]cty.Value{"proxy_fqdn": text("a"), "enabled": enabled, "level": text(level)}))
	}
	plan := func(live planner.Live) *planner.Plan {
		p, _ := planner.New(nodes, live, planner.Options{})
		return p
	}
	approval := planner.Approve(plan(state(cty.False, "Never")))
	if d := approval.Deviations(plan(state(cty.True, "Never"))); d != nil {
		t.Errorf("part of it being done already: %v", d)
	}
	if d := approval.Deviations(plan(state(cty.False, "Never"))); d != nil {
		t.Errorf("nothing has changed: %v", d)
	}
	if d := approval.Deviations(plan(state(cty.False, "Always"))); d != nil {
		t.Errorf("drift of what the change leaves alone: %v", d)
	}
	nodes[0] = declared("a", map[string]cty.Value{"proxy_fqdn": text("a"), "enabled": cty.True, "level": text("Never")})
	if d := approval.Deviations(plan(state(cty.False, "Never"))); d != nil {
		t.Errorf("what is declared and as wanted: %v", d)
	}
	d := approval.Deviations(plan(state(cty.False, "Always")))
	if len(d) != 1 || d[0].Attr != "level" || d[0].Approved != `"Never"` || d[0].Now != `"Always"` {
		t.Errorf("drift of what would be changed as well: %v", d)
	}
	moved := plan(state(cty.False, "Never"))
	moved.Changes[0].Place = "emea.contoso.com"
	if d := approval.Deviations(moved); len(d) != 1 || d[0].Text != `hosting_provider.a: approved for (unset), now it would be done in emea.contoso.com` {
		t.Errorf("kept elsewhere: %v", d)
	}
	if moved := planner.Approve(moved); moved.Digest == approval.Digest {
		t.Error("approvals of two plans have one digest")
	}
}

func TestSecretsStayOutOfApprovals(t *testing.T) {
	t.Parallel()
	secret := text("hunter2").Mark(schema.Sensitive)
	plan, _ := planner.New([]*planner.Node{declared("a", map[string]cty.Value{"proxy_fqdn": secret})}, listing(), planner.Options{})
	if got := planner.Approve(plan).Changes[0].After["proxy_fqdn"]; got != "(sensitive)" {
		t.Errorf("the approval holds %s", got)
	}
}

// TestPlanningConverges: what a plan makes of a live object leaves nothing to plan, whatever the two are.
func TestPlanningConverges(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) map[string]cty.Value {
			set := map[string]cty.Value{"proxy_fqdn": text(rapid.SampledFrom([]string{"a", "A", "b"}).Draw(t, name+" proxy"))}
			for _, attr := range []string{"level", "key_a", "key_b"} {
				if rapid.Bool().Draw(t, name+attr) {
					set[attr] = text(rapid.SampledFrom([]string{"Always", "never", ""}).Draw(t, name+attr+" value"))
				}
			}
			if set["key_a"] != cty.NilVal && set["key_b"] != cty.NilVal {
				delete(set, "key_b")
			}
			return set
		}
		live, want := value(provider, "x", draw("live")), value(provider, "x", draw("want"))
		first := planner.Diff(provider, live, want)
		if again := planner.Diff(provider, first.After, want); again.Action != planner.NoOp {
			t.Fatalf("after %s from %#v to %#v there is still %s", first.Action, live, want, again.Action)
		}
	})
}

func TestAddressText(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]planner.Address{
		"access_edge": {Kind: "access_edge"},
		`dns_record["_sip._tls.contoso.com"]["SRV"]`: {Kind: "dns_record", Labels: []string{"_sip._tls.contoso.com", "SRV"}},
		`user.all["sip:a@x"]`:                        planner.Address{Kind: "user", Labels: []string{"all"}}.Of("sip:a@x"),
	} {
		if got := a.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func BenchmarkUsers(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("users=%d", n), func(b *testing.B) {
			want, rows := roster.New("sip_address", "identity"), roster.New(columns...)
			for i := range n {
				sip := fmt.Sprintf("sip:user%07d@contoso.com", i)
				want.Append(sip, sip[4:])
				rows.Append(sip, "sipfed.online.lync.com", "")
			}
			o := planner.Object{Users: want, Want: value(homing, "", map[string]cty.Value{"target": text("pool01")})}
			nodes := []*planner.Node{node(homing, "all", nil, o)}
			b.ReportAllocs()
			for b.Loop() {
				live := roster.New(columns...) // a fresh index each time, as in a run
				*live = *rows
				state := planner.Live{{Provider: "skype", Kind: "user_homing"}: planner.Listing{Users: live, Complete: true}}
				plan, _ := planner.New(nodes, state, planner.Options{})
				if plan.Changes[0].Users.Len() != n {
					b.Fatal("not every user moves")
				}
			}
		})
	}
}
