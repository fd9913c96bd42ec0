package dns

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"hybrid/internal/powershell"
	"hybrid/planner"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// mostNames is up to how many names of one zone are read by name. A zone in Active Directory may hold the records of every
// computer, so that reading all of it is worth while only for many.
const mostNames = 16

// Read lists the record sets of the wanted names: one call for the server's zones, and for each zone one for the names that
// it hands over and one for each wanted name, or, where there are many, one for the whole zone. With want nil it lists the
// zones that the provider block names. What cannot be read makes the whole listing an error: a zone that fails must not look
// empty.
func (p *windows) Read(ctx context.Context, k *schema.Kind, want []planner.Object) planner.Listing {
	return shell.Attempt(ctx, func() planner.Listing {
		r := &windowsReading{p: p, sets: map[setKey][]dns.RR{}, lengths: map[string]int{}}
		if err := r.read(ctx, want); err != nil {
			return planner.Listing{Err: fmt.Errorf("provider %s: %w", p.name, err)}
		}
		listing := planner.Listing{Objects: map[string]planner.Found{}, Complete: want == nil, Parts: r.lengths, Place: r.place}
		for _, set := range r.sets {
			id, found := liveSet(k, set)
			listing.Objects[id] = found
		}
		return listing
	})
}

// A windowsReading is one call of Read.
type windowsReading struct {
	p     *windows
	zones map[string]windowsZone // of the server, by canonical name
	sets  map[setKey][]dns.RR
	// lengths is how many sets each zone holds that was read whole, by its domain.
	lengths map[string]int
}

// place is the zone that a name is in, as the server spells it.
func (r *windowsReading) place(identity string) string {
	at, err := r.p.zoneOf(r.zones, dns.CanonicalName(identity))
	if err != nil {
		return ""
	}
	return r.zones[at].name
}

func (r *windowsReading) read(ctx context.Context, want []planner.Object) (err error) {
	if r.zones, err = r.p.listZones(ctx); err != nil {
		return err
	}
	if want == nil && len(r.p.zones) == 0 {
		return r.p.whichZones(r.zones)
	}
	names, err := r.assign(want)
	if err != nil {
		return err
	}
	for _, at := range slices.Sorted(maps.Keys(names)) {
		if err := r.p.usable(r.zones[at]); err != nil {
			return err
		}
		if err := r.zone(ctx, at, names[at], want == nil); err != nil {
			return err
		}
	}
	return nil
}

// assign gives the wanted names by zone; with want nil the declared zones, without names.
func (r *windowsReading) assign(want []planner.Object) (map[string][]string, error) {
	names, seen := map[string][]string{}, map[string]bool{}
	if want == nil {
		for at := range r.p.zones {
			if _, there := r.zones[at]; !there {
				return nil, r.p.noSuchZone(r.zones, at)
			}
			names[at] = nil
		}
	}
	for _, o := range want {
		name := dns.CanonicalName(o.Identity)
		at, err := r.p.zoneOf(r.zones, name)
		if err != nil {
			return nil, err
		}
		if name == at && !o.Absent && typeOf(o.Want) == "CNAME" {
			return nil, apexError(at)
		}
		if !seen[name] {
			seen[name], names[at] = true, append(names[at], name)
		}
	}
	return names, nil
}

// zone reads the names of one zone.
func (r *windowsReading) zone(ctx context.Context, at string, names []string, all bool) error {
	zone := r.zones[at].name
	whole := all || len(names) > mostNames
	options := []powershell.Param{}
	if !whole {
		options = append(options, powershell.Param{Name: "RRType", Value: "NS"})
	}
	records, err := r.p.records(ctx, "reading the zone "+zone, zone, options...)
	if err != nil {
		return err
	}
	z := newZone(at, records)
	for _, name := range names {
		if cut := z.cut(name); cut != "" {
			return fmt.Errorf("the zone %s on %s hands %s over to another zone; declare %s behind a provider block for the DNS server that has that one",
				zone, r.p.host, display(cut), display(name))
		}
		if whole {
			continue
		}
		there, err := r.p.node(ctx, zone, name)
		if err != nil {
			return err
		}
		records = append(records, there...)
	}
	sets := r.take(at, records)
	if whole {
		r.lengths[strings.TrimSuffix(at, ".")] = sets
	}
	return nil
}

// cut is the name at or above this one, below the zone's top, that NS records stand at; "" where there is none.
func (z *zone) cut(name string) string {
	for at := name; at != z.name; at = above(at) {
		if z.cuts[at] {
			return at
		}
	}
	return ""
}

// take keeps the sets of a zone that are of the kind's types, and says how many. What a zone further down holds is that zone's.
func (r *windowsReading) take(at string, records []dns.RR) int {
	before := len(r.sets)
	for _, rr := range records {
		h := rr.Header()
		key := setKey{dns.CanonicalName(h.Name), h.Rrtype}
		if slices.Contains(recordTypes(), dns.TypeToString[h.Rrtype]) && deepest(r.zones, key.owner) == at {
			r.sets[key] = append(r.sets[key], rr)
		}
	}
	return len(r.sets) - before
}

// node reads what stands at one name, whatever its type, empty where there is nothing. A name that does not exist is an
// error of the cmdlet, known by its number; every other error is one.
func (p *windows) node(ctx context.Context, zone, name string) ([]dns.RR, error) {
	doing := fmt.Sprintf("reading %s in the zone %s", display(name), zone)
	all, err := p.records(ctx, doing, zone, powershell.Param{Name: "Name", Value: relative(name, zone)}, powershell.Param{Name: "Node", Value: true})
	if win32(err) == nameDoesNotExist {
		return nil, nil
	}
	var there []dns.RR
	for _, rr := range all {
		if dns.CanonicalName(rr.Header().Name) == dns.CanonicalName(name) {
			there = append(there, rr)
		}
	}
	return there, err
}

// records reads records of a zone.
func (p *windows) records(ctx context.Context, doing, zone string, options ...powershell.Param) ([]dns.RR, error) {
	var records []dns.RR
	get := powershell.Command{Cmdlet: getRecord, Params: append([]powershell.Param{{Name: "ZoneName", Value: zone}}, options...)}
	err := p.Call(ctx, get, powershell.CallOptions{
		Select: []string{"HostName", "RecordType", "TimeToLive", "RecordData"},
		Row: func(cells []any) error {
			rr, err := liveRecord(zone, cells)
			if err == nil {
				records = append(records, rr)
			}
			return err
		},
	})
	return records, p.explained(doing, err)
}
