package config

import (
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// rosterData is data that lists users.
func rosterData() *schema.Kind {
	return &schema.Kind{Name: "data.roster", Doc: "Users.", System: "skype", Data: true, Remote: schema.Cmdlet{Noun: "CsRoster"}, Attrs: []schema.Attr{
		{Name: "users", Type: cty.List(cty.Object(map[string]cty.Type{"sip": cty.String, "plan": cty.String})), Mode: schema.Computed, Doc: "Who."},
	}}
}

func rosterValue(plans ...cty.Value) cty.Value {
	var users []cty.Value
	for n, plan := range plans {
		users = append(users, cty.ObjectVal(map[string]cty.Value{"sip": cty.StringVal("sip:u" + string(rune('a'+n)) + "@contoso.com"), "plan": plan}))
	}
	return cty.ObjectVal(map[string]cty.Value{"identity": cty.StringVal("all"), "users": cty.ListVal(users)})
}

// Users that follow from data are not known offline, and known from data; where data does not tell, they stay unknown and
// are never nobody.
func TestUsersThatFollowFromData(t *testing.T) {
	t.Parallel()
	for name, users := range map[string]string{
		"filtered": `[for u in data.roster.all.users : { sip_address = u.sip } if u.plan == "E5"]`,
		"by local": `local.licensed`,
		"a list":   `[{ sip_address = data.roster.all.users[0].sip }]`,
	} {
		dir := write(t, providers+`
data "roster" "all" {}
locals { licensed = [for u in data.roster.all.users : { sip_address = u.sip } if u.plan == "E5"] }
user_homing "x" {
  users  = `+users+`
  target = "pool01.contoso.com"
}
user_homing "y" {
  users  = [{ sip_address = "sip:ua@contoso.com" }]
  target = "pool02.contoso.com"
}
`)
		options := testOptions()
		options.Kinds = append(options.Kinds, rosterData())
		c, diags := Load(dir, options)
		if len(diags) > 0 {
			t.Fatalf("%s: %q", name, texts(dir, diags))
		}
		homing := func(objects []planner.Object) *planner.Object {
			for i := range objects {
				if objects[i].Address.String() == "user_homing.x" {
					return &objects[i]
				}
			}
			t.Fatal("no block x")
			return nil
		}
		if o := homing(c.Objects); !o.UsersLate || o.Users.Len() != 0 {
			t.Errorf("%s: offline %v, %d users", name, o.UsersLate, o.Users.Len())
		}
		objects, diags := planner.EvaluateWith(c.Nodes, map[string]cty.Value{"data.roster.all": rosterValue(cty.StringVal("E5"), cty.StringVal("E1"))})
		if o := homing(objects); len(diags) > 0 || o.UsersLate || o.Users.Len() != 1 || o.Users.SIP(0) != "sip:ua@contoso.com" {
			t.Errorf("%s: with data %v, %d users, %v", name, o.UsersLate, o.Users.Len(), diags)
		}
		if doubles := c.Check(objects); len(doubles) != 1 || !strings.Contains(doubles[0].Detail, "sip:ua@contoso.com: in user_homing.y and in user_homing.x") {
			t.Errorf("%s: %v", name, doubles)
		}
		if name == "a list" {
			continue
		}
		objects, diags = planner.EvaluateWith(c.Nodes, map[string]cty.Value{"data.roster.all": rosterValue(cty.UnknownVal(cty.String))})
		o := homing(objects)
		if len(diags) > 0 || !o.UsersLate || o.Users.Len() != 0 {
			t.Errorf("%s: with data that does not tell %v, %d users, %v", name, o.UsersLate, o.Users.Len(), diags)
		}
		if got := planner.Check(o, planner.Listing{Complete: true}); got.Action != planner.Unknown {
			t.Errorf("%s: planned %s for users of whom nothing is known", name, got.Action)
		}
	}
}

// Users that follow from what only apply makes known cannot be planned: nobody is no answer.
func TestUsersThatOnlyApplyMakesKnown(t *testing.T) {
	t.Parallel()
	dir := write(t, providers+`
hosting_provider "a" { proxy_fqdn = "a.contoso.com" }
user_homing "x" {
  users  = [for u in split(",", hosting_provider.a.state) : { sip_address = u }]
  target = "pool01.contoso.com"
}
`)
	_, diags := Load(dir, testOptions())
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "known only after apply") {
		t.Errorf("%q", texts(dir, diags))
	}
}
