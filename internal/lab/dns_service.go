package lab

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"

	"hybrid/internal/lab/dnsservice"
)

// A DNSServiceEndpoint is a view's zones as Route 53, Azure DNS and Cloudflare have them.
type DNSServiceEndpoint struct {
	URL         string // "https://127.0.0.1:1234": of all three, and where Azure's accounts sign in
	Fingerprint string // SHA-256 of the certificate: "AB:CD:…"
	KeyID       string // the id of AWS's access key, of Azure's subscription and of its application
	Secret      string // AWS's secret access key, Azure's client secret, Cloudflare's token
}

// serviceKeyID is the id of the lab's one account.
const serviceKeyID = "5e1f0000-1ab0-4a00-8d25-000000000001"

// startDNSServices puts the services in front of each view's name server.
func (l *Lab) startDNSServices(o Options) error {
	config, err := l.keys.tls()
	if err != nil {
		return err
	}
	for _, view := range slices.Sorted(maps.Keys(l.names)) {
		s, err := dnsservice.Start(dnsservice.Options{
			Listen: net.JoinHostPort(o.Listen.Host, "0"), TLS: config, Zones: l.names[view], KeyID: serviceKeyID, Secret: l.keys.Password,
			Struck: l.strikeServiceWrite, Wrote: l.noteServiceWrite, Log: l.log.Named("dns"),
		})
		if err != nil {
			return fmt.Errorf("the lab's DNS services of %q: %w", view, err)
		}
		l.services = append(l.services, s)
		at := l.endpoints.DNS[view]
		at.Service = DNSServiceEndpoint{URL: s.URL(), Fingerprint: l.keys.fingerprint(), KeyID: serviceKeyID, Secret: l.keys.Password}
		l.endpoints.DNS[view] = at
	}
	return nil
}

// strikeServiceWrite says what goes wrong with a write of a service, which faults call as they do an update of a name server: an
// error answers with the status of HTTP that its text is (403, where it is none), a cut ends the connection without an answer.
func (l *Lab) strikeServiceWrite(zone string) (s dnsservice.Strike) {
	_ = l.Change(func(e *Estate) error {
		switch f := e.strike("", dnsUpdate, zone, Fails, Cut); f.Kind {
		case Fails:
			s.Status = http.StatusForbidden
			if status, err := strconv.Atoi(f.Text); err == nil && status >= 400 && status < 600 {
				s.Status = status
			}
		case Cut:
			s.Silent, s.Effect = true, f.Effect
		}
		return nil
	})
	return s
}

// noteServiceWrite counts a write that was carried out.
func (l *Lab) noteServiceWrite(_, owner string) {
	err := l.Change(func(e *Estate) error {
		e.wrote(dnsUpdate)
		return e.note(Write{Call: dnsUpdate, Of: owner, Changed: true})
	})
	if err != nil {
		l.log.Error("a write of a DNS service is not kept", "name", owner, "error", err)
	}
}
