package planner

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// What a kind says of a change in its own words. It sees values without marks.

// addNotes takes over what is to be known before a change is approved.
func (c *Change) addNotes() {
	if c.Action == NoOp || c.Action == Unknown {
		return
	}
	if c.Kind.Notes != nil {
		c.Notes = append(c.Notes, c.Kind.Notes(string(c.Action), plainMap(c.Before), plainMap(c.After))...)
	}
	if c.Users != nil && c.Kind.Rows.Notes != nil {
		c.UserNotes = c.Kind.Rows.Notes(plainMap(c.After), c.origins())
	}
}

// Lost is what undoing the change of one object or user does not bring back, as sentences without a full stop.
func (c *Change) Lost() []string {
	if c.Kind.Lost == nil {
		return nil
	}
	return c.Kind.Lost(string(c.Action), plainMap(c.Before), plainMap(c.After))
}

// guardRefused refuses what the far end would not carry out as things are.
func (w *Walk) guardRefused(c *Change) {
	if why := c.Refused(); why != "" {
		w.diags = append(w.diags, &hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "The servers would refuse it",
			Detail:   fmt.Sprintf("%s: %s", c.Address, why),
			Subject:  c.Range.Ptr(),
		})
	}
}

// Refused says why the far end would not carry out a change, "" where nothing is known to be in the way.
func (c *Change) Refused() string {
	if c.Kind.Refuse == nil || c.Action == NoOp || c.Action == Unknown {
		return ""
	}
	action := string(c.Action)
	if c.Action == Replace {
		action = string(Delete)
	}
	return c.Kind.Refuse(action, plainMap(c.Before), plainMap(c.After))
}

// Unmakes says whether a change takes away the domain, or the name in DNS, that the object bears.
func (c *Change) Unmakes() bool {
	if c.Kind.Unmakes == nil || c.Action == NoOp || c.Action == Unknown {
		return false
	}
	return c.Kind.Unmakes(string(c.Action), plainMap(c.Before), plainMap(c.After))
}

// plainMap is an object for what kinds say in words of a change: without marks, which no kind looks for. Secrets are taken
// out of the words when they are shown.
func plainMap(v cty.Value) map[string]cty.Value {
	if v == cty.NilVal {
		return nil
	}
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() {
		return nil
	}
	types := v.Type().AttributeTypes()
	values := make(map[string]cty.Value, len(types))
	for name, t := range types {
		value := v.GetAttr(name)
		if t.IsPrimitiveType() { // most are, and need no search
			values[name], _ = value.Unmark()
		} else {
			values[name], _ = value.UnmarkDeep()
		}
	}
	return values
}
