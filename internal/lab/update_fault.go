package lab

import (
	"strings"

	"github.com/miekg/dns"

	"hybrid/internal/lab/nameserver"
)

// dnsUpdate is what faults and counts call an update of a name server.
const dnsUpdate = "DNS update"

// strikeUpdate says what goes wrong with an update of a zone: an error answers with the response code that its text names
// (RFC 2136 section 2.2; REFUSED, where it names none), a cut ends the connection without an answer.
func (l *Lab) strikeUpdate(zone string) (s nameserver.Strike) {
	_ = l.Change(func(e *Estate) error {
		switch f := e.strike("", dnsUpdate, zone, Fails, Cut); f.Kind {
		case Fails:
			s.Rcode = dns.RcodeRefused
			if code, ok := dns.StringToRcode[strings.ToUpper(f.Text)]; ok && code != dns.RcodeSuccess {
				s.Rcode = code
			}
		case Cut:
			s.Silent, s.Effect = true, f.Effect
		}
		return nil
	})
	return s
}

// owners are the names whose sets an update has replaced, but for that of the zone itself.
func owners(sets []nameserver.Set) string {
	var names []string
	for _, set := range sets {
		if set.Type != "SOA" {
			names = append(names, set.Owner)
		}
	}
	return strings.Join(names, " ")
}
