package planner

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// How long a secret must be to be looked for: as the whole of a value, and in the middle of one. Shorter ones would be found
// in any word.
const (
	wholeSecret = 4
	innerSecret = 8
)

// conceal marks the attributes of an object, before and after, in which a secret of the configuration stands: somebody may
// have written it there by hand, or in another block in the clear. What an object is called stays.
func (c *Change) conceal(secrets []string) {
	if len(secrets) == 0 {
		return
	}
	c.Before, c.After = concealed(c.Kind, c.Before, secrets), concealed(c.Kind, c.After, secrets)
}

func concealed(k *schema.Kind, v cty.Value, secrets []string) cty.Value {
	found := false
	values := valueMap(v)
	for name, value := range values {
		if !slices.Contains(k.Labels, name) && name != "identity" && holdsAny(value, secrets) {
			values[name], found = value.Mark(schema.Sensitive), true
		}
	}
	if !found {
		return v
	}
	return cty.ObjectVal(values)
}

// holdsAny says whether a secret stands in any text of a value that is not marked yet.
func holdsAny(v cty.Value, secrets []string) bool {
	switch {
	case v.IsMarked() || v.IsNull() || !v.IsKnown():
		return false
	case v.Type() == cty.String:
		return slices.ContainsFunc(secrets, func(secret string) bool { return holds(v.AsString(), secret) })
	case v.CanIterateElements():
		for it := v.ElementIterator(); it.Next(); {
			if _, element := it.Element(); holdsAny(element, secrets) {
				return true
			}
		}
	}
	return false
}

func holds(text, secret string) bool {
	return len(secret) >= innerSecret && strings.Contains(text, secret) || len(secret) >= wholeSecret && text == secret
}
