package dns

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// Read lists the record sets of the zones that the wanted names are in, each zone by one transfer; with want nil, of the
// zones that the provider block names. Where the server refuses a transfer it is asked for the wanted sets one by one, and
// the listing is not complete. What cannot be read makes the whole listing an error: a zone that fails must not look empty.
func (p *provider) Read(ctx context.Context, k *schema.Kind, want []planner.Object) planner.Listing {
	r := &reading{p: p, kind: k, line: &line{p: p}, listing: planner.Listing{Objects: map[string]planner.Found{}, Complete: true}}
	defer r.line.hangUp()
	if err := r.read(ctx, want); err != nil {
		return planner.Listing{Err: fmt.Errorf("provider %s: %w", p.name, err)}
	}
	return r.listing
}

// A reading is one call of Read.
type reading struct {
	p       *provider
	kind    *schema.Kind
	line    *line
	all     []string // the zones that are known
	listing planner.Listing
}

func (r *reading) read(ctx context.Context, want []planner.Object) error {
	zones, err := r.zones(ctx, want)
	if err != nil {
		return err
	}
	r.all = append(slices.Sorted(maps.Keys(zones)), r.p.zones...)
	for _, zone := range slices.Sorted(maps.Keys(zones)) {
		records, err := r.p.transfer(ctx, zone)
		switch {
		case err == nil:
			r.take(zone, records)
		case !transferRefused(err):
			return err
		case want == nil:
			return fmt.Errorf("%w; without a transfer only records that are declared can be read", err)
		default:
			r.p.log.Warn("zone transfer refused, asking for each record set", "zone", zone, "error", err)
			r.listing.Complete = false
			if err := r.askEach(ctx, zone, zones[zone]); err != nil {
				return err
			}
		}
	}
	return nil
}

// zones sorts what is wanted by zone.
func (r *reading) zones(ctx context.Context, want []planner.Object) (map[string][]planner.Object, error) {
	zones := map[string][]planner.Object{}
	if want == nil {
		for _, zone := range r.p.zones {
			zones[zone] = nil
		}
		if len(zones) == 0 {
			return nil, errors.New("to list all records, the zones must be known; write them into zones of the provider block")
		}
		return zones, nil
	}
	for _, o := range want {
		name := dns.CanonicalName(o.Identity)
		zone, err := r.p.zoneOf(ctx, r.line, name)
		if err != nil {
			return nil, err
		}
		if name == zone && !o.Absent && typeOf(o.Want) == "CNAME" {
			return nil, apexError(zone)
		}
		zones[zone] = append(zones[zone], o)
	}
	return zones, nil
}

// apexError says why no CNAME record can stand where the zone's SOA and NS records are (RFC 1034 section 3.6.2).
func apexError(zone string) error {
	return fmt.Errorf("%s is the top of its zone, where SOA and NS records stand, and a CNAME record stands alone at its name; write A or AAAA records",
		display(zone))
}

// take adds the record sets of a zone that are of the kind's types. Records at names that a zone further down holds, such
// as the addresses of its name servers, are that zone's.
func (r *reading) take(zone string, records []dns.RR) {
	type name struct {
		owner string
		rtype uint16
	}
	sets := map[name][]dns.RR{}
	for _, rr := range records {
		h := rr.Header()
		if h.Class == dns.ClassINET && slices.Contains(recordTypes(), dns.TypeToString[h.Rrtype]) {
			at := name{dns.CanonicalName(h.Name), h.Rrtype}
			if deepest(r.all, at.owner) == zone {
				sets[at] = append(sets[at], rr)
			}
		}
	}
	for _, set := range sets {
		r.add(set)
	}
}

// add puts one record set into the listing. A set has one TTL (RFC 2181 section 5.2); where a server holds several, the
// lowest is what others go by.
func (r *reading) add(set []dns.RR) {
	owner, ttl := display(set[0].Header().Name), set[0].Header().Ttl
	var values []cty.Value
	for _, rr := range set {
		values = append(values, cty.StringVal(presentation(rr)))
		ttl = min(ttl, rr.Header().Ttl)
	}
	v := cty.ObjectVal(map[string]cty.Value{
		"identity": cty.StringVal(owner),
		"type":     cty.StringVal(dns.TypeToString[set[0].Header().Rrtype]),
		"ttl":      cty.NumberIntVal(int64(ttl)),
		"values":   cty.SetVal(values),
	})
	r.listing.Objects[r.kind.LiveID(owner, v)] = planner.Found{Identity: owner, Value: v}
}
