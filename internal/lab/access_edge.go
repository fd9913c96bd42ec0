package lab

// The routing methods of the Access Edge.
const (
	useDnsSrvRouting  = "UseDnsSrvRouting"
	useDefaultRouting = "UseDefaultRouting"
)

// accessEdge: Get- and Set-CsAccessEdgeConfiguration, of which there is one, in one of two shapes.
func accessEdge() rules {
	return rules{only: []string{"Get", "Set"}, check: admitEdge}
}

// freshAccessEdge is the configuration of a new deployment, with the defaults of the cmdlet's page and the values of a
// fresh server of 2019 where the page has none.
func freshAccessEdge() Object {
	return srvRouting().with(Object{
		"Identity": "Global", "AllowAnonymousUsers": false, "AllowFederatedUsers": false, "AllowOutsideUsers": true,
		"EnableArchivingDisclaimer": false, "EnableUserReplicator": false, "KeepCrlsUpToDateForPeers": true,
		"MarkSourceVerifiableOnOutgoingMessages": true, "OutgoingTlsCountForFederatedPartners": int64(4),
		"DnsSrvCacheRecordCount": int64(131072), "DiscoveredPartnerStandardRate": int64(20),
		"EnableDiscoveredPartnerContactsLimit": true, "MaxContactsPerDiscoveredPartner": int64(1000),
		"DiscoveredPartnerReportPeriodMinutes": int64(60), "EnableDiscoveredPartnerResponseMonitor": false,
		"EnablePartnerMonitoringCosmosOutput": false, "EnablePartnerMonitoringIfxLog": false,
		"MaxAcceptedCertificatesStored": int64(1000), "MaxRejectedCertificatesStored": int64(500),
		"CertificatesDeletedPercentage": int64(20), "SkypeSearchUrl": "https://skypegraph.skype.com/search/v1.0",
	})
}

// srvRouting are the properties that exist with DNS SRV routing only.
func srvRouting() Object {
	return Object{
		"RoutingMethod": useDnsSrvRouting, "EnablePartnerDiscovery": false, "BeClearingHouse": false,
		"DiscoveredPartnerVerificationLevel": "UseSourceVerification",
	}
}

// defaultRouting are the properties that exist with a default route only.
func defaultRouting() Object {
	return Object{
		"RoutingMethod": useDefaultRouting, "DefaultRouteFqdn": "", "IsPublicProvider": false,
		"VerificationLevel": "AlwaysVerifiable",
	}
}

// admitEdge keeps exactly the properties that the routing method has. The parameter set tells which routing a call is
// about; one of the Identity set leaves it as it is.
func admitEdge(c *call, before, after Object) error {
	if count, ok := after["OutgoingTlsCountForFederatedPartners"].(int64); ok && (count < 1 || count > 4) {
		return c.unusable("OutgoingTlsCountForFederatedPartners", "%d is not between 1 and 4.", count)
	}
	delete(after, useDnsSrvRouting)
	delete(after, useDefaultRouting)
	method := before.Text("RoutingMethod")
	switch {
	case c.on(useDnsSrvRouting):
		method = useDnsSrvRouting
	case c.on(useDefaultRouting):
		method = useDefaultRouting
	case c.set == "DnsSrvRouting" && method != useDnsSrvRouting, c.set == "DefaultRoute" && method != useDefaultRouting:
		return c.refused("The parameters belong to another routing method than the current one, %s. Give the switch that selects theirs.", method)
	}
	if err := c.route(method, after); err != nil {
		return err
	}
	own, other := srvRouting(), defaultRouting()
	if method == useDefaultRouting {
		own, other = other, own
	}
	for property := range other {
		delete(after, property)
	}
	for property, value := range own {
		if _, ok := after[property]; !ok {
			after[property] = value
		}
	}
	after["RoutingMethod"] = method
	return nil
}

// route refuses a default route that leads nowhere, or that is wanted while there are providers.
func (c *call) route(method string, after Object) error {
	if method != useDefaultRouting {
		return nil
	}
	if after.Text("DefaultRouteFqdn") == "" {
		return c.refused("A default route needs -DefaultRouteFqdn.")
	}
	if c.estate.of("CsHostingProvider").count+c.estate.of("CsPublicProvider").count > 0 {
		return c.refused("A default route cannot be assigned while there are hosting or public providers. Remove them first.")
	}
	return nil
}
