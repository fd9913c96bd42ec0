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

// mirrored is a block of n users who live, one in a thousand of whom the tenant does not show yet, and a synchronisation
// that is held against it.
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
	users := planner.Object{Want: value(carriedUser, "", nil), Users: want}
	sync := planner.Object{Want: value(synchronisation, "entra", nil), Identity: "entra"}
	return []*planner.Node{node(carriedUser, "all", nil, users), node(synchronisation, "entra", nil, sync)}, planner.Live{
		{Provider: "skype", Kind: "user"}:           {Users: there, Complete: true},
		{Provider: "skype", Kind: "directory_sync"}: {Objects: map[string]planner.Found{"entra": {Identity: "entra", Value: sync.Want}}, Complete: true},
		{Provider: "teams", Kind: "online_user"}:    {Users: shown, Complete: true},
	}
}

func TestTaskIsHeldAgainstItsMirror(t *testing.T) {
	t.Parallel()
	nodes, live := mirrored(3000)
	plan, diags := planner.New(nodes, live, planner.Options{})
	if task := plan.Changes[1]; diags.HasErrors() || task.Action != planner.Run || task.Reason != "sip:user0000000@contoso.com, sip:user0001000@contoso.com, sip:user0002000@contoso.com have not arrived" {
		t.Errorf("%s: %s %v", task.Action, task.Reason, diags)
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
				if plan, _ := planner.New(nodes, live, planner.Options{}); plan.Changes[1].Action != planner.Run {
					b.Fatal(plan.Changes[1].Reason)
				}
			}
		})
	}
}
