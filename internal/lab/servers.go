package lab

import (
	"fmt"
	"slices"
	"strings"
)

// Servers is what a rehearsal has set of what the hosts and the topology say of themselves. Hosts are named as clients call them.
type Servers struct {
	Builds       []string `json:"builds,omitempty"`       // "fe01.contoso.com=7.0.2046.252"
	Versions     []string `json:"versions,omitempty"`     // "pool02.contoso.com=6"
	Stopped      []string `json:"stopped,omitempty"`      // "fe01.contoso.com=RTCSRV"
	Unsynced     []string `json:"unsynced,omitempty"`     // "fe01.contoso.com=old": event 30024 is from before the service was started; "=never": there is none
	Edges        []string `json:"edges,omitempty"`        // FQDNs of Edge pools beside the first
	Certificates []string `json:"certificates,omitempty"` // "Default=expired"
	Rootless     []string `json:"rootless,omitempty"`     // names of root authorities
	Closed       []string `json:"closed,omitempty"`       // "edge01.contoso.com=4443"
	Mirrors      []string `json:"mirrors,omitempty"`      // "pool01.contoso.com=suspended"
}

// SetServers replaces what is set of the servers.
func (e *Estate) SetServers(s Servers) {
	e.Servers = s
	e.changed(change{Servers: &s})
}

// ofServers is a setting that is a list of Servers.
func ofServers(name, doc string, field func(*Servers) *[]string) Setting {
	pairs := strings.Contains(doc, "=")
	return Setting{
		Name: name, Doc: doc,
		Get: func(e *Estate) string { return settingText(field(&e.Servers)) },
		Set: func(e *Estate, text string) error {
			s := e.Servers
			if err := parseSetting(field(&s), text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			for _, item := range *field(&s) {
				if of, value, _ := strings.Cut(item, "="); pairs && (of == "" || value == "") {
					return fmt.Errorf("%s: %q is not NAME=VALUE", name, item)
				}
			}
			if err := s.check(); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			e.SetServers(s)
			return nil
		},
	}
}

// check refuses what no certificate can be.
func (s Servers) check() error {
	for _, item := range s.Certificates {
		if _, defect, _ := strings.Cut(item, "="); !slices.Contains(assignedDefects, defect) {
			return fmt.Errorf("%q is not USE=DEFECT, where DEFECT is one of %s", item, strings.Join(assignedDefects, ", "))
		}
	}
	return nil
}

// setOf is what a list of pairs says of a name; "" where it says nothing.
func setOf(pairs []string, name string) string {
	for _, item := range pairs {
		if of, value, _ := strings.Cut(item, "="); strings.EqualFold(of, name) {
			return value
		}
	}
	return ""
}

// edges are the FQDNs of all Edge Servers: each is a pool of its own.
func (e *Estate) edges() []string { return append([]string{e.edge()}, e.Servers.Edges...) }

// isEdge says whether a host is an Edge Server.
func (e *Estate) isEdge(host string) bool {
	return slices.ContainsFunc(e.edges(), func(edge string) bool { return strings.EqualFold(edge, host) })
}
