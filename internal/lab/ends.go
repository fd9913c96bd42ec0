package lab

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"hybrid/internal/lab/discovery"
)

// Ends is what a rehearsal has set of name servers, resolvers and TLS connections.
type Ends struct {
	Shows  []string `json:"shows,omitempty"`  // "sip.contoso.com=expired": what is wrong with an end, by the name that clients use
	Silent []string `json:"silent,omitempty"` // hosts and addresses of name servers and resolvers at which nothing listens
	Behind []string `json:"behind,omitempty"` // those that answer with what the zones held when this was set
	// Answers is what is wrong with autodiscover, by host or for all: "lyncdiscover.contoso.com=loop", "*=xml".
	Answers []string `json:"answers,omitempty"`
	// CloudPasswords: the cloud gives web tickets for passwords.
	CloudPasswords bool `json:"cloud_passwords,omitempty"`
	// Held are the zones as they were then, as in [Estate.Views].
	Held map[string]map[string][]string `json:"held,omitempty"`
}

// SetEnds replaces what is set of name servers, resolvers and TLS connections.
func (e *Estate) SetEnds(n Ends) {
	e.Ends = n
	e.changed(change{Ends: &n})
}

// ofEnds is a setting that is a list of Ends.
func ofEnds(name, doc string, field func(*Ends) *[]string, check func(string) error) Setting {
	return Setting{
		Name: name, Doc: doc,
		Get: func(e *Estate) string { return settingText(field(&e.Ends)) },
		Set: func(e *Estate, text string) error {
			n := e.Ends
			if err := parseSetting(field(&n), text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			for _, item := range *field(&n) {
				if err := check(item); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
			if len(n.Behind) > 0 && n.Held == nil {
				n.Held = held(e.Views)
			}
			if len(n.Behind) == 0 {
				n.Held = nil
			}
			e.SetEnds(n)
			return nil
		},
	}
}

// held copies the zones of all views.
func held(views map[string]map[string][]string) map[string]map[string][]string {
	all := map[string]map[string][]string{}
	for view, zones := range views {
		all[view] = maps.Clone(zones)
	}
	return all
}

func anyHost(string) error { return nil }

// checkShown refuses what no end can show.
func checkShown(item string) error {
	name, defect, _ := strings.Cut(item, "=")
	if name == "" || !slices.Contains(defects, defect) {
		return fmt.Errorf("%q is not HOST=DEFECT, where DEFECT is one of %s", item, strings.Join(defects, ", "))
	}
	return nil
}

// checkAnswer refuses what no autodiscover can answer.
func checkAnswer(item string) error {
	name, fault, _ := strings.Cut(item, "=")
	if name == "" || !slices.Contains(discovery.Faults(), discovery.Fault(fault)) {
		return fmt.Errorf("%q is not HOST=FAULT or *=FAULT, where FAULT is one of %s", item, faultNames())
	}
	return nil
}

func faultNames() string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(discovery.Faults()), "[]"), " ", ", ")
}

// cloudPasswords lets a rehearsal walk on where the cloud's real users sign in to Microsoft Entra.
func cloudPasswords() Setting {
	const name = "discovery.cloud_passwords"
	return Setting{
		Name: name, Doc: "the cloud gives web tickets for passwords, so that a walk can go on there: true, false",
		Get: func(e *Estate) string { return strconv.FormatBool(e.Ends.CloudPasswords) },
		Set: func(e *Estate, text string) error {
			n := e.Ends
			if err := parseSetting(&n.CloudPasswords, text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			e.SetEnds(n)
			return nil
		},
	}
}

// defect is what is wrong with an end; "" for nothing.
func (n Ends) defect(host string) string {
	for _, item := range n.Shows {
		if name, defect, _ := strings.Cut(item, "="); strings.EqualFold(name, host) {
			return defect
		}
	}
	return ""
}

// NameServer gives the address at which a name server or resolver of a view is reached, host:port; "" where the lab has no
// such view.
func (e Endpoints) NameServer(view, host string) string {
	named := func(list []string) bool {
		return slices.ContainsFunc(list, func(one string) bool { return strings.EqualFold(one, host) })
	}
	switch {
	case named(e.ends.Silent):
		return e.TLS.Closed
	case named(e.ends.Behind):
		return e.DNS[view].Behind
	}
	return e.DNS[view].Addr
}

// TLSEndpoint is where the Edge, the reverse proxy and Microsoft's ends answer: one listener, which tells them apart by the name
// that clients use.
type TLSEndpoint struct {
	Addr    string // host:port
	RootPEM string // the authority of their certificates
	Closed  string // an address at which nothing listens
	Broken  string // one at which somebody answers who speaks no TLS
}

// End gives the address at which an end is reached, by the name that clients use.
func (e Endpoints) End(name string) string {
	switch e.ends.defect(name) {
	case closedPort:
		return e.TLS.Closed
	case noTLS:
		return e.TLS.Broken
	}
	return e.TLS.Addr
}

// closed is an address at which nothing listens, for UDP and TCP.
func closed(host string) (string, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
