package lab

import (
	"slices"
	"strings"
)

// begin gives an estate what hybrid needs.
func (e *Estate) begin(b *Begun) {
	if b == nil {
		return
	}
	edge, _ := e.Object("CsAccessEdgeConfiguration", "Global")
	e.Put("CsAccessEdgeConfiguration", edge.with(Object{"AllowFederatedUsers": true, "EnablePartnerDiscovery": true}))
	for _, p := range b.Providers {
		e.Put("CsHostingProvider", hostingProvider().defaults(e).with(Object{
			"Identity": p.Name, "Name": p.Name, "ProxyFqdn": p.ProxyFQDN, "Enabled": true, "EnabledSharedAddressSpace": true,
			"HostsOCSUsers": true, "VerificationLevel": "UseSourceVerification",
		}))
	}
}

// record is what a name of one of the domains pointed to while hybrid was on; "" where that says nothing of it.
func (b *Begun) record(owner, zone, kind string) string {
	domain := strings.TrimSuffix(zone, ".")
	label := strings.TrimSuffix(owner, "."+zone)
	if b == nil || !slices.Contains(b.Servers, domain) && !slices.Contains(b.Cloud, domain) {
		return ""
	}
	data := map[string]string{
		"lyncdiscoverinternal A": "10.20.0.11", "sipinternal A": "10.20.0.11", "ucupdates-r2 A": "10.20.0.11",
		"lyncdiscoverinternal CNAME": "pool01." + zone, "meet A": "192.0.2.10", "dialin A": "192.0.2.10",
		"_sipinternaltls._tcp SRV": "0 0 5061 pool01." + zone, "_sipinternal._tcp SRV": "0 0 5061 pool01." + zone,
	}[label+" "+kind]
	if slices.Contains(b.Servers, domain) && data == "" {
		data = map[string]string{
			"_sipfederationtls._tcp SRV": "0 0 5061 sip." + zone, "_sip._tls SRV": "0 0 443 sip." + zone,
			"lyncdiscover A": "192.0.2.10", "lyncdiscover CNAME": "reverseproxy." + zone, "sip A": "192.0.2.20", "sip CNAME": "access." + zone,
		}[label+" "+kind]
	}
	if data == "" {
		return ""
	}
	return owner + " 3600 IN " + kind + " " + data
}
