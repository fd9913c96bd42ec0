package check

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"hybrid/internal/phase"
)

// dnsChecks are those of the names by which clients, partners and servers find a SIP domain.
func dnsChecks() []Check {
	const asked = "the zones' name servers, the dns blocks' servers and resolvers, or this machine's and public resolvers: "
	records := []string{"dns_record"}
	moves := []string{"user_homing"} // not dns_record: a change of records is how most of this is mended
	stray := []string{"D-TONLY"}     // which tells whether it is a wildcard that answers
	return []Check{{
		ID: "D-LD", Group: DNS, Title: "Autodiscover leads where the phase says", Blocks: true, Kinds: moves, Mends: records,
		Reads:  asked + "lyncdiscover of each SIP domain, outside, and lyncdiscoverinternal, inside",
		Remedy: "Correct the record.",
		Source: "Microsoft: network-requirements/dns.md, decommission-manage-dns-entries.md; DNS summary – Autodiscover (Lync Server 2013)", After: stray, Run: discovery,
	}, {
		ID: "D-SIP", Group: DNS, Title: "Clients outside find the Access Edge", Blocks: true, Kinds: moves, Mends: records,
		Reads:  asked + "_sip._tls of each SIP domain, and the address of its target",
		Remedy: "Correct the record.",
		Source: "Microsoft: advanced-edge-server-dns.md, network-requirements/dns.md; RFC 2782", After: stray, Run: clientService,
	}, {
		ID: "D-FED", Group: DNS, Title: "Partners, and the other side of hybrid, find every SIP domain", Blocks: true, Kinds: moves, Mends: records,
		Reads:  asked + "_sipfederationtls._tcp of each SIP domain, outside and inside, and the address of its target",
		Remedy: "Correct the record.",
		Source: "Microsoft: plan-hybrid-connectivity.md, advanced-edge-server-dns.md, external-domain-name-system-records.md", After: stray, Run: federation,
	}, {
		ID: "D-WEBC", Group: DNS, Title: "The Web Conferencing Edge is found from inside",
		Reads:   "Get-CsService -EdgeServer for its name; the servers of internal dns blocks, or this machine's resolvers, for its address",
		Remedy:  "Declare its address in the internal view, and apply.",
		Source:  "Microsoft: plan-hybrid-connectivity.md, DNS requirements",
		Systems: []string{"skype"}, Asks: map[string][]string{"skype": {edgeServices}}, Run: conferencing,
	}, {
		ID: "D-TONLY", Group: DNS, Title: "No record of a Teams Only domain leads away from Microsoft 365", Blocks: true, Kinds: []string{"sip_domain", "tenant_federation", "hosting_provider"}, Mends: records,
		Reads:  asked + "the four names of each SIP domain, and a name that nobody has made, which only a wildcard answers",
		Remedy: "Remove the records, or let them lead to Microsoft 365.",
		Source: "Microsoft: decommission-manage-dns-entries.md",
		Asks:   map[string][]string{"teams": {"Get-CsOnlineSipDomain"}}, Run: teamsOnly,
	}, {
		ID: "D-TTL", Group: DNS, Title: "Records that are going to change have short TTLs",
		Reads:  "the name servers of the zones, for records that differ from what is declared",
		Remedy: "hybrid apply --lower-ttl, a day before the change.",
		Source: "RFC 2308, RFC 2181; Microsoft's tables have TTLs of 3600 s", Run: lifetimes,
	}, {
		ID: "D-AGREE", Group: DNS, Title: "All who are asked about a name say the same",
		Reads:  asked + "the four names of each SIP domain, outside; lyncdiscoverinternal and _sipfederationtls._tcp, inside",
		Remedy: "Wait until the old answers have run out, and check again.",
		Source: "RFC 1034, RFC 2308", Run: agreement,
	}}
}

// eachDomain goes through the SIP domains of the configuration; without any the check is about nothing.
func eachDomain(ctx context.Context, e *Estate, look func(context.Context, *trial, phase.Domain)) Result {
	domains := e.sipDomains()
	if len(domains) == 0 {
		return Absent("the configuration speaks of no SIP domain")
	}
	t := &trial{e: e}
	for _, d := range domains {
		look(ctx, t, d)
	}
	return t.result()
}

// inCloud says whether a phase lets DNS lead to the cloud.
func inCloud(p phase.Phase) bool { return p == phase.TeamsOnly || p == phase.Decommissioned }

// onServers says whether a phase lets DNS lead to the servers.
func onServers(p phase.Phase) bool { return p == phase.OnPrem || p == phase.Hybrid }

// addressOf finds whether a name has one, asking whoever gave the name and, where that is a name server that knows only its own
// zones, the resolvers of the view. An alias in its way is told apart: service records must not lead to one (RFC 2782).
func (t *trial) addressOf(ctx context.Context, s testimony, name string) (addresses []string, alias bool, err error) {
	for _, w := range t.e.behind(ctx, s) {
		found := t.e.hearOne(ctx, w, name, addressTypes)
		if err = found.err; err != nil {
			continue
		}
		for _, r := range found.Records {
			if _, bad := netip.ParseAddr(r.Data); bad == nil {
				addresses = append(addresses, r.Data)
			}
			alias = alias || r.Type == "CNAME" && r.Name == name
		}
		if len(addresses) > 0 || !w.Authority || found.Authoritative {
			t.seen = append(t.seen, t.e.Saw(name+" A/AAAA", found.shown(), w.String()))
			return addresses, alias, nil
		}
	}
	if err == nil {
		err = fmt.Errorf("nobody who was asked answers for %s", name)
	}
	return nil, false, err
}

// behind are those who can be asked for what an answer leads to: the witness itself, then the resolvers of its view.
func (e *Estate) behind(ctx context.Context, s testimony) []Witness {
	all := []Witness{s.Witness}
	if !s.Authority {
		return all
	}
	domain := s.name
	for _, l := range labels {
		domain = strings.TrimPrefix(domain, l.label+".")
	}
	known, _ := e.witnesses(ctx, domain, s.View) // those that there are will do
	for _, w := range known {
		if !w.Authority {
			all = append(all, w)
		}
	}
	return all
}

// unphased says that a name is not there whose domain has no phase: with it gone a Teams Only domain is right and a hybrid one is
// broken, and nobody has said which it is.
func (t *trial) unphased(d phase.Domain, s testimony, without string) {
	t.undecided(fmt.Sprintf("Declare sip_domain %q { phase = \"hybrid\" }, or the phase that the domain is in, and check again.", d.Name),
		"%s does not exist %s, and without it %s; whether that is meant is not known, since no block sip_domain says in which phase %s is", s.name, s.View, without, d.Name)
}
