package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
)

func claimant() *Kind {
	return &Kind{
		Name: "line", Names: &Set{Name: "lines", Why: "a line has one name"}, NormIdentity: func(s string) string { return s + "!" }, BuiltIn: []string{"Circle"},
		Attrs: []Attr{
			{Name: "number", Type: cty.String, Unique: "numbers"},
			{Name: "via", Type: cty.String, Barred: &Set{Name: "numbers", Why: "nothing leads through itself"}},
			{Name: "main", Type: cty.Bool, Unique: "main_line"},
			{Name: "stops", Type: cty.Set(cty.String), Join: ";"},
		},
	}
}

func line(number, via, main cty.Value) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{"identity": cty.StringVal("x"), "number": number, "via": via, "main": main, "stops": cty.NullVal(cty.Set(cty.String))})
}

func TestClaims(t *testing.T) {
	t.Parallel()
	k, none := claimant(), cty.NullVal(cty.String)
	claims := func(v cty.Value) []Claim { return k.Claims("Red", v)[1:] }
	got := k.Claims("Red", line(cty.StringVal("U7"), cty.StringVal("U8"), cty.True))
	want := []Claim{
		{Set: "lines", Value: "red!", Attr: "identity", Shown: `"Red"`, Why: "a line has one name"},
		{Set: "numbers", Value: "u7", Attr: "number", Shown: `"U7"`, Why: "the server takes it only once"},
		{Set: "numbers", Value: "u8", Attr: "via", Shown: `"U8"`, Why: "nothing leads through itself", Shared: true},
		{Set: "main_line", Value: "true", Attr: "main", Shown: "true", Why: "the server takes it only once", Passes: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, v := range []cty.Value{line(none, cty.UnknownVal(cty.String), cty.False), line(cty.StringVal(""), none, cty.NullVal(cty.Bool))} {
		if got := claims(v); len(got) != 0 {
			t.Errorf("%#v claims %v", v, got)
		}
	}
	if secret := claims(line(cty.StringVal("hunter2").Mark(Sensitive), none, cty.False))[0]; secret.Shown != "(sensitive)" || secret.Value != "hunter2" {
		t.Errorf("a secret is shown as %q and compared as %q", secret.Shown, secret.Value)
	}
	if k.Claims("x", cty.NullVal(k.Type())) != nil || k.Claims("x", cty.UnknownVal(k.Type())) != nil {
		t.Error("what is absent claims something")
	}
}

func TestWhichClaimsClash(t *testing.T) {
	t.Parallel()
	own, via := Claim{Set: "numbers", Value: "u7"}, Claim{Set: "numbers", Value: "u7", Shared: true}
	for _, test := range []struct {
		a, b Claim
		want bool
	}{
		{own, own, true},
		{own, via, true},
		{via, own, true},
		{via, via, false},
		{own, Claim{Set: "numbers", Value: "u8"}, false},
		{own, Claim{Set: "lines", Value: "u7"}, false},
	} {
		if got := test.a.Clashes(test.b); got != test.want {
			t.Errorf("%+v and %+v clash: %t", test.a, test.b, got)
		}
	}
}

func TestASetInOneText(t *testing.T) {
	t.Parallel()
	k := claimant()
	a := k.Attr("stops")
	set := func(names ...string) cty.Value {
		var values []cty.Value
		for _, name := range names {
			values = append(values, cty.StringVal(name))
		}
		if values == nil {
			return cty.SetValEmpty(cty.String)
		}
		return cty.SetVal(values)
	}
	for raw, want := range map[any]cty.Value{"b;a": set("a", "b"), " a ; ;b;": set("a", "b"), "": set(), nil: set(), "one": set("one")} {
		v, err := k.Live("x", map[string]any{"Stops": raw})
		if err != nil || !v.GetAttr("stops").RawEquals(want) {
			t.Errorf("%v is read as %#v, %v", raw, v.GetAttr("stops"), err)
		}
	}
	if v, err := k.Live("x", nil); err != nil || v.GetAttr("stops").IsKnown() {
		t.Errorf("what is not told is %#v, %v", v, err)
	}
	if _, err := k.Live("x", map[string]any{"Stops": true}); err == nil {
		t.Error("a Boolean is read as a set")
	}
	for _, test := range []struct{ v, want cty.Value }{
		{set("b", "a"), cty.StringVal("a;b")},
		{set(), cty.StringVal("")},
		{cty.NullVal(a.Type), cty.NullVal(cty.String)},
		{cty.UnknownVal(a.Type), cty.UnknownVal(cty.String)},
		{set("a").Mark(Sensitive), cty.StringVal("a").Mark(Sensitive)},
	} {
		if got := a.Joined(test.v); !got.RawEquals(test.want) {
			t.Errorf("%#v is written as %#v", test.v, got)
		}
	}
	if plain := (&Attr{Type: cty.String}).Joined(cty.StringVal("x")); plain.AsString() != "x" {
		t.Errorf("a text without Join becomes %#v", plain)
	}
}

func TestBuiltIn(t *testing.T) {
	t.Parallel()
	if k := claimant(); !k.IsBuiltIn("circle") || k.IsBuiltIn("Red") || (&Kind{}).IsBuiltIn("") {
		t.Error("what is built in is not told apart")
	}
}

func TestNamesThatSomeShare(t *testing.T) {
	t.Parallel()
	k := claimant()
	k.Names = &Set{Name: "stops", Why: "an express stops alone", Remedy: "Take another platform."}
	k.Shares = func(v map[string]cty.Value) bool { return !v["main"].True() }
	claim := func(main cty.Value) Claim {
		return k.Claims("Red", line(cty.NullVal(cty.String), cty.NullVal(cty.String), main))[0]
	}
	slow, express := claim(cty.False), claim(cty.True)
	if slow.Clashes(slow) || !slow.Clashes(express) || !express.Clashes(slow) || express.Remedy != "Take another platform." {
		t.Errorf("%+v, %+v", slow, express)
	}
}
