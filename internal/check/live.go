package check

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
)

// A live is an object as it was read.
type live struct {
	identity string
	value    cty.Value
}

// objects lists the live objects of a kind, by identity.
func (e *Estate) objects(ctx context.Context, system, kind string) ([]live, error) {
	listing, err := e.List(ctx, system, kind)
	if err != nil {
		return nil, err
	}
	var all []live
	for _, id := range slices.Sorted(maps.Keys(listing.Objects)) {
		found := listing.Objects[id]
		all = append(all, live{found.Identity, found.Value})
	}
	return all, nil
}

// text is an attribute as a person reads it: "true", "none", "a, b".
func (l live) text(name string) string { return written(l.value.GetAttr(name)) }

func written(v cty.Value) string {
	switch {
	case v.IsNull() || !v.IsKnown():
		return "none"
	case v.Type() == cty.Bool:
		return strconv.FormatBool(v.True())
	case v.Type() == cty.Number:
		return v.AsBigFloat().Text('f', -1)
	case v.Type() == cty.String:
		return v.AsString()
	}
	var parts []string
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		parts = append(parts, written(element))
	}
	return strings.Join(parts, ", ")
}

// is says whether an attribute is set and true.
func (l live) is(name string) bool {
	v := l.value.GetAttr(name)
	return !v.IsNull() && v.IsKnown() && v.True()
}

// host is an attribute that is a name of a host, comparable: in lower case, without a dot at its end; "" where it is not set.
func (l live) host(name string) string {
	v := l.value.GetAttr(name)
	if v.IsNull() || !v.IsKnown() {
		return ""
	}
	return hostName(v.AsString())
}

func hostName(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// declared are the configuration's blocks of a kind.
func (e *Estate) declared(kind string) []*planner.Object {
	var all []*planner.Object
	for n := range e.Config.Objects {
		if o := &e.Config.Objects[n]; o.Kind.Name == kind && !o.Absent {
			all = append(all, o)
		}
	}
	return all
}

// at is where the configuration says something about what a result is about, so that it can be shown.
func (r Result) at(o *planner.Object, attr string) Result {
	if o == nil {
		return r
	}
	where := o.RangeOf(attr)
	r.Address, r.Range = o.Address.String(), &where
	return r
}

// line is a place in the configuration, nil where none is.
func line(o *planner.Object) *hcl.Range {
	if o == nil {
		return nil
	}
	where := o.RangeOf("")
	return &where
}
