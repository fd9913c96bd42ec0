package planner

import (
	"fmt"
	"iter"
)

// exists stands for a user's home before where users of a kind are not compared by it.
const exists = "exists"

// approvedUsers are the users of a change in the form of [Approved.Users], each made as it is asked for.
func (c *Change) approvedUsers() iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for n := range c.Users.Len() {
			if !yield(c.approvedUser(n)) {
				return
			}
		}
	}
}

// approvedUser is the nth user of a change in the form of [Approved.Users].
func (c *Change) approvedUser(n int) []string {
	user := []string{c.Users.SIP(n), c.Users.Identity(n), c.standing(n)}
	for _, d := range c.Users.Differences(n) {
		user = append(user, d.Name, d.Before, d.After)
	}
	return user
}

// standing is where a user is homed, or whether there is one at all.
func (c *Change) standing(n int) string {
	if c.Kind.Rows.State == nil && c.Users.At[n] >= 0 {
		return exists
	}
	return c.From(n)
}

// alters says whether an action may have both users who do not exist and users who do: which of them it is was approved
// user by user.
func alters(a Action) bool { return a == Create || a == Update }

func (c *Change) altering() bool { return c.Users != nil && alters(c.Action) }

// users names every user who would change and was not approved, or is not as when that was.
func (a *Approved) users(c *Change) []Deviation {
	approved := make(map[string][]string, len(a.Users))
	for _, u := range a.Users {
		if len(u) >= 3 {
			approved[u[0]] = u[1:]
		}
	}
	all := a.elsewhere(c.Place)
	for n := range c.Users.Len() {
		sip := c.Users.SIP(n)
		if was, ok := approved[sip]; ok {
			all = append(all, c.strays(n, was)...)
		} else {
			all = append(all, Deviation{Address: c.Address.Of(sip).String(), Text: fmt.Sprintf("%s: %s was not part of the approved plan", c.Address.Of(sip), c.ActionOf(n))})
		}
	}
	return append(all, differences(a, "wanted", a.After, c.texts(c.After), true)...)
}

// strays compares one user with what was approved: the identity, the home before, and three texts for each attribute.
func (c *Change) strays(n int, approved []string) []Deviation {
	address, identity, now := c.Address.Of(c.Users.SIP(n)).String(), c.Users.Identity(n), c.standing(n)
	if approved[0] != identity {
		return []Deviation{{address, "identity", approved[0], identity, fmt.Sprintf("%s: was to be found as %s when the plan was approved, and as %s now", address, approved[0], identity)}}
	}
	was := approved[1:]
	switch {
	case c.altering() && now == "" && was[0] != "":
		return []Deviation{{address, "", string(Update), string(Create), fmt.Sprintf("%s: %s was approved, now it would be %s", address, Update, Create)}}
	case !c.altering() && was[0] != now && was[0] != "" && now != exists:
		return []Deviation{{address, "home", was[0], now, fmt.Sprintf("%s: homed at %s when the plan was approved and at %s now", address, was[0], orUnset(now))}}
	}
	return strayAttributes(address, c.Users.Differences(n), was[1:])
}

// strayAttributes compares what would be set of a user with what was approved. Whoever has been created since has what
// new users have, and that was approved.
func strayAttributes(address string, now []UserDifference, approved []string) []Deviation {
	was := map[string][2]string{}
	for i := 0; i+2 < len(approved); i += 3 {
		was[approved[i]] = [2]string{approved[i+1], approved[i+2]}
	}
	var all []Deviation
	for _, d := range now {
		w, ok := was[d.Name]
		switch {
		case !ok:
			all = append(all, Deviation{address, d.Name, "", d.After, fmt.Sprintf(
				"%s: to change %s from %s to %s was not part of the approved plan", address, d.Name, orUnset(d.Before), d.After)})
		case w[0] != d.Before:
			all = append(all, Deviation{address, d.Name, w[0], d.Before, fmt.Sprintf(
				"%s: the live value of %s was %s when the plan was approved and is %s now", address, d.Name, orUnset(w[0]), orUnset(d.Before))})
		case w[1] != d.After:
			all = append(all, Deviation{address, d.Name, w[1], d.After, fmt.Sprintf(
				"%s: the wanted value of %s was %s when the plan was approved and is %s now", address, d.Name, w[1], d.After)})
		}
	}
	return all
}
