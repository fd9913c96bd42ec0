package trace

import (
	"net/url"
	"strings"
)

// Known is what directory, cmdlets and configuration say of a user and of what lies behind authentication.
type Known struct {
	// InCloud says that by the configuration no name of the domain leads to the servers any more.
	InCloud bool
	// Cloud is what names of Microsoft's discovery end in: ".online.lync.com"; "" where it is not known.
	Cloud string
	// Own are the domains, in lower case, to whose servers the user's password may be sent.
	Own      []string
	Home     Home
	Provider Provider // of a user who is homed online
	Tenant   Tenant   // likewise
}

// A Home is where the servers have a user homed.
type Home struct {
	Online    bool
	OnServers bool
	Pool      string // the registrar pool of one who is homed on the servers
	Problem   string // where neither is: why the servers lead the user nowhere; "" where Err says that nobody knows
	Err       error
	Facts     []Fact
}

// A Provider is the hosting provider that a user who is homed online is led by.
type Provider struct {
	Name            string // "LyncOnline"; "" where no provider has the proxy FQDN
	AutodiscoverURL string
	Enabled         bool
	Err             error
	Facts           []Fact
}

// A Tenant is what Microsoft 365 has of the user.
type Tenant struct {
	Missing   bool // there is no such user
	OnServers bool // the tenant has the user homed on the servers
	Err       error
	Facts     []Fact
}

// cloudy says whether a host is of Microsoft's discovery.
func (k Known) cloudy(host string) bool {
	host = strings.ToLower(host)
	if k.Cloud != "" && strings.HasSuffix(host, k.Cloud) {
		return true
	}
	u, err := url.Parse(k.Provider.AutodiscoverURL)
	return err == nil && u.Hostname() != "" && strings.EqualFold(u.Hostname(), host) && !k.own(host)
}

// own says whether a host is of the own domains.
func (k Known) own(host string) bool {
	host = strings.ToLower(host)
	for _, domain := range k.Own {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}

// A Credential is the user's own, by which hops behind authentication are walked.
type Credential struct {
	User     string // "ada@contoso.com", "CONTOSO\ada"
	Password string
}
