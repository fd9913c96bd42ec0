package lab

// topologyService: Get-CsService, for the service of the one Edge Server.
func topologyService() rules {
	return rules{verbs: map[string]handler{"Get": getService}, only: []string{"Get"}}
}

func getService(c *call) error {
	if !c.on("EdgeServer") {
		return c.unsimulated("anything but EdgeServer")
	}
	domain, edge := c.estate.defaultSipDomain(), c.estate.edge()
	c.objects = append(c.objects, Object{
		"Identity": "EdgeServer:" + edge, "ServiceId": "1-EdgeServer-1", "SiteId": "Site:Site1", "PoolFqdn": edge, "Version": int64(8), "Role": "EdgeServer",
		"AccessEdgeInternalSipPort": int64(5061), "AccessEdgeExternalSipPort": int64(5061), "AccessEdgeClientSipPort": int64(443),
		"AccessEdgeExternalFqdn": "sip." + domain, "DataEdgeExternalFqdn": "webconf." + domain, "AVEdgeExternalFqdn": "av." + domain,
	})
	return nil
}
