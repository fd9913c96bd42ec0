package dns

import (
	"fmt"
	"strings"
	"testing"

	"hybrid/internal/dnsservice"
	labservice "hybrid/internal/lab/dnsservice"
	"hybrid/planner"
)

// What is refused is refused by itself: the records beside it are planned, and what is refused is so in the list of all as well.
func TestWhatIsRefusedStopsNothingBeside(t *testing.T) {
	t.Parallel()
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		odd := map[dnsservice.Kind]string{dnsservice.Route53: "weighted", dnsservice.Azure: "alias", dnsservice.Cloudflare: "proxied"}[kind]
		_, s := serviceLab(t, kind, lab(t, labKey), labservice.Options{Odd: map[string]string{"sip.contoso.com. A": odd}})
		p := openAt(t, s)
		bad, good, stray := wanted(set("sip.contoso.com", "A", -1, "192.0.2.1")), wanted(set("new.contoso.com", "A", 300, "192.0.2.1")), wanted(set("sip.nobody.example", "A", 300, "192.0.2.1"))
		listing := p.Read(t.Context(), bad.Kind, []planner.Object{bad, good, stray})
		for _, o := range []planner.Object{bad, stray} {
			if c := planner.Check(&o, listing); c.Action != planner.Unknown || !strings.Contains(c.Reason, o.Identity) {
				t.Errorf("%s of %s: %s", c.Action, o.Identity, c.Reason)
			}
		}
		if c := planner.Check(&good, listing); c.Action != planner.Create {
			t.Errorf("%s beside what is refused: %v", c.Action, listing.Err)
		}
		if c := planner.Check(&bad, p.Read(t.Context(), bad.Kind, nil)); c.Action != planner.Unknown {
			t.Errorf("%s of what is refused, in the list of all", c.Action)
		}
	})
}

// A wildcard is a set of its own name: it is neither the set of a name below it, nor in the way of one, nor changed with one.
func TestWildcardsAreNoOtherNames(t *testing.T) {
	t.Parallel()
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		names := lab(t, labKey)
		_, s := serviceLab(t, kind, names, labservice.Options{Page: 3})
		p := openAt(t, s)
		star, below := set("*.deep.contoso.com", "A", 300, "192.0.2.1"), set("sip.deep.contoso.com", "A", 300, "192.0.2.1")
		converge(t, p, star, planner.Create)
		if c := plan(t, p, set("sip.deep.contoso.com", "A", -1)); c.Action != planner.NoOp {
			t.Errorf("%s of a name that only a wildcard answers for", c.Action)
		}
		converge(t, p, below, planner.Create)
		converge(t, p, set("*.deep.contoso.com", "A", 300, "192.0.2.7"), planner.Update)
		if c := plan(t, p, below); c.Action != planner.NoOp {
			t.Errorf("%s of the name below, after a change of the wildcard", c.Action)
		}
		converge(t, p, set("*.deep.contoso.com", "A", -1), planner.Delete)
		if c := plan(t, p, below); c.Action != planner.NoOp {
			t.Errorf("%s of the name below, after the wildcard has gone", c.Action)
		}
	})
}

// A set that is too long for the service, or for the one request that replaces it, is refused at plan; one that fits is kept, with
// texts longer than one string holds.
func TestSetsThatAreTooLong(t *testing.T) {
	t.Parallel()
	texts := func(count, length int) (values []string) {
		for n := range count {
			values = append(values, fmt.Sprintf("%0*d", length, n))
		}
		return values
	}
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		_, s := serviceLab(t, kind, lab(t, labKey), labservice.Options{})
		p := openAt(t, s)
		converge(t, p, set("long.contoso.com", "TXT", 300, texts(2, 600)...), planner.Create)
		converge(t, p, set("long.contoso.com", "TXT", 300, texts(3, 600)...), planner.Update)
		switch kind {
		case dnsservice.Route53:
			refusedAtPlan(t, s, set("long.contoso.com", "TXT", 300, texts(16, 2000)...), "Amazon Route 53 takes 1000 with 32000; declare fewer values")
		case dnsservice.Cloudflare:
			refusedAtPlan(t, s, set("long.contoso.com", "TXT", 300, texts(5, 2000)...), "Cloudflare keeps 8192 of one name and type; declare fewer values")
		}
	})
}
