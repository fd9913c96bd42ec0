package dns

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"

	"hybrid/internal/question"
)

// primaryPatience is how long all primary servers together are waited for: many are behind a firewall, and do not answer.
const primaryPatience = time.Second

// behind says of which zones the server that their SOA records call the primary has a newer version than the server that was
// read: that one is a secondary that lags, and a plan of what it shows may be out of date. It is one question a zone, put once;
// whoever does not answer it is taken to say nothing.
func (r *reading) behind(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, primaryPatience)
	defer cancel()
	names := slices.Sorted(maps.Keys(r.zones))
	said := make([]string, len(names))
	var wait sync.WaitGroup
	for n, name := range names {
		if _, asked := r.p.compared.LoadOrStore(name, true); !asked {
			wait.Go(func() { said[n] = r.p.behind(ctx, r.zones[name]) })
		}
	}
	wait.Wait()
	return strings.Join(slices.DeleteFunc(said, func(text string) bool { return text == "" }), "\n")
}

func (p *provider) behind(ctx context.Context, z *zone) string {
	own, is := soaOf(z.records)
	host, _, err := net.SplitHostPort(p.server)
	if !is || err != nil || dns.CanonicalName(host) == dns.CanonicalName(own.Ns) {
		return ""
	}
	for _, address := range p.primaryAddresses(ctx, z, own.Ns) {
		q := question.Question{Name: z.name, Type: dns.TypeSOA}
		m, err := q.Ask(ctx, address, primaryPatience)
		if err != nil || !m.Authoritative {
			continue
		}
		if its, is := soaOf(m.Answer); is && newer(its.Serial, own.Serial) {
			return fmt.Sprintf("%s has the zone %s in version %d (the serial of its SOA record), and %s, which that record names as primary, says unsigned that it has %d: "+
				"%s is a secondary that lags, and what is planned from it may be out of date. Write the primary as server, or plan again once the secondary has caught up.",
				p.server, display(z.name), own.Serial, display(own.Ns), its.Serial, p.server)
		}
		return ""
	}
	return ""
}

// primaryAddresses are where a zone's primary server is asked, host:port: at the addresses that the zone has for its name, else at
// those that this machine looks up. Through a tunnel, which a server on this machine itself is, addresses lead nowhere.
func (p *provider) primaryAddresses(ctx context.Context, z *zone, name string) (all []string) {
	host, _, _ := net.SplitHostPort(p.server)
	if address, err := netip.ParseAddr(host); p.reach == nil && (host == "localhost" || err == nil && address.IsLoopback()) {
		return nil
	}
	found := addressesOf(dns.CanonicalName(name), z.records)
	if len(found) == 0 {
		found, _ = net.DefaultResolver.LookupNetIP(ctx, "ip", display(name)) // who cannot be found cannot be asked
	}
	for _, address := range found {
		if address.Unmap().String() == host {
			return nil // it is the server itself
		}
		at := net.JoinHostPort(address.Unmap().String(), "53")
		if p.reach != nil {
			at = p.reach(at)
		}
		all = append(all, at)
	}
	return all
}

// soaOf is the SOA record among some.
func soaOf(records []dns.RR) (*dns.SOA, bool) {
	for _, rr := range records {
		if soa, is := rr.(*dns.SOA); is {
			return soa, true
		}
	}
	return nil, false
}

// newer compares serials, which begin again at 0 (RFC 1982 section 3.2).
func newer(a, b uint32) bool { return int32(a-b) > 0 }
