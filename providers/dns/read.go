package dns

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// Read lists the record sets of the zones that the wanted names are in, each zone by one transfer; with want nil, of the
// zones that the provider block names. Which zone a name is in the server is asked only where no zone read before shows it.
// Where the server refuses a transfer it is asked for the wanted sets one by one, and the listing is not complete. Whoever signs
// updates with a ticket signs in first, though reading needs none: that the password is wrong must show when the plan is made, not
// in the night of the change. What cannot be read makes the whole listing an error: a zone that fails must not look empty. What
// cannot be as it is declared, or cannot be told from a wildcard, is refused by itself.
func (p *provider) Read(ctx context.Context, k *schema.Kind, want []planner.Object) planner.Listing {
	r := &reading{
		p: p, kind: k, line: &line{p: p}, zones: map[string]*zone{}, sources: map[setKey][]dns.RR{},
		listing: planner.Listing{Objects: map[string]planner.Found{}, Parts: map[string]int{}, Refused: map[string]error{}, Complete: true},
	}
	defer r.line.hangUp()
	err := p.prove(ctx)
	if err == nil {
		err = r.read(ctx, want)
	}
	if err != nil {
		return planner.Listing{Err: fmt.Errorf("provider %s: %w", p.name, err)}
	}
	r.listing.Remark = r.behind(ctx)
	return r.listing
}

// prove signs in where updates need it.
func (p *provider) prove(ctx context.Context) error {
	if p.account == nil {
		return nil
	}
	_, err := p.signing(ctx)
	return err
}

// A reading is one call of Read.
type reading struct {
	p       *provider
	kind    *schema.Kind
	line    *line
	zones   map[string]*zone    // those read so far, by name
	sources map[setKey][]dns.RR // what wildcards hold, where they were asked for
	listing planner.Listing
}

// A setKey names a record set: its canonical owner name and its type.
type setKey struct {
	owner string
	rtype uint16
}

func (r *reading) read(ctx context.Context, want []planner.Object) error {
	if err := r.place(ctx, want); err != nil {
		return err
	}
	known := maps.Clone(r.p.zones)
	for name := range r.zones {
		known[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(r.zones)) {
		z := r.zones[name]
		if !z.refused {
			r.take(z, known)
			continue
		}
		if err := r.askEach(ctx, z); err != nil {
			return err
		}
	}
	return nil
}

// place reads the zones that the wanted names are in, with want nil those of the provider block.
func (r *reading) place(ctx context.Context, want []planner.Object) error {
	if want == nil && len(r.p.zones) == 0 {
		return errors.New("to list all records, the zones must be known; write them into zones of the provider block, since a name server does not tell which it has")
	}
	if want == nil {
		for _, name := range slices.Sorted(maps.Keys(r.p.zones)) {
			if _, err := r.zone(ctx, name, true); err != nil {
				return err
			}
		}
	}
	for _, o := range want {
		name := dns.CanonicalName(o.Identity)
		z, err := r.zoneOf(ctx, name)
		if err != nil {
			return err
		}
		if name == z.name && !o.Absent && typeOf(o.Want) == "CNAME" {
			r.listing.Refused[o.LiveID()] = apexError(z.name)
			continue
		}
		z.want = append(z.want, o)
	}
	return nil
}

// apexError says why no CNAME record can stand where the zone's SOA and NS records are (RFC 1034 section 3.6.2).
func apexError(zone string) error {
	return fmt.Errorf("%s is the top of its zone, where SOA and NS records stand, and a CNAME record stands alone at its name; write A or AAAA records",
		display(zone))
}

// take adds the record sets of a zone that are of the kind's types. Records at names that a known zone further down holds,
// such as the addresses of its name servers, are that zone's.
func (r *reading) take(z *zone, known map[string]bool) {
	types := recordTypes()
	sets := map[setKey][]dns.RR{}
	for _, rr := range z.records {
		h := rr.Header()
		if h.Class == dns.ClassINET && slices.Contains(types, dns.TypeToString[h.Rrtype]) {
			at := setKey{dns.CanonicalName(h.Name), h.Rrtype}
			if deepest(known, at.owner) == z.name {
				sets[at] = append(sets[at], rr)
			}
		}
	}
	for _, set := range sets {
		r.add(set)
	}
	r.listing.Parts[strings.TrimSuffix(z.name, ".")] = len(sets)
}

// add puts one record set into the listing.
func (r *reading) add(set []dns.RR) {
	id, found := liveSet(r.kind, set)
	r.listing.Objects[id] = found
}

// liveSet is a record set as a live object. A set has one TTL (RFC 2181 section 5.2); where a server holds several, the
// lowest is what others go by.
func liveSet(k *schema.Kind, set []dns.RR) (id string, found planner.Found) {
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
		// who else must know it is nothing that a zone tells
		"propagation": cty.NullVal(propagationBlock().Type()),
	})
	return k.LiveID(owner, v), planner.Found{Identity: owner, Value: v}
}
