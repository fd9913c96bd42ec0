package planner_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// federation are kinds that take values from one another: two sorts of provider, and domains whose proxies must be none.
func federation() []*schema.Kind {
	names := &schema.Set{Name: "provider", Why: "a name is taken once"}
	of := func(kind string) *schema.Kind {
		return &schema.Kind{
			Name: kind, System: "skype", Names: names, Remote: schema.Cmdlet{Noun: "Cs" + kind}, BuiltIn: []string{"Global"},
			Refuse: func(action string, before, _ map[string]cty.Value) string {
				if action == "delete" && before["pinned"].IsKnown() && !before["pinned"].IsNull() {
					return "it is pinned down."
				}
				return ""
			},
			Attrs: []schema.Attr{{Name: "proxy", Type: cty.String, Unique: "proxy", Norm: lower}, {Name: "pinned", Type: cty.Bool}},
		}
	}
	domain := &schema.Kind{
		Name: "domain", System: "skype", Remote: schema.Cmdlet{Noun: "CsDomain"},
		Attrs: []schema.Attr{{Name: "proxy", Type: cty.String, Barred: &schema.Set{Name: "proxy", Why: "the edge does not start"}}},
	}
	return []*schema.Kind{of("hosting"), of("public"), domain}
}

// estate lists objects of kinds: "kind identity proxy".
func estate(objects ...string) planner.Live {
	live := planner.Live{}
	for _, k := range federation() {
		live[planner.Source{Provider: "skype", Kind: k.Name}] = planner.Listing{Objects: map[string]planner.Found{}, Complete: true}
	}
	for _, object := range objects {
		words := strings.Fields(object)
		k := kindOf(words[0])
		v := value(k, words[1], map[string]cty.Value{"proxy": text(words[2])})
		live[planner.Source{Provider: "skype", Kind: k.Name}].Objects[k.LiveID(words[1], v)] = planner.Found{Identity: words[1], Value: v}
	}
	return live
}

func kindOf(name string) *schema.Kind {
	for _, k := range federation() {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// wants are blocks: "kind identity proxy", "-" for one that does not say it, "absent" for what shall not be.
func wants(blocks ...string) []*planner.Node {
	var nodes []*planner.Node
	for _, block := range blocks {
		words := strings.Fields(block)
		k := kindOf(words[0])
		o := planner.Object{Identity: words[1], Want: value(k, words[1], map[string]cty.Value{"proxy": text(words[2])})}
		switch words[2] {
		case "absent":
			o.Absent = true
		case "-":
			o.Want = value(k, words[1], nil)
		}
		nodes = append(nodes, node(k, words[1], nil, o))
	}
	return nodes
}

func details(diags hcl.Diagnostics) string {
	var texts []string
	for _, d := range diags {
		texts = append(texts, d.Detail)
	}
	return strings.Join(texts, "\n")
}

func TestWhatIsTakenIsRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		live, wants []string
		says        string
	}{
		{"free", nil, []string{"hosting A a.com"}, ""},
		{"nothing is taken anew", []string{"hosting A a.com", "public B a.com"}, []string{"hosting A a.com"}, ""},
		{"its own", []string{"hosting A a.com"}, []string{"hosting a A.com"}, ""},
		{
			"under another name",
			[]string{"hosting A a.com"},
			[]string{"hosting B A.com"},
			`hosting.B and the hosting "A" that exists both have the proxy "A.com", and the server takes it only once. Where the two are one, declare it by the name it has`,
		},
		{"of the other sort", []string{"public A a.com"}, []string{"hosting B a.com"}, `hosting.B and the public "A" that exists both have the proxy "a.com", and the server takes it only once. Give one of them another value, or take`},
		{"the name of the other sort", []string{"public A a.com"}, []string{"hosting a b.com"}, `both have the identity "a", and a name is taken once. If this one is meant, take the other away with a block public and ensure = "absent".`},
		{"through a domain", []string{"domain d.com a.com"}, []string{"hosting B a.com"}, "and the edge does not start."},
		{"by a domain", []string{"hosting B a.com"}, []string{"domain d.com a.com"}, "and the edge does not start."},
		{"domains share", []string{"domain d.com a.com"}, []string{"domain e.com a.com"}, ""},
		{"by a changed value", []string{"hosting A a.com", "hosting B b.com"}, []string{"hosting B a.com"}, "hosting.B and the hosting \"A\""},
		{"given up before", []string{"public A a.com"}, []string{"public A absent", "hosting B a.com"}, ""},
		{"given up before by a change", []string{"public A a.com"}, []string{"public A b.com", "hosting B a.com"}, ""},
		{"given up later", []string{"public A a.com"}, []string{"hosting B a.com", "public A absent"}, "public.A gives it up, but only later in this plan: write depends_on = [public.A] in hosting.B."},
		{"kept by a block that does not say it", []string{"public A a.com"}, []string{"public A -", "hosting B a.com"}, `the public "A" that exists`},
		{"taken over within the plan", []string{"hosting A a.com"}, []string{"hosting A b.com", "public B a.com", "domain d.com b.com"}, `domain["d.com"] and hosting.A both have`},
	} {
		live := estate(test.live...)
		plan, diags := planner.New(wants(test.wants...), live, planner.Options{})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		got := details(planner.CheckClaims(plan, live, federation()))
		if !strings.Contains(got, test.says) || (test.says == "") != (got == "") {
			t.Errorf("%s: %q, want %q", test.name, got, test.says)
		}
	}
}

func TestOnlyWhatIsContestedIsReadAsWell(t *testing.T) {
	t.Parallel()
	live := estate("hosting A a.com")
	for _, kind := range []string{"public", "domain"} {
		delete(live, planner.Source{Provider: "skype", Kind: kind})
	}
	for want, wantsOf := range map[string][]string{"": {"hosting A a.com"}, "domain public": {"hosting B b.com"}} {
		plan, _ := planner.New(wants(wantsOf...), live, planner.Options{})
		var names []string
		for _, source := range planner.Contested(plan, live, federation()) {
			names = append(names, source.Kind)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%v reads %q, want %q", wantsOf, got, want)
		}
	}
}

func TestWhatIsBuiltInIsNeitherMadeNorSwept(t *testing.T) {
	t.Parallel()
	plan, _ := planner.New(wants("hosting global b.com"), estate(), planner.Options{})
	if c := plan.Changes[0]; c.Action != planner.Unknown {
		t.Errorf("what is always there is planned as %s", c.Action)
	}
	plan, diags := planner.New(nil, estate("hosting Global a.com", "hosting B b.com"), planner.Options{Exclusives: []planner.Exclusive{{Kind: kindOf("hosting"), Provider: "skype"}}})
	if diags.HasErrors() || len(plan.Changes) != 1 || plan.Changes[0].Identity != "B" {
		t.Errorf("swept: %+v, %v", plan.Changes, diags)
	}
}

func TestWhatTheFarEndRefusesIsAnError(t *testing.T) {
	t.Parallel()
	k := kindOf("hosting")
	live := estate()
	v := value(k, "A", map[string]cty.Value{"pinned": cty.True})
	live[planner.Source{Provider: "skype", Kind: "hosting"}].Objects["a"] = planner.Found{Identity: "A", Value: v}
	_, diags := planner.New(wants("hosting A absent"), live, planner.Options{})
	if got := details(diags); !diags.HasErrors() || got != "hosting.A: it is pinned down." {
		t.Errorf("said: %q", got)
	}
	_, diags = planner.New(nil, live, planner.Options{Exclusives: []planner.Exclusive{{Kind: k, Provider: "skype"}}})
	if got := details(diags); !diags.HasErrors() || !strings.Contains(got, "pinned") {
		t.Errorf("swept: %q", got)
	}
}
