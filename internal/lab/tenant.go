package lab

import (
	"slices"
	"strings"

	"github.com/google/uuid"
)

// serversModule is the module of the servers.
const serversModule = "SkypeForBusiness"

// teamsModule is the tenant's module. A session has it or the servers', never both.
const teamsModule = "MicrosoftTeams"

// tenantRules are the nouns of the tenant's module.
func tenantRules() map[string]rules {
	return map[string]rules{
		"MicrosoftTeams":                  {verbs: map[string]handler{"Connect": connect}, only: []string{"Connect"}},
		"CsTenantFederationConfiguration": tenantFederation(),
		"CsEdgeAllowAllKnownDomains":      {verbs: map[string]handler{"New": newAllowAllKnownDomains}, only: []string{"New"}},
		"CsEdgeAllowList":                 {verbs: map[string]handler{"New": newAllowList}, only: []string{"New"}},
		"CsEdgeDomainPattern":             {verbs: map[string]handler{"New": newDomainPattern}, only: []string{"New"}},
		"CsOnlineSipDomain":               onlineSipDomain(),
		"CsOnlineUser":                    onlineUser(),
	}
}

// provideTenant adds what the tenant lacks. Who can sign in is settled once: later a configuration that says something
// else is refused, as it would be by a tenant.
func (e *Estate) provideTenant(needs Needs) {
	if needs.Sync && !e.Sync.ByCycle {
		s := e.Sync
		s.ByCycle = true
		e.SetSync(s)
	}
	e.provideMovers(needs)
	if needs.Tenant == nil {
		return
	}
	if e.Tenant.SignIn == (SignIn{}) {
		t := e.Tenant
		t.SignIn = needs.Tenant.complete(e.tenantID())
		e.SetTenant(t)
	}
	if e.Taken.has("teams") {
		return // what the tenant has was read
	}
	if _, ok := e.Object("CsTenantFederationConfiguration", "Global"); !ok {
		e.Put("CsTenantFederationConfiguration", freshTenantFederation())
	}
	for _, domain := range append(append([]string{}, needs.SipDomains...), needs.OnlineDomains...) {
		if _, ok := e.Object("CsOnlineSipDomain", domain); !ok {
			e.Put("CsOnlineSipDomain", Object{"Identity": domain, "Name": domain, "Status": domainEnabled})
		}
	}
}

// provideMovers adds the accounts under which users are moved.
func (e *Estate) provideMovers(needs Needs) {
	t := e.Tenant
	t.Movers = slices.Clone(t.Movers)
	for _, account := range needs.Movers {
		if !slices.Contains(t.Movers, account) {
			t.Movers = append(t.Movers, account)
		}
	}
	if len(t.Movers) > len(e.Tenant.Movers) {
		e.SetTenant(t)
	}
}

// tenantID is the id of the one tenant, which the cmdlets, the sign-in service and Graph all know it by.
func (e *Estate) tenantID() string {
	switch {
	case e.Tenant.SignIn.TenantID != "":
		return e.Tenant.SignIn.TenantID
	case e.Directory != nil:
		return e.Directory.TenantID
	}
	return uuid.NewSHA1(uuid.NameSpaceDNS, []byte(e.defaultSipDomain())).String()
}

// complete fills what a configuration leaves open.
func (s SignIn) complete(tenantID string) SignIn {
	for _, part := range []struct {
		value *string
		own   string
	}{
		{&s.TenantID, tenantID},
		{&s.ClientID, "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"},
		{&s.Thumbprint, "0123456789ABCDEF0123456789ABCDEF01234567"},
	} {
		if *part.value == "" {
			*part.value = part.own
		}
	}
	return s
}

// inTenant runs a cmdlet of a session that must have signed in.
func (h *host) inTenant(cmdlet string, params map[string]any, stale bool) (output, error) {
	signingIn := strings.EqualFold(cmdlet, "Connect-MicrosoftTeams")
	if !signingIn && !h.connected {
		text := "You must call the Connect-MicrosoftTeams cmdlet before calling any other cmdlets."
		return output{}, &Failure{Message: text, Kind: text, Category: "OperationStopped", Type: "System.UnauthorizedAccessException"}
	}
	if !signingIn && h.simulator.estate.Tenant.Roleless {
		return output{}, accessDenied()
	}
	out, err := h.simulator.run(cmdlet, params, stale)
	h.connected = h.connected || signingIn && err == nil
	return out, err
}

// accessDenied is what an application gets that signs in and has no role: the sign-in itself succeeds.
func accessDenied() *Failure {
	r, _ := RefusalNamed("role-missing")
	return &Failure{Message: r.Text, Kind: r.Text, Category: "PermissionDenied", Type: "System.UnauthorizedAccessException"}
}

// connect is Connect-MicrosoftTeams, in the words of the sign-in service. Accounts are asked for a second factor, as
// tenants do by now; an account is looked for in the cloud that is named. What Connect-MicrosoftTeams makes of a
// certificate for a tenant of a national cloud is not known: here it is accepted.
func connect(c *call) error {
	in := c.estate.Tenant.SignIn
	tenant := c.text("TenantId")
	switch {
	case c.given("Certificate"), c.given("AccessTokens"):
		return c.unsimulated("Certificate or -AccessTokens")
	case tenant != "" && !strings.EqualFold(tenant, in.TenantID):
		return c.refusal("no-such-tenant", "{tenant}", tenant)
	case !c.given("CertificateThumbprint") && !strings.EqualFold(c.text("TeamsEnvironmentName"), in.Environment):
		return c.refusal("no-such-tenant")
	case c.estate.Tenant.Refuses != 0:
		return c.signInRefused()
	case !c.given("CertificateThumbprint"):
		return c.refusal("second-factor")
	case !strings.EqualFold(c.text("CertificateThumbprint"), in.Thumbprint):
		return c.refusal("certificate-not-found", "{thumbprint}", c.text("CertificateThumbprint"))
	case !strings.EqualFold(c.text("ApplicationId"), in.ClientID):
		return c.refusal("no-such-application", "{client}", c.text("ApplicationId"))
	}
	c.objects = []Object{{"Account": in.ClientID, "Environment": "AzureCloud", "Tenant": in.TenantID, "TenantId": in.TenantID}}
	return nil
}
