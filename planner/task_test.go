package planner_test

import (
	"fmt"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/schema"
)

// The kinds of a synchronisation that carries users who are created to where a mirror shows them.
var (
	carriedUser = &schema.Kind{
		Name: "user", System: "skype",
		Rows: &schema.Rows{Columns: []string{"SipAddress", "HostingProvider"}, Created: func(_ map[string]cty.Value, sip, _ string) []string {
			return []string{sip, "SRV:"}
		}},
	}
	synchronisation = &schema.Kind{Name: "directory_sync", System: "directory", Task: &schema.Task{
		Carries: []string{"user"}, Mirror: "online_user", Of: "HostingProvider", Shown: "OnPremHostingProvider",
	}}
)

// crossing is a kind of moves of which each leads to the other side, but for those from the pool.
var crossing = &schema.Kind{Name: "user_homing", System: "skype", Attrs: []schema.Attr{{Name: "target", Type: cty.String}}, Rows: &schema.Rows{
	Columns: carriedUser.Rows.Columns, Attr: "target", State: func(cells []string) string { return cells[1] },
	Crosses: func(_ map[string]cty.Value, from string) bool { return from != "pool" },
}}

// mirrored is a synchronisation, and after it a block that takes n users to the other side, which does not know one in a
// thousand of them as they are.
func mirrored(n int) (nodes []*planner.Node, live planner.Live) {
	want, there, shown := roster.New("sip_address", "identity"), roster.New("SipAddress", "HostingProvider"), roster.New("SipAddress", "OnPremHostingProvider")
	for i := range n {
		sip := fmt.Sprintf("sip:user%07d@contoso.com", i)
		want.Append(sip, sip[4:])
		there.Append(sip, "SRV:")
		provider := "SRV:"
		if i%1000 == 0 {
			provider = ""
		}
		shown.Append(sip, provider)
	}
	sync := planner.Object{Want: value(synchronisation, "entra", nil), Identity: "entra"}
	homing := planner.Object{Want: value(crossing, "", map[string]cty.Value{"target": cty.StringVal("cloud")}), Users: want}
	return []*planner.Node{node(synchronisation, "entra", nil, sync), node(crossing, "all", nil, homing)}, planner.Live{
		{Provider: "skype", Kind: "user_homing"}:    {Users: there, Complete: true},
		{Provider: "skype", Kind: "directory_sync"}: {Objects: map[string]planner.Found{"entra": {Identity: "entra", Value: sync.Want}}, Complete: true},
		{Provider: "teams", Kind: "online_user"}:    {Users: shown, Complete: true},
	}
}

func TestTaskIsHeldAgainstItsMirror(t *testing.T) {
	t.Parallel()
	nodes, live := mirrored(3000)
	plan, diags := planner.New(nodes, live, planner.Options{})
	if task := plan.Changes[0]; diags.HasErrors() || task.Action != planner.Run || task.Reason != "sip:user0000000@contoso.com, sip:user0001000@contoso.com, sip:user0002000@contoso.com have not arrived" {
		t.Errorf("%s: %s %v", task.Action, task.Reason, diags)
	}
}

// Users whom a later block takes to the other side must be known there as they are. Those who stay, who are there already, or
// who are not within the scope of the plan are not waited for.
func TestTaskIsDueForUsersWhoCross(t *testing.T) {
	t.Parallel()
	want, there, shown := roster.New("sip_address", "identity"), roster.New("SipAddress", "HostingProvider"), roster.New("SipAddress", "OnPremHostingProvider")
	for _, u := range [][3]string{ // name, home, what the other side shows
		{"behind", "SRV:", "cloud"}, {"known", "SRV:", "srv:"}, {"unlisted", "SRV:", ""}, {"moved", "cloud", "SRV:"}, {"within", "pool", "elsewhere"},
	} {
		sip := "sip:" + u[0] + "@contoso.com"
		want.Append(sip, sip)
		there.Append(sip, u[1])
		if u[2] != "" {
			shown.Append(sip, u[2])
		}
	}
	sync := planner.Object{Want: value(synchronisation, "entra", nil), Identity: "entra"}
	homing := planner.Object{Want: value(crossing, "", map[string]cty.Value{"target": cty.StringVal("cloud")}), Users: want}
	nodes := []*planner.Node{node(synchronisation, "entra", nil, sync), node(crossing, "all", nil, homing)}
	live := planner.Live{
		{Provider: "skype", Kind: "user_homing"}:    {Users: there, Complete: true},
		{Provider: "skype", Kind: "directory_sync"}: {Objects: map[string]planner.Found{"entra": {Identity: "entra", Value: sync.Want}}, Complete: true},
		{Provider: "teams", Kind: "online_user"}:    {Users: shown, Complete: true},
	}
	plan, diags := planner.New(nodes, live, planner.Options{})
	if task := plan.Changes[0]; diags.HasErrors() || task.Reason != "sip:behind@contoso.com, sip:unlisted@contoso.com have not arrived" {
		t.Errorf("%s: %s %v", task.Action, task.Reason, diags)
	}
	plan, _ = planner.New(nodes, live, planner.Options{Only: func(a planner.Address) bool { return a.Kind == "directory_sync" }})
	if task := plan.Changes[0]; task.Action != planner.NoOp {
		t.Errorf("without the moves: %s: %s", task.Action, task.Reason)
	}
	plan, _ = planner.New([]*planner.Node{nodes[1], nodes[0]}, live, planner.Options{})
	if task := plan.Changes[1]; task.Action != planner.NoOp {
		t.Errorf("after the moves: %s: %s", task.Action, task.Reason)
	}
}

// Users whom the run has created are waited for; those who were there before and whom the other side does not show, such as
// those whom no synchronisation takes along, are not, or it would be due for ever.
func TestTaskWaitsForThoseWhoWereCreated(t *testing.T) {
	t.Parallel()
	want, there, shown := roster.New("sip_address", "identity"), roster.New("SipAddress", "HostingProvider"), roster.New("SipAddress", "OnPremHostingProvider")
	for _, name := range []string{"old", "new"} {
		want.Append("sip:"+name+"@contoso.com", name)
	}
	there.Append("sip:old@contoso.com", "SRV:")
	users := planner.Object{Want: value(carriedUser, "", nil), Users: want}
	sync := planner.Object{Want: value(synchronisation, "entra", nil), Identity: "entra"}
	nodes := []*planner.Node{node(carriedUser, "all", nil, users), node(synchronisation, "entra", nil, sync)}
	source := planner.Source{Provider: "skype", Kind: "user"}
	w := planner.Begin(nodes, planner.Live{
		source: {Users: there, Complete: true},
		{Provider: "skype", Kind: "directory_sync"}: {Objects: map[string]planner.Found{"entra": {Identity: "entra", Value: sync.Want}}, Complete: true},
		{Provider: "teams", Kind: "online_user"}:    {Users: shown, Complete: true},
	}, planner.Options{})
	w.Next(nodes[0])
	due := func() planner.Change { changes, _ := w.Next(nodes[1]); return changes[0] }
	if c := due(); c.Action != planner.Run || c.Reason != `user.all changes` {
		t.Errorf("at first: %s: %s", c.Action, c.Reason)
	}
	w.Ran(nodes[1].Address)
	both := roster.New("SipAddress", "HostingProvider")
	both.Append("sip:old@contoso.com", "SRV:")
	both.Append("sip:new@contoso.com", "SRV:")
	w.Learn(source, planner.Listing{Users: both, Complete: true})
	if c := due(); c.Action != planner.Run || c.Reason != "sip:new@contoso.com has not arrived" {
		t.Errorf("once it has run: %s: %s", c.Action, c.Reason)
	}
	arrived := roster.New("SipAddress", "OnPremHostingProvider")
	arrived.Append("sip:new@contoso.com", "SRV:")
	w.Learn(planner.Source{Provider: "teams", Kind: "online_user"}, planner.Listing{Users: arrived, Complete: true})
	if c := due(); c.Action != planner.NoOp {
		t.Errorf("once that has arrived: %s: %s", c.Action, c.Reason)
	}
}

func BenchmarkMirror(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("users=%d", n), func(b *testing.B) {
			nodes, read := mirrored(n)
			b.ReportAllocs()
			for b.Loop() {
				live := planner.Live{}
				for source, listing := range read {
					if listing.Users != nil {
						users := roster.New(listing.Users.Columns()...)
						*users = *listing.Users // a fresh index each time, as in a run
						listing.Users = users
					}
					live[source] = listing
				}
				if plan, _ := planner.New(nodes, live, planner.Options{}); plan.Changes[0].Action != planner.Run {
					b.Fatal(plan.Changes[0].Reason)
				}
			}
		})
	}
}
