package guard

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// A plan as policies see it, and what can be said of it offline, where no plan is known.

// ChangeAttributes names what policies see of a change.
func ChangeAttributes() []string {
	return slices.Sorted(maps.Keys(someChange().Type().AttributeTypes()))
}

// UserAttributes names what policies see of the users of a change.
func UserAttributes() []string { return slices.Sorted(maps.Keys(someUsers().Type().AttributeTypes())) }

// Facts is a plan as an object of the language:
//
//	changes  a tuple of objects: what changes, what is to be run, and what could not be read
//	count    an object of numbers
//
// The users of a block are numbers and the domains that they are in, never values one by one. Sensitive values are marked.
func Facts(p *planner.Plan) cty.Value {
	var changes []cty.Value
	for i := range p.Changes {
		if c := &p.Changes[i]; counts(c) {
			changes = append(changes, change(c))
		}
	}
	return cty.ObjectVal(map[string]cty.Value{"changes": cty.TupleVal(changes), "count": count(p.Count())})
}

// counts says whether a change is more than what is as wanted already.
func counts(c *planner.Change) bool {
	if c.Users != nil && c.Action != planner.Unknown {
		return c.Users.Len()+len(c.Users.Blocked) > 0
	}
	return c.Action != planner.NoOp
}

func change(c *planner.Change) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{
		"address":  cty.StringVal(c.Address.String()),
		"kind":     cty.StringVal(c.Kind.Name),
		"labels":   schema.TextList(c.Address.Labels),
		"label":    cty.StringVal(label(c)),
		"identity": cty.StringVal(c.Identity),
		"action":   cty.StringVal(string(c.Action)),
		"provider": cty.StringVal(c.Provider),
		"risk":     cty.StringVal(c.Risk().String()),
		"source":   cty.StringVal(source(c)),
		"before":   side(c, c.Before, c.Users != nil),
		"after":    side(c, c.After, c.Action == planner.Delete),
		"changed":  schema.TextList(changed(c)),
		"users":    users(c.Users),
	})
}

func label(c *planner.Change) string {
	if len(c.Address.Labels) == 0 {
		return ""
	}
	return c.Address.Labels[0]
}

// source is where the block stands: "main.hcl:4"; "" where no block does.
func source(c *planner.Change) string {
	if c.Range.Filename == "" {
		return ""
	}
	return schema.Place(c.Range)
}

// side is an object before or after: null where there is none, unknown where it could not be read. What is sensitive is
// marked, and tables of users are left out.
func side(c *planner.Change, v cty.Value, nothing bool) cty.Value {
	switch {
	case c.Action == planner.Unknown:
		return cty.DynamicVal
	case nothing || v == cty.NilVal || v.IsNull():
		return cty.NullVal(cty.DynamicPseudoType)
	case !v.IsKnown():
		return cty.DynamicVal
	}
	values := map[string]cty.Value{}
	for name, value := range v.AsValueMap() {
		a := c.Kind.Attr(name)
		switch {
		case a != nil && (a.Mode == schema.Column || a.Type == cty.DynamicPseudoType):
		case secret(c, name):
			values[name] = value.Mark(schema.Sensitive)
		default:
			values[name] = value
		}
	}
	return cty.ObjectVal(values)
}

// secret says whether an attribute, or any in a nested block, is sensitive: by its kind, or on either side of the change,
// since what a secret was is one as well.
func secret(c *planner.Change, name string) bool {
	if a := c.Kind.Attr(name); a != nil && a.Sensitive || marked(c.Before, name) || marked(c.After, name) {
		return true
	}
	return slices.ContainsFunc(c.Kind.Blocks, func(b schema.Block) bool {
		return b.Name == name && slices.ContainsFunc(b.Attrs, func(a schema.Attr) bool { return a.Sensitive })
	})
}

func marked(object cty.Value, name string) bool {
	return object != cty.NilVal && object.IsKnown() && !object.IsNull() && schema.IsSensitive(object.GetAttr(name))
}

// changed names the attributes that differ; of users the one that they are compared by.
func changed(c *planner.Change) []string {
	var names []string
	for _, p := range c.Paths {
		if name := planner.AttrName(p); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if c.Users.Len() > 0 && c.Kind.Rows.Attr != "" && !slices.Contains(names, c.Kind.Rows.Attr) {
		names = append(names, c.Kind.Rows.Attr)
	}
	return names
}

func users(u *planner.UserChanges) cty.Value {
	total, blocked := 0, 0
	domains := map[string]bool{}
	if u != nil {
		total, blocked = u.Want.Len(), len(u.Blocked)
		for n := range u.Len() {
			_, domain, _ := strings.Cut(u.SIP(n), "@")
			domains[domain] = true
		}
	}
	return cty.ObjectVal(map[string]cty.Value{
		"total": number64(total), "count": number64(u.Len()), "blocked": number64(blocked),
		"domains": schema.TextList(slices.Sorted(maps.Keys(domains))),
	})
}

func count(n planner.Counts) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{
		"total":   number64(n.Changes()),
		"created": number64(n.Created), "updated": number64(n.Updated), "replaced": number64(n.Replaced), "deleted": number64(n.Removed),
		"run":           number64(n.Run),
		"users_enabled": number64(n.Enabled), "users_changed": number64(n.Altered), "users_disabled": number64(n.Disabled), "users_moved": number64(n.Moved),
		"users_blocked": number64(n.Blocked), "unknown": number64(n.Unknown),
	})
}

func number64(n int) cty.Value { return cty.NumberIntVal(int64(n)) }

// Possible is what can be said of a plan offline: its shape, with one change of which nothing is known.
func Possible() cty.Value {
	return cty.ObjectVal(map[string]cty.Value{
		"changes": cty.TupleVal([]cty.Value{someChange()}),
		"count":   unknownParts(count(planner.Counts{})),
	})
}

func someChange() cty.Value {
	c := planner.Change{Kind: &schema.Kind{}, Action: planner.Unknown}
	return unknownParts(change(&c))
}

func someUsers() cty.Value { return users(nil) }

// unknownParts is an object of which the attributes, and those of objects in it, are known by type only.
func unknownParts(v cty.Value) cty.Value {
	values := v.AsValueMap()
	for name, part := range values {
		if part.Type().IsObjectType() && part.IsKnown() {
			values[name] = unknownParts(part)
		} else {
			values[name] = cty.UnknownVal(part.Type())
		}
	}
	return cty.ObjectVal(values)
}

// Undecided is why a policy whose condition is unknown is not decided.
func Undecided(p *planner.Plan) string {
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Action == planner.Unknown {
			return fmt.Sprintf("%s could not be read", c.Address)
		}
	}
	return "it depends on what is known only after apply"
}
