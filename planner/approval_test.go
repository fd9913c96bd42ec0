package planner_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/schema"
)

// A secret that would be set now and was not when the plan was approved shows no value by which that could be told.
func TestASecretThatIsChangedAsWellWasNotApproved(t *testing.T) {
	t.Parallel()
	secret := func(word string) cty.Value { return text(word).Mark(schema.Sensitive) }
	plan := func(live, word string) *planner.Plan {
		want := map[string]cty.Value{"proxy_fqdn": text("a"), "enabled": cty.True, "level": secret(word)}
		p, _ := planner.New([]*planner.Node{declared("a", want)}, listing(value(provider, "a", map[string]cty.Value{
			"proxy_fqdn": text("a"), "enabled": cty.False, "level": text(live),
		})), planner.Options{})
		return p
	}
	approval := planner.Approve(plan("Never", "Never"))
	if d := approval.Deviations(plan("Never", "Never")); d != nil {
		t.Errorf("nothing has changed: %v", d)
	}
	for what, now := range map[string]*planner.Plan{"live": plan("Always", "Never"), "wanted": plan("Never", "Always")} {
		d := approval.Deviations(now)
		if len(d) != 1 || d[0].Attr != "level" || strings.Contains(d[0].Text, "Always") {
			t.Errorf("the %s secret is another: %v", what, d)
		}
	}
	both := planner.Approve(plan("Always", "Never"))
	if d := both.Deviations(plan("Always", "Never")); d != nil {
		t.Errorf("a secret that was part of the approved plan: %v", d)
	}
}

// What no block declares may have one address behind two providers: the approval of one is not that of the other.
func TestWhatIsApprovedBehindOneProviderIsNotBehindAnother(t *testing.T) {
	t.Parallel()
	change := func(system, fqdn string) planner.Change {
		c := planner.Diff(provider, value(provider, "a", map[string]cty.Value{"proxy_fqdn": text(fqdn)}), cty.NullVal(provider.Type()))
		c.Address, c.Kind, c.Provider, c.Identity = planner.Address{Kind: "hosting_provider", Labels: []string{"a"}}, provider, system, "a"
		return c
	}
	inside, outside := change("dns.inside", "a"), change("dns.outside", "b")
	both := &planner.Plan{Changes: []planner.Change{inside, outside}}
	if d := planner.Approve(both).Deviations(both); d != nil {
		t.Errorf("both were approved: %v", d)
	}
	if d := planner.Approve(&planner.Plan{Changes: []planner.Change{inside}}).Deviations(both); len(d) != 1 || d[0].Text != "hosting_provider.a: delete was not part of the approved plan" {
		t.Errorf("one was approved: %v", d)
	}
}

// Who a user is for the far end may follow from data that others keep.
func TestAUserWhoIsFoundAsAnotherWasNotApproved(t *testing.T) {
	t.Parallel()
	plan := func(identity string) *planner.Plan {
		return &planner.Plan{Changes: []planner.Change{checkStaff(block(map[string]cty.Value{"voice": cty.True}, []string{"sip:ada@x.com", identity, ""}),
			[]string{"SipAddress", "Enabled", "Voice", "LineURI"}, []string{"sip:ada@x.com", "True", "False", ""})}}
	}
	approval := planner.Approve(plan("ada@x.com"))
	if d := approval.Deviations(plan("ada@x.com")); d != nil {
		t.Errorf("nothing has changed: %v", d)
	}
	if d := approval.Deviations(plan("ceo@x.com")); len(d) != 1 || d[0].Attr != "identity" || !strings.Contains(d[0].Text, "was to be found as ada@x.com when the plan was approved, and as ceo@x.com now") {
		t.Errorf("another identity: %v", d)
	}
}

// crate is a kind with an attribute of every sort of type.
var crate = &schema.Kind{Name: "crate", System: "skype", Attrs: []schema.Attr{
	{Name: "word", Type: cty.String},
	{Name: "number", Type: cty.Number},
	{Name: "flag", Type: cty.Bool},
	{Name: "list", Type: cty.List(cty.String)},
	{Name: "set", Type: cty.Set(cty.String)},
	{Name: "map", Type: cty.Map(cty.String)},
	{Name: "rows", Type: cty.List(cty.Object(map[string]cty.Type{"word": cty.String, "number": cty.Number}))},
	{Name: "secret", Type: cty.String, Sensitive: true},
}}

// drawn is any value of a type: null, unknown and sensitive ones, and texts that JSON has to escape.
func drawn(t *rapid.T, of cty.Type) cty.Value {
	v := drawnPlain(t, of)
	if rapid.IntRange(0, 7).Draw(t, "marked") == 0 {
		return v.Mark(schema.Sensitive)
	}
	return v
}

func drawnPlain(t *rapid.T, of cty.Type) cty.Value {
	switch rapid.IntRange(0, 9).Draw(t, "sort") {
	case 0:
		return cty.NullVal(of)
	case 1:
		return cty.UnknownVal(of)
	}
	switch {
	case of == cty.String:
		return cty.StringVal(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "$", "null", "(sensitive)", "<&>\u2028\x00", "e\u0301"})).Draw(t, "text"))
	case of == cty.Number:
		return rapid.OneOf(rapid.Map(rapid.Int64(), cty.NumberIntVal), rapid.Map(rapid.Float64Range(-1e9, 1e9), cty.NumberFloatVal)).Draw(t, "number")
	case of == cty.Bool:
		return cty.BoolVal(rapid.Bool().Draw(t, "flag"))
	case of.IsObjectType():
		members := map[string]cty.Value{}
		for _, name := range []string{"number", "word"} {
			members[name] = drawn(t, of.AttributeType(name))
		}
		return cty.ObjectVal(members)
	}
	return drawnMany(t, of)
}

func drawnMany(t *rapid.T, of cty.Type) cty.Value {
	n := rapid.IntRange(0, 3).Draw(t, "many")
	elements, members := []cty.Value{}, map[string]cty.Value{}
	for range n {
		v := drawn(t, of.ElementType())
		elements, members[rapid.String().Draw(t, "key")] = append(elements, v), v
	}
	switch {
	case of.IsMapType() && n == 0:
		return cty.MapValEmpty(of.ElementType())
	case of.IsMapType():
		return cty.MapVal(members)
	case of.IsSetType() && n == 0:
		return cty.SetValEmpty(of.ElementType())
	case of.IsSetType():
		return cty.SetVal(elements)
	case n == 0:
		return cty.ListValEmpty(of.ElementType())
	}
	return cty.ListVal(elements)
}

func drawnCrate(t *rapid.T) cty.Value {
	if rapid.IntRange(0, 5).Draw(t, "absent") == 0 {
		return cty.NullVal(crate.Type())
	}
	values := map[string]cty.Value{"identity": text("x")}
	for i := range crate.Attrs {
		values[crate.Attrs[i].Name] = drawn(t, crate.Attrs[i].Type)
	}
	return cty.ObjectVal(values)
}

// Whatever is in a plan, what is read from its file approves what the plan does: no more, and no less.
func TestAWrittenPlanApprovesWhatThePlanDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := &planner.Plan{}
		for n := range rapid.IntRange(0, 3).Draw(t, "changes") {
			c := planner.Change{Before: drawnCrate(t), After: drawnCrate(t), Kind: crate, Provider: "skype", Identity: "x", Place: rapid.String().Draw(t, "place")}
			c.Address = planner.Address{Kind: "crate", Labels: []string{"x"}}.At(string(rune('a' + n)))
			c.Action = rapid.SampledFrom([]planner.Action{planner.Create, planner.Update, planner.Replace, planner.Delete, planner.Run}).Draw(t, "action")
			c.Paths = []cty.Path{cty.GetAttrPath(rapid.SampledFrom([]string{"word", "rows", "secret"}).Draw(t, "path"))}
			p.Changes = append(p.Changes, c)
		}
		p.Changes = append(p.Changes, checkStaff(block(map[string]cty.Value{"voice": cty.True},
			[]string{"sip:ada@x.com", rapid.StringMatching(`\S+`).Draw(t, "identity"), rapid.String().Draw(t, "line")}, []string{"sip:bob@x.com", "bob", ""}),
			[]string{"SipAddress", "Enabled", "Voice", "LineURI"}, []string{"sip:ada@x.com", "True", "False", rapid.String().Draw(t, "live line")}))
		again := rewritten(t, p)
		if diff := cmp.Diff(planner.Approve(p), planner.Approve(again)); diff != "" {
			t.Fatal(diff)
		}
		if d := append(planner.Approve(p).Deviations(again), planner.Approve(again).Deviations(p)...); len(d) > 0 {
			t.Fatal(d)
		}
	})
}

// rewritten is a plan as it is read from its file.
func rewritten(t *rapid.T, p *planner.Plan) *planner.Plan {
	steps := func(planner.Change) planner.Steps { return planner.Steps{} }
	writing := planner.Writing{Redact: func(s string) string { return s }, Steps: steps}
	content, err := json.Marshal(writing.Write(p, nil))
	if err != nil {
		t.Fatal(err)
	}
	var w planner.Written
	dec := json.NewDecoder(bytes.NewReader(content))
	dec.UseNumber()
	if err := dec.Decode(&w); err != nil {
		t.Fatal(err)
	}
	again, _, _, err := w.Plan([]*schema.Kind{crate, staff}, steps)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// BenchmarkApproveDigest makes the digest of a plan of a hundred thousand users, without and with holding its approval.
func BenchmarkApproveDigest(b *testing.B) {
	want, rows := roster.New("sip_address", "identity"), roster.New(columns...)
	for i := range 100_000 {
		sip := fmt.Sprintf("sip:user%07d@contoso.com", i)
		want.Append(sip, sip[4:])
		rows.Append(sip, "sipfed.online.lync.com", "")
	}
	o := planner.Object{Users: want, Want: value(homing, "", map[string]cty.Value{"target": text("pool01")})}
	state := planner.Live{{Provider: "skype", Kind: "user_homing"}: planner.Listing{Users: rows, Complete: true}}
	plan, _ := planner.New([]*planner.Node{node(homing, "all", nil, o)}, state, planner.Options{})
	held := planner.Approve(plan).Digest
	for name, digest := range map[string]func() string{
		"users=streamed": func() string { return planner.Digest(plan) },
		"users=held":     func() string { return planner.Approve(plan).Digest },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got := digest(); got != held {
					b.Fatal(got)
				}
			}
		})
	}
}
