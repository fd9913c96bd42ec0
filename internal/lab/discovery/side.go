// Package discovery is the lab's autodiscover service, as pools and Microsoft's cloud have it: Root, Domain and User answers in
// XML and JSON, the challenge before the latter, web tickets for a password, and the first answers of a SIP registrar. The
// protocol is that of [MS-OCDISCWS] and [MS-OCAUTHWS], and of Microsoft's UCWA documentation for JSON and OAuth.
package discovery

import (
	"net/url"
	"time"
)

// RootPath is where the service answers on every host. Paths are compared without regard to case.
const RootPath = "/Autodiscover/AutodiscoverService.svc/root"

// A Side is what answers at a group of hosts: the servers, or the cloud. Its methods are called anew for each request, from
// any goroutine.
type Side interface {
	// Place says who answers at a host, in lower case without a port, and what is published there.
	Place(host string, query url.Values) Place
	// SignIn gives the account of a name and a password, by which Home knows it; false where they are not good.
	SignIn(username, password string) (account string, ok bool)
	// Home is where an account is at home, as seen from a place.
	Home(account string, at Place) Home
	// Shows says whether something is wrong with a host.
	Shows(host string, fault Fault) bool
	// Now is the time by which tickets end.
	Now() time.Time
}

// A Place is a server that answers, and what it publishes without asking who wants to know.
type Place struct {
	Host     string // as the client called it
	Server   string // FQDN, told in X-MS-Server-Fqdn
	Web      string // host of the links
	Internal string // FQDN of the web services inside; "" in the cloud
	External string // and outside
	Inside   bool   // AccessLocation Internal
	Domain   string // of the links' originalDomain; "" is left out
	XFrame   string // URL
	// Elsewhere is where Root sends everybody; "" where it is served here.
	Elsewhere string
	Access    []Access
	Links     []Link // of the Domain answer, beside Internal|External/Autodiscover
	// LoginURL is where the cloud has its users sign in; "" on servers.
	LoginURL string
	// Passwords says that web tickets are given for passwords.
	Passwords bool
}

// Access is one of SipServerInternalAccess, SipClientInternalAccess, SipServerExternalAccess and SipClientExternalAccess.
type Access struct {
	Name string
	FQDN string
	Port int
}

// A Link is a token and the address that it stands for.
type Link struct{ Token, Href string }

// A Home is where a user is at home; the zero Home is nowhere.
type Home struct {
	Here     bool
	Redirect string // URL of the Root that serves the user
}

// location is AccessLocation.
func (p Place) location() string {
	if p.Inside {
		return "Internal"
	}
	return "External"
}

// root is the address of the service, or what is below it.
func (p Place) root(below string) string { return p.at(p.Web, below) }

func (p Place) at(host, below string) string {
	address := "https://" + host + RootPath + below
	if p.Domain != "" {
		address += "?originalDomain=" + url.QueryEscape(p.Domain)
	}
	return address
}
