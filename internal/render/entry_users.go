package render

import (
	"hybrid/planner"
)

// Limits of a page, so that a plan of a hundred thousand users can be opened.
const (
	mostUsers  = 1000 // of a block who are listed
	mostRows   = 8000 // users on a page
	leastUsers = 10   // of a block who are listed when the page is full
)

// An entryUser is a user who changes.
type entryUser struct{ SIP, Deed, Says, Origin string }

// An entryBlocked is the users who are blocked for one reason.
type entryBlocked struct {
	Words  string // "2 users are"
	Reason string
	Users  []string
	More   string
}

// users says of a block of users who changes, how, and who is blocked.
func (m *pageMaker) users(e *entry, c *planner.Change) {
	target, rest := targetOf(c)
	e.Headline = headline(c, m.foreign(target))
	if c.Users.Len() > 0 {
		for _, f := range applicable(c, rest) {
			e.Parameters = append(e.Parameters, remark{Name: f.title(), Text: m.value(f.after)})
		}
		m.changing(e, c, target)
		m.exemplary(e, c)
	}
	for _, g := range byReason(c.Users.Blocked) {
		e.Blocked = append(e.Blocked, m.blocked(c.Users, g))
	}
}

// allowed is how many of so many users may be listed, and takes them from what the page may have.
func (m *pageMaker) allowed(users int) int {
	if m.o.Users {
		return users
	}
	n := min(users, max(leastUsers, min(mostUsers, m.rows)))
	m.rows -= n
	return n
}

// changing lists the users who change.
func (m *pageMaker) changing(e *entry, c *planner.Change, target string) {
	e.Mixed = c.Action == planner.Create && c.Updated() > 0
	n := m.allowed(c.Users.Len())
	for i := range n {
		u := entryUser{SIP: plain(c.Users.SIP(i)), Says: m.says(c, i), Origin: m.o.Drift.originOfUser(c, i)}
		if target != "" {
			u.Says = m.from(c, i, target) + " → " + m.foreign(target)
		}
		if e.Mixed {
			one := planner.Change{Kind: c.Kind, Action: c.ActionOf(i), Users: c.Users}
			_, u.Deed = deedOf(&one)
		}
		e.Differ = e.Differ || u.Says != ""
		e.Users = append(e.Users, u)
	}
	e.MoreUsers = moreUsers(c.Users.Len() - n)
}

// moreUsers says that there are others, and where to see them.
func moreUsers(n int) string {
	if n <= 0 {
		return ""
	}
	return "… " + count(n) + " more (--users)"
}

// exemplary adds what the first user gets to whom each thing happens.
func (m *pageMaker) exemplary(e *entry, c *planner.Change) {
	for _, i := range firstOfEach(c, 1) {
		of := ""
		if c.Users.Len() > 1 {
			of = ", for " + plain(c.Users.SIP(i))
		}
		m.steps(e, c.User(i), of)
	}
}

func (m *pageMaker) blocked(u *planner.UserChanges, g group) entryBlocked {
	n := m.allowed(len(g.rows))
	b := entryBlocked{Words: are(len(g.rows), "user"), Reason: m.foreign(g.reason), More: moreUsers(len(g.rows) - n)}
	for _, row := range g.rows[:n] {
		b.Users = append(b.Users, plain(u.Want.SIP(int(row))))
	}
	return b
}
