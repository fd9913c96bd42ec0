package lab

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// steers says whether a parameter steers a cmdlet and is no property of an object.
func steers(param string) bool {
	switch param {
	case "Confirm", "WhatIf", "Force", "InMemory", "Instance", "PassThru", "Tenant", "LocalStore", "Filter", "DomainController",
		"Debug", "ErrorAction", "ErrorVariable", "InformationAction", "InformationVariable", "OutBuffer", "OutVariable",
		"PipelineVariable", "Verbose", "WarningAction", "WarningVariable":
		return true
	}
	return false
}

// create is New- for a noun: the object with its defaults and what was given, which it also returns.
func create(own rules) handler {
	return func(c *call) error {
		identity := c.text("Identity")
		if identity == "" {
			return c.unusable("Identity", "an object needs a name.")
		}
		if _, exists := c.estate.Object(c.kept, identity); exists {
			return c.fail("ResourceExists", "ItemExists", "Cannot create %q %q because it exists already.", strings.TrimPrefix(c.noun, "Cs"), identity)
		}
		made := c.defaults(own).with(c.properties())
		if err := own.admit(c, nil, made); err != nil {
			return err
		}
		if !c.on("InMemory") {
			c.estate.Put(c.kept, made)
		}
		c.objects = []Object{made}
		return nil
	}
}

// update is Set- for a noun: what was given replaces what was there, and nothing is returned. Without -Identity the
// global object is meant.
func update(own rules) handler {
	return func(c *call) error {
		if c.given("Instance") {
			return c.unsimulated("Instance")
		}
		before, err := c.target()
		if err != nil {
			return err
		}
		after := before.with(c.properties())
		after["Identity"] = before["Identity"]
		if err := own.admit(c, before, after); err != nil {
			return err
		}
		c.estate.Put(c.kept, after)
		return nil
	}
}

func (r rules) admit(c *call, before, after Object) error {
	if err := c.enumerated(); err != nil {
		return err
	}
	if r.check == nil {
		return nil
	}
	return r.check(c, before, after)
}

// enumerated refuses a text that the noun's Kind does not know of a parameter whose texts it lists.
func (c *call) enumerated() error {
	if c.kind == nil {
		return nil
	}
	for n := range c.kind.Attrs {
		a := &c.kind.Attrs[n]
		text := c.text(a.WriteName())
		known := func(one string) bool { return strings.EqualFold(one, text) }
		if text != "" && len(a.OneOf) > 0 && !slices.ContainsFunc(a.OneOf, known) {
			return c.unusable(a.WriteName(), "%q is none of %s.", text, strings.Join(a.OneOf, ", "))
		}
	}
	return nil
}

// remove is Remove- for a noun.
func remove(c *call) error {
	before, err := c.target()
	if err != nil {
		return err
	}
	c.estate.Remove(c.kept, before.Text("Identity"))
	return nil
}

// target is the object that a call means.
func (c *call) target() (Object, error) {
	identity := c.text("Identity")
	if identity == "" {
		identity = "Global"
	}
	found, ok := c.estate.Object(c.kept, identity)
	if !ok {
		return nil, c.notFound(identity)
	}
	return found, nil
}

// read is Get- for a noun. With -Identity an object that does not exist is an error, with -Filter or nothing it is a
// shorter list. The filter is a wildcard on the identity.
func read(c *call) error {
	switch identity := c.text("Identity"); {
	case identity != "":
		found, ok := c.sees(identity)
		if !ok {
			return c.notFound(identity)
		}
		c.objects = []Object{found}
	case c.text("Filter") != "":
		for _, o := range c.list() {
			if wildcard(c.text("Filter"), o.Text("Identity")) {
				c.objects = append(c.objects, o)
			}
		}
	default:
		c.objects = c.list()
	}
	return nil
}

// list gives the objects of the noun as the reader sees them.
func (c *call) list() []Object {
	if c.stale {
		return c.estate.before(c.kept)
	}
	return c.estate.Objects(c.kept)
}

// sees finds an object of the noun as the reader sees it.
func (c *call) sees(identity string) (Object, bool) {
	if !c.stale {
		return c.estate.Object(c.kept, identity)
	}
	for _, o := range c.list() {
		if strings.EqualFold(o.Text("Identity"), identity) {
			return o, true
		}
	}
	return nil, false
}

// properties are the given parameters under the names that the object's properties have.
func (c *call) properties() Object {
	o := Object{}
	for param, value := range c.params {
		if property := c.property(param); property != "" && !steers(param) {
			o[property] = value
		}
	}
	return o
}

// property is the name under which a parameter is read back; "" for what cannot be, such as a password.
func (c *call) property(param string) string {
	if c.kind != nil {
		for n := range c.kind.Attrs {
			switch a := &c.kind.Attrs[n]; {
			case a.WriteName() != param:
			case a.WriteOnly:
				return ""
			default:
				return a.ReadName()
			}
		}
	}
	return param
}

// defaults are the properties of a fresh object: the noun's own, or what its Kind documents.
func (c *call) defaults(own rules) Object {
	if own.defaults != nil {
		return own.defaults(c.estate)
	}
	o := Object{}
	if c.kind == nil {
		return o
	}
	for n := range c.kind.Attrs {
		if a := &c.kind.Attrs[n]; !a.Settings && !a.WriteOnly {
			o[a.ReadName()] = defaultOf(a)
		}
	}
	return o
}

func defaultOf(a *schema.Attr) any {
	if a.Default != cty.NilVal && a.Default.IsKnown() && !a.Default.IsNull() {
		return fromCty(a.Default)
	}
	switch {
	case a.Type == cty.Bool:
		return false
	case a.Type.IsListType() || a.Type.IsSetType():
		return []any{}
	}
	return nil
}

// fromCty gives a known value as a property has it.
func fromCty(v cty.Value) any {
	v, _ = v.Unmark()
	switch t := v.Type(); {
	case t == cty.String:
		return v.AsString()
	case t == cty.Bool:
		return v.True()
	case t == cty.Number:
		n, _ := v.AsBigFloat().Int64()
		return n
	case t.IsListType() || t.IsSetType() || t.IsTupleType():
		list := []any{}
		for _, item := range v.AsValueSlice() {
			list = append(list, fromCty(item))
		}
		return list
	}
	return nil
}

// wildcard matches * and ? without regard to case.
func wildcard(pattern, text string) bool {
	pattern, text = strings.ToLower(pattern), strings.ToLower(text)
	star, mark, n := -1, 0, 0
	p := 0
	for n < len(text) {
		switch {
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[n] && pattern[p] != '*'):
			p, n = p+1, n+1
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, n
			p++
		case star >= 0:
			mark++
			p, n = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
