package dns

import (
	"fmt"
	"strings"

	"github.com/miekg/dns"

	"hybrid/internal/dnsservice"
	"hybrid/planner"
	"hybrid/providers"
)

// A Replacement is one request to a DNS service that replaces a record set, which the service carries out wholly or not at all.
type Replacement struct {
	Kind   dnsservice.Kind
	Change dnsservice.Change
	// Sensitive says that the records' data must not be shown.
	Sensitive bool
	// Pending says that not all records are known before apply; such a request is shown and never sent.
	Pending bool
}

// String is the request, and on lines of their own the records that go and that come.
func (r Replacement) String() string {
	lines := []string{r.Kind.Request(r.Change)}
	for _, rr := range r.Change.Before {
		lines = append(lines, "- "+r.record(rr))
	}
	for _, rr := range r.Change.After {
		lines = append(lines, "+ "+r.record(rr))
	}
	if r.Pending {
		lines = append(lines, "# not all records are known before apply")
	}
	return strings.Join(lines, "\n")
}

func (r Replacement) record(rr dns.RR) string {
	h, data := rr.Header(), presentation(rr)
	if r.Sensitive {
		data = "(sensitive value)"
	}
	return fmt.Sprintf("%s %d IN %s %s", h.Name, h.Ttl, dns.TypeToString[h.Rrtype], data)
}

// Script is for somebody to do it at the service.
func (r Replacement) Script(planner.Change) planner.ScriptStep {
	if r.Pending {
		return planner.ScriptStep{ByHand: notYet}
	}
	return planner.ScriptStep{ByHand: "at " + r.Kind.Title() + ", in the zone " + display(r.Change.Zone.Name) + ": " + strings.ReplaceAll(r.String(), "\n", "; ")}
}

// serviceCommands translates a change of a record set into the one request that it becomes, in the zone that the change says it
// is in.
func serviceCommands(c planner.Change) ([]providers.Command, error) {
	switch c.Action {
	case planner.NoOp, planner.Unknown:
		return nil, nil
	case planner.Run:
		return []providers.Command{Wait{c.Reason}}, nil
	}
	kind, zone, known := placed(c.Place)
	if !known {
		return nil, fmt.Errorf("%s: it is not known which zone of the service it is in; nothing was changed", c.Address)
	}
	before, err := readSet(c.Identity, c.Before)
	if err != nil {
		return nil, untranslatable(c, "what stands in the zone", err)
	}
	after, err := readSet(c.Identity, c.After)
	if err != nil {
		return nil, untranslatable(c, "what is declared", err)
	}
	before.live(after) // what was made without a TTL has the usual one, or that of the set in whose place it came
	after.live(before)
	r := Replacement{Kind: kind, Pending: before.pending || after.pending, Sensitive: sensitive(c), Change: dnsservice.Change{
		Zone: zone, Owner: dns.CanonicalName(c.Identity), Type: changedType(c), Before: before.additions(), After: after.additions(),
	}}
	for _, rr := range append(r.Change.Before, r.Change.After...) {
		rr.Header().Name = r.Change.Owner
	}
	if !before.present() && !after.present() {
		return nil, fmt.Errorf("%s: %s cannot be translated: it says neither what stands in the zone nor what should", c.Address, c.Action)
	}
	return []providers.Command{r}, nil
}
