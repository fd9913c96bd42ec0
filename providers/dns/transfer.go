package dns

import (
	"context"
	"errors"
	"fmt"

	"github.com/miekg/dns"
)

// transfer reads a whole zone (AXFR, RFC 5936). What ends before the closing SOA record is an error, never a smaller zone.
func (p *provider) transfer(ctx context.Context, zone string) ([]dns.RR, error) {
	doing := "reading the zone " + display(zone)
	s, err := p.dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	defer s.close()
	p.trips.Add(1)
	m := new(dns.Msg).SetAxfr(zone)
	if err := s.send(m); err != nil {
		return nil, p.failed(ctx, doing, err)
	}
	records, rcode, err := collect(s, m.Id)
	switch {
	case err != nil:
		return nil, p.failed(ctx, doing, err)
	case rcode != dns.RcodeSuccess:
		return nil, p.refused(doing, zone, rcode)
	}
	p.remember(zone, records)
	p.log.Debug("zone read", "zone", zone, "records", len(records))
	return records, nil
}

// errNoZone is the answer of Samba's own name server, which knows no transfers, and says so by saying nothing.
var errNoZone = errors.New("the transfer holds no records")

// collect takes messages until the zone's SOA record comes a second time, which it leaves out.
func collect(s *stream, id uint16) (records []dns.RR, rcode int, err error) {
	for {
		m, err := s.receive(id)
		switch {
		case err != nil:
			return nil, 0, err
		case m.Rcode != dns.RcodeSuccess:
			return nil, m.Rcode, nil
		case len(m.Answer) == 0 && len(records) == 0:
			return nil, 0, errNoZone
		case len(m.Answer) == 0:
			return nil, 0, errors.New("a message of the transfer is empty")
		}
		for _, rr := range m.Answer {
			soa, is := rr.(*dns.SOA)
			switch {
			case len(records) == 0 && !is:
				return nil, 0, errors.New("the transfer does not begin with the SOA record")
			case len(records) == 0 || !is:
				records = append(records, rr)
			case soa.Serial != records[0].(*dns.SOA).Serial:
				return nil, 0, errors.New("the zone has changed during the transfer")
			default:
				return records, dns.RcodeSuccess, nil
			}
		}
	}
}

// transferRefused says whether a server does not hand out the zone though it may well answer questions about it. Knot says
// BADKEY of a key that may do something else; where the key is unknown, the first question shows it.
func transferRefused(err error) bool {
	var code *codeError
	var signature *signatureError
	switch {
	case errors.Is(err, errNoZone):
		return true
	case errors.As(err, &signature):
		return signature.code == dns.RcodeBadKey
	case !errors.As(err, &code):
		return false
	}
	return code.rcode == dns.RcodeRefused || code.rcode == dns.RcodeNotImplemented || code.rcode == dns.RcodeNotAuth
}
