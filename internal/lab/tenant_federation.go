package lab

import "strings"

// mostDomains is how many domains a list of the tenant holds.
const mostDomains = 4000

// tenantFederation: Get- and Set-CsTenantFederationConfiguration, of which there is one. Whether the SIP address space
// is shared is kept with the tenant, since moves depend on it.
func tenantFederation() rules {
	return rules{
		verbs: map[string]handler{"Get": getTenantFederation, "Set": setTenantFederation},
		only:  []string{"Get", "Set"},
	}
}

// freshTenantFederation has the defaults of the cmdlet's page.
func freshTenantFederation() Object {
	return Object{
		"Identity": "Global", "AllowedDomains": Object{}, "BlockedDomains": []any{}, "AllowedTrialTenantDomains": []any{},
		"AllowFederatedUsers": true, "AllowTeamsSms": true, "AllowTeamsConsumer": true, "AllowTeamsConsumerInbound": true,
		"TreatDiscoveredPartnersAsUnverified": false, "RestrictTeamsConsumerToExternalUserProfiles": false, "BlockAllSubdomains": false,
		"ExternalAccessWithTrialTenants": "Blocked", "Key": "{urn:schema:Microsoft.Rtc.Management.Settings.Edge.2008}TenantFederationSettings",
	}
}

func getTenantFederation(c *call) error {
	if err := read(c); err != nil {
		return err
	}
	shown := make([]Object, len(c.objects))
	for n, o := range c.objects {
		shown[n] = o.with(Object{"SharedSipAddressSpace": c.estate.Tenant.SharedSipAddressSpace})
	}
	c.objects = shown
	return nil
}

// setTenantFederation keeps what was given. The two that are accepted and not kept are accepted and not kept.
func setTenantFederation(c *call) error {
	if c.given("Instance") {
		return c.unsimulated("Instance")
	}
	if c.given("Identity") && !c.given("Tenant") {
		return c.fail("InvalidArgument", "InvalidParameter", "When -Identity is given, -Tenant must be as well.")
	}
	before, err := c.target()
	if err != nil {
		return err
	}
	given := Object{}
	for name, value := range c.params {
		if !steers(name) && !strings.HasSuffix(name, "ForChatParticipants") && name != "SharedSipAddressSpace" && name != "Identity" {
			given[name] = value
		}
	}
	if err := c.domainLists(given); err != nil {
		return err
	}
	after := before.with(given)
	if c.given("SharedSipAddressSpace") && c.on("SharedSipAddressSpace") != c.estate.Tenant.SharedSipAddressSpace {
		t := c.estate.Tenant
		t.SharedSipAddressSpace = c.on("SharedSipAddressSpace")
		if t.SharingDelay > 0 {
			t.SharedAt = c.estate.now().UTC()
		}
		c.estate.SetTenant(t)
	}
	if len(given) > 0 {
		c.estate.Put(c.kept, after)
	}
	return nil
}

// domainLists gives the lists the shapes in which they are read.
func (c *call) domainLists(given Object) error {
	if value, ok := given["AllowedDomains"]; ok {
		object, made := value.(Object)
		if !made {
			return c.unusable("AllowedDomains", "it takes what New-CsEdgeAllowList or New-CsEdgeAllowAllKnownDomains makes, and this is a text.")
		}
		given["AllowedDomains"] = object
	}
	for _, name := range []string{"AllowedDomainsAsAList", "BlockedDomains", "AllowedTrialTenantDomains"} {
		value, ok := given[name]
		if !ok {
			continue
		}
		list, _ := value.([]any)
		patterns, err := c.patterns(name, list)
		if err != nil {
			return err
		}
		given[name] = patterns
	}
	if patterns, ok := given["AllowedDomainsAsAList"]; ok {
		delete(given, "AllowedDomainsAsAList")
		given["AllowedDomains"] = Object{"AllowedDomain": patterns}
	}
	if trial, ok := given["AllowedTrialTenantDomains"].([]any); ok {
		for n, pattern := range trial {
			trial[n] = pattern.(Object).Text("Domain")
		}
	}
	return nil
}

// patterns makes the patterns of domains that were given as texts.
func (c *call) patterns(param string, domains []any) ([]any, error) {
	if len(domains) > mostDomains {
		return nil, c.unusable(param, "there are %d domains, and at most %d are supported.", len(domains), mostDomains)
	}
	patterns := make([]any, 0, len(domains))
	for _, domain := range domains {
		text, _ := domain.(string)
		if !hostName.MatchString(text) {
			return nil, c.unusable(param, "%q is no domain.", text)
		}
		patterns = append(patterns, Object{"Domain": text})
	}
	return patterns, nil
}

// newAllowAllKnownDomains makes an object without members.
func newAllowAllKnownDomains(c *call) error {
	c.objects = []Object{{}}
	return nil
}

// newAllowList makes an empty list. Those with domains are given to Set- as -AllowedDomainsAsAList here.
func newAllowList(c *call) error {
	if c.text("AllowedDomain") != "" {
		return c.unsimulated("AllowedDomain")
	}
	c.objects = []Object{{"AllowedDomain": []any{}}}
	return nil
}

func newDomainPattern(c *call) error {
	if !hostName.MatchString(c.text("Domain")) {
		return c.unusable("Domain", "%q is no domain.", c.text("Domain"))
	}
	c.objects = []Object{{"Domain": c.text("Domain")}}
	return nil
}
