package lab

import (
	"strconv"
	"strings"
)

// topologyService: Get-CsService, for the service of the one Edge Server, and for the web services of pools.
func topologyService() rules {
	return rules{verbs: map[string]handler{"Get": getService}, only: []string{"Get"}}
}

func getService(c *call) error {
	switch {
	case c.on("WebServer"):
		return getWebServices(c)
	case !c.on("EdgeServer"):
		return c.unsimulated("anything but EdgeServer and WebServer")
	}
	domain, edge := c.estate.defaultSipDomain(), c.estate.edge()
	c.objects = append(c.objects, Object{
		"Identity": "EdgeServer:" + edge, "ServiceId": "1-EdgeServer-1", "SiteId": "Site:Site1", "PoolFqdn": edge, "Version": int64(8), "Role": "EdgeServer",
		"AccessEdgeInternalSipPort": int64(5061), "AccessEdgeExternalSipPort": int64(5061), "AccessEdgeClientSipPort": int64(443),
		"AccessEdgeExternalFqdn": "sip." + domain, "DataEdgeExternalFqdn": "webconf." + domain, "AVEdgeExternalFqdn": "av." + domain,
	})
	return nil
}

// getWebServices gives the web services of every pool. The first is found at lync.DOMAIN from outside, any other by its own name
// behind that.
func getWebServices(c *call) error {
	domain := c.estate.defaultSipDomain()
	for n, pool := range c.estate.Objects("CsPool") {
		fqdn, outside := pool.Text("Fqdn"), "lync."+domain
		if name, _, _ := strings.Cut(fqdn, "."); n > 0 {
			outside = "lync-" + name + "." + domain
		}
		c.objects = append(c.objects, Object{
			"Identity": "WebServer:" + fqdn, "ServiceId": "1-WebServices-" + strconv.Itoa(n+1), "SiteId": "Site:Site1", "PoolFqdn": fqdn, "Version": int64(8), "Role": "WebServer",
			"InternalFqdn": fqdn, "ExternalFqdn": outside,
		})
	}
	return nil
}
