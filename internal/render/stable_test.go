package render

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/internal/roster"
	"hybrid/planner"
)

// everything is what a format is given where nothing is left out.
func everything(nodes []*planner.Node) Options {
	return Options{Header: "contoso", Digest: "0123456789abcdef", RoundTrips: 7, Estimate: timedEstimate(), ShowCommands: true, Users: true, Steps: issued, Refusals: refused, Nodes: nodes}
}

// A plan has the same bytes in every format however often, and by however many at once, it is written.
func TestAPlanHasTheSameBytesEveryTime(t *testing.T) {
	t.Parallel()
	for _, name := range Formats() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, o := everyAction(), everything(graph())
			want := rendered(t, func(b *bytes.Buffer) error { return Write(b, name, plan, o) })
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					var again bytes.Buffer
					if err := Write(&again, name, plan, o); err != nil || !bytes.Equal(want, again.Bytes()) {
						t.Errorf("%s writes something else: %v", name, err)
					}
				})
			}
			all.Wait()
		})
	}
}

// declaredIn is a configuration of a few objects and a block of users, in the order in which it stands in its files.
func declaredIn() []*planner.Node {
	var nodes []*planner.Node
	add := func(o planner.Object) {
		o.Provider, o.Range = "skype", at("main.hcl", len(nodes)+1)
		nodes = append(nodes, &planner.Node{Address: o.Address, Kind: o.Kind, Range: o.Range, Evaluate: func(map[string]cty.Value) ([]planner.Object, hcl.Diagnostics) {
			return []planner.Object{o}, nil
		}})
	}
	for n := range 6 {
		name := fmt.Sprintf("p%d", n)
		add(planner.Object{
			Address: planner.Address{Kind: "hosting_provider", Labels: []string{name}}, Kind: provider, Identity: name, Absent: n == 5,
			Want: object(provider, vals{"identity": cty.StringVal(name), "proxy_fqdn": cty.StringVal("new.contoso.com"), "enabled": cty.True, "password": cty.StringVal("hunter22")}),
		})
	}
	users := roster.New("sip_address", "identity")
	for n := range 40 {
		users.Append(fmt.Sprintf("sip:user%d@contoso.com", n), fmt.Sprintf("user%d@contoso.com", n))
	}
	add(planner.Object{Address: planner.Address{Kind: "user_homing", Labels: []string{"pilot"}}, Kind: homing, Want: object(homing, vals{"target": cty.StringVal("pool01.contoso.com")}), Users: users})
	return nodes
}

// liveIn is what is read of them, in the order in which the far end lists it.
func liveIn(objects, users []int) planner.Live {
	listing := planner.Listing{Objects: map[string]planner.Found{}, Complete: true}
	for _, n := range objects { // of p0 to p8; those of n%3 = 0 are not there, and three are declared nowhere
		name := fmt.Sprintf("p%d", n)
		if v := object(provider, vals{"identity": cty.StringVal(name), "proxy_fqdn": cty.StringVal([]string{"", "old.contoso.com", "new.contoso.com"}[n%3]), "enabled": cty.False}); n%3 != 0 {
			listing.Objects[provider.LiveID(name, v)] = planner.Found{Identity: name, Value: v}
		}
	}
	table := roster.New("SipAddress", "HostingProvider")
	for _, n := range users {
		table.Append(fmt.Sprintf("sip:user%d@contoso.com", n), []string{"sipfed.online.lync.com", "pool01.contoso.com", "pool00.contoso.com"}[n%3])
	}
	return planner.Live{{Provider: "skype", Kind: "hosting_provider"}: listing, {Provider: "skype", Kind: "user_homing"}: {Users: table, Complete: true}}
}

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// What the far end lists in another order gives the same bytes in every format.
func TestTheOrderOfListingsMakesNoDifference(t *testing.T) {
	t.Parallel()
	write := func(objects, users []int) map[string]string {
		nodes, _ := planner.Sort(declaredIn())
		exclusive := []planner.Exclusive{{Kind: provider, Provider: "skype", Range: at("main.hcl", 90)}}
		plan, diags := planner.New(nodes, liveIn(objects, users), planner.Options{Exclusives: exclusive})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		texts := map[string]string{}
		for _, name := range Formats() {
			texts[name] = string(rendered(t, func(b *bytes.Buffer) error { return Write(b, name, plan, everything(nodes)) }))
		}
		return texts
	}
	want := write(upTo(9), upTo(40))
	if n := len(want["text"]); n < 2_000 {
		t.Fatalf("a plan of %d bytes shows nothing:\n%s", n, want["text"])
	}
	rapid.Check(t, func(r *rapid.T) {
		got := write(rapid.Permutation(upTo(9)).Draw(r, "objects"), rapid.Permutation(upTo(40)).Draw(r, "users"))
		for name := range want {
			if got[name] != want[name] {
				r.Fatalf("%s differs:\n%s\n\n%s", name, want[name], got[name])
			}
		}
	})
}
