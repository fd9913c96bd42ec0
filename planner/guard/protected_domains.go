package guard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
)

// ProtectedDomains refuses to take away what bears the name of a domain, or a name below it: the domain itself on the
// servers and in the tenant, its places on lists, its DNS records. Users in it are no part of it; see [ProtectedUsers].
type ProtectedDomains struct {
	Names []string  // "contoso.com", in any case, with or without a dot at the end
	Range hcl.Range // where they are named
}

// Check names the first few objects, and counts all.
func (g ProtectedDomains) Check(p *planner.Plan) []planner.Refusal {
	var taken []string
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Unmakes() && slices.ContainsFunc(g.Names, func(domain string) bool { return within(c.Identity, domain) }) {
			taken = append(taken, c.Address.String())
		}
	}
	if len(taken) == 0 {
		return nil
	}
	return []planner.Refusal{{Guard: Domains, Range: g.Range, Text: fmt.Sprintf(
		"The plan takes away %s of protected domains: %s. Take back the change, or take the domain off protected_domains in the guard block of hybrid {}.",
		number(len(taken), "object"), few(taken))}}
}

// within says whether a DNS name is a domain or below it.
func within(name, domain string) bool {
	name, domain = dnsName(name), dnsName(domain)
	return name == domain || strings.HasSuffix(name, "."+domain)
}

func dnsName(name string) string {
	return strings.TrimSuffix(strings.ToLower(strings.TrimSpace(name)), ".")
}
