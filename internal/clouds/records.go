package clouds

import (
	"slices"
	"strings"
)

// serving are the facts that name what SIP and discovery records of a cloud's tenants lead to, old ones included.
var serving = []string{"proxy_fqdn", "federation_target", "legacy_lyncdiscover", "legacy_sip"}

// Serves says whether a name is one of a cloud's own that SIP and discovery records lead to, or a sibling of one, such as the
// "sipfed2e.online.lync.com" of one region. Case and a trailing dot do not matter.
func (t Table) Serves(name string) bool {
	_, domain, _ := strings.Cut(canonical(name), ".")
	return domain != "" && slices.ContainsFunc(t.All(), func(c Cloud) bool {
		return !c.Closed && slices.ContainsFunc(serving, func(fact string) bool {
			_, of, _ := strings.Cut(canonical(c.Text(fact)), ".")
			return of == domain
		})
	})
}

// Activates says whether a name is what the CNAME record msoid of some cloud's tenants leads to. In a cloud that asks for
// none, that record keeps Office from being activated.
func (t Table) Activates(name string) bool {
	return slices.ContainsFunc(t.All(), func(c Cloud) bool {
		asked := c.msoid()
		return asked != "" && canonical(asked) == canonical(name)
	})
}

// msoid is what the CNAME record msoid must lead to, "" in a cloud where there must be none.
func (c Cloud) msoid() string {
	extra, ok := c.facts["dns_extra"]
	if !ok || extra.Value.IsNull() {
		return ""
	}
	if v, has := extra.Value.AsValueMap()["msoid"]; has && !v.IsNull() {
		return v.AsString()
	}
	return ""
}

func canonical(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
