package dns

import (
	"context"
	"fmt"

	"github.com/miekg/dns"

	"hybrid/planner"
)

// askEach asks for the wanted record sets of a zone one by one.
func (r *reading) askEach(ctx context.Context, zone string, want []planner.Object) error {
	for _, o := range want {
		name, rtype := dns.CanonicalName(o.Identity), dns.StringToType[typeOf(o.Want)]
		set, err := r.p.ask(ctx, r.line, name, rtype)
		if err == nil && len(set) > 0 {
			err = r.notMadeUp(ctx, zone, name, set)
		}
		if err != nil {
			return err
		}
		if len(set) > 0 {
			r.add(set)
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
	var set []dns.RR
	for _, rr := range m.Answer { // an alias brings along the records it leads to
		if h := rr.Header(); h.Rrtype == rtype && dns.CanonicalName(h.Name) == name {
			set = append(set, rr)
		}
	}
	return set, nil
}

// notMadeUp holds an answer against the wildcards above its name: a server makes up records from a wildcard, and nothing in
// the answer tells them from records that stand in the zone (RFC 4592). Where that may be so, the set is not known.
func (r *reading) notMadeUp(ctx context.Context, zone, name string, set []dns.RR) error {
	for at := name; at != zone; {
		next, end := dns.NextLabel(at, 0)
		if end {
			break
		}
		at = at[next:]
		wildcard := "*." + at
		if wildcard == name {
			continue
		}
		source, err := r.p.ask(ctx, r.line, wildcard, set[0].Header().Rrtype)
		if err != nil {
			return err
		}
		if len(source) == len(set) && sameValues(source, set) {
			return fmt.Errorf("%s %s cannot be told from the wildcard %s without a zone transfer; let the key or this machine's address transfer %s (allow-transfer in BIND)",
				display(name), dns.TypeToString[set[0].Header().Rrtype], display(wildcard), display(zone))
		}
	}
	return nil
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
