package render

import (
	"strings"

	"hybrid/planner"
)

// A noteGroup is what must be known before approving a plan of the same objects, or of as many users of the same blocks.
type noteGroup struct {
	About string // "a", "a, b, c" or "a, b and 28 more"
	Users string // "25 users"; "" where it is about no users in particular
	Texts []string
}

// noteGroups lists each note of a plan once, those about the same together, in the order in which they first occur. Users of whom
// the same is to be known are added up.
func noteGroups(p *planner.Plan) []noteGroup {
	var all []noteGroup
	at := map[string]int{}
	for _, n := range planNotes(p) {
		users := ""
		if n.users > 0 {
			users = quantity(n.users, "user")
		}
		key := strings.Join(append(n.about, users), "\n")
		i, there := at[key]
		if !there {
			i = len(all)
			at[key] = i
			all = append(all, noteGroup{About: several(n.about), Users: users})
		}
		all[i].Texts = append(all[i].Texts, n.text)
	}
	return all
}

// A planNote is one note, the addresses that it is about, and how many users.
type planNote struct {
	about []string
	users int // 0 is about no users in particular
	text  string
}

// planNotes lists each note of a plan once.
func planNotes(p *planner.Plan) []*planNote {
	var all []*planNote
	at := map[string]*planNote{}
	add := func(c *planner.Change, text string, users int) {
		n := at[text]
		if n == nil {
			n = &planNote{text: text}
			at[text] = n
			all = append(all, n)
		}
		n.about = append(n.about, c.Address.String())
		n.users += users
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Action == planner.NoOp {
			continue
		}
		for _, note := range c.Notes {
			add(c, note, 0)
		}
		for _, note := range c.UserNotes {
			add(c, note.Text, note.Users)
		}
	}
	return all
}

// heading is what the notes of a group are about: "user_homing.pilot, 25 users: ".
func (g noteGroup) heading(about string) string {
	if g.Users != "" {
		about += ", " + g.Users
	}
	return about + ":"
}

// notes shows what must be known under the plan: one note behind what it is about, several in a line each.
func (t *text) notes(p *planner.Plan) {
	for _, g := range noteGroups(p) {
		heading := g.heading(plain(g.About))
		if len(g.Texts) == 1 {
			t.prose("", heading+" ", t.foreign(g.Texts[0]))
			continue
		}
		t.prose("", heading, "")
		for _, text := range g.Texts {
			t.prose("", "", "  - "+t.foreign(text))
		}
	}
}

// counted is a note with the number of users that it is about; 0 is about no users in particular.
func counted(users int, note string) string {
	if users == 0 {
		return note
	}
	return quantity(users, "user") + ": " + note
}

// several is "a", "a, b, c" or "a, b and 28 more".
func several(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:2], ", ") + " and " + count(len(names)-2) + " more"
	}
	return strings.Join(names, ", ")
}
