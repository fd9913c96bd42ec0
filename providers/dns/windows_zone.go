package dns

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"hybrid/internal/powershell"
)

// The cmdlets that read.
const (
	getZone   = "Get-DnsServerZone"
	getRecord = "Get-DnsServerResourceRecord"
)

// A windowsZone is a zone as the server lists it.
type windowsZone struct {
	name     string // as the server spells it, which is how commands name it
	kind     string // "Primary", "Secondary", "Stub", "Forwarder"
	readOnly bool   // on a read-only domain controller
}

// listZones lists the server's zones by canonical name.
func (p *windows) listZones(ctx context.Context) (map[string]windowsZone, error) {
	zones := map[string]windowsZone{}
	err := p.Call(ctx, powershell.Command{Cmdlet: getZone}, powershell.CallOptions{
		Select: []string{"ZoneName", "ZoneType", "IsReadOnly"},
		Row: func(cells []any) error {
			name, _ := cells[0].(string)
			kind, _ := cells[1].(string)
			if name == "" || kind == "" {
				return fmt.Errorf("%s returned a zone without name or type", getZone)
			}
			zones[dns.CanonicalName(name)] = windowsZone{name: name, kind: kind, readOnly: cells[2] == true}
			return nil
		},
	})
	return zones, p.explained("listing the zones", err)
}

// usable says why records of a zone cannot be managed on this server.
func (p *windows) usable(z windowsZone) error {
	switch {
	case z.readOnly:
		return fmt.Errorf("%s holds the zone %s read-only; name a domain controller as host that can write", p.host, z.name)
	case !strings.EqualFold(z.kind, "Primary"):
		return fmt.Errorf("%s has the zone %s as %s only, not as primary; name the DNS server as host on which it is primary", p.host, z.name, strings.ToLower(z.kind))
	}
	return nil
}

// zoneOf is the zone that a name is in: the longest that the server has, which must be one of those that the block names,
// where it names any.
func (p *windows) zoneOf(zones map[string]windowsZone, name string) (string, error) {
	at := deepest(zones, name)
	if len(p.zones) == 0 {
		if at == "" {
			return "", fmt.Errorf("%s has no zone that holds %s; make the zone there first, or name the DNS server as host that has it", p.host, display(name))
		}
		return at, nil
	}
	declared, err := declaredZone(p.name, p.zones, name)
	if _, there := zones[declared]; err == nil && !there {
		return "", p.noSuchZone(zones, declared)
	}
	if err == nil && declared != at {
		return "", fmt.Errorf("%s is in the zone %s on %s, which zones of provider %s does not name; add it there", display(name), display(at), p.host, p.name)
	}
	return at, err
}

func (p *windows) noSuchZone(zones map[string]windowsZone, name string) error {
	return fmt.Errorf("%s has no zone %s, which zones names; it has %s", p.host, display(name), strings.Join(displayAll(slices.Sorted(maps.Keys(zones))), ", "))
}

// mostZones is how many zones are named where one of them has to be chosen.
const mostZones = 20

// whichZones asks for the zones that are meant, of those whose records could be managed. They are not all taken: a server in
// Active Directory has many that are none of hybrid's business, and every computer of the domain is in one.
func (p *windows) whichZones(zones map[string]windowsZone) error {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(zones)) {
		if p.usable(zones[name]) == nil {
			names = append(names, display(name))
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("to list all records, the zones must be known, and %s has none that can be changed there; name the DNS server as host on which they are primary", p.host)
	}
	more := ""
	if len(names) > mostZones {
		names, more = names[:mostZones], fmt.Sprintf(" and %d more", len(names)-mostZones)
	}
	return fmt.Errorf("to list all records, the zones must be known; write those that you mean into zones of the provider block. %s has %s%s", p.host, strings.Join(names, ", "), more)
}
