package check

import (
	"context"
	"fmt"

	"hybrid/internal/phase"
)

// discovery is D-LD.
func discovery(ctx context.Context, e *Estate) Result {
	return eachDomain(ctx, e, func(ctx context.Context, t *trial, d phase.Domain) {
		t.discoverOutside(ctx, d)
		t.discoverInside(ctx, d)
	})
}

func (t *trial) discoverOutside(ctx context.Context, d phase.Domain) {
	name := "lyncdiscover." + d.Name
	for _, s := range t.judged(t.hear(ctx, d.Name, Outside, name, addressTypes...)) {
		switch {
		case inCloud(d.Phase):
			t.legacy(d, s, "", t.e.Config.Cloud.Text("legacy_lyncdiscover"))
		case len(s.own()) > 0:
			t.discoverServers(ctx, d, s)
		case onServers(d.Phase):
			t.fault(t.mend(name, "", Outside, s, "the reverse proxy's address"), "%s does not exist outside, so mobile clients find nobody", name)
		default:
			t.unphased(d, s, "no client finds the servers by autodiscover")
		}
	}
}

// discoverServers holds an autodiscover record against the phases in which it leads to the servers, or against none.
func (t *trial) discoverServers(ctx context.Context, d phase.Domain, s testimony) {
	if t.mixed(s) {
		return
	}
	for _, r := range s.Records {
		target := r.Target()
		if target != "" && d.Sky.Leads(target) {
			if onServers(d.Phase) {
				t.fault(t.mend(s.name, "", s.View, s, "the reverse proxy's address"), "%s leads to the cloud (%s), and in the phase %s it leads to the servers, which pass on who is online", s.name, target, d.Phase)
			}
			return
		}
		if target != "" && r.Name == s.name && !within(target, d.Name) {
			t.fault(t.mend(s.name, "", s.View, s, "the reverse proxy's address"),
				"%s is an alias for %s, in another domain: mobile clients do not follow it over HTTPS", s.name, target)
			return
		}
	}
	t.dangling(ctx, s)
}

// mixed says whether an alias stands beside other data, which no name may have (RFC 1034).
func (t *trial) mixed(s testimony) bool {
	aliases := 0
	for _, r := range s.own() {
		if r.Type == "CNAME" {
			aliases++
		}
	}
	if aliases == 0 || aliases == len(s.own()) && aliases == 1 {
		return false
	}
	t.fault(fmt.Sprintf("Keep either the alias or the addresses of %s.", s.name), "%s has an alias and other records beside it, which makes every answer a matter of luck", s.name)
	return true
}

// dangling finds an alias that leads to no address. A name server that does not know the alias's zone does not say.
func (t *trial) dangling(ctx context.Context, s testimony) {
	for _, r := range s.Records {
		if r.Type == "A" || r.Type == "AAAA" {
			return
		}
	}
	last := s.Records[len(s.Records)-1].Target()
	addresses, _, err := t.addressOf(ctx, s, last)
	switch {
	case err != nil:
		t.unknown("whether %s has an address is not known: %v", last, err)
	case len(addresses) == 0:
		t.fault(fmt.Sprintf("Declare the address of %s and apply, or let %s lead to a name that has one.", last, s.name), "%s is an alias for %s, which has no address", s.name, last)
	}
}

// legacy holds a client's record against the phases in which DNS leads to the cloud: it is gone, or the cloud's of old.
func (t *trial) legacy(d phase.Domain, s testimony, rtype, old string) {
	for _, r := range s.own() {
		if old != "" && sameTarget(r, old) && d.Legacy != "remove" {
			continue
		}
		to := r.Target()
		if to == "" {
			to = r.Data
		}
		t.fault(t.mend(s.name, rtype, s.View, s, ""), "%s leads to %s, and in the phase %s nobody may be led to the servers any more", s.name, to, d.Phase)
	}
}

// sameTarget compares a record with the cloud's of old, which is a host or a service record's data.
func sameTarget(r Record, old string) bool {
	return bareData(r.Data) == bareData(old)
}

func (t *trial) discoverInside(ctx context.Context, d phase.Domain) {
	name := "lyncdiscoverinternal." + d.Name
	heard := t.hearInside(ctx, d, name, addressTypes...)
	if !onServers(d.Phase) && d.Phase != phase.Decommissioned {
		return // whatever is said, or not said, inside is right
	}
	for _, s := range t.judged(heard) {
		switch {
		case d.Phase == phase.Decommissioned && len(s.own()) > 0:
			t.fault(t.mend(name, "", Inside, s, ""), "%s is still there inside, and the servers are no longer used", name)
		case len(s.own()) > 0 && onServers(d.Phase):
			t.discoverServers(ctx, d, s)
		case len(s.own()) == 0 && onServers(d.Phase):
			t.missingInside(s, name, fmt.Sprintf("Declare dns_record %q \"A\" { provider = %s, values = [the address of the Front End pool's web services] } and apply.", name, s.Provider))
		}
	}
}

// hearInside asks the internal view, and notes where there is none to ask.
func (t *trial) hearInside(ctx context.Context, d phase.Domain, name string, types ...string) []testimony {
	heard := t.hear(ctx, d.Name, Inside, name, types...)
	if len(heard) == 0 {
		t.note("the internal view was not asked: no dns block is of it, and no resolver of it is known")
	}
	return heard
}

// missingInside tells a name that the internal view lacks. This machine's own resolver may look from elsewhere.
func (t *trial) missingInside(s testimony, name, do string) {
	if s.System {
		t.unknown("%s does not know %s; whether it looks from inside is not said: name a resolver that does, in a dns block with view = \"internal\"", s.Witness, name)
		return
	}
	t.fault(do, "%s does not exist inside, so clients there are led out, or find nobody", name)
}
