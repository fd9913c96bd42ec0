package phase

import (
	"fmt"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/planner"
)

// many is an estate on its way to the cloud: ten records to a SIP domain, ten users to a record, all of them homed on the
// servers and moved by the plan. Every domain is in hybrid, and is to be in teams_only.
func many(records int) (domains []planner.Object, plan *planner.Plan, live planner.Live) {
	users, listed := roster.New("sip_address", "identity"), roster.New(columns...)
	zone := planner.Listing{Objects: map[string]planner.Found{}, Complete: true}
	add := func(kind, identity string, attrs map[string]cty.Value) *planner.Object {
		domains = append(domains, planner.Object{
			Kind: kinds[kind], Identity: identity, Provider: "skype", Want: cty.ObjectVal(attrs),
			Address: planner.Address{Kind: kind, Labels: []string{identity}},
		})
		return &domains[len(domains)-1]
	}
	srv, cloud := cty.StringVal("SRV"), cty.SetVal([]cty.Value{cty.StringVal(cloudData)})
	for n := range records / 10 {
		domain := fmt.Sprintf("d%06d.com", n)
		add("sip_domain", domain, map[string]cty.Value{"phase": cty.StringVal("teams_only")})
		federation := add("dns_record", federation+"."+domain, map[string]cty.Value{"type": srv, "values": cloud})
		zone.Objects[federation.LiveID()] = planner.Found{Value: cty.ObjectVal(map[string]cty.Value{"values": cty.SetVal([]cty.Value{cty.StringVal(serverData)})})}
		for i := range 9 {
			add("dns_record", fmt.Sprintf("host%d.%s", i, domain), map[string]cty.Value{"type": cty.StringVal("A"), "values": cty.SetVal([]cty.Value{cty.StringVal("192.0.2.1")})})
		}
		for i := range 100 {
			sip := fmt.Sprintf("sip:u%d@%s", i, domain)
			users.Append(sip, sip)
			listed.Append(sip, "SRV:")
		}
	}
	homing := add("user_homing", "all", map[string]cty.Value{"target": cty.StringVal("sipfed.online.lync.com")})
	homing.Users = users
	moves := &planner.UserChanges{Want: users}
	for row := range users.Len() {
		moves.Pick, moves.At = append(moves.Pick, int32(row)), append(moves.At, int32(row))
	}
	live = read("shared", "on", "")
	live[planner.Source{Provider: "skype", Kind: "dns_record"}] = zone
	live[planner.Source{Provider: "skype", Kind: usersKind}] = planner.Listing{Users: listed, Complete: true}
	plan = &planner.Plan{Changes: []planner.Change{{Kind: homing.Kind, Action: planner.Move, After: homing.Want, Users: moves}}}
	return domains, plan, live
}

func TestManyDomains(t *testing.T) {
	t.Parallel()
	objects, plan, live := many(100)
	if diags := Check(objects, commercial()); len(diags) > 0 {
		t.Errorf("%v", diags)
	}
	if diags := Judge(Stated(objects, commercial()), plan, live); len(diags) > 0 {
		t.Errorf("%v", diags)
	}
	plan.Changes = nil
	if diags := Judge(Stated(objects, commercial()), plan, live); len(diags) != 10 {
		t.Errorf("ten domains, and each has users who stay behind: %v", diags)
	}
}

// What a domain costs must not grow with how many there are.
func BenchmarkPhases(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		objects, plan, live := many(n)
		sky := commercial()
		b.Run(fmt.Sprintf("check/records=%d", n), func(b *testing.B) {
			for b.Loop() {
				Check(objects, sky)
			}
			perRecord(b, n)
		})
		b.Run(fmt.Sprintf("judge/records=%d,users=%d", n, 10*n), func(b *testing.B) {
			for b.Loop() {
				domains := Stated(objects, sky)
				Sources(domains, "")
				if diags := Judge(domains, plan, live); len(diags) > 0 {
					b.Fatal(diags)
				}
			}
			perRecord(b, n)
		})
	}
}

func perRecord(b *testing.B, records int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*records), "ns/record")
}
