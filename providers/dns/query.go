package dns

import (
	"context"
	"fmt"

	"github.com/miekg/dns"
)

// askEach asks for the wanted record sets of a zone that is not transferred, one by one.
func (r *reading) askEach(ctx context.Context, z *zone) error {
	for _, o := range z.want {
		name, rtype := dns.CanonicalName(o.Identity), dns.StringToType[typeOf(o.Want)]
		set, err := r.p.ask(ctx, r.line, name, rtype)
		switch {
		case err != nil:
			return err
		case len(set) > 0:
			made, err := r.madeUp(ctx, z.name, name, set)
			if err != nil {
				return err
			}
			if made != nil {
				r.listing.Refused[o.LiveID()] = made
				continue
			}
			r.add(set)
		case rtype == dns.TypeCNAME && !o.Absent && r.p.isApex(name):
			r.listing.Refused[o.LiveID()] = apexError(name)
		}
	}
	return nil
}

// ask gives the record set of a name, empty where the server says with authority that there is none: the name does not
// exist, or holds nothing of the type. Everything else is an error.
func (p *provider) ask(ctx context.Context, l *line, name string, rtype uint16) ([]dns.RR, error) {
	doing := fmt.Sprintf("asking for %s %s", display(name), dns.TypeToString[rtype])
	m, err := l.ask(ctx, name, rtype)
	switch {
	case err != nil:
		return nil, err
	case m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError:
		return nil, p.refused(doing, name, m.Rcode)
	case !m.Authoritative:
		return nil, p.notAuthoritative(doing, m)
	case m.Truncated:
		return nil, fmt.Errorf("%s: the DNS server %s cut its answer short", doing, p.server)
	}
	if len(m.Answer) == 0 {
		p.learn(name, m)
	}
	var set []dns.RR
	for _, rr := range m.Answer { // an alias brings along the records it leads to
		if h := rr.Header(); h.Rrtype == rtype && dns.CanonicalName(h.Name) == name {
			set = append(set, rr)
		}
	}
	return set, nil
}

// learn keeps the zone that a denial names (RFC 2308 section 3), which may be one further down than was thought.
func (p *provider) learn(name string, denial *dns.Msg) {
	if zone := apexOf(denial.Ns, name); zone != "" {
		p.found.Store(name, zone)
		p.remember(zone, denial.Ns)
	}
}

// isApex says whether a name is known to be the top of a zone.
func (p *provider) isApex(name string) bool {
	zone, known := p.found.Load(name)
	return known && zone == name
}

// madeUp holds an answer against the wildcards above its name: a server makes up records from a wildcard, and nothing in
// the answer tells them from records that stand in the zone (RFC 4592). Where that may be so, the set is not known, for the reason
// that is given.
func (r *reading) madeUp(ctx context.Context, zone, name string, set []dns.RR) (reason, failed error) {
	for at := name; at != zone; {
		if at = above(at); at == "." {
			break
		}
		wildcard := "*." + at
		if wildcard == name {
			continue
		}
		source, err := r.source(ctx, setKey{wildcard, set[0].Header().Rrtype})
		if err != nil {
			return nil, err
		}
		if len(source) == len(set) && sameValues(source, set) {
			return fmt.Errorf("%s %s cannot be told from the wildcard %s without a zone transfer; let the key or this machine's address transfer %s (allow-transfer in BIND)",
				display(name), dns.TypeToString[set[0].Header().Rrtype], display(wildcard), display(zone)), nil
		}
	}
	return nil, nil
}

// source asks what a wildcard holds, once.
func (r *reading) source(ctx context.Context, at setKey) ([]dns.RR, error) {
	if set, asked := r.sources[at]; asked {
		return set, nil
	}
	set, err := r.p.ask(ctx, r.line, at.owner, at.rtype)
	if err == nil {
		r.sources[at] = set
	}
	return set, err
}

func sameValues(a, b []dns.RR) bool {
	values := map[string]bool{}
	for _, rr := range a {
		values[presentation(rr)] = true
	}
	for _, rr := range b {
		if !values[presentation(rr)] {
			return false
		}
	}
	return true
}
