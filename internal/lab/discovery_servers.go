package lab

import (
	"cmp"
	"crypto/subtle"
	"net/url"
	"slices"
	"strings"
	"time"

	"hybrid/internal/lab/discovery"
)

// serversSide is what the pools' web services know. Passwords are all the lab's one.
type serversSide struct {
	estate   *Estate
	password string
}

// The names that clients begin with, before the SIP domain.
const (
	insideName  = "lyncdiscoverinternal."
	outsideName = "lyncdiscover."
)

// Place is who answers at a host: the pool whose web services have the name, or the first.
func (s *serversSide) Place(host string, query url.Values) (p discovery.Place) {
	s.estate.look(func(e *Estate) {
		pool, inside := e.webPool(host)
		p = e.placeAt(host, pool, e.askedDomain(host, query))
		p.Inside = inside || strings.HasPrefix(host, insideName)
		if p.Web = p.External; p.Inside {
			p.Web = p.Internal
		}
		p.XFrame = "https://" + p.Web + "/Autodiscover/XFrame/XFrame.html"
	})
	return p
}

// placeAt is what a pool publishes of a SIP domain. Lync names the registrar inside and the Access Edge outside; that Hybrid is the
// hosting provider's address for autodiscover follows from what clients do with it, and is written down nowhere.
func (e *Estate) placeAt(host, pool, domain string) discovery.Place {
	edge := "sip." + domain
	p := discovery.Place{Host: host, Server: e.server(pool), Internal: pool, External: webOutside(pool), Domain: domain, Passwords: true, Access: []discovery.Access{
		{Name: "SipServerInternalAccess", FQDN: pool, Port: 5061},
		{Name: "SipClientInternalAccess", FQDN: pool, Port: 443},
		{Name: "SipServerExternalAccess", FQDN: edge, Port: 5061},
		{Name: "SipClientExternalAccess", FQDN: edge, Port: 443},
	}}
	for provider := range e.of("CsHostingProvider").all() {
		if address := provider.Text("AutodiscoverUrl"); address != "" && provider.Is("Enabled") && provider.Is("EnabledSharedAddressSpace") {
			p.Links = []discovery.Link{{Token: "Hybrid", Href: address}}
			break
		}
	}
	return p
}

// SignIn knows every account in Active Directory, whether it is enabled or not.
func (s *serversSide) SignIn(username, password string) (account string, ok bool) {
	s.estate.look(func(e *Estate) {
		if row := e.Account(username); row >= 0 && samePassword(password, s.password) {
			account, ok = e.Accounts[row].UserPrincipalName(), true
		}
	})
	return account, ok
}

func samePassword(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// Home is the pool, or the other side, as the account's attributes say. Whom no enabled provider with an address for
// autodiscover hosts is at home nowhere: what servers answer then is written down nowhere.
func (s *serversSide) Home(account string, at discovery.Place) (home discovery.Home) {
	s.estate.look(func(e *Estate) {
		row := e.Account(account)
		if row < 0 || e.Accounts[row].SIP == "" || e.Accounts[row].Enabled == Unset {
			return
		}
		switch a := e.Accounts[row]; {
		case !strings.EqualFold(a.HostingProvider, onServers):
			if provider, ok := e.objectWith("CsHostingProvider", "ProxyFqdn", a.HostingProvider); ok && provider.Is("Enabled") {
				home.Redirect = provider.Text("AutodiscoverUrl")
			}
		case strings.EqualFold(a.RegistrarPool, at.Internal):
			home.Here = true
		case at.Inside:
			home.Redirect = "https://" + strings.ToLower(a.RegistrarPool) + discovery.RootPath
		default:
			home.Redirect = "https://" + webOutside(a.RegistrarPool) + discovery.RootPath
		}
	})
	return home
}

// Shows says what a rehearsal has set.
func (s *serversSide) Shows(host string, fault discovery.Fault) bool {
	return s.estate.showsAt(host, fault)
}

// Now is the estate's time.
func (s *serversSide) Now() (now time.Time) {
	s.estate.look(func(e *Estate) { now = e.now() })
	return now
}

// look reads the estate while nobody changes it.
func (e *Estate) look(read func(*Estate)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	read(e)
}

// showsAt says whether a rehearsal has set a fault of a host's autodiscover.
func (e *Estate) showsAt(host string, fault discovery.Fault) (yes bool) {
	e.look(func(e *Estate) { yes = e.Ends.answers(host, fault) })
	return yes
}

// webPool is the pool whose web services have a name, else the first one, and whether the name is that inside.
func (e *Estate) webPool(host string) (pool string, inside bool) {
	for _, fqdn := range e.poolNames() {
		if strings.EqualFold(fqdn, host) || webOutside(fqdn) == host {
			return fqdn, webOutside(fqdn) != host
		}
	}
	return e.poolNames()[0], false
}

// poolNames are the FQDNs of all pools in lower case; one at least.
func (e *Estate) poolNames() (all []string) {
	for pool := range e.of("CsPool").all() {
		all = append(all, strings.ToLower(pool.Text("Identity")))
	}
	if len(all) == 0 {
		return []string{"pool01." + e.defaultSipDomain()}
	}
	return all
}

// webOutside is the name of a pool's web services outside: "pool01-web.contoso.com". Inside they have the pool's own.
func webOutside(pool string) string {
	first, below, _ := strings.Cut(strings.ToLower(pool), ".")
	return first + "-web." + below
}

// server is the one that answers for a pool.
func (e *Estate) server(pool string) string {
	if o, ok := e.Object("CsPool", pool); ok {
		if computers, _ := o["Computers"].([]any); len(computers) > 0 {
			if name, _ := computers[0].(string); name != "" {
				return name
			}
		}
	}
	return pool
}

// registrar is the server whose SIP is at the lab's TLS end.
func (e *Estate) registrar() (name string) {
	e.look(func(e *Estate) { name = e.server(e.poolNames()[0]) })
	return name
}

// askedDomain is the SIP domain that a request is about: by its host, by its query, or the default one.
func (e *Estate) askedDomain(host string, query url.Values) string {
	return cmp.Or(domainAsked(host, query), e.defaultSipDomain())
}

// domainAsked is the SIP domain that a request names; "" where it names none. Clients spell the query in several ways.
func domainAsked(host string, query url.Values) string {
	for _, prefix := range []string{insideName, outsideName} {
		if domain, ok := strings.CutPrefix(host, prefix); ok {
			return domain
		}
	}
	for _, key := range []string{"originaldomain", "domain", "sipuri"} {
		for name, values := range query {
			if strings.EqualFold(name, key) && len(values) > 0 && values[0] != "" {
				return strings.ToLower(values[0][strings.LastIndex(values[0], "@")+1:])
			}
		}
	}
	return ""
}

// answers says whether a fault of a host's autodiscover is set; * stands for every host.
func (n Ends) answers(host string, fault discovery.Fault) bool {
	return slices.ContainsFunc(n.Answers, func(item string) bool {
		name, set, _ := strings.Cut(item, "=")
		return set == string(fault) && (name == "*" || strings.EqualFold(name, host))
	})
}
