package schema

import (
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// A Claim is a value that an object takes for itself out of a [Set], behind its provider.
type Claim struct {
	Set    string
	Value  string // as it is compared
	Attr   string // whose value it is; "identity" for the identity
	Shown  string // as it is written, without secrets
	Why    string // what comes of it where it is taken twice
	Remedy string // what to do then; "" where there is nothing better than the usual
	// Shared claims go together with one another, but not with others: see [Attr.Barred].
	Shared bool
	// Passes says that setting the value takes it from whoever has it.
	Passes bool
}

// onlyOnce is what comes of it where a set gives no reason of its own.
const onlyOnce = "the server takes it only once"

// Claims lists what an object with an identity and values of [Kind.Type] takes for itself. What is unset or unknown is no
// claim.
func (k *Kind) Claims(identity string, v cty.Value) []Claim {
	v, _ = v.Unmark()
	if v.IsNull() || !v.IsKnown() {
		return nil
	}
	var claims []Claim
	if k.Names != nil && identity != "" {
		claims = append(claims, Claim{
			Set: k.Names.Name, Value: strings.ToLower(k.sameIdentity(identity)), Attr: "identity", Shown: fmt.Sprintf("%q", identity),
			Why: k.Names.Why, Remedy: k.Names.Remedy, Shared: k.Shares != nil && k.Shares(v.AsValueMap()),
		})
	}
	for i := range k.Attrs {
		if claim, ok := k.Attrs[i].claim(v.GetAttr(k.Attrs[i].Name)); ok {
			claims = append(claims, claim)
		}
	}
	return claims
}

func (a *Attr) claim(v cty.Value) (Claim, bool) {
	c := Claim{Set: a.Unique, Attr: a.Name, Why: onlyOnce}
	if a.Barred != nil {
		c.Set, c.Why, c.Shared = a.Barred.Name, a.Barred.Why, true
	}
	canonical, _ := a.Canonical(v).Unmark()
	plain, _ := v.Unmark()
	switch {
	case c.Set == "" || !canonical.IsKnown() || canonical.IsNull():
		return c, false
	case a.Type == cty.Bool:
		c.Value, c.Shown, c.Passes = "true", "true", true
		return c, canonical.True()
	}
	c.Value, c.Shown = strings.ToLower(canonical.AsString()), fmt.Sprintf("%q", plain.AsString())
	if IsSensitive(v) {
		c.Shown = "(sensitive)"
	}
	return c, c.Value != ""
}

// Sets names the sets of which objects of the kind may take values.
func (k *Kind) Sets() []string {
	var sets []string
	if k.Names != nil {
		sets = append(sets, k.Names.Name)
	}
	for i := range k.Attrs {
		switch a := &k.Attrs[i]; {
		case a.Barred != nil:
			sets = append(sets, a.Barred.Name)
		case a.Unique != "" && a.Type != cty.Bool:
			sets = append(sets, a.Unique)
		}
	}
	return sets
}

// Clashes says whether two objects must not both have what they claim.
func (c Claim) Clashes(other Claim) bool {
	return c.Set == other.Set && c.Value == other.Value && !(c.Shared && other.Shared)
}

// Complaint is what is wrong where two objects claim one value, the later one first.
func (c Claim) Complaint(later, earlier string, other Claim) string {
	why := c.Why
	if other.Shared {
		why = other.Why
	}
	return fmt.Sprintf("%s and %s both have the %s %s, and %s.", later, earlier, c.Attr, c.Shown, why)
}
