package render

import (
	"fmt"
	"strings"
	"testing"

	"hybrid/planner"
	"hybrid/schema"
)

// ladder is a chain of blocks of as many kinds, each after all those before it, with several blocks a kind.
func ladder(t *testing.T, rungs, wide int) []*planner.Node {
	t.Helper()
	var nodes []*planner.Node
	var before []schema.First
	for n := range rungs {
		kind := &schema.Kind{Name: fmt.Sprintf("kind%02d", n), After: before}
		before = append(before[:len(before):len(before)], schema.First{Kind: kind.Name, Why: "that is how it is"})
		for i := range wide {
			nodes = append(nodes, &planner.Node{Kind: kind, Address: planner.Address{Kind: kind.Name, Labels: []string{fmt.Sprint("b", i)}}})
		}
	}
	sorted, diags := planner.Sort(nodes)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return sorted
}

// A chain leads down to its roots, and names of each block only what it comes right after.
func TestTheChainIsWholeAndShort(t *testing.T) {
	t.Parallel()
	o := newOrder(ladder(t, 4, 2), &planner.Plan{})
	var why Why
	o.explain(&why, "kind02.b1")
	var got []string
	for _, link := range why.First {
		for _, cause := range link.After {
			got = append(got, link.Address+" after "+cause.Of)
		}
	}
	if want := "kind01.b0 after every kind00, kind01.b1 after every kind00"; strings.Join(got, ", ") != want || len(why.First) != 4 {
		t.Errorf("%v of %d blocks", got, len(why.First))
	}
	if len(why.After) != 1 || why.After[0].Of != "every kind01" || why.After[0].Why != "that is how it is" {
		t.Errorf("after %+v", why.After)
	}
	if len(why.Then) != 2 || why.Later != 0 {
		t.Errorf("then %+v and %d more", why.Then, why.Later)
	}
	o.explain(&why, "kind00.b0")
	if len(why.First) != 0 || len(why.Then) != 2 || why.Later != 4 {
		t.Errorf("of the first: %d before, %d after, %d later", len(why.First), len(why.Then), why.Later)
	}
}

// Many blocks of many kinds are no work.
func TestTheChainOfManyBlocks(t *testing.T) {
	t.Parallel()
	o := newOrder(ladder(t, 10, 200), &planner.Plan{})
	var why Why
	o.explain(&why, "kind09.b0")
	if len(why.First) != 1800 || len(why.After) != 1 {
		t.Errorf("%d before, %+v", len(why.First), why.After)
	}
}

func TestAddressesOfUsers(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		`user_homing.pilot["SIP:Ada@contoso.com"]`:      "user_homing.pilot sip:ada@contoso.com true",
		`user_homing.p["Sales"]["sip:ada@contoso.com"]`: `user_homing.p["Sales"] sip:ada@contoso.com true`,
		`dns_record["_sip._tls.contoso.com"]["SRV"]`:    "  false",
		`user_homing.pilot["ada@contoso.com"]`:          "user_homing.pilot sip:ada@contoso.com true",
		`user_homing.pilot`:                             "  false",
		`user_homing.pilot["sip:ada@contoso.com"`:       "  false",
		`"]`: "  false",
	} {
		block, sip, ok := userOf(address)
		if got := fmt.Sprint(block, " ", sip, " ", ok); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
