package dns

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/miekg/dns"

	"hybrid/internal/amount"
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

// How much of a transfer is taken. Zones of Active Directory have a record or two a computer.
const (
	mostRecords = 2_000_000
	mostZone    = 1 << 30          // bytes, as they come
	mostTime    = 15 * time.Minute // of a whole transfer; each message has to come within the timeout of the provider's block
)

// errNoZone is the answer of Samba's own name server, which knows no transfers, and says so by saying nothing.
var errNoZone = errors.New("the transfer holds no records")

// collect takes messages until the zone's SOA record comes a second time, which it leaves out.
func collect(s *stream, id uint16) (records []dns.RR, rcode int, err error) {
	for until := time.Now().Add(mostTime); ; {
		m, err := s.receive(id)
		switch {
		case err != nil:
			return nil, 0, err
		case s.received > mostZone:
			return nil, 0, fmt.Errorf("the transfer has no end: it was given up after %d MiB and %d records", mostZone>>20, len(records))
		case time.Now().After(until):
			return nil, 0, fmt.Errorf("the transfer had not ended after %s, with %d records, and was given up", amount.Lasting(mostTime), len(records))
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
			case len(records) == mostRecords:
				return nil, 0, fmt.Errorf("the transfer has no end: it was given up after %d records", mostRecords)
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
