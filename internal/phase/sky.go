package phase

import (
	"cmp"
	"strings"

	"hybrid/internal/clouds"
)

// A Sky is the cloud that a configuration is about among all that are known: where a domain's records lead once it has
// left the servers. Texts are "" where nothing is known of them.
type Sky struct {
	name       string // "Microsoft 365 GCC High"
	proxy      string // the proxy FQDN of the tenant's hosting provider
	federation string // the data of _sipfederationtls._tcp

	// The cloud's records of old, which Microsoft's current tables no longer have.
	sipTLS, lyncdiscover, sip string

	parents []string // the domains of all clouds' SIP hosts: "online.lync.com"
}

// In is the sky over a configuration.
func In(cloud clouds.Cloud, all clouds.Table) *Sky {
	s := &Sky{
		name: cmp.Or(cloud.DisplayName, cloud.Name), proxy: cloud.Text("proxy_fqdn"), federation: cloud.Text("federation_srv"),
		sipTLS: cloud.Text("legacy_sip_tls_srv"), lyncdiscover: cloud.Text("legacy_lyncdiscover"), sip: cloud.Text("legacy_sip"),
	}
	for _, c := range append(all.All(), cloud) {
		for _, fact := range []string{"federation_target", "proxy_fqdn"} {
			if _, parent, ok := strings.Cut(strings.ToLower(c.Text(fact)), "."); ok {
				s.parents = append(s.parents, parent)
			}
		}
	}
	return s
}

// Leads says whether a host is one of those that take SIP clients and partners into a cloud, whichever it is:
// "webdir0a.online.lync.com".
func (s *Sky) Leads(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, parent := range s.parents {
		if host == parent || strings.HasSuffix(host, "."+parent) {
			return true
		}
	}
	return false
}
