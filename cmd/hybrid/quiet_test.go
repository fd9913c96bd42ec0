package main

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/planner"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// notByProperties says of the kinds that are no objects of cmdlets how they are held to be quiet: by which test of their
// package, or why nothing of them is compared.
var notByProperties = map[string]string{
	"user":              "TestUsersAreQuiet",
	"user_homing":       "TestUsersAreQuiet",
	"dns_record":        "providers/dns/quiet_test.go: TestRecordSetsAreQuiet",
	"service_principal": "providers/entra/quiet_test.go: TestServicePrincipalsAreQuiet",
	"directory_sync":    "is run, not compared",
	"online_user":       "is held against other kinds and never planned",
}

// TestEveryKindIsHeldToBeQuiet: a kind that nobody feeds with the forms of its far end fails here.
func TestEveryKindIsHeldToBeQuiet(t *testing.T) {
	t.Parallel()
	_, kinds := declarations()
	for _, k := range kinds {
		how := notByProperties[k.Name]
		_, cmdlet := k.Remote.(schema.Cmdlet)
		switch file, name, elsewhere := strings.Cut(how, ": "); {
		case elsewhere:
			content, err := os.ReadFile("../../" + file)
			if err != nil || !strings.Contains(string(content), "func "+name+"(") {
				t.Errorf("%s: there is no %s in %s (%v)", k.Name, name, file, err)
			}
		case how == "" && !k.Data && !cmdlet:
			t.Errorf("%s: no test feeds it with live values in the forms of its far end; write one, and name it in notByProperties", k.Name)
		}
	}
}

// byProperties are the kinds that are read as objects of cmdlets.
func byProperties() []*schema.Kind {
	_, kinds := declarations()
	return slices.DeleteFunc(kinds, func(k *schema.Kind) bool { return k.Data || notByProperties[k.Name] != "" })
}

// compared lists the attributes of a kind that are compared with what is live.
func compared(k *schema.Kind) []*schema.Attr {
	var attrs []*schema.Attr
	for i := range k.Attrs {
		a := &k.Attrs[i]
		if !a.Settings && !a.Initial && !a.WriteOnly && a.Mode != schema.Computed {
			attrs = append(attrs, a)
		}
	}
	return attrs
}

// TestEveryTextHasItsForms: an attribute whose forms nobody has looked up fails here, and so do forms of none.
func TestEveryTextHasItsForms(t *testing.T) {
	t.Parallel()
	_, kinds := declarations()
	used := map[string]bool{}
	for _, k := range kinds {
		for _, a := range compared(k) {
			_, known := spellings[k.Name+"."+a.Name]
			used[k.Name+"."+a.Name] = true
			texts := a.Type == cty.String || a.Type.Equals(cty.Set(cty.String))
			_, cmdlet := k.Remote.(schema.Cmdlet)
			if texts && cmdlet && len(a.OneOf) == 0 && !known && keys[a.Name] == nil {
				t.Errorf("%s.%s: in which forms does the far end give it? Look them up and add them to spellings", k.Name, a.Name)
			}
		}
	}
	for name := range spellings {
		if !used[name] {
			t.Errorf("%s is no attribute that is compared", name)
		}
	}
}

// A subject is an object as a configuration wants it, and the properties of the same object as the far end gives them.
type subject struct {
	kind     *schema.Kind
	identity string
	want     map[string]cty.Value
	props    map[string]any
	touched  []*schema.Attr // what the configuration declares and the far end tells
}

// TestObjectsAreQuiet feeds every kind of objects with live values in the forms that their far ends give, through what
// reading makes of them: nothing differs.
func TestObjectsAreQuiet(t *testing.T) {
	t.Parallel()
	for _, k := range byProperties() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				s := drawSubject(t, k)
				if c := s.check(t); c.Action != planner.NoOp || len(c.Unread) > 0 {
					t.Fatalf("%s of %v, unread %v\nwanted %#v\nlive   %#v", c.Action, c.Paths, c.Unread, s.want, s.props)
				}
			})
		})
	}
}

// TestNoDifferenceOfAnObjectIsSilent is the counterpart: the same subject, but one compared attribute has another value.
func TestNoDifferenceOfAnObjectIsSilent(t *testing.T) {
	t.Parallel()
	for _, k := range byProperties() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			tried := map[string]bool{}
			rapid.Check(t, func(t *rapid.T) {
				s := drawSubject(t, k)
				if len(s.touched) == 0 {
					t.Skip("nothing is declared")
				}
				a := rapid.SampledFrom(s.touched).Draw(t, "attribute")
				if !s.alter(t, a) {
					t.Skip("it has no other value")
				}
				tried[a.Name] = true
				if c := s.check(t); !slices.ContainsFunc(c.Paths, func(p cty.Path) bool { return p[0] == cty.GetAttrStep{Name: a.Name} }) {
					t.Fatalf("%s is another, and the plan says %s of %v\nwanted %#v\nlive   %#v", a.Name, c.Action, c.Paths, s.want, s.props)
				}
			})
			if len(tried) == 0 {
				t.Error("nothing was tried")
			}
		})
	}
}

// check reads the properties as the provider does and compares.
func (s *subject) check(t *rapid.T) planner.Change {
	values := map[string]cty.Value{}
	for name, kind := range s.kind.Type().AttributeTypes() {
		values[name] = cty.NullVal(kind)
		if v, declared := s.want[name]; declared {
			values[name] = v
		}
	}
	object := planner.Object{Kind: s.kind, Provider: s.kind.System, Identity: s.identity, Want: cty.ObjectVal(values)}
	object.Address = planner.Address{Kind: s.kind.Name}
	id, found, err := shell.Live(s.kind, s.kind.Remote.(schema.Cmdlet), s.props)
	if err != nil {
		t.Fatalf("%v\nlive %#v", err, s.props)
	}
	return planner.Check(&object, planner.Listing{Objects: map[string]planner.Found{id: found}, Complete: true})
}

// identities are the forms of what objects are called: without case, policies with and without Tag:, endpoints by their SIP
// address with and without sip:.
func drawIdentity(t *rapid.T, k *schema.Kind) (identity, prop, live string) {
	name, prop := "contoso.com", "Identity"
	if p := k.Remote.(schema.Cmdlet).IdentityProp; p != "" {
		prop = p
	}
	form := inAnyCase
	switch {
	case k.Singleton:
		name = "Global"
	case k.Name == "hybrid_application_endpoint":
		name = "sip:reception@contoso.com"
		form = func(t *rapid.T, value string) any {
			return rapid.SampledFrom([]string{"", "sip:", "SIP:"}).Draw(t, "prefix") + inAnyCase(t, strings.TrimPrefix(value, "sip:")).(string)
		}
	case strings.HasSuffix(k.Name, "_policy"):
		name = "Partners"
		form = func(t *rapid.T, value string) any {
			return rapid.SampledFrom([]string{"", "Tag:", "tag:"}).Draw(t, "tag") + inAnyCase(t, value).(string)
		}
	}
	return name, prop, form(t, name).(string)
}

func drawSubject(t *rapid.T, k *schema.Kind) *subject {
	s := &subject{kind: k, want: map[string]cty.Value{}, props: map[string]any{}}
	var prop, live string
	s.identity, prop, live = drawIdentity(t, k)
	if k.Singleton {
		s.identity = ""
	} else {
		s.want["identity"] = cty.StringVal(s.identity)
	}
	for _, a := range compared(k) {
		s.draw(t, a)
	}
	s.settle(t)
	// What objects carry besides (the Teams module's, and what remoting adds).
	for _, name := range []string{"Key", "ConfigMetadata", "ConfigId", "PSComputerName", "RunspaceId"} {
		s.props[name] = "x"
	}
	s.props = inOtherWords(t, s.props)
	if prop == "Identity" {
		s.props[prop] = live
	} else {
		s.props["Identity"], s.props[prop] = "CN={5B1E…}", live
	}
	return s
}

// inOtherWords writes the names of properties in other cases: LineURI and LineUri, BeClearingHouse and BeClearinghouse,
// TenantId and TenantID are all seen.
func inOtherWords(t *rapid.T, props map[string]any) map[string]any {
	spelt := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(props)) {
		spelt[rapid.SampledFrom([]string{name, name, strings.ToLower(name), strings.ToUpper(name)}).Draw(t, "property")] = props[name]
	}
	return spelt
}

// draw gives an attribute a value, or leaves it to the far end: then whatever is there is no difference.
func (s *subject) draw(t *rapid.T, a *schema.Attr) {
	other := rapid.Bool().Draw(t, a.Name+" other")
	declared := a.Mode == schema.Required || rapid.Bool().Draw(t, a.Name+" declared")
	want, live := s.value(t, a, other)
	if declared {
		s.want[a.Name] = want
		s.touched = append(s.touched, a)
		// What is the default is, with some builds, not shown.
		if a.Default != cty.NilVal && want.RawEquals(a.Default) && a.Read == nil && rapid.Bool().Draw(t, a.Name+" not shown") {
			live = nil
		}
	}
	s.props[a.ReadName()] = live
}

// alter gives an attribute another value at the far end than the one that is wanted; false where there is none.
func (s *subject) alter(t *rapid.T, a *schema.Attr) bool {
	before := s.want[a.Name]
	for range 20 {
		want, live := s.value(t, a, rapid.Bool().Draw(t, "other"))
		if a.Type == cty.Bool { // of some only one value can be written
			want = before.Not()
			live = truthForms(t, want.True())
		}
		if a.Canonical(want).RawEquals(a.Canonical(before)) {
			continue
		}
		maps.DeleteFunc(s.props, func(name string, _ any) bool { return strings.EqualFold(name, a.ReadName()) })
		s.props[a.ReadName()] = live
		return s.altered(a, want)
	}
	return false
}
