package planner

import (
	"sync"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// userValues are the values that users had before, each made once: of a hundred thousand users most come from the same few
// pools, and the type of a kind takes longer to make than all else that is said of a user.
type userValues struct {
	sync.Mutex
	absent cty.Value
	by     map[string]cty.Value // of users who exist, by their state
}

// before is what the nth user was, as a value of the kind: the compared attribute, and all else null; null where the user does
// not exist.
func (c Change) before(n int) cty.Value {
	seen := &c.Users.seen
	seen.Lock()
	defer seen.Unlock()
	if c.Users.At[n] < 0 {
		if seen.absent == cty.NilVal {
			seen.absent = cty.NullVal(c.Kind.Type())
		}
		return seen.absent
	}
	state := c.From(n)
	v, known := seen.by[state]
	if !known {
		v = stateValue(c.Kind, state)
		if seen.by == nil {
			seen.by = map[string]cty.Value{}
		}
		seen.by[state] = v
	}
	return v
}

// stateValue is a user in a state as a value of the kind.
func stateValue(k *schema.Kind, state string) cty.Value {
	values := map[string]cty.Value{}
	for name, t := range k.Type().AttributeTypes() {
		values[name] = cty.NullVal(t)
	}
	if k.Rows.State != nil {
		values[k.Rows.Attr] = cty.StringVal(state)
	}
	return cty.ObjectVal(values)
}
