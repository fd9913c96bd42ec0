package render

import (
	"cmp"
	"fmt"
	"strconv"

	"hybrid/planner"
)

// block explains a block of users as a whole.
func (w *explainer) block(why *Why, c *planner.Change) {
	u := c.Users
	target, _ := targetOf(c)
	switch {
	case u.Len() > 0:
		why.Verdict = headline(c, target) + "."
		one := c.User(0)
		why.Of = one.Address.User
		w.steps(why, one)
	case len(u.Blocked) > 0:
		why.Verdict = "Nobody is changed: " + headline(c, target) + "."
	default:
		why.Verdict = "Nothing is to be done, because " + allAsWanted(u.Same) + "."
	}
	why.Live = Live{Text: fmt.Sprintf("%s of the block, %s as wanted, %s not, %s blocked",
		quantity(u.Want.Len(), "user"), count(u.Same), count(u.Len()), count(len(u.Blocked)))}
	for _, g := range byReason(u.Blocked) {
		why.Live.Facts = append(why.Live.Facts, Fact{are(len(g.rows), "user") + " blocked", w.foreign(g.reason)})
	}
}

func allAsWanted(n int) string {
	if n == 1 {
		return "the only user is as wanted"
	}
	return "all " + count(n) + " users are as wanted"
}

// user explains one user of a block.
func (w *explainer) user(why *Why, c *planner.Change, s planner.Member) {
	target, _ := targetOf(c)
	why.Address = c.Address.Of(s.SIP).String()
	why.Live = w.liveUser(c, s)
	w.mirror(why, c, s.SIP)
	switch {
	case s.Blocked != "":
		why.Action = planner.NoOp
		why.Verdict = "Nothing is done, though the user is not as wanted: " + w.foreign(s.Blocked) + "."
		why.Notes = nil
	case s.Change < 0:
		why.Action = planner.NoOp
		why.Verdict = "Nothing is to be done, because the user is as wanted" + whereWanted(target) + "."
		why.Notes = nil
	default:
		why.Action = c.ActionOf(s.Change)
		why.Verdict = w.userVerdict(c, s, target)
		w.userFields(why, c, s, target)
		w.steps(why, c.User(s.Change))
	}
}

func whereWanted(target string) string {
	if target == "" {
		return ""
	}
	return ": homed at " + target
}

func (w *explainer) userVerdict(c *planner.Change, s planner.Member, target string) string {
	switch c.ActionOf(s.Change) {
	case planner.Move:
		return "The user is moved to " + target + ", because " + homed(w.from(c, s, target), c.Users.At[s.Change] < 0) + "."
	case planner.Create:
		return "The user is enabled, because the servers do not know the user."
	case planner.Delete:
		return "The user is disabled, because the user exists and is to be absent."
	}
	return "The user is changed, because " + notAsSet(attributesOf(c.Users.Differences(s.Change))) + "."
}

func homed(from string, unborn bool) string {
	if unborn {
		return "an earlier block enables the user, homed at " + from
	}
	return "the user is homed at " + from
}

// from is where a user is homed, or will be once an earlier block has made the user.
func (w *explainer) from(c *planner.Change, s planner.Member, target string) string {
	if target == sensitiveText {
		return sensitiveText
	}
	return cmp.Or(w.foreign(c.Origin(s.Change)), unsetText)
}

func attributesOf(all []planner.UserDifference) []string {
	names := make([]string, len(all))
	for n, d := range all {
		names[n] = d.Name
	}
	return names
}

func (w *explainer) userFields(why *Why, c *planner.Change, s planner.Member, target string) {
	if target != "" {
		why.Change = append(why.Change, WhyField{Name: c.Kind.Rows.Attr, Before: w.from(c, s, target), After: target})
	}
	for _, d := range c.Users.Differences(s.Change) {
		why.Change = append(why.Change, WhyField{Name: d.Name, Before: cmp.Or(w.foreign(d.Before), unsetText), After: w.foreign(d.After)})
	}
}

// liveUser tells the properties that were read of a user.
func (w *explainer) liveUser(c *planner.Change, s planner.Member) Live {
	if s.Live < 0 {
		return Live{Text: "the user does not exist for the servers"}
	}
	var facts []Fact
	row := c.Users.Live.Row(s.Live)
	for n, name := range c.Users.Live.Columns() {
		if row[n] != "" {
			facts = append(facts, Fact{name, w.foreign(strconv.Quote(row[n]))})
		}
	}
	return Live{Text: "the user exists", Facts: facts}
}

// mirror tells how the other side shows a user.
func (w *explainer) mirror(why *Why, c *planner.Change, sip string) {
	if w.o.Mirror == nil {
		return
	}
	m := w.o.Mirror(c, sip)
	switch {
	case m.View == "":
	case m.Err != nil:
		why.Mirror = &Live{Text: "could not be read: " + w.foreign(m.Err.Error())}
	case m.Facts == nil:
		why.Mirror = &Live{Text: "the tenant does not list the user"}
	default:
		why.Mirror = &Live{Text: "the tenant lists the user"}
		for _, f := range m.Facts {
			why.Mirror.Facts = append(why.Mirror.Facts, Fact{f.Name, w.foreign(f.Value)})
		}
	}
	if why.Mirror != nil && m.Note != "" {
		why.Mirror.Text += ": " + w.foreign(m.Note)
	}
}
