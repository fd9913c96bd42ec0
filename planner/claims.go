package planner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/schema"
)

// Contested lists the sources, not yet in live, that may hold values which a plan newly takes: a plan that takes none needs
// no more than what it was made of.
func Contested(p *Plan, live Live, kinds []*schema.Kind) []Source {
	wanted := map[Source]bool{}
	for i := range p.Changes {
		c := &p.Changes[i]
		for _, claim := range c.taken() {
			for _, k := range kinds {
				source := Source{c.Provider, k.Name}
				if _, read := live[source]; !read && k.System == c.Kind.System && slices.Contains(k.Sets(), claim.Set) {
					wanted[source] = true
				}
			}
		}
	}
	return sortedSources(wanted)
}

// taken are the claims that a change makes and the live object does not.
func (c *Change) taken() []schema.Claim {
	var after, before []schema.Claim
	switch c.Action {
	case Replace, Update:
		before = c.Kind.Claims(c.Identity, c.Before)
		fallthrough
	case Create:
		after = c.Kind.Claims(c.Identity, c.After)
	}
	return slices.DeleteFunc(after, func(claim schema.Claim) bool {
		return claim.Passes || slices.ContainsFunc(before, func(had schema.Claim) bool { return had.Attr == claim.Attr && had.Value == claim.Value })
	})
}

// holder is an object on the far end, or one that the plan has made by then, with one of its claims.
type holder struct {
	object liveObject
	name   string
	claim  schema.Claim
}

type liveObject struct {
	source Source
	id     string
}

// holding says who has which claims while a plan is carried out, step by step.
type holding struct {
	claims map[claimed][]holder
	plan   *Plan
}

type claimed struct{ provider, set, value string }

// CheckClaims refuses a plan that takes a value while something on the far end has it: the far end would refuse it, or
// worse, take it and break. The kinds are those of the sources.
func CheckClaims(p *Plan, live Live, kinds []*schema.Kind) hcl.Diagnostics {
	h := holding{claims: map[claimed][]holder{}, plan: p}
	for _, k := range kinds {
		for _, source := range sortedSources(live) {
			if source.Kind == k.Name && len(k.Sets()) > 0 {
				h.found(k, source, live[source])
			}
		}
	}
	var diags hcl.Diagnostics
	for i := range p.Changes {
		diags = append(diags, h.step(i)...)
	}
	return diags
}

func (h *holding) found(k *schema.Kind, source Source, listing Listing) {
	for _, id := range slices.Sorted(maps.Keys(listing.Objects)) {
		f := listing.Objects[id]
		name := fmt.Sprintf("the %s %q that exists", k.Name, f.Identity)
		h.hold(liveObject{source, id}, name, k.Claims(f.Identity, f.Value))
	}
}

func (h *holding) hold(o liveObject, name string, claims []schema.Claim) {
	for _, claim := range claims {
		key := claimed{o.source.Provider, claim.Set, claim.Value}
		h.claims[key] = append(h.claims[key], holder{o, name, claim})
	}
}

func (h *holding) release(o liveObject, claims []schema.Claim) {
	for _, claim := range claims {
		key := claimed{o.source.Provider, claim.Set, claim.Value}
		h.claims[key] = slices.DeleteFunc(h.claims[key], func(other holder) bool { return other.object == o })
	}
}

// step holds one change of the plan against what is there by then, and carries it out in mind.
func (h *holding) step(n int) hcl.Diagnostics {
	c := &h.plan.Changes[n]
	var diags hcl.Diagnostics
	o := c.object()
	for _, claim := range c.taken() {
		for _, other := range h.claims[claimed{c.Provider, claim.Set, claim.Value}] {
			if other.object != o && claim.Clashes(other.claim) {
				diags = append(diags, h.refuse(n, claim, other))
				break
			}
		}
	}
	switch c.Action {
	case Create, Update, Replace, Delete:
		h.release(o, c.Kind.Claims(c.Identity, c.Before))
		h.hold(o, c.Address.String(), c.Kind.Claims(c.Identity, c.After))
	}
	return diags
}

func (c *Change) object() liveObject {
	v := c.Before
	if v.IsNull() || !v.IsKnown() {
		v = c.After
	}
	return liveObject{Source{c.Provider, c.Kind.Name}, c.Kind.LiveID(c.Identity, v)}
}

func (h *holding) refuse(n int, claim schema.Claim, other holder) *hcl.Diagnostic {
	c := &h.plan.Changes[n]
	return &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "A value that something else has",
		Detail:   claim.Complaint(c.Address.String(), other.name, other.claim) + " " + h.advice(n, claim, other),
		Subject:  c.Range.Ptr(),
	}
}

// advice says how the nth change comes by a value that something else has.
func (h *holding) advice(n int, claim schema.Claim, other holder) string {
	c, later := &h.plan.Changes[n], h.frees(n, other)
	switch kind := other.object.source.Kind; {
	case later != nil:
		return fmt.Sprintf("%s gives it up, but only later in this plan: write depends_on = [%s] in %s.", later.Address, later.Address.Block(), c.Address.Block())
	case claim.Remedy != "":
		return claim.Remedy
	case kind == c.Kind.Name:
		return "Where the two are one, declare it by the name it has, with identity. Otherwise give one of them another value, or remove the other with ensure = \"absent\"."
	case claim.Attr == "identity":
		return fmt.Sprintf("If this one is meant, take the other away with a block %s and ensure = \"absent\".", kind)
	default:
		return fmt.Sprintf("Give one of them another value, or take the other away with a block %s and ensure = \"absent\".", kind)
	}
}

// frees finds the change after the nth that takes a claim away from its holder.
func (h *holding) frees(n int, other holder) *Change {
	for i := n + 1; i < len(h.plan.Changes); i++ {
		c := &h.plan.Changes[i]
		if c.Users != nil || c.Action == NoOp || c.Action == Unknown || c.object() != other.object {
			continue
		}
		kept := slices.ContainsFunc(c.Kind.Claims(c.Identity, c.After), func(claim schema.Claim) bool {
			return claim.Attr == other.claim.Attr && claim.Value == other.claim.Value
		})
		if !kept {
			return c
		}
	}
	return nil
}

func sortedSources[V any](m map[Source]V) []Source {
	sources := make([]Source, 0, len(m))
	for s := range m {
		sources = append(sources, s)
	}
	slices.SortFunc(sources, func(a, b Source) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Provider, b.Provider))
	})
	return sources
}
