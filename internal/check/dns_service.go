package check

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"hybrid/internal/phase"
)

// The services by which a SIP domain is found, with their ports.
const (
	clientLabel     = "_sip._tls"
	federationLabel = "_sipfederationtls._tcp"
	clientPort      = "443"
	federationPort  = "5061"
)

// clientService is D-SIP.
func clientService(ctx context.Context, e *Estate) Result {
	return eachDomain(ctx, e, func(ctx context.Context, t *trial, d phase.Domain) {
		name := clientLabel + "." + d.Name
		for _, s := range t.judged(t.hear(ctx, d.Name, Outside, name, "SRV")) {
			switch {
			case inCloud(d.Phase):
				t.legacy(d, s, "SRV", t.e.Config.Cloud.Text("legacy_sip_tls_srv"))
			case len(s.own()) == 0 && onServers(d.Phase):
				t.fault(t.mend(name, "SRV", Outside, s, "0 0 443 sip."+d.Name+"."), "%s does not exist, so desktop clients outside have nowhere to fall back to", name)
			case len(s.own()) == 0:
				t.unphased(d, s, "desktop clients outside have nowhere to fall back to")
			default:
				t.services(ctx, d, s, clientPort)
			}
		}
	})
}

// federation is D-FED.
func federation(ctx context.Context, e *Estate) Result {
	return eachDomain(ctx, e, func(ctx context.Context, t *trial, d phase.Domain) {
		name := federationLabel + "." + d.Name
		for _, s := range t.judged(t.hear(ctx, d.Name, Outside, name, "SRV")) {
			t.federates(ctx, d, s)
		}
		if !onServers(d.Phase) {
			return
		}
		for _, s := range t.judged(t.hearInside(ctx, d, name, "SRV")) {
			if len(s.own()) == 0 {
				t.unknown("%s does not exist inside (%s): if the Edge servers ask there, they do not find the domain", name, s.Witness)
				continue
			}
			t.federates(ctx, d, s)
		}
	})
}

// federates holds the federation record against the phase.
func (t *trial) federates(ctx context.Context, d phase.Domain, s testimony) {
	cloud := t.e.Config.Cloud.Text("federation_srv")
	own := s.own()
	switch {
	case inCloud(d.Phase) && cloud == "":
		t.unknown("what the record should be is not known: no source tells of it in the cloud %s", t.e.Config.Cloud)
	case inCloud(d.Phase) && (len(own) != 1 || bareData(own[0].Data) != bareData(cloud)):
		t.fault(t.mend(s.name, "SRV", s.View, s, cloud), "%s is %s, and in the phase %s it is exactly %s", s.name, s.shown(), d.Phase, cloud)
	case inCloud(d.Phase):
	case len(own) == 0 && d.Phase == phase.Hybrid:
		t.fault(t.mend(s.name, "SRV", s.View, s, "0 0 5061 sip."+d.Name+"."), "%s does not exist, and without it servers and tenant do not find one another", s.name)
	case len(own) == 0 && !onServers(d.Phase):
		t.unphased(d, s, "partners do not find the domain, nor servers and tenant one another")
	case len(own) == 0:
		t.note(s.name + " does not exist: partners do not find the domain")
	default:
		t.services(ctx, d, s, federationPort)
	}
}

// services holds service records against the rules for those that lead to the servers; ones that lead to the cloud are wrong
// in a phase in which everybody is led to the servers, and where no phase is stated they are the cloud's own.
func (t *trial) services(ctx context.Context, d phase.Domain, s testimony, port string) {
	for _, r := range s.own() {
		fields := strings.Fields(r.Data)
		if r.Type != "SRV" || len(fields) != 4 {
			t.fault(t.mend(s.name, "SRV", s.View, s, "0 0 "+port+" sip."+d.Name+"."), "%s is no service record, but %s", s.name, r.Type)
			continue
		}
		target, want := r.Target(), fmt.Sprintf("0 0 %s sip.%s.", port, d.Name)
		do := t.mend(s.name, "SRV", s.View, s, want)
		switch _, notAddress := netip.ParseAddr(target); {
		case d.Sky.Leads(target) && onServers(d.Phase):
			t.fault(do, "%s leads to the cloud (%s), and in the phase %s it leads to the servers", s.name, target, d.Phase)
		case d.Sky.Leads(target):
		case target == "":
			t.fault(do, "%s says that the service is not offered", s.name)
		case notAddress == nil:
			t.fault(do, "%s leads to the address %s, and a service record leads to a name", s.name, target)
		case fields[2] != port:
			t.fault(do, "%s leads to the port %s, and it must be %s", s.name, fields[2], port)
		case !within(target, d.Name):
			t.fault(do, "%s leads to %s, which is not in %s: the domain of the users and that of the server must be the same", s.name, target, d.Name)
		default:
			t.reachable(ctx, s, target)
		}
	}
}

// reachable demands an address, and no alias, of a service's target.
func (t *trial) reachable(ctx context.Context, s testimony, target string) {
	addresses, alias, err := t.addressOf(ctx, s, target)
	switch {
	case err != nil:
		t.unknown("whether %s has an address is not known: %v", target, err)
	case alias:
		t.fault(fmt.Sprintf("Replace the alias %s by an address record, and apply.", target), "%s leads to %s, which is an alias: a service record leads to a name with addresses of its own", s.name, target)
	case len(addresses) == 0:
		t.fault(fmt.Sprintf("Declare dns_record %q \"A\" with the Access Edge's address, and apply.", target), "%s leads to %s, which has no address", s.name, target)
	}
}
