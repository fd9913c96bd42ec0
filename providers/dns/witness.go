package dns

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/miekg/dns"
)

// nameServers are the witnesses of the zone that a name is in, found once a zone. What cannot be found out is a witness that
// cannot be asked.
func (v *verification) nameServers(ctx context.Context, name string) []witness {
	zone, err := v.zoneOf(name)
	if err != nil {
		return []witness{{name: "the zone's name servers", err: err}}
	}
	if known, ok := v.zones[zone]; ok {
		return known
	}
	all, err := v.delegates(ctx, zone)
	if err != nil {
		all = []witness{{name: "the name servers of " + display(zone), err: err}}
	}
	v.zones[zone] = all
	return all
}

// delegates asks the zone's own server who else serves it.
func (v *verification) delegates(ctx context.Context, zone string) ([]witness, error) {
	m, err := v.primary(ctx, zone, dns.TypeNS)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, rr := range m.Answer {
		if ns, is := rr.(*dns.NS); is && dns.CanonicalName(ns.Hdr.Name) == zone {
			names = append(names, dns.CanonicalName(ns.Ns))
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s names none (%s)", v.server, rcodeName(m.Rcode))
	}
	slices.Sort(names)
	var all []witness
	for _, name := range slices.Compact(names) {
		all = append(all, v.delegate(ctx, name, m.Extra)...)
	}
	return all, nil
}

// delegate gives a name server with each of its addresses. Those of IPv6 count only where there are no others: many
// networks have no way there.
func (v *verification) delegate(ctx context.Context, name string, glue []dns.RR) []witness {
	addresses, err := v.addresses(ctx, name, glue)
	called := "the name server " + display(name)
	if err != nil {
		return []witness{{name: called, err: err}}
	}
	if slices.ContainsFunc(addresses, netip.Addr.Is4) {
		addresses = slices.DeleteFunc(addresses, netip.Addr.Is6)
	}
	var all []witness
	for _, address := range addresses {
		all = append(all, witness{
			name: fmt.Sprintf("%s (%s)", called, address), address: net.JoinHostPort(address.String(), v.portOf(name, address)), authoritative: true,
		})
	}
	return all
}

// portOf is where a name server is asked: at the usual port, but the zone's own server at the one that the provider block gives.
func (v *verification) portOf(name string, address netip.Addr) string {
	host, port, err := net.SplitHostPort(v.server)
	if err == nil && (dns.CanonicalName(host) == name || host == address.String()) {
		return port
	}
	return v.port
}

// addresses looks a name server's addresses up: in what came along with its name, at the zone's own server, and else as this
// machine looks up any name.
func (v *verification) addresses(ctx context.Context, name string, glue []dns.RR) ([]netip.Addr, error) {
	if found := addressesOf(name, glue); len(found) > 0 {
		return found, nil
	}
	for _, rtype := range []uint16{dns.TypeA, dns.TypeAAAA} {
		if m, err := v.primary(ctx, name, rtype); err == nil {
			if found := addressesOf(name, append(m.Answer, m.Extra...)); len(found) > 0 {
				return found, nil
			}
		}
	}
	found, err := v.lookup(ctx, display(name))
	if err != nil || len(found) == 0 {
		return nil, fmt.Errorf("its address cannot be looked up, neither at %s nor by this machine", v.server)
	}
	for n := range found {
		found[n] = found[n].Unmap()
	}
	slices.SortFunc(found, netip.Addr.Compare)
	return slices.Compact(found), nil
}

func addressesOf(name string, records []dns.RR) []netip.Addr {
	var found []netip.Addr
	for _, rr := range records {
		if dns.CanonicalName(rr.Header().Name) != name {
			continue
		}
		var octets []byte
		switch rr := rr.(type) {
		case *dns.A:
			octets = rr.A
		case *dns.AAAA:
			octets = rr.AAAA
		}
		if address, ok := netip.AddrFromSlice(octets); ok {
			found = append(found, address.Unmap())
		}
	}
	slices.SortFunc(found, netip.Addr.Compare)
	return slices.Compact(found)
}
