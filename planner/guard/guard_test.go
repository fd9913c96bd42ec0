package guard_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/planner/guard"
	"hybrid/schema"
)

var (
	provider = &schema.Kind{Name: "hosting_provider", Attrs: []schema.Attr{{Name: "proxy_fqdn", Type: cty.String, ForceNew: true}, {Name: "key", Type: cty.String, Sensitive: true}}}
	record   = &schema.Kind{Name: "dns_record", Labels: []string{"identity", "type"}, Unmakes: schema.Gone}
	homing   = &schema.Kind{Name: "user_homing", Rows: &schema.Rows{Attr: "target"}}
	enabling = &schema.Kind{Name: "user", Rows: &schema.Rows{}}
)

func object(k *schema.Kind, action planner.Action, identity string) planner.Change {
	return planner.Change{
		Address: planner.Address{Kind: k.Name, Labels: []string{identity}}, Kind: k, Provider: "skype", Action: action, Identity: identity,
		Before: cty.NullVal(k.Type()), After: cty.NullVal(k.Type()), Range: hcl.Range{Filename: "main.hcl", Start: hcl.Pos{Line: 7}},
	}
}

// people is a change of users; those whose address begins with "new" do not exist yet.
func people(k *schema.Kind, action planner.Action, sips ...string) planner.Change {
	c := object(k, action, "pilot")
	c.Users = &planner.UserChanges{Want: roster.New("sip_address", "identity")}
	for n, sip := range sips {
		c.Users.Want.Append(sip, sip)
		c.Users.Pick = append(c.Users.Pick, int32(n))
		at := int32(n)
		if strings.HasPrefix(sip, "sip:new") {
			at = -1
		}
		c.Users.At = append(c.Users.At, at)
	}
	return c
}

func plan(changes ...planner.Change) *planner.Plan { return &planner.Plan{Changes: changes} }

// said is what a guard says of a plan, "" where it passes.
func said(g guard.Guard, p *planner.Plan) string {
	var texts []string
	for _, r := range g.Check(p) {
		texts = append(texts, r.Text)
	}
	return strings.Join(texts, "\n")
}

func holds(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q does not say %q", text, part)
		}
	}
}

func TestMaxDeletes(t *testing.T) {
	t.Parallel()
	p := plan(object(provider, planner.Delete, "a"), object(provider, planner.Replace, "b"), people(enabling, planner.Delete, "sip:ada@x.com"), object(provider, planner.Update, "c"))
	if got := said(guard.MaxDeletes{Limit: 3}, p); got != "" {
		t.Errorf("3 of 3: %s", got)
	}
	holds(t, said(guard.MaxDeletes{Limit: 2}, p), "deletes or replaces 3 objects", "max_deletes is 2", "guard block")
}

func TestMaxMoves(t *testing.T) {
	t.Parallel()
	p := plan(people(homing, planner.Move, "sip:ada@x.com", "sip:bob@x.com"))
	if got := said(guard.MaxMoves{Limit: 2}, p); got != "" {
		t.Errorf("2 of 2: %s", got)
	}
	holds(t, said(guard.MaxMoves{Limit: 1}, p), "moves 2 users", "max_moves is 1")
}

func TestMaxChangeRatioHasAFloor(t *testing.T) {
	t.Parallel()
	p := plan(object(provider, planner.Update, "a"), object(provider, planner.Create, "new"))
	source := planner.Source{Provider: "skype", Kind: "hosting_provider"}
	for live, refused := range map[int]bool{1: false, 9: false, 10: true} {
		p.LiveCount = map[planner.Source]int{source: live}
		if got := said(guard.MaxChangeRatio{Limit: 0.05}, p); (got != "") != refused {
			t.Errorf("1 of %d: %q", live, got)
		}
	}
	p.LiveCount[source] = 20
	if got := said(guard.MaxChangeRatio{Limit: 0.05}, p); got != "" {
		t.Errorf("1 of 20 is 0.05, and what is created takes nothing away: %s", got)
	}
}

func TestPreventDestroy(t *testing.T) {
	t.Parallel()
	replaced := object(provider, planner.Replace, "a")
	replaced.PreventDestroy, replaced.Replace = true, []cty.Path{cty.GetAttrPath("proxy_fqdn")}
	updated := object(provider, planner.Update, "b")
	updated.PreventDestroy = true
	refusals := guard.PreventDestroy{}.Check(plan(replaced, updated, object(provider, planner.Delete, "c")))
	if len(refusals) != 1 || refusals[0].Range.Start.Line != 7 {
		t.Fatalf("%+v", refusals)
	}
	holds(t, refusals[0].Text, "hosting_provider.a has prevent_destroy", "would replace it, since proxy_fqdn can only be set at creation")
	nobody := people(enabling, planner.Delete)
	nobody.PreventDestroy = true
	if got := said(guard.PreventDestroy{}, plan(nobody)); got != "" {
		t.Errorf("a block of which nobody is disabled: %s", got)
	}
}

func TestProtectedUsers(t *testing.T) {
	t.Parallel()
	p := plan(
		people(enabling, planner.Create, "sip:newceo@contoso.com", "sip:ceo@contoso.com"),
		people(homing, planner.Move, "sip:ceo@contoso.com", "sip:a@vip.contoso.com", "sip:b@vip.contoso.com", "sip:c@vip.contoso.com", "sip:ada@contoso.com"))
	for pattern, count := range map[string]int{
		"sip:ceo@contoso.com": 1, "CEO@Contoso.com": 1, "SIP:CEO@contoso.com": 1, "*@vip.contoso.com": 3, "?@VIP.contoso.com": 3, "sip:?@vip.contoso.com": 3,
		"*": 5, "*ceo*": 1, "ceo": 0, "*.contoso.com": 3, "?": 0, "newceo@contoso.com": 0, "*@contoso.co": 0,
	} {
		got := said(guard.ProtectedUsers{Patterns: []string{pattern}}, p)
		if count == 0 && got != "" || count > 0 && !strings.Contains(got, fmt.Sprintf(" %d protected user", count)) {
			t.Errorf("%s: %q, want %d", pattern, got, count)
		}
	}
	holds(t, said(guard.ProtectedUsers{Patterns: []string{"*@vip.contoso.com", "*ceo@*"}}, p),
		"4 protected users: sip:ceo@contoso.com (user.pilot), sip:a@vip.contoso.com (user_homing.pilot), sip:b@vip.contoso.com (user_homing.pilot) and 1 more")
	swapped := people(homing, planner.Move)
	swapped.Users.Want.Append("sip:kim@contoso.com", "CEO@contoso.com")
	swapped.Users.Pick, swapped.Users.At = []int32{0}, []int32{0}
	holds(t, said(guard.ProtectedUsers{Patterns: []string{"ceo@contoso.com"}}, plan(swapped)), "1 protected user: sip:kim@contoso.com")
	if got := said(guard.ProtectedUsers{}, p); got != "" {
		t.Errorf("nobody is protected by default: %s", got)
	}
	disabled := plan(people(enabling, planner.Delete, "sip:ceo@contoso.com"))
	holds(t, said(guard.ProtectedUsers{Patterns: []string{"ceo@contoso.com"}}, disabled), "1 protected user: sip:ceo@contoso.com")
}

func TestProtectedDomains(t *testing.T) {
	t.Parallel()
	p := plan(object(record, planner.Delete, "Sip.Contoso.com."), object(record, planner.Replace, "contoso.com"), object(record, planner.Update, "lync.contoso.com"),
		object(record, planner.Delete, "notcontoso.com"), object(record, planner.Create, "new.contoso.com"), object(provider, planner.Delete, "contoso.com"))
	got := said(guard.ProtectedDomains{Names: []string{"contoso.COM."}}, p)
	holds(t, got, `2 objects of protected domains: dns_record["Sip.Contoso.com."], dns_record["contoso.com"]`)
	if got := said(guard.ProtectedDomains{}, p); got != "" {
		t.Errorf("no domain is protected by default: %s", got)
	}
}

// Whatever is set aside, all other guards stand, and what is let through is what that guard refused.
func TestAnOverrideLetsNothingThroughButItsGuard(t *testing.T) {
	t.Parallel()
	names := append(guard.Names(), "policy.a", "policy.b")
	rapid.Check(t, func(t *rapid.T) {
		var refusals []planner.Refusal
		for n, name := range rapid.SliceOf(rapid.SampledFrom(names)).Draw(t, "refusals") {
			refusals = append(refusals, planner.Refusal{Guard: name, Text: fmt.Sprint(n)})
		}
		var overrides []planner.Override
		var over []string
		for _, name := range rapid.SliceOf(rapid.SampledFrom(names)).Draw(t, "overrides") {
			overrides = append(overrides, planner.Override{Guard: name, Reason: "CHG"})
			over = append(over, name)
		}
		standing, aside, unneeded := guard.Divide(refusals, overrides)
		if len(standing)+len(aside) != len(refusals) {
			t.Fatalf("%d refusals became %d and %d", len(refusals), len(standing), len(aside))
		}
		for _, r := range standing {
			if slices.Contains(over, r.Guard) {
				t.Fatalf("%s stands though it is overridden", r.Guard)
			}
		}
		for _, a := range aside {
			if a.Refusal.Guard != a.Override.Guard || !slices.Contains(over, a.Override.Guard) || a.Reason == "" {
				t.Fatalf("%+v was let through", a)
			}
		}
		for _, name := range unneeded {
			if !slices.Contains(over, name) || slices.ContainsFunc(refusals, func(r planner.Refusal) bool { return r.Guard == name }) {
				t.Fatalf("%s is said not to be needed", name)
			}
		}
	})
}

func TestFacts(t *testing.T) {
	t.Parallel()
	updated := object(provider, planner.Update, "LyncOnline")
	updated.Before = cty.ObjectVal(map[string]cty.Value{"identity": cty.StringVal("LyncOnline"), "proxy_fqdn": cty.StringVal("a.com"), "key": cty.StringVal("s3cret")})
	updated.After, updated.Paths = updated.Before, []cty.Path{cty.GetAttrPath("proxy_fqdn")}
	unread := object(provider, planner.Unknown, "b")
	moved := people(homing, planner.Move, "sip:ada@contoso.com", "sip:bob@contoso.com", "sip:eve@fabrikam.com")
	facts := guard.Facts(plan(object(provider, planner.NoOp, "same"), updated, unread, moved, people(homing, planner.Move)))
	changes := facts.GetAttr("changes").AsValueSlice()
	if len(changes) != 3 {
		t.Fatalf("%d changes", len(changes))
	}
	one := changes[0]
	if one.GetAttr("address").AsString() != "hosting_provider.LyncOnline" || one.GetAttr("source").AsString() != "main.hcl:7" || one.GetAttr("risk").AsString() != "low" {
		t.Errorf("%#v", one)
	}
	if !one.GetAttr("before").GetAttr("key").HasMark(schema.Sensitive) || one.GetAttr("after").GetAttr("proxy_fqdn").IsMarked() {
		t.Errorf("marks of %#v", one)
	}
	if changes[1].GetAttr("after").IsKnown() {
		t.Error("what could not be read is known")
	}
	users := changes[2].GetAttr("users")
	if domains := users.GetAttr("domains"); domains.LengthInt() != 2 || !users.GetAttr("count").RawEquals(cty.NumberIntVal(3)) {
		t.Errorf("%#v", users)
	}
	if moved := facts.GetAttr("count").GetAttr("users_moved"); !moved.RawEquals(cty.NumberIntVal(3)) {
		t.Errorf("%#v", moved)
	}
}

// What is known offline of a plan has the shape of every plan.
func TestPossibleHasTheShapeOfFacts(t *testing.T) {
	t.Parallel()
	facts := guard.Facts(plan(object(provider, planner.Delete, "a")))
	possible := guard.Possible()
	if !possible.GetAttr("count").Type().Equals(facts.GetAttr("count").Type()) {
		t.Error("count differs")
	}
	is, may := facts.GetAttr("changes").AsValueSlice()[0].Type(), possible.GetAttr("changes").AsValueSlice()[0].Type()
	for name, attr := range is.AttributeTypes() {
		if name != "before" && name != "after" && !may.AttributeType(name).Equals(attr) {
			t.Errorf("%s: %#v offline, %#v planned", name, may.AttributeType(name), attr)
		}
	}
}

// A hundred thousand users are looked through in well under a second.
func BenchmarkProtectedUsers(b *testing.B) {
	var sips []string
	for n := range 100_000 {
		sips = append(sips, fmt.Sprintf("sip:user%d@contoso.com", n))
	}
	p := plan(people(homing, planner.Move, sips...))
	g := guard.ProtectedUsers{Patterns: []string{"ceo@contoso.com", "*@vip.contoso.com"}}
	for b.Loop() {
		g.Check(p)
	}
}
