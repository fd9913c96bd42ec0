package planner

// Size is how many objects or users a change is about: 1, or as many users as change.
func (c *Change) Size() int {
	if c.Users != nil {
		return c.Users.Len()
	}
	return 1
}

// Updated is how many users who exist a change is about, where it is about users with attributes.
func (c *Change) Updated() int {
	if c.Users == nil || c.Action != Create && c.Action != Update {
		return 0
	}
	return c.Users.Len() - c.Users.Created()
}

// Counts is a plan in numbers.
type Counts struct {
	Created, Updated, Replaced, Removed int // objects
	Run                                 int // objects of which nothing differs, but something is to be run or waited for
	Enabled, Altered, Disabled, Moved   int // users; those altered exist and get other attributes
	Same                                int // objects and users that are as wanted
	Blocked                             int // users that are not as wanted and must not be changed
	Unknown                             int // objects whose live state could not be read
}

// Deleted is how many objects and users lose what they have: deletions and replacements.
func (n Counts) Deleted() int { return n.Replaced + n.Removed + n.Disabled }

// Changes is how many objects and users a plan changes.
func (n Counts) Changes() int {
	return n.Created + n.Updated + n.Replaced + n.Removed + n.Run + n.Enabled + n.Altered + n.Disabled + n.Moved
}

// Count counts a plan.
func (p *Plan) Count() Counts {
	var n Counts
	for i := range p.Changes {
		n.add(&p.Changes[i])
	}
	return n
}

func (n *Counts) add(c *Change) {
	if u := c.Users; u != nil && c.Action != Unknown {
		n.Same += u.Same
		n.Blocked += len(u.Blocked)
		switch c.Action {
		case Create, Update:
			n.Enabled += u.Created()
			n.Altered += c.Updated()
		case Delete:
			n.Disabled += u.Len()
		case Move:
			n.Moved += u.Len()
		}
		return
	}
	switch c.Action {
	case NoOp:
		n.Same++
	case Create:
		n.Created++
	case Update:
		n.Updated++
	case Replace:
		n.Replaced++
	case Delete:
		n.Removed++
	case Run:
		n.Run++
	case Unknown:
		n.Unknown++
	}
}
