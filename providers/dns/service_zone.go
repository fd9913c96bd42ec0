package dns

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hybrid/internal/dnsservice"
)

// serviceZones are the zones that a block leads to, by canonical name: those of one name are several.
type serviceZones struct {
	p     *hosted
	named map[string][]dnsservice.Zone
}

// listZones lists the account's zones of the kind that the block is about.
func (p *hosted) listZones(ctx context.Context) (serviceZones, error) {
	list, err := p.Zones(ctx)
	zones := serviceZones{p: p, named: map[string][]dnsservice.Zone{}}
	for _, z := range list {
		if z.Private == p.private && (len(p.ids) == 0 || p.ids[strings.ToLower(z.ID)]) {
			zones.named[z.Name] = append(zones.named[z.Name], z)
		}
	}
	return zones, err
}

func (zs serviceZones) deepest(name string) string { return deepest(zs.named, name) }

// of is the zone that a name is in: the longest that the account shows, which must be one of those that the block names, where it
// names any.
func (zs serviceZones) of(name string) (dnsservice.Zone, error) {
	at := zs.deepest(name)
	if len(zs.p.zones) > 0 {
		declared, err := declaredZone(zs.p.name, zs.p.zones, name)
		if err != nil {
			return dnsservice.Zone{}, err
		}
		if len(zs.named[declared]) == 0 {
			return dnsservice.Zone{}, zs.missing("has no zone " + display(declared) + ", which zones names")
		}
		if declared != at {
			return dnsservice.Zone{}, fmt.Errorf("%s is in the zone %s at %s, which zones of provider %s does not name; add it there", display(name), display(at), zs.p.kind.Title(), zs.p.name)
		}
	}
	if at == "" {
		return dnsservice.Zone{}, zs.missing("shows no zone that holds " + display(name))
	}
	return zs.one(at)
}

// one is the zone of a name, which must be one.
func (zs serviceZones) one(name string) (dnsservice.Zone, error) {
	list := zs.named[name]
	if len(list) == 1 {
		return list[0], nil
	}
	var ids []string
	for _, z := range list {
		ids = append(ids, z.ID)
	}
	return dnsservice.Zone{}, fmt.Errorf("%s has %d %s zones %s, and nothing says which is meant: write the id of one into zone_ids: %s",
		zs.p.kind.Title(), len(list), zs.sort(), display(name), strings.Join(ids, ", "))
}

func (zs serviceZones) sort() string {
	if zs.p.private {
		return "private"
	}
	return "public"
}

// missing explains a zone that is not there, by those that are.
func (zs serviceZones) missing(what string) error {
	others := "it shows none"
	if len(zs.named) > 0 {
		others = "it shows " + strings.Join(displayAll(slices.Sorted(maps.Keys(zs.named))), ", ")
	}
	return fmt.Errorf("%s %s among the account's %s zones; %s; check who signs in, private and zone_ids", zs.p.kind.Title(), what, zs.sort(), others)
}

// all are the zones that the block names, or all.
func (zs serviceZones) all() (map[string]dnsservice.Zone, error) {
	names := zs.p.zones
	if len(names) == 0 {
		names = map[string]bool{}
		for name := range zs.named {
			names[name] = true
		}
	}
	all := map[string]dnsservice.Zone{}
	for name := range names {
		if len(zs.named[name]) == 0 {
			return nil, zs.missing("has no zone " + display(name) + ", which zones names")
		}
		z, err := zs.one(name)
		if err != nil {
			return nil, err
		}
		all[name] = z
	}
	return all, nil
}
