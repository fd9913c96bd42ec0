package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"hybrid/internal/config"
	"hybrid/internal/engine"
	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/internal/render"
	"hybrid/planner"
	"hybrid/planner/guard"
	"hybrid/schema"
)

// overriding is what the operator takes upon himself: guards that are set aside for one run, lists that have shrunk.
type overriding struct {
	guards []string
	shrink bool
	reason string
}

func (o *overriding) flags(c *cobra.Command) {
	c.Flags().StringArrayVar(&o.guards, "override", nil, "set this `guard` aside for one run: max_deletes, policy.NAME, …; needs --reason; may be repeated")
	offers(c, "override", guard.Names())
	c.Flags().BoolVar(&o.shrink, "accept-shrink", false, "take a list that has shrunk since the last run for the truth; needs --reason")
	c.Flags().StringVar(&o.reason, "reason", "", "why, for the journal")
}

// reasoned says whether a reason is given: blanks are none.
func (o *overriding) reasoned() bool { return strings.TrimSpace(o.reason) != "" }

// check wants a reason for everything that is overridden.
func (o *overriding) check() error {
	if o.reasoned() {
		return nil
	}
	if o.shrink {
		return errors.New("--accept-shrink needs --reason TEXT: how you know that what is missing is gone, for the journal")
	}
	if len(o.guards) > 0 {
		return errors.New("--override needs --reason TEXT: why the guard may be set aside, for the journal")
	}
	return nil
}

// take prepares the session: what names no guard is refused, and lists that have shrunk are accepted as a saved plan does, or
// as they are now.
func (o *overriding) take(s *session, approved *saved) error {
	s.engine.AcceptShrink = o.shrink
	if approved != nil {
		s.engine.Accepted = approved.Shrunk
	}
	return o.resolve(s)
}

// resolve refuses guards that there are not, and those that are overridden in another way.
func (o *overriding) resolve(s *session) error {
	known := s.engine.Guards()
	for _, name := range o.guards {
		switch {
		case slices.Contains(known, name):
		case name == shrinkGuard:
			return fmt.Errorf("--override %s: a list that has shrunk is accepted with --accept-shrink", name)
		case warnsOnly(s.config.Policies, name):
			return fmt.Errorf("--override %s: this policy only warns, so there is nothing to set aside", name)
		default:
			return fmt.Errorf("--override %s: there is no such guard.%s", name, nearestGuard(name, known))
		}
	}
	return nil
}

// warnsOnly says whether a guard's name is that of a policy that refuses nothing.
func warnsOnly(policies []*config.Policy, name string) bool {
	return slices.ContainsFunc(policies, func(p *config.Policy) bool { return p.Warns && guard.Policy+p.Name == name })
}

func nearestGuard(name string, known []string) string {
	if near := schema.DidYouMean(name, known); near != "" {
		return near
	}
	return " There are " + schema.List(known, "and") + "."
}

// overrides are the guards that are set aside, those of a saved plan first.
func (o *overriding) overrides(approved *saved) []planner.Override {
	var all []planner.Override
	if approved != nil {
		all = append(all, approved.Overrides...)
	}
	for _, name := range o.guards {
		all = append(all, planner.Override{Guard: name, Reason: o.reason, Who: who()})
	}
	return all
}

// shrinkGuard is what an accepted list is called among overrides.
const shrinkGuard = "max_shrink"

// allowed is what guards make of a plan.
type allowed struct {
	standing []planner.Refusal
	aside    []planner.SetAside
	unneeded []string
}

func judge(refusals []planner.Refusal, overrides []planner.Override) allowed {
	var j allowed
	overrides = slices.DeleteFunc(slices.Clone(overrides), func(o planner.Override) bool { return o.Guard == shrinkGuard })
	j.standing, j.aside, j.unneeded = guard.Divide(refusals, overrides)
	return j
}

// refusing are the names of the guards that refuse the plan, each once.
func (j allowed) refusing() []string {
	var names []string
	for _, r := range j.standing {
		if !slices.Contains(names, r.Guard) {
			names = append(names, r.Guard)
		}
	}
	return names
}

// used are the overrides without which the plan would not stand, each once.
func (j allowed) used() []planner.Override {
	var all []planner.Override
	for _, a := range j.aside {
		if !slices.Contains(all, a.Override) {
			all = append(all, a.Override)
		}
	}
	return all
}

// warnings say in every format what was set aside.
func (j allowed) warnings() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, a := range j.aside {
		d := &hcl.Diagnostic{
			Severity: hcl.DiagWarning, Summary: fmt.Sprintf("Guard %s is set aside", a.Refusal.Guard),
			Detail: fmt.Sprintf("%s\nSet aside by %s: %s", a.Text, a.Who, a.Reason),
		}
		if a.Range.Filename != "" {
			d.Subject = a.Range.Ptr()
		}
		diags = append(diags, d)
	}
	return diags
}

// notNeeded says which overrides nothing needs.
func (a *app) notNeeded(j allowed, o overriding, accepted []engine.Shrunk) {
	for _, name := range j.unneeded {
		fmt.Fprintf(a.err, "Note: --override %s is not needed: that guard refuses nothing.\n", name)
	}
	if o.shrink && len(accepted) == 0 {
		fmt.Fprintln(a.err, "Note: --accept-shrink is not needed: no list has shrunk.")
	}
}

// guarded is a plan that guards refuse.
type guarded struct {
	refusals []planner.Refusal
	sources  map[string][]byte
}

func (r *guarded) Error() string {
	var texts []string
	for _, refusal := range r.refusals {
		texts = append(texts, "guard "+refusal.Guard+": "+refusal.Text)
	}
	return strings.Join(texts, "\n")
}

// tellGuarded prints why guards refuse a plan.
func (a *app) tellGuarded(g *guarded) {
	if len(a.warned) > 0 && len(g.refusals) > 0 {
		fmt.Fprintln(a.err)
	}
	render.Refusals(a.err, g.refusals, g.sources, a.colorErr(), width(a.err))
}

// accept is the override that lists were accepted by, where any were.
func (o *overriding) accept(s *session, approved *saved) []planner.Override {
	if len(s.engine.Taken()) == 0 {
		return nil
	}
	if !o.shrink && approved != nil {
		for _, was := range approved.Overrides {
			if was.Guard == shrinkGuard {
				return []planner.Override{was}
			}
		}
	}
	return []planner.Override{{Guard: shrinkGuard, Reason: o.reason, Who: who()}}
}

// spoken are overrides with reasons in which no secret stands.
func (a *app) spoken(overrides []planner.Override) []planner.Override {
	for n := range overrides {
		overrides[n].Reason = a.hidden(overrides[n].Reason)
	}
	return overrides
}

// inJournal are overrides in the words of the journal.
func inJournal(overrides []planner.Override) []journal.Override {
	var all []journal.Override
	for _, o := range overrides {
		all = append(all, journal.Override(o))
	}
	return all
}

// tellOverrides makes events of overrides.
func tellOverrides(sink event.Sink, overrides []planner.Override) {
	for _, o := range overrides {
		what := "guard " + o.Guard + " is set aside"
		if o.Guard == shrinkGuard {
			what = "lists that have shrunk are taken for the truth"
		}
		sink(event.Event{Type: event.Warning, Message: fmt.Sprintf("%s by %s: %s", what, o.Who, o.Reason)})
	}
}

// noteShrunk writes into the journal which lists were accepted.
func noteShrunk(book *journal.Journal, lists []engine.Shrunk) error {
	for _, s := range lists {
		if err := book.Note(fmt.Sprintf("%s at the last run: accepted", s)); err != nil {
			return err
		}
	}
	return nil
}
