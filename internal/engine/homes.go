package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// A headed is an attribute by which users are brought to a home.
type headed struct {
	change *planner.Change
	attr   string
	home   string
}

// homeless refuses changes that bring users to a home that neither the far end knows nor the configuration declares: each of
// the users would fail. Where the far end does not tell its homes, nothing is said: that is for it to refuse.
func (e *Engine) homeless(ctx context.Context, plan *planner.Plan) hcl.Diagnostics {
	declared, settled := e.declaredHomes(plan)
	if !settled {
		return nil // one of them may be what is declared
	}
	var diags hcl.Diagnostics
	others := slices.DeleteFunc(headings(plan), func(h headed) bool { return slices.Contains(declared, h.home) })
	wanted, known := map[string][]string{}, map[string][]string{} // by provider
	for _, h := range others {
		wanted[h.change.Provider] = append(wanted[h.change.Provider], h.home)
	}
	for provider, homes := range wanted {
		known[provider] = e.homes(ctx, provider, homes)
	}
	for _, h := range others {
		if homes := known[h.change.Provider]; len(homes) > 0 && !slices.Contains(homes, h.home) {
			diags = append(diags, e.noHome(h, append(slices.Clone(homes), declared...)))
		}
	}
	return diags
}

// homes are those that a provider's far end knows; none where it does not tell.
func (e *Engine) homes(ctx context.Context, provider string, wanted []string) []string {
	p, err := e.provider(provider)
	housing, ok := p.(providers.Housing)
	if err != nil || !ok {
		return nil
	}
	defer e.reading(provider, "homes")()
	homes, err := housing.Homes(ctx, wanted)
	if err != nil {
		e.Log.Info("where users can be homed is not known", "provider", provider, "why", err)
		return nil
	}
	return homes
}

// headings are the homes that users are brought to who do not exist yet or live elsewhere.
func headings(plan *planner.Plan) []headed {
	var all []headed
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if c.Users == nil || c.Action != planner.Move && (c.Action != planner.Create || c.Users.Created() == 0) {
			continue
		}
		for n := range c.Kind.Attrs {
			if a := &c.Kind.Attrs[n]; a.Home {
				if home, ok := homeIn(a, c.After); ok && home != "" {
					all = append(all, headed{c, a.Name, home})
				}
			}
		}
	}
	return all
}

// declaredHomes are those that objects of the configuration are, or will be, and those of its cloud; false where one is not known
// yet. That the far end lacks the object which leads to the cloud is no slip in a name, and told by checks.
func (e *Engine) declaredHomes(plan *planner.Plan) (homes []string, settled bool) {
	settled = true
	add := func(k *schema.Kind, v cty.Value) {
		for n := range k.Attrs {
			if a := &k.Attrs[n]; a.Home && k.Rows == nil {
				home, ok := homeIn(a, v)
				settled = settled && ok
				homes = append(homes, home)
			}
		}
	}
	for _, k := range e.kinds() {
		for n := range k.Attrs {
			if a := &k.Attrs[n]; a.Home && a.Cloud != "" {
				homes = append(homes, strings.ToLower(e.Config.Cloud.Text(a.Cloud)))
			}
		}
	}
	for i := range e.Config.Objects {
		if o := &e.Config.Objects[i]; !o.Absent {
			add(o.Kind, o.Want)
		}
	}
	for i := range plan.Changes {
		if c := &plan.Changes[i]; c.Action != planner.Delete {
			add(c.Kind, c.After)
		}
	}
	return homes, settled
}

// homeIn is the home that an attribute names, "" where it names none; false where that is not known, or not to be shown.
func homeIn(a *schema.Attr, v cty.Value) (string, bool) {
	if v == cty.NilVal || v.IsMarked() || !v.IsKnown() {
		return "", false
	}
	if v.IsNull() {
		return "", true
	}
	home := a.Canonical(v.GetAttr(a.Name))
	if home.IsMarked() || !home.IsKnown() {
		return "", false
	}
	return schema.Text(home), true
}

// noHome tells of a home that there is not.
func (e *Engine) noHome(h headed, homes []string) *hcl.Diagnostic {
	where := h.change.Range
	for i := range e.Config.Objects {
		if o := &e.Config.Objects[i]; o.Address.String() == h.change.Address.String() {
			where = o.RangeOf(h.attr)
		}
	}
	homes = slices.DeleteFunc(homes, func(home string) bool { return home == "" })
	slices.Sort(homes)
	homes = slices.Compact(homes)
	near := schema.DidYouMean(h.home, homes)
	if near == "" {
		near = fmt.Sprintf(" There is %s.", shownHomes(homes))
	}
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "No such home for users", Subject: &where,
		Detail: fmt.Sprintf("%s: %s is %q, which is neither a pool of the servers nor the proxy FQDN of a hosting provider that they have or the configuration declares: %s would fail.%s",
			h.change.Address, h.attr, h.home, eachUser(h.change.Users), near),
	}
}

// mostHomes is how many homes are named where none is near.
const mostHomes = 10

func shownHomes(homes []string) string {
	if more := len(homes) - mostHomes; more > 0 {
		return strings.Join(homes[:mostHomes], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return schema.List(homes, "and")
}

func eachUser(u *planner.UserChanges) string {
	if u.Len() == 1 {
		return "its one user"
	}
	return fmt.Sprintf("each of its %d users", u.Len())
}
