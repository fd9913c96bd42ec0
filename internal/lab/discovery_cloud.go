package lab

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"hybrid/internal/lab/discovery"
)

// cloudSide is what Microsoft's cloud knows of the tenant's users.
type cloudSide struct {
	estate   *Estate
	password string
}

// Place is the forest that a host is of.
func (s *cloudSide) Place(host string, query url.Values) (p discovery.Place) {
	s.estate.look(func(e *Estate) {
		forests := discovery.Forests{Below: e.cloudDomain(), Knows: e.inTenant}
		if e.Directory != nil {
			forests.Home = e.Directory.Forest
		}
		p = forests.Place(host, domainAsked(host, query))
		p.LoginURL, p.Passwords = "https://login.microsoftonline.com/common/oauth2/authorize", e.Ends.CloudPasswords
		p.Access = []discovery.Access{
			{Name: "SipServerExternalAccess", FQDN: "sipfed." + e.cloudDomain(), Port: 5061}, {Name: "SipClientExternalAccess", FQDN: "sipdir." + e.cloudDomain(), Port: 443},
		}
		p.Links = []discovery.Link{{Token: "External/RemotePowerShell", Href: "https://admin" + strings.TrimPrefix(p.Web, "webdir") + "/OcsPowershellOAuth"}}
	})
	return p
}

// SignIn knows the tenant's users by their names there.
func (s *cloudSide) SignIn(username, password string) (account string, ok bool) {
	s.estate.look(func(e *Estate) {
		if v, known := e.onlineUser(username); known && samePassword(password, s.password) {
			account, ok = v.account.UserPrincipalName(), true
		}
	})
	return account, ok
}

// Home is here for whom the tenant has homed online, and the servers' autodiscover for whom it knows to be homed there.
func (s *cloudSide) Home(account string, _ discovery.Place) (home discovery.Home) {
	s.estate.look(func(e *Estate) {
		v, ok := e.onlineUser(account)
		_, domain, _ := strings.Cut(v.sip(), "@")
		switch {
		case !ok || v.hostingProvider() == "":
		case v.isOnPremises():
			home.Redirect = "https://" + outsideName + domain + discovery.RootPath
		default:
			home.Here = true
		}
	})
	return home
}

// sip is the user's address in the tenant; "" of nobody.
func (v onlineView) sip() string {
	if v.account == nil {
		return ""
	}
	return v.sipAddress()
}

// Shows says what a rehearsal has set.
func (s *cloudSide) Shows(host string, fault discovery.Fault) bool {
	return s.estate.showsAt(host, fault)
}

// Now is the estate's time.
func (s *cloudSide) Now() (now time.Time) {
	s.estate.look(func(e *Estate) { now = e.now() })
	return now
}

// inTenant says whether a SIP domain is the tenant's. Where nothing is known of a tenant, all of the servers' are.
func (e *Estate) inTenant(domain string) bool {
	same := func(name string) bool { return strings.EqualFold(name, domain) }
	if e.Directory != nil && slices.ContainsFunc(e.Directory.Domains, same) {
		return true
	}
	noun := "CsOnlineSipDomain"
	if e.of(noun).count == 0 && e.Directory == nil {
		noun = "CsSipDomain"
	}
	_, ok := e.Object(noun, domain)
	return ok && domain != ""
}

// cloudDomain is what Microsoft's hosts are below, by the first hosting provider that is Microsoft's.
func (e *Estate) cloudDomain() string {
	for provider := range e.of("CsHostingProvider").all() {
		if below, ok := strings.CutPrefix(strings.ToLower(provider.Text("ProxyFqdn")), "sipfed."); ok {
			return below
		}
	}
	return strings.TrimPrefix(ownProvider, "sipfed.")
}
