package check

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
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

// lists notes once what there is of a kind, as evidence of what is not there.
func (t *trial) lists(what string, all []live) {
	if slices.ContainsFunc(t.seen, func(e Evidence) bool { return e.What == what }) {
		return
	}
	var names []string
	for _, l := range all {
		names = append(names, l.identity)
	}
	t.seen = append(t.seen, t.e.Saw(what, cmp.Or(strings.Join(names, ", "), "none"), "the servers"))
}
