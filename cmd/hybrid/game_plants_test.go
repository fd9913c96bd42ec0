package main

import (
	"slices"
	"strings"
)

// A plant is a fault that can be planted in a healthy estate: how, and the check that has to name it first. To have a new check
// played, add a row.
type plant struct {
	check string // the id that must come first
	what  string // what is planted, told where the game is lost
	kind  string // of the estate, as in [company]; "" means hybrid
	whom  string // the side of the user whom `check user` is asked about: online, servers, either; all for --file; "" is `check`
	do    func(b *board)
}

// plants are all of them.
func plants() []plant {
	return slices.Concat(estatePlants(), connectionPlants(), serverPlants(), trustPlants(), userPlants())
}

// estatePlants are those that `check` is held to.
func estatePlants() []plant {
	return []plant{
		{"E-CFG", "nobody may come in from outside", "", "", func(b *board) { b.cmdlet("Set-CsAccessEdgeConfiguration", "-AllowOutsideUsers", "false") }},
		{"E-CFG", "the Access Edge federates with nobody", "", "", func(b *board) { b.cmdlet("Set-CsAccessEdgeConfiguration", "-AllowFederatedUsers", "false") }},
		{"E-ROUTE", "a default route", "", "", func(b *board) {
			for _, provider := range []string{"Yahoo!", "AOL", "MSN"} {
				b.cmdlet("Remove-CsPublicProvider", "-Identity", provider)
			}
			b.cmdlet("Remove-CsHostingProvider", "-Identity", b.Provider)
			b.cmdlet("Set-CsAccessEdgeConfiguration", "-UseDefaultRouting", "true", "-DefaultRouteFqdn", "route."+b.Domains[0])
		}},
		{"E-UREP", "User Replicator on the Edge", "", "", func(b *board) { b.cmdlet("Set-CsAccessEdgeConfiguration", "-EnableUserReplicator", "true") }},
		{"E-NET", "nothing listens at the Edge", "", "", func(b *board) { b.set("tls.shows=sip." + b.any(b.Domains) + "=" + b.any([]string{"closed", "no_tls"})) }},
		{"E-NET", "the reverse proxy speaks TLS 1.1", "", "", func(b *board) { b.set("tls.shows=lyncdiscover." + b.any(b.Domains) + "=old_tls") }},
		{"E-CERT", "a bad certificate at the Edge", "", "", func(b *board) { b.set("tls.shows=sip." + b.any(b.Domains) + "=" + b.any(badCertificates())) }},
		{"E-CERT", "a bad certificate at the reverse proxy", "", "", func(b *board) {
			b.set("tls.shows=lyncdiscover." + b.any(b.Domains) + "=" + b.any(badCertificates()))
		}},
		{"E-CERT", "a proxy on the way to Microsoft", "", "", func(b *board) { b.set("tls.shows=sipfed.online.lync.com=dead_root") }},
		{"H-PROV", "the hosting provider is gone", "", "", func(b *board) { b.cmdlet("Remove-CsHostingProvider", "-Identity", b.Provider) }},
		{"H-PROV", "the hosting provider is off", "", "", func(b *board) { b.cmdlet("Set-CsHostingProvider", "-Identity", b.Provider, "-Enabled", "false") }},
		{"H-PROV", "the hosting provider shares nothing", "", "", func(b *board) {
			b.cmdlet("Set-CsHostingProvider", "-Identity", b.Provider, "-EnabledSharedAddressSpace", "false")
		}},
		{"H-CONFL", "a partner with the cloud's server", "", "", func(b *board) {
			if !b.Closed {
				b.cmdlet("New-CsAllowedDomain", "-Identity", b.Partners[0])
			}
			b.object("CsAllowedDomain", b.Partners[0], "ProxyFqdn", "sipfed.online.lync.com")
		}},
		{"T-SIP", "the tenant shares nothing", "", "", func(b *board) {
			b.inTenant("Set-CsTenantFederationConfiguration", "-SharedSipAddressSpace", "false")
		}},
		{"T-FED", "the tenant federates with nobody", "", "", func(b *board) { b.inTenant("Set-CsTenantFederationConfiguration", "-AllowFederatedUsers", "false") }},
		{"T-FED", "a partner whom the servers alone block", "", "", func(b *board) { b.cmdlet("New-CsBlockedDomain", "-Identity", "tailspintoys.com") }},
		{"T-DOM", "a domain that the tenant has switched off", "", "", func(b *board) { b.inTenant("Disable-CsOnlineSipDomain", "-Domain", b.any(b.Domains)) }},
		{"T-DOM", "a domain that the tenant has never heard of", "", "", func(b *board) { b.cmdlet("New-CsSipDomain", "-Identity", "merger.example") }},
		{"D-LD", "no autodiscover outside", "", "", func(b *board) { b.record("dns.external", "lyncdiscover."+b.any(b.Domains), "", "") }},
		{"D-LD", "autodiscover leads to the cloud", "", "", func(b *board) {
			b.record("dns.external", "lyncdiscover."+b.any(b.Domains), "A 203.0.113.30", "CNAME webdir.online.lync.com.")
		}},
		{"D-LD", "autodiscover is an alias in another domain", "", "", func(b *board) {
			b.record("dns.external", "lyncdiscover."+b.any(b.Domains), "A 203.0.113.30", "CNAME proxy.hoster.example.")
		}},
		{"D-LD", "no autodiscover inside", "", "", func(b *board) { b.record("dns.internal", "lyncdiscoverinternal."+b.any(b.Domains), "", "") }},
		{"D-SIP", "clients are led to the wrong port", "", "", func(b *board) { b.record("dns.external", "_sip._tls."+b.any(b.Domains), " 443 ", " 5061 ") }},
		{"D-SIP", "clients are led to a stranger's Edge", "", "", func(b *board) { b.record("dns.external", "_sip._tls."+b.any(b.Domains), " sip.", " sip.stranger.") }},
		{"D-SIP", "no service record for clients", "", "", func(b *board) { b.record("dns.external", "_sip._tls."+b.any(b.Domains), "", "") }},
		{"D-FED", "no federation record", "", "", func(b *board) { b.record("dns.external", "_sipfederationtls._tcp."+b.any(b.Domains), "", "") }},
		{"D-FED", "the federation record leads to the cloud", "", "", func(b *board) {
			domain := b.any(b.Domains)
			b.record("dns.external", "_sipfederationtls._tcp."+domain, "sip."+domain, "sipfed.online.lync.com")
		}},
		{"D-FED", "the federation record inside has another port", "", "", func(b *board) {
			b.record("dns.internal", "_sipfederationtls._tcp."+b.any(b.Domains), " 5061 ", " 5269 ")
		}},
		{"D-WEBC", "the Web Conferencing Edge is not found inside", "", "", func(b *board) { b.record("dns.internal", "webconf."+b.Domains[0], "", "") }},
		{"D-TONLY", "a record of old that leads away", "teams_only", "", func(b *board) {
			b.add("dns.external", "lyncdiscover."+b.Domains[0]+". 3600 IN A 203.0.113.30")
		}},
		{"D-TONLY", "a wildcard that leads away", "teams_only", "", func(b *board) { b.add("dns.external", "*."+b.Domains[0]+". 300 IN A 203.0.113.99") }},
		{"D-TTL", "a switch without the TTL lowered", "", "", func(b *board) { b.edit("203.0.113.30", "203.0.113.31") }},
		{"D-AGREE", "a resolver that is behind", "", "", func(b *board) {
			b.set("dns.behind=8.8.8.8")
			b.edit("203.0.113.30", "203.0.113.31")
			b.apply()
		}},
	}
}

// badCertificates are what can be wrong with one that an own end shows.
func badCertificates() []string {
	return strings.Fields("expired expiring wrong_name self_signed incomplete untrusted")
}

// any draws one of several.
func (b *board) any(all []string) string { return all[b.random.IntN(len(all))] }
