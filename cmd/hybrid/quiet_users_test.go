package main

import (
	"testing"

	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// kindNamed finds a kind of any system.
func kindNamed(t *testing.T, name string) *schema.Kind {
	t.Helper()
	_, kinds := declarations()
	for _, k := range kinds {
		if k.Name == name {
			return k
		}
	}
	t.Fatalf("there is no kind %s", name)
	return nil
}

// wantUsers is a block of one user, whom the configuration writes in any way it takes.
func wantUsers(t *rapid.T, k *schema.Kind, columns []string, cells []string, values map[string]cty.Value) planner.Object {
	users := roster.New(append([]string{"sip_address", "identity"}, columns...)...)
	sip := rapid.SampledFrom([]string{"sip:ada@contoso.com", "ada@contoso.com", "SIP:Ada@Contoso.com"}).Draw(t, "wanted address")
	users.Append(append([]string{sip, "ada@contoso.com"}, cells...)...)
	want := map[string]cty.Value{}
	for name, kind := range k.Type().AttributeTypes() {
		want[name] = cty.NullVal(kind)
	}
	for name, v := range values {
		want[name] = v
	}
	return planner.Object{Kind: k, Provider: "skype", Want: cty.ObjectVal(want), Users: users}
}

// liveUsers makes rows of properties in the way of the reader.
func liveUsers(t *rapid.T, o *planner.Object, props map[string]any) planner.Listing {
	table := roster.New(o.Columns()...)
	cells := make([]string, len(o.Columns()))
	for n, name := range o.Columns() {
		text, err := shell.CellText(props[name])
		if err != nil {
			t.Fatal(err)
		}
		cells[n] = text
	}
	table.Append(cells...)
	return planner.Listing{Users: table, Complete: true}
}

// drawUser are the properties of a user in the forms of Get-CsUser: SRV: and srv: (Microsoft's own tool keyed on the lower
// case), Booleans as they are or as LDAP writes them, what is not set as nothing or as an empty text.
func drawUser(t *rapid.T, online bool) map[string]any {
	blank := rapid.SampledFrom([]any{nil, ""}).Draw(t, "blank")
	props := map[string]any{
		"SipAddress": inAnyCase(t, "sip:ada@contoso.com"), "Identity": "CN=Ada,DC=contoso,DC=com", "UserPrincipalName": inAnyCase(t, "ada@contoso.com"),
		"HostingProvider": inAnyCase(t, "SRV:"), "RegistrarPool": inAnyCase(t, "pool01.contoso.com"), "Enabled": truthForms(t, true),
		"EnterpriseVoiceEnabled": blank, "HostedVoiceMail": blank, "LineURI": blank,
	}
	if online {
		props["HostingProvider"] = inAnyCase(t, "sipfed.online.lync.com")
		props["RegistrarPool"] = rapid.SampledFrom([]any{nil, "", "pool01.contoso.com"}).Draw(t, "pool")
	}
	return props
}

// truthsOfUsers are the Booleans that a block says of its users, and their properties.
var truthsOfUsers = [][2]string{{"enabled", "Enabled"}, {"enterprise_voice_enabled", "EnterpriseVoiceEnabled"}, {"hosted_voicemail", "HostedVoiceMail"}}

// drawUserBlock is a block about a user who is as it says.
func drawUserBlock(t *rapid.T, k *schema.Kind) (planner.Object, map[string]any) {
	online := rapid.Bool().Draw(t, "online")
	props := drawUser(t, online)
	home := map[bool]string{true: "sipfed.online.lync.com", false: "pool01.contoso.com"}[online]
	if k.Name == "user_homing" {
		return wantUsers(t, k, nil, nil, map[string]cty.Value{"target": cty.StringVal(inAnyCase(t, home).(string))}), props
	}
	values, columns, cells := map[string]cty.Value{}, []string{}, []string{}
	for _, own := range truthsOfUsers {
		name, property := own[0], own[1]
		yes := rapid.Bool().Draw(t, name)
		if rapid.Bool().Draw(t, name+" shown") || yes || name == "enabled" {
			props[property] = truthForms(t, yes)
		}
		if rapid.Bool().Draw(t, name+" declared") {
			values[name] = cty.BoolVal(yes)
		}
	}
	if rapid.Bool().Draw(t, "line") {
		const line = "tel:+14255550100;ext=100"
		props["LineURI"] = inAnyCase(t, line)
		columns, cells = []string{"line_uri"}, []string{rapid.SampledFrom([]string{"", inAnyCase(t, line).(string)}).Draw(t, "wanted line")}
	}
	return wantUsers(t, k, columns, cells, values), props
}

func TestUsersAreQuiet(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"user", "user_homing"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kindNamed(t, name)
			rapid.Check(t, func(t *rapid.T) {
				o, props := drawUserBlock(t, k)
				if c := planner.Check(&o, liveUsers(t, &o, props)); c.Action != planner.NoOp || c.Users.Len() > 0 || c.Users.Same != 1 {
					t.Fatalf("%s of %d users\nwanted %v %#v\nlive   %#v", c.Action, c.Users.Len(), o.Users.Row(0), o.Want, props)
				}
			})
		})
	}
}

// TestNoDifferenceOfAUserIsSilent is the counterpart.
func TestNoDifferenceOfAUserIsSilent(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"user", "user_homing"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kindNamed(t, name)
			rapid.Check(t, func(t *rapid.T) {
				o, props := drawUserBlock(t, k)
				property, other := anotherValue(t, &o)
				if property == "" {
					t.Skip("the block says nothing of its users")
				}
				props[property] = other
				if c := planner.Check(&o, liveUsers(t, &o, props)); c.Users.Len() != 1 {
					t.Fatalf("%s = %v, and nothing of it is planned: %s\nwanted %v %#v", property, other, c.Action, o.Users.Row(0), o.Want)
				}
			})
		})
	}
}

// anotherValue picks a property of which a block speaks, and gives it a value that the block does not want.
func anotherValue(t *rapid.T, o *planner.Object) (property string, value any) {
	if o.Kind.Name == "user_homing" {
		return "HostingProvider", "sipfed.contoso.net"
	}
	type other struct {
		property string
		value    any
	}
	var others []other
	for _, own := range truthsOfUsers {
		if v := o.Want.GetAttr(own[0]); !v.IsNull() {
			others = append(others, other{own[1], !v.True()})
		}
	}
	if row := o.Users.Row(0); len(row) > 2 && row[2] != "" {
		others = append(others, other{"LineURI", "tel:+14255550100;ext=101"})
	}
	if others == nil {
		return "", nil
	}
	picked := rapid.SampledFrom(others).Draw(t, "difference")
	return picked.property, picked.value
}
