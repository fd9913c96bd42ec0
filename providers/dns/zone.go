package dns

import (
	"context"
	"fmt"
	"strings"

	"github.com/miekg/dns"
)

// zoneOf finds the zone that a name belongs to: among the declared zones, or by asking the server for the SOA record from the
// name up. What was found is kept, because zones do not come and go while a plan is carried out.
func (p *provider) zoneOf(ctx context.Context, l *line, name string) (string, error) {
	if len(p.zones) > 0 {
		return p.declaredZone(name)
	}
	if zone, ok := p.found.Load(name); ok {
		return zone.(string), nil
	}
	for at := name; ; {
		zone, err := p.soaAt(ctx, l, name, at)
		if err != nil {
			return "", err
		}
		if zone != "" {
			p.found.Store(name, zone)
			return zone, nil
		}
		next, end := dns.NextLabel(at, 0)
		if end {
			return "", fmt.Errorf("the DNS server %s names no zone for %s; write its zone into zones", p.server, display(name))
		}
		at = at[next:]
	}
}

// declaredZone is the longest of the declared zones that holds a name.
func (p *provider) declaredZone(name string) (string, error) {
	best := deepest(p.zones, name)
	if best == "" {
		return "", fmt.Errorf("%s is in none of the zones of provider %s (%s); add its zone to zones, or send the record to another provider block",
			display(name), p.name, strings.Join(displayAll(p.zones), ", "))
	}
	return best, nil
}

// deepest is the longest of some zones that holds a name, "" where none does.
func deepest(zones []string, name string) string {
	best := ""
	for _, zone := range zones {
		if len(zone) > len(best) && dns.IsSubDomain(zone, name) {
			best = zone
		}
	}
	return best
}

func displayAll(names []string) (all []string) {
	for _, name := range names {
		all = append(all, display(name))
	}
	return all
}

// soaAt asks for the SOA record of one name. It gives the zone, or "" where the server does not say it: a CNAME record there
// hides it, and the name above is to be asked. An authoritative denial names the zone too (RFC 2308 section 3).
func (p *provider) soaAt(ctx context.Context, l *line, name, at string) (string, error) {
	doing := "finding the zone of " + display(name)
	m, err := l.ask(ctx, at, dns.TypeSOA)
	if err != nil {
		return "", err
	}
	switch {
	case m.Rcode == dns.RcodeRefused || m.Rcode == dns.RcodeNotAuth:
		return "", &codeError{rcode: m.Rcode,
			text:   fmt.Sprintf("%s: the DNS server %s answered %s", doing, p.server, rcodeName(m.Rcode)),
			remedy: "it serves no zone that holds the name, or does not answer this machine: check the name and the server"}
	case m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError:
		return "", p.refused(doing, at, m.Rcode)
	case !m.Authoritative:
		return "", p.notAuthoritative(doing, m)
	}
	for _, rr := range append(m.Answer, m.Ns...) {
		owner := dns.CanonicalName(rr.Header().Name)
		if rr.Header().Rrtype == dns.TypeSOA && dns.IsSubDomain(owner, at) {
			return owner, nil
		}
	}
	return "", nil
}

func (p *provider) notAuthoritative(doing string, m *dns.Msg) error {
	for _, rr := range m.Ns {
		if ns, ok := rr.(*dns.NS); ok {
			return fmt.Errorf("%s: the DNS server %s has handed %s over to %s; declare the record behind a provider block for that server",
				doing, p.server, display(ns.Hdr.Name), display(ns.Ns))
		}
	}
	return fmt.Errorf("%s: the DNS server %s answers from memory, not with authority; write the primary server of the zone as server", doing, p.server)
}
