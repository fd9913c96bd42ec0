package dns

import (
	"context"
	"fmt"
	"slices"

	"github.com/miekg/dns"

	"hybrid/internal/dnsservice"
	"hybrid/planner"
	"hybrid/schema"
)

// Verify asks the name servers and resolvers that the wanted record sets name in their block propagation. The zone's name servers
// are those that the service names. Of an alias that is answered with addresses in its place nobody can be asked.
func (p *hosted) Verify(ctx context.Context, _ *schema.Kind, want []planner.Object, listing planner.Listing) {
	zones, err := p.listZones(ctx)
	v := newVerification(p.Host(), defaultTimeout, p.reach, &p.asked)
	v.zoneOf = func(name string) (string, error) {
		if err != nil {
			return "", err
		}
		z, err := zones.of(name)
		return z.Name, err
	}
	v.primary = func(ctx context.Context, name string, rtype uint16) (*dns.Msg, error) {
		if rtype == dns.TypeNS {
			return p.delegation(ctx, zones, name)
		}
		set, _ := p.seen.Load(setKey{dns.CanonicalName(name), rtype})
		m := &dns.Msg{}
		if set, read := set.(dnsservice.Set); read {
			m.Answer = set.Records
		}
		return m, nil
	}
	v.listing(ctx, slices.DeleteFunc(slices.Clone(want), p.flattens), listing)
}

// flattens says whether name servers answer with addresses in place of the alias that an object is.
func (p *hosted) flattens(o planner.Object) bool {
	set, _ := p.seen.Load(setKey{dns.CanonicalName(o.Identity), dns.StringToType[typeOf(o.Want)]})
	read, _ := set.(dnsservice.Set)
	return read.Flattened
}

// delegation is an answer with the name servers that the service names for a zone.
func (p *hosted) delegation(ctx context.Context, zones serviceZones, name string) (*dns.Msg, error) {
	z, err := zones.of(name)
	if err != nil {
		return nil, err
	}
	servers, err := p.NameServers(ctx, z)
	if err != nil {
		return nil, err
	}
	if z.Private || len(servers) == 0 {
		return nil, fmt.Errorf("%s names none for the zone %s that could be asked from here; write authoritative = false, and resolvers of the networks that it is linked to", p.kind.Title(), display(z.Name))
	}
	m := &dns.Msg{}
	for _, server := range servers {
		m.Answer = append(m.Answer, &dns.NS{Hdr: dns.RR_Header{Name: z.Name, Rrtype: dns.TypeNS, Class: dns.ClassINET}, Ns: server})
	}
	return m, nil
}
