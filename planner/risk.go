package planner

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// Risk says how closely a reviewer should look at a change, the same in every format. It follows from the change alone, in
// this order:
//
//   - high: something that exists is taken away or switched off. That is a deletion, a replacement, users who are disabled,
//     and an update that turns an attribute called enabled off.
//   - attention: nothing is planned, because the live state could not be read or because users are blocked.
//   - medium: many are touched at once, or an undo would not bring everything back. That is a move of users, an update of
//     settings that exist once in a deployment or of a kind that serves everybody ([schema.Kind.Everybody]), and any change
//     of one object of which [Change.Lost] tells.
//   - low: something new, any other update, something that is run or waited for.
//   - none: nothing happens.
//
// A move always leaves something behind, such as sign-ins that clients remember. If that made it high, every wave would be,
// and high would say nothing. Users who are blocked beside others who change do not alter the risk of the change: they are
// told apart.
//
// Risks compare by number: what is riskier is greater.
type Risk int

// The risks, the least first.
const (
	RiskNone Risk = iota
	RiskLow
	RiskMedium
	RiskAttention
	RiskHigh
)

// Risks are all of them, the greatest first.
func Risks() []Risk { return []Risk{RiskHigh, RiskAttention, RiskMedium, RiskLow, RiskNone} }

// String names a risk: "high".
func (r Risk) String() string {
	switch r {
	case RiskHigh:
		return "high"
	case RiskAttention:
		return "attention"
	case RiskMedium:
		return "medium"
	case RiskLow:
		return "low"
	}
	return "none"
}

// Meaning says of changes of this risk what they have in common, as a clause without a full stop.
func (r Risk) Meaning() string {
	switch r {
	case RiskHigh:
		return "takes away, replaces or switches off what exists"
	case RiskAttention:
		return "nothing is planned: it could not be read, or users are blocked"
	case RiskMedium:
		return "touches many at once, or leaves something that no undo brings back"
	case RiskLow:
		return "adds something, or changes what few depend on"
	}
	return "nothing happens"
}

// Risk is how closely a reviewer should look at the change. It does not look at single users.
func (c *Change) Risk() Risk {
	switch c.Action {
	case Delete, Replace:
		return c.ofUsers(RiskHigh)
	case Unknown:
		return RiskAttention
	case Move:
		return c.ofUsers(RiskMedium)
	case Update:
		return c.riskOfUpdate()
	case Create, Run:
		return c.ofUsers(c.atLeast(RiskLow))
	}
	if len(c.Unread) > 0 {
		return RiskAttention
	}
	return c.ofUsers(RiskNone)
}

func (c *Change) riskOfUpdate() Risk {
	switch {
	case c.Users != nil:
		return c.ofUsers(RiskLow)
	case c.switchesOff():
		return RiskHigh
	case c.Kind.Singleton || c.Kind.Everybody:
		return RiskMedium
	}
	return c.atLeast(RiskLow)
}

// ofUsers is the risk of a change that users are subject to, if it is one: where none of them changes, what is left is those
// who are blocked.
func (c *Change) ofUsers(r Risk) Risk {
	switch {
	case c.Users == nil || c.Users.Len() > 0:
		return r
	case len(c.Users.Blocked) > 0:
		return RiskAttention
	}
	return RiskNone
}

// atLeast raises the risk of a change of one object where undoing it does not bring everything back.
func (c *Change) atLeast(r Risk) Risk {
	if c.Users == nil && len(c.Lost()) > 0 {
		return max(r, RiskMedium)
	}
	return r
}

// switchesOff says whether an update turns off what is on: by convention the attribute that does so is called enabled, alone
// or at the end of its name.
func (c *Change) switchesOff() bool {
	before, after := valueMap(c.Before), valueMap(c.After)
	for _, path := range c.Paths {
		name := AttrName(path)
		if (name == "enabled" || strings.HasSuffix(name, "_enabled")) && isBool(before[name], true) && isBool(after[name], false) {
			return true
		}
	}
	return false
}

// isBool says whether a value is known to be a Boolean.
func isBool(v cty.Value, want bool) bool {
	if v == cty.NilVal {
		return false
	}
	v, _ = v.Unmark()
	return v.IsKnown() && !v.IsNull() && v.Type() == cty.Bool && v.True() == want
}
