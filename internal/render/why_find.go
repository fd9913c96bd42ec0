package render

import (
	"strings"

	"hybrid/internal/roster"
	"hybrid/planner"
)

// found is what an address names: a change, and of a block of users perhaps one user.
type found struct {
	change *planner.Change
	user   *planner.Member
}

// changes are those of the plan, and what was read for data blocks.
func (w *explainer) changes() []*planner.Change {
	var all []*planner.Change
	for i := range w.o.Data {
		all = append(all, &w.o.Data[i])
	}
	for i := range w.plan.Changes {
		all = append(all, &w.plan.Changes[i])
	}
	return all
}

// find gives what an address names: of a block with for_each all instances.
func (w *explainer) find(address string) []found {
	address = strings.TrimSpace(address)
	if strings.HasPrefix(strings.ToLower(address), "sip:") {
		return w.everywhere(address)
	}
	block, sip, ofUser := userOf(address)
	var all []found
	for _, c := range w.changes() {
		if name := c.Address.String(); name == address || c.Address.Block().String() == address {
			all = append(all, found{change: c})
		} else if ofUser && name == block && c.Kind.Rows != nil {
			if c.Action == planner.Unknown {
				return []found{{change: c}} // of nobody in it is anything known
			}
			if user, ok := c.Users.Member(sip); ok {
				all = append(all, found{c, &user})
			}
		}
	}
	return all
}

// everywhere finds a user in all blocks.
func (w *explainer) everywhere(sip string) []found {
	var all []found
	for _, c := range w.changes() {
		if user, ok := c.Users.Member(sip); ok {
			all = append(all, found{c, &user})
		}
	}
	return all
}

// userOf takes the address of a user apart; the user's own may be in any spelling.
func userOf(address string) (block, sip string, ok bool) {
	rest, closed := strings.CutSuffix(address, `"]`)
	at := strings.LastIndex(rest, `["`)
	if !closed || at < 0 || !strings.Contains(rest[at:], "@") {
		return "", "", false
	}
	return rest[:at], roster.Canonical(rest[at+2:]), true
}
