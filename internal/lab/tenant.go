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
	const text = "Access Denied."
	return &Failure{Message: text, Kind: text, Category: "PermissionDenied", Type: "System.UnauthorizedAccessException"}
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
		return c.thrown("AADSTS90002: Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.", tenant)
	case !c.given("CertificateThumbprint") && !strings.EqualFold(c.text("TeamsEnvironmentName"), in.Environment):
		return c.thrown("AADSTS90002: Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.", in.TenantID)
	case !c.given("CertificateThumbprint"):
		return c.thrown("AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '48ac35b8-9aa8-4d74-927d-1f4a14a0b239'.")
	case !strings.EqualFold(c.text("CertificateThumbprint"), in.Thumbprint):
		return c.thrown("Could not find the certificate with thumbprint %s in the certificate store.", c.text("CertificateThumbprint"))
	case !strings.EqualFold(c.text("ApplicationId"), in.ClientID):
		return c.thrown("AADSTS700016: Application with identifier '%s' was not found in the directory '%s'.", c.text("ApplicationId"), in.TenantID)
	}
	c.objects = []Object{{"Account": in.ClientID, "Environment": "AzureCloud", "Tenant": in.TenantID, "TenantId": in.TenantID}}
	return nil
}
