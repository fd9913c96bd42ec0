package dns

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/dnsservice"
	"hybrid/planner"
	"hybrid/schema"
)

// Read lists the record sets of the zones that the wanted names are in, each zone whole and page by page; with want nil, of the
// zones that the block names, or of all that the account shows. What the service cannot keep as it is declared is refused, record
// by record. What cannot be read makes the whole listing an error: a zone that fails must not look empty.
func (p *hosted) Read(ctx context.Context, k *schema.Kind, want []planner.Object) planner.Listing {
	r := &serviceReading{p: p, kind: k, sets: map[setKey]dnsservice.Set{}, cuts: map[string]bool{}, lengths: map[string]int{}}
	if err := r.read(ctx, want); err != nil {
		return planner.Listing{Err: fmt.Errorf("provider %s: %w", p.name, err)}
	}
	listing := planner.Listing{Objects: map[string]planner.Found{}, Complete: true, Parts: r.lengths, Place: r.place, Refused: map[string]error{}}
	for at, set := range r.sets {
		if set.Odd != "" {
			listing.Refused[at.liveID(k)] = r.oddError(set)
		} else if len(set.Records) > 0 {
			id, found := liveSet(k, set.Records)
			listing.Objects[id] = found
		}
	}
	for n := range want {
		if err := r.fits(&want[n]); err != nil {
			listing.Refused[want[n].LiveID()] = err
		}
	}
	return listing
}

// liveID is the key of a set among live objects.
func (s setKey) liveID(k *schema.Kind) string {
	return k.LiveID(display(s.owner), cty.ObjectVal(map[string]cty.Value{"type": cty.StringVal(dns.TypeToString[s.rtype])}))
}

// oddError says why a set is left alone.
func (r *serviceReading) oddError(set dnsservice.Set) error {
	return fmt.Errorf("%s %s at %s is %s; hybrid replaces whole plain sets only, and would lose that: change it at the service, or take the block out",
		display(set.Owner), set.Type, r.p.kind.Title(), set.Odd)
}

// A serviceReading is one call of Read.
type serviceReading struct {
	p       *hosted
	kind    *schema.Kind
	zones   serviceZones
	sets    map[setKey]dnsservice.Set // of the zones that were read
	cuts    map[string]bool           // the names below the tops of zones that NS records hand over
	lengths map[string]int            // how many sets each zone holds, by its domain
}

// place is where the sets of a name are kept.
func (r *serviceReading) place(identity string) string {
	z, err := r.zones.of(dns.CanonicalName(identity))
	if err != nil {
		return ""
	}
	return placeOf(r.p.kind, z)
}

func (r *serviceReading) read(ctx context.Context, want []planner.Object) (err error) {
	if r.zones, err = r.p.listZones(ctx); err != nil {
		return err
	}
	needed := map[string]dnsservice.Zone{}
	if want == nil {
		if needed, err = r.zones.all(); err != nil {
			return err
		}
	}
	var strays []error // names without a zone, each an error of its own where others have one
	for _, o := range want {
		z, err := r.zones.of(dns.CanonicalName(o.Identity))
		if err != nil {
			strays = append(strays, err)
			continue
		}
		needed[z.Name] = z
	}
	if len(strays) > 0 && len(needed) == 0 {
		return strays[0]
	}
	for _, name := range slices.Sorted(maps.Keys(needed)) {
		if err := r.zone(ctx, needed[name]); err != nil {
			return err
		}
	}
	return nil
}

// zone reads one zone. Sets at names that a zone further down holds are that zone's.
func (r *serviceReading) zone(ctx context.Context, z dnsservice.Zone) error {
	sets, err := r.p.Sets(ctx, z)
	if err != nil {
		return err
	}
	count := 0
	for _, set := range sets {
		if set.Type == "NS" && set.Owner != z.Name {
			r.cuts[set.Owner] = true
		}
		if slices.Contains(recordTypes(), set.Type) && r.zones.deepest(set.Owner) == z.Name {
			at := setKey{set.Owner, dns.StringToType[set.Type]}
			r.sets[at] = set
			r.p.seen.Store(at, dnsservice.Set{Records: set.Records, Flattened: set.Flattened}) // what else a set holds is of no use later
			count++
		}
	}
	r.lengths[display(z.Name)] = count
	r.p.log.Debug("zone read", "service", r.p.kind, "zone", z.Name, "sets", count)
	return nil
}

// fits says why a declared set cannot be kept by the service as it is declared, nil where it can.
func (r *serviceReading) fits(o *planner.Object) error {
	name, rtype := dns.CanonicalName(o.Identity), typeOf(o.Want)
	z, err := r.zones.of(name)
	if err != nil {
		return err
	}
	if z.Trouble != "" {
		return fmt.Errorf("%s is in the zone %s of %s, which cannot be changed: %s", display(name), display(z.Name), r.p.kind.Title(), z.Trouble)
	}
	if cut := r.cutAbove(name, z.Name); cut != "" {
		return fmt.Errorf("%s is in a zone of its own: %s hands %s over to other name servers; declare the record behind a provider block that leads there",
			display(name), display(z.Name), display(cut))
	}
	if set := r.sets[setKey{name, dns.StringToType[rtype]}]; set.Odd != "" {
		return r.oddError(set)
	}
	if o.Absent {
		return nil
	}
	if name == z.Name && rtype == "CNAME" && !r.p.kind.AliasAtTop() {
		return apexError(z.Name)
	}
	if err := r.keepsRecords(o); err != nil {
		return fmt.Errorf("%s %s: %w", display(o.Identity), rtype, err)
	}
	return r.keepsTTL(o)
}

// cutAbove is the name at or above another, within a zone, that NS records hand over, "" where there is none.
func (r *serviceReading) cutAbove(name, zone string) string {
	for at := name; at != zone; at = above(at) {
		if r.cuts[at] {
			return at
		}
	}
	return ""
}

// keepsRecords says why the service does not keep a value of an object as it is.
func (r *serviceReading) keepsRecords(o *planner.Object) error {
	set, err := readSet(o.Identity, o.Want)
	if err != nil || slices.Contains(o.Ignore, "values") {
		return nil // what is wrong with it is said elsewhere
	}
	for _, rr := range set.records {
		if err := r.p.kind.CheckRecord(rr); err != nil {
			return err
		}
	}
	return r.p.kind.CheckSet(r.sets[setKey{dns.CanonicalName(o.Identity), dns.StringToType[typeOf(o.Want)]}].Records, set.records)
}

// keepsTTL says why the service does not keep the TTL of an object.
func (r *serviceReading) keepsTTL(o *planner.Object) error {
	ttl, _ := o.Want.GetAttr("ttl").Unmark()
	if ttl.IsNull() || !ttl.IsKnown() || slices.Contains(o.Ignore, "ttl") {
		return nil
	}
	var seconds uint32
	if n, _ := ttl.AsBigFloat().Int64(); n >= 0 && n <= maxTTL {
		seconds = uint32(n)
	}
	if err := r.p.kind.CheckTTL(seconds); err != nil {
		return fmt.Errorf("%s %s: %w", display(o.Identity), typeOf(o.Want), err)
	}
	return nil
}
