package dns

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"hybrid/planner"
)

// A zone is what one reading has seen of a zone.
type zone struct {
	name    string
	refused bool // the server does not transfer it
	records []dns.RR
	holds   map[string]bool // the names that records stand at
	cuts    map[string]bool // the names below the apex that NS records stand at
	want    []planner.Object
}

func newZone(name string, records []dns.RR) *zone {
	z := &zone{name: name, records: records, holds: map[string]bool{}, cuts: map[string]bool{}}
	for _, rr := range records {
		owner := dns.CanonicalName(rr.Header().Name)
		z.holds[owner] = true
		if rr.Header().Rrtype == dns.TypeNS && owner != name {
			z.cuts[owner] = true
		}
	}
	return z
}

// shows says whether the zone's records prove that a name is in it and not in one further down. NS records below the apex
// hand a name over (RFC 1034 section 4.2.1), but a server may also have a zone that nothing above leads to, such as a
// pin-point zone for one name. Such a name is absent above, and must not be taken for absent altogether.
func (z *zone) shows(name string) bool {
	if !z.holds[name] {
		return false
	}
	for at := name; at != z.name; at = above(at) {
		if z.cuts[at] {
			return false
		}
	}
	return true
}

// above is the name without its first label.
func above(name string) string {
	next, end := dns.NextLabel(name, 0)
	if end {
		return "."
	}
	return name[next:]
}

// zoneOf gives the zone that a name is in, and reads it first where it was not read yet. In a zone that is not transferred
// every set is asked for anyway, and the answers come from the right zone.
func (r *reading) zoneOf(ctx context.Context, name string) (*zone, error) {
	if len(r.p.zones) == 0 {
		if z := r.zones[deepest(r.zones, name)]; z != nil && (z.refused || z.shows(name)) {
			return z, nil
		}
	}
	found, err := r.p.zoneOf(ctx, r.line, name)
	if err != nil {
		return nil, err
	}
	return r.zone(ctx, found, false)
}

// zone reads a zone, once. Without a transfer there is no list of all records.
func (r *reading) zone(ctx context.Context, name string, all bool) (*zone, error) {
	if z := r.zones[name]; z != nil {
		return z, nil
	}
	records, err := r.p.transfer(ctx, name)
	z := newZone(name, records)
	switch {
	case err == nil:
	case !transferRefused(err):
		return nil, err
	case all:
		return nil, fmt.Errorf("%w; without a transfer only records that are declared can be read", err)
	default:
		r.p.log.Warn("zone transfer refused, asking for each record set", "zone", name, "error", err)
		z.refused, r.listing.Complete = true, false
	}
	r.zones[name] = z
	return z, nil
}

// zoneOf finds the zone that a name belongs to: among the declared zones, or by asking the server for the SOA record from the
// name up. What was found is kept, because zones do not come and go while a plan is carried out.
func (p *provider) zoneOf(ctx context.Context, l *line, name string) (string, error) {
	if len(p.zones) > 0 {
		return declaredZone(p.name, p.zones, name)
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
		if at = above(at); at == "." {
			return "", fmt.Errorf("the DNS server %s names no zone for %s; write its zone into zones", p.server, display(name))
		}
	}
}

// declaredZone is the longest of the zones that a provider block names that holds a name.
func declaredZone(provider string, zones map[string]bool, name string) (string, error) {
	best := deepest(zones, name)
	if best == "" {
		return "", fmt.Errorf("%s is in none of the zones of provider %s (%s); add its zone to zones, or send the record to another provider block",
			display(name), provider, strings.Join(displayAll(slices.Sorted(maps.Keys(zones))), ", "))
	}
	return best, nil
}

// deepest is the longest of some zones that holds a name, "" where none does.
func deepest[Z any](zones map[string]Z, name string) string {
	for at := name; ; at = above(at) {
		if _, ok := zones[at]; ok {
			return at
		}
		if at == "." {
			return ""
		}
	}
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
		remedy := "it serves no zone that holds the name, or does not answer this machine: check the name and the server"
		if m.Rcode == dns.RcodeNotAuth && p.key != nil {
			remedy += ", and " + keyDoubts
		}
		return "", &codeError{
			rcode: m.Rcode, remedy: remedy,
			text: fmt.Sprintf("%s: the DNS server %s answered %s", doing, p.server, rcodeName(m.Rcode)),
		}
	case m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError:
		return "", p.refused(doing, at, m.Rcode)
	case !m.Authoritative:
		return "", p.notAuthoritative(doing, m)
	}
	return apexOf(append(m.Answer, m.Ns...), at), nil
}

// apexOf is the name of the zone that an SOA record among some speaks for, where it holds a name; else "".
func apexOf(records []dns.RR, name string) string {
	for _, rr := range records {
		owner := dns.CanonicalName(rr.Header().Name)
		if rr.Header().Rrtype == dns.TypeSOA && dns.IsSubDomain(owner, name) {
			return owner
		}
	}
	return ""
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
