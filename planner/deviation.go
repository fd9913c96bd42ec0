package planner

import (
	"fmt"
	"slices"
	"sort"

	"hybrid/schema"
)

// A Deviation is something that would be done and was not approved.
type Deviation struct {
	Address  string
	Attr     string // "" where the change itself was not approved
	Approved string // the value that the approval was given for
	Now      string
	Text     string // the whole sentence
}

// Deviations compares what a plan would do now with what was approved. What is already done, or no longer wanted, does
// not deviate: the rest of an approved plan is approved.
func (a Approval) Deviations(now *Plan) []Deviation {
	index := a.Index()
	var all []Deviation
	for i := range now.Changes {
		c := &now.Changes[i]
		all = append(append(all, index.Deviations(c)...), index.obstructed(c)...)
	}
	return all
}

// obstructed names every user whose change was approved, and who would be left out now.
func (x ApprovalIndex) obstructed(c *Change) (all []Deviation) {
	was := x[c.key()]
	if was == nil || c.Users == nil || len(c.Users.Blocked) == 0 {
		return nil
	}
	approved := make(map[string]bool, len(was.Users))
	for _, u := range was.Users {
		if len(u) > 0 {
			approved[u[0]] = true
		}
	}
	for _, b := range c.Users.Blocked {
		if sip := c.Users.Want.SIP(int(b.Row)); approved[sip] {
			address := c.Address.Of(sip).String()
			all = append(all, Deviation{address, "", string(was.Action), "blocked", fmt.Sprintf("%s: %s was approved, and cannot be done now: %s", address, was.Action, b.Reason)})
		}
	}
	return all
}

// An ApprovalIndex is an approval for looking up: what was approved, by address and provider. What no block declares may
// have one address behind two providers, such as a name in the zones of two DNS servers.
type ApprovalIndex map[changeKey]*Approved

// changeKey tells the changes of a plan apart.
type changeKey struct{ address, provider string }

func (c *Change) key() changeKey { return changeKey{c.Address.String(), c.Provider} }

// Index prepares an approval for looking up change by change.
func (a Approval) Index() ApprovalIndex {
	index := make(ApprovalIndex, len(a.Changes))
	for i := range a.Changes {
		one := &a.Changes[i]
		index[changeKey{one.Address, one.Provider}] = one
	}
	return index
}

// Deviations is [Approval.Deviations] for one change.
func (x ApprovalIndex) Deviations(c *Change) []Deviation {
	if c.Action == NoOp || c.Waits() {
		return nil
	}
	was, ok := x[c.key()]
	if !ok || was.Action != c.Action && !(c.altering() && alters(was.Action)) {
		return []Deviation{unapproved(c, was)}
	}
	return was.deviations(c)
}

func unapproved(c *Change, was *Approved) Deviation {
	d := Deviation{Address: c.Address.String(), Now: string(c.Action)}
	if was == nil {
		d.Text = fmt.Sprintf("%s: %s was not part of the approved plan", d.Address, c.Action)
	} else {
		d.Approved = string(was.Action)
		d.Text = fmt.Sprintf("%s: %s was approved, now it would be %s", d.Address, was.Action, c.Action)
	}
	return d
}

func (a *Approved) deviations(c *Change) []Deviation {
	if c.Users != nil {
		return a.users(c)
	}
	whole := approved(c)
	now := &whole
	found := a.elsewhere(now.Place)
	if a.Action == Update && !sendsWhole(c.Kind) {
		a, now = a.only(now.Paths), now.only(a.Paths)
	}
	found = append(found, differences(a, "live", a.Before, now.Before, false)...)
	found = append(found, differences(a, "wanted", a.After, now.After, true)...)
	return append(found, unseen(a, now)...)
}

// elsewhere says that a change would be made in another place than the one for which it was approved.
func (a *Approved) elsewhere(place string) []Deviation {
	if a.Place == place {
		return nil
	}
	return []Deviation{{a.Address, "", a.Place, place, fmt.Sprintf("%s: approved for %s, now it would be done in %s", a.Address, orUnset(a.Place), orUnset(place))}}
}

// unseen names the attributes that an update would change now and did not change when it was approved, where their values,
// which are not shown, do not tell.
func unseen(a, now *Approved) []Deviation {
	var all []Deviation
	for _, name := range now.Paths {
		if a.Action == Update && now.After[name] == sensitiveText && a.After[name] == sensitiveText && !slices.Contains(a.Paths, name) {
			all = append(all, Deviation{Address: a.Address, Attr: name, Text: fmt.Sprintf(
				"%s: to change %s, which is not shown, was not part of the approved plan", a.Address, name)})
		}
	}
	return all
}

// sendsWhole says whether what an update sends may hold attributes that do not differ: then all of them were approved.
func sendsWhole(k *schema.Kind) bool {
	switch remote := k.Remote.(type) {
	case schema.RRset:
		return true
	case schema.Cmdlet:
		return remote.Arrange != nil
	}
	return false
}

// only is an update without what it leaves alone: somebody may have changed that since, and nothing is done to it. An attribute
// that the update changed when it was approved, or would change now, counts.
func (a *Approved) only(also []string) *Approved {
	one := *a
	one.Before, one.After = map[string]string{}, map[string]string{}
	for _, name := range slices.Concat(a.Paths, also) {
		one.Before[name], one.After[name] = a.Before[name], a.After[name]
	}
	return &one
}

// differences names every attribute that differs. What was approved as unknown may have any value now.
func differences(a *Approved, which string, was, now map[string]string, unknownFits bool) []Deviation {
	names := map[string]bool{}
	for name := range was {
		names[name] = true
	}
	for name := range now {
		names[name] = true
	}
	var all []Deviation
	for name := range names {
		if was[name] == now[name] || (unknownFits && was[name] == unknownText) {
			continue
		}
		all = append(all, Deviation{a.Address, name, was[name], now[name], fmt.Sprintf(
			"%s: the %s value of %s was %s when the plan was approved and is %s now", a.Address, which, name, orUnset(was[name]), orUnset(now[name]))})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Attr < all[j].Attr })
	return all
}

func orUnset(text string) string {
	if text == "" {
		return "(unset)"
	}
	return text
}
