package clouds

import (
	"slices"
	"strings"
)

// records are the DNS records that a cloud asks of its tenants, as the file has them.
type records struct {
	Federation fact[service] `json:"federation_srv"`
	SignIn     fact[service] `json:"legacy_sip_tls_srv"`
	Discover   fact[string]  `json:"legacy_lyncdiscover_cname"`
	SIP        fact[string]  `json:"legacy_sip_cname"`
}

type service struct{ Target string }

// further are records that one cloud asks for and the others do not.
type further struct{ MSOID string }

// A Records is what a cloud's tenants let their own names lead to. Names are in lower case, without the trailing dot.
type Records struct {
	Targets []string // of SIP and discovery records, old ones included: "sipfed.online.lync.com"
	MSOID   string   // of the CNAME record msoid, "" in a cloud where there must be none
}

func (e entry) records() Records {
	var r Records
	for _, target := range []string{e.DNS.Federation.Value.Target, e.DNS.SignIn.Value.Target, e.DNS.Discover.Value, e.DNS.SIP.Value} {
		if target != "" && !slices.Contains(r.Targets, target) {
			r.Targets = append(r.Targets, target)
		}
	}
	r.MSOID = e.Extra.Value.MSOID
	return r
}

// Serves says whether a name is one of a cloud's own that SIP and discovery records lead to, or a sibling of one, such as the
// "sipfed2e.online.lync.com" of one region. Case and a trailing dot do not matter.
func Serves(name string) bool {
	_, domain, _ := strings.Cut(canonical(name), ".")
	return anyOpen(func(r Records) bool {
		return slices.ContainsFunc(r.Targets, func(target string) bool {
			_, of, _ := strings.Cut(target, ".")
			return of == domain
		})
	})
}

// Activates says whether a name is what the CNAME record msoid of some cloud's tenants leads to. In a cloud that asks for
// none, that record keeps Office from being activated.
func Activates(name string) bool {
	return anyOpen(func(r Records) bool { return r.MSOID != "" && r.MSOID == canonical(name) })
}

func canonical(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

func anyOpen(holds func(Records) bool) bool {
	all, err := All()
	if err != nil {
		return false
	}
	return slices.ContainsFunc(Open(), func(name string) bool { return holds(all[name].Records) })
}
