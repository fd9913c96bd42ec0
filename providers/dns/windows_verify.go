package dns

import (
	"context"
	"fmt"

	"github.com/miekg/dns"

	"hybrid/internal/question"
	"hybrid/planner"
	"hybrid/schema"
)

// Verify asks the name servers and resolvers that the wanted record sets name in their block propagation. The zones' name
// servers are those that the DNS server itself answers with, asked as any client asks.
func (p *windows) Verify(ctx context.Context, _ *schema.Kind, want []planner.Object, listing planner.Listing) {
	v := newVerification(p.names, defaultTimeout, p.reach, &p.asked)
	v.zoneOf = func(name string) (string, error) {
		if at := listing.Place(name); at != "" {
			return dns.CanonicalName(at), nil
		}
		return "", fmt.Errorf("%s has no zone that holds %s", p.host, display(name))
	}
	v.primary = func(ctx context.Context, name string, rtype uint16) (*dns.Msg, error) {
		p.asked.Add(1)
		m, err := question.Question{Name: name, Type: rtype}.Ask(ctx, v.at(p.names), v.limit)
		if err != nil {
			return nil, fmt.Errorf("the DNS server %s: %w", p.names, err)
		}
		return m, nil
	}
	v.listing(ctx, want, listing)
}

// RoundTrips counts the requests that were sent: calls of cmdlets, and questions.
func (p *windows) RoundTrips() int64 { return p.Provider.RoundTrips() + p.asked.Load() }
