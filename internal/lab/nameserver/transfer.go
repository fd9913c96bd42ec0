package nameserver

import (
	"net"

	"github.com/miekg/dns"
)

// envelopeSize is how many octets of records go into one message of a transfer; a message holds at most 65,535.
const envelopeSize = 32 << 10

// serveTransfer sends a whole zone, for IXFR too, which RFC 1995 section 2 allows.
func (s *Server) serveTransfer(w dns.ResponseWriter, r *dns.Msg, signed bool) {
	z := s.zone(dns.CanonicalName(r.Question[0].Name))
	_, stream := w.RemoteAddr().(*net.TCPAddr)
	switch {
	case !stream:
		s.reply(w, r, new(dns.Msg).SetRcode(r, dns.RcodeFormatError))
	case !s.allowed(signed) || s.has(RefuseTransfers):
		s.reply(w, r, new(dns.Msg).SetRcode(r, dns.RcodeRefused))
	case z == nil:
		s.reply(w, r, new(dns.Msg).SetRcode(r, dns.RcodeNotAuth))
	default:
		for _, records := range envelopes(s.transferred(z)) {
			m := new(dns.Msg).SetReply(r)
			m.Authoritative, m.Compress, m.Answer = true, true, records
			sign(r, m)
			s.send(w, m)
			w.TsigTimersOnly(true) // from the second message on (RFC 8945 section 5.3.1)
		}
	}
}

// transferred gives a zone's records as they go out, the SOA record first and last (RFC 5936 section 2.2).
func (s *Server) transferred(z *zone) []dns.RR {
	s.reading.RLock()
	defer s.reading.RUnlock()
	return append(z.records(), z.soa())
}

// envelopes splits records so that each part fits a message.
func envelopes(records []dns.RR) (parts [][]dns.RR) {
	start, size := 0, 0
	for n, rr := range records {
		if size += dns.Len(rr); size > envelopeSize && n > start {
			parts = append(parts, records[start:n])
			start, size = n, dns.Len(rr)
		}
	}
	return append(parts, records[start:])
}
