package dns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/miekg/dns"

	"hybrid/planner"
)

// toPrimary adds to a refused update which server the zone itself calls its primary, where that is another one.
func (p *provider) toPrimary(ctx context.Context, l *line, zone string, err error) error {
	var code *codeError
	var signature *signatureError
	switch {
	case errors.As(err, &code) && slices.Contains([]int{dns.RcodeRefused, dns.RcodeNotAuth, dns.RcodeNotImplemented}, code.rcode):
	case errors.As(err, &signature) && signature.code == dns.RcodeBadKey:
	default:
		return err
	}
	if primary := p.primaryOf(ctx, l, zone); primary != "" {
		return fmt.Errorf("%w; the zone names %s as its primary server (SOA), which usually is the only one that takes updates: write that one as server", err, primary)
	}
	return err
}

// primaryOf is the name of the server that a zone's SOA record calls its primary (RFC 1035 section 3.3.13); "" where that is the one
// that is asked, or cannot be found out.
func (p *provider) primaryOf(ctx context.Context, l *line, zone string) string {
	name := ""
	for _, rr := range p.answers(ctx, l, zone, dns.TypeSOA) {
		if soa, is := rr.(*dns.SOA); is {
			name = dns.CanonicalName(soa.Ns)
		}
	}
	host, _, _ := net.SplitHostPort(p.server)
	if dns.CanonicalName(host) == name {
		return ""
	}
	if address, err := netip.ParseAddr(host); err == nil {
		records := append(p.answers(ctx, l, name, dns.TypeA), p.answers(ctx, l, name, dns.TypeAAAA)...)
		if slices.Contains(addressesOf(name, records), address.Unmap()) {
			return ""
		}
	}
	return display(name)
}

// answers are the records of an answer, none where there is no answer.
func (p *provider) answers(ctx context.Context, l *line, name string, rtype uint16) []dns.RR {
	if name == "" {
		return nil
	}
	m, err := l.ask(ctx, name, rtype)
	if err != nil {
		return nil
	}
	return m.Answer
}

// lags says whether a server still answers with what a plan was made from although that is said to be there no more: a
// secondary that hands updates on to its primary does so until it has transferred the zone.
func lags(c planner.Change, there []dns.RR) bool {
	before, err := readSet(c.Identity, c.Before)
	return err == nil && !before.pending && len(there) == len(before.records) && sameValues(before.records, there)
}

func (p *provider) lagging(c planner.Change, finding string) error {
	return fmt.Errorf("%s %s is not as it was when the plan was made, says the server that decides (%s), though %s still answers with that: it may be a "+
		"secondary that lags; nothing was changed; write the zone's primary server as server, or run plan again once this one has caught up",
		display(c.Identity), changedType(c), finding, p.server)
}
