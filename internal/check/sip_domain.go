package check

import (
	"slices"
	"strings"

	"hybrid/internal/phase"
	"hybrid/planner"
	"hybrid/schema"
)

// sipDomains are the SIP domains that the configuration speaks of: those it declares, with their phases, then those of users
// and of records that only SIP domains have, in the order of the configuration. Domains that every tenant has by itself are
// left out: their records are Microsoft's.
func (e *Estate) sipDomains() []phase.Domain {
	sky := phase.In(e.Config.Cloud, e.Config.Clouds)
	var all []phase.Domain
	seen := map[string]bool{}
	for _, d := range phase.Domains(e.Config.Objects, sky) {
		seen[d.Name] = true
		if !d.Gone && !initial(d.Name) {
			all = append(all, d)
		}
	}
	for _, name := range e.spokenOf() {
		if !seen[name] && !initial(name) {
			seen[name] = true
			all = append(all, phase.Domain{Name: name, Sky: sky})
		}
	}
	return all
}

// initial says whether a domain is one that a tenant begins with.
func initial(domain string) bool { return strings.Contains(domain, ".onmicrosoft.") }

// spokenOf are the domains of users' addresses and of records by which a SIP domain is found.
func (e *Estate) spokenOf() (all []string) {
	for i := range e.Config.Objects {
		o := &e.Config.Objects[i]
		for row := range o.Users.Len() {
			if _, domain, ok := strings.Cut(o.Users.SIP(row), "@"); ok {
				all = append(all, plainName(domain))
			}
		}
		if domain, _ := soughtIn(o); domain != "" {
			all = append(all, domain)
		}
	}
	return slices.Compact(all)
}

// labels are the names in a SIP domain by which clients and partners find it from outside, with the type of their records; ""
// stands for an address or an alias.
var labels = []struct{ label, rtype string }{{"lyncdiscover", ""}, {"sip", ""}, {"_sip._tls", "SRV"}, {"_sipfederationtls._tcp", "SRV"}}

// soughtIn gives the SIP domain that a declared record is a record of, and its label there; "" where it is of none. The name
// sip alone makes no SIP domain.
func soughtIn(o *planner.Object) (domain, label string) {
	if o.Kind.Name != "dns_record" {
		return "", ""
	}
	for _, l := range labels {
		if domain, ok := strings.CutPrefix(plainName(o.Identity), l.label+"."); ok && l.label != "sip" {
			return domain, l.label
		}
	}
	return "", ""
}

// declaredRecord finds the block of a record in a view, nil where there is none. An rtype of "" takes addresses and aliases.
func (e *Estate) declaredRecord(name, rtype string, v View) *planner.Object {
	for i := range e.Config.Objects {
		o := &e.Config.Objects[i]
		if o.Kind.Name != "dns_record" || plainName(o.Identity) != name || e.viewOf(o.Provider) != v {
			continue
		}
		is := strings.ToUpper(schema.Text(o.Want.GetAttr("type")))
		if is == rtype || rtype == "" && (is == "A" || is == "AAAA" || is == "CNAME") {
			return o
		}
	}
	return nil
}

// viewOf is the view of a provider block.
func (e *Estate) viewOf(provider string) View {
	for i := range e.Config.Providers {
		if p := &e.Config.Providers[i]; p.Name == provider && p.System.Name == "dns" {
			return view(p)
		}
	}
	return Outside
}
