package discovery

import "strings"

// The forest that answers at the cloud's own name, and the one that a tenant is in where nobody says another.
const (
	frontForest = "0e"
	homeForest  = "0a"
)

// Forests says who answers at a host of the cloud: it sends a domain of the tenant to the tenant's forest, and knows no
// others.
type Forests struct {
	Home  string // of the tenant: "1e"; "" is "0a"
	Below string // of hosts that are not the cloud's by name: "online.lync.com"
	Knows func(domain string) bool
}

// Place is where a request for a host arrives, about a domain.
func (f Forests) Place(host, domain string) Place {
	home := f.Home
	if home == "" {
		home = homeForest
	}
	here, below := f.of(host)
	at := func(forest string) string { return "webdir" + forest + "." + below }
	p := Place{Host: host, Server: at(here), Web: at(here), External: at(here), Domain: domain}
	p.XFrame = "https://" + p.Web + RootPath + "/xframe"
	if f.Knows(domain) && here != home {
		p.Elsewhere = p.at(at(home), "")
		p.XFrame = "https://" + at(home) + RootPath + "/xframe"
	}
	return p
}

// of is the forest of a host, and the domain that the cloud's hosts are in.
func (f Forests) of(host string) (forest, below string) {
	first, below, _ := strings.Cut(host, ".")
	forest, ok := strings.CutPrefix(first, "webdir")
	switch {
	case !ok:
		return frontForest, f.Below
	case forest == "":
		return frontForest, below
	}
	return forest, below
}
