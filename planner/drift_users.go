package planner

import "slices"

// DriftedUsers is the users of one block who are not as a run left them, or are not as wanted.
type DriftedUsers struct {
	Change *Change
	Run    string        // the run that told of the block; "" where none has
	Users  []DriftedUser // whose difference somebody's hand has made, or nobody knows what, in the order of the configuration
	// Origins are those of the users who change, by number: see [UserChanges].
	Origins []Origin
}

// A DriftedUser is one of them.
type DriftedUser struct {
	Row   int    // of the block's table
	Run   string // the run that it is compared with; "" where none has told
	Attrs []DriftedAttr
}

// ByHand says whether anything about the user has been changed by hand.
func (u *DriftedUser) ByHand() bool {
	return slices.ContainsFunc(u.Attrs, func(a DriftedAttr) bool { return a.ByHand() })
}

// Count is how many of the users who change have an origin.
func (d *DriftedUsers) Count(o Origin) (n int) {
	for _, origin := range d.Origins {
		if origin == o {
			n++
		}
	}
	return n
}

func (d *DriftedUsers) any() bool { return len(d.Users)+len(d.Origins) > 0 }

// users measures a block of users, row by row.
func (b *Baseline) users(c *Change) DriftedUsers {
	d := DriftedUsers{Change: c, Origins: make([]Origin, 0, c.Users.Len())}
	own := b.crowd(c.Address.String())
	if own != nil {
		d.Run = own.run
	}
	m := crowdMeasure{baseline: b, change: c, crowds: b.crowdsFor(c), known: own != nil || b.whole != "", columns: c.UserColumns(), wantedState: c.wantedState()}
	next, row := 0, 0
	for now := range c.StandingUsers() {
		n := -1
		if next < c.Users.Len() && int(c.Users.Pick[next]) == row {
			n = next
			next++
		}
		user, origin := m.user(row, n, now)
		if n >= 0 {
			d.Origins = append(d.Origins, origin)
		}
		if user.ByHand() || n >= 0 && origin == NotKnown {
			d.Users = append(d.Users, user)
		}
		row++
	}
	return d
}

// wantedState is the state that a block wants its users in, "" where users are not compared by one or it is a secret.
func (c *Change) wantedState() string {
	rows := c.Kind.Rows
	if rows.State == nil || c.After.IsNull() {
		return ""
	}
	return cellOf(c.Kind.Attr(rows.Attr).Canonical(c.After.GetAttr(rows.Attr)))
}

// crowdMeasure is what the users of a block are measured with.
type crowdMeasure struct {
	baseline    *Baseline
	change      *Change
	crowds      []*recordedCrowd
	known       bool // whether who is not recorded is new in the block
	columns     []string
	wantedState string
}

// user measures one user: n is the number among those who change, -1 for none of them. The second result is where the planned
// difference comes from.
func (m *crowdMeasure) user(row, n int, now []string) (DriftedUser, Origin) {
	u := DriftedUser{Row: row}
	if m.baseline.doubts(m.change.Address, now[0]) {
		return u, NotKnown
	}
	crowd, was := m.recorded(now[0])
	switch {
	case was == nil && m.known:
		return u, Configuration
	case was == nil:
		return u, NotKnown
	}
	u.Run = crowd.run
	if there := len(now) > 1; there != (was[1] != "") {
		a := m.presence(there, n >= 0)
		u.Attrs = []DriftedAttr{a}
		return u, a.Origin
	}
	if len(now) == 1 {
		return u, Configuration
	}
	u.Attrs = m.attributes(crowd, was, now, m.differences(row, n))
	return u, m.origin(n, u.Attrs)
}

// recorded finds how a user stood; nil where no run has told.
func (m *crowdMeasure) recorded(sip string) (*recordedCrowd, []string) {
	for _, crowd := range m.crowds {
		if row, ok := crowd.users.Lookup(sip); ok {
			return crowd, crowd.users.Row(row)
		}
	}
	return nil, nil
}

// presence is that there is a user who was not there, or the other way round.
func (m *crowdMeasure) presence(there, planned bool) DriftedAttr {
	a := DriftedAttr{Was: exists, Origin: Hand, Planned: planned, Wanted: !planned}
	if there {
		a.Was, a.Is = "", exists
	}
	return a
}

// A wantedCell is what the configuration wants of one column of a user, and whether the plan changes it.
type wantedCell struct {
	text            string // canonical; "" where it leaves it alone
	planned, secret bool
}

// differences is what is wanted of a user, column by column.
func (m *crowdMeasure) differences(row, n int) []wantedCell {
	c := m.change
	wanted := make([]wantedCell, 1, len(m.columns))
	wanted[0] = wantedCell{text: m.wantedState, planned: n >= 0 && c.Kind.Rows.State != nil}
	for i := range c.Users.attrs {
		a := &c.Users.attrs[i]
		w := wantedCell{text: a.wish(a.of(c.Users.Want.Row(row))), secret: a.secret}
		if n >= 0 && c.Action != Delete {
			w.planned = a.differs(c.Users.Want.Row(row), c.Users.liveCells(n))
		}
		wanted = append(wanted, w)
	}
	return wanted
}

// wish is canonical of what is wanted, where nothing means that it is left alone.
func (u *userAttr) wish(cell string) string {
	if cell == "" {
		return ""
	}
	return u.canonical(cell)
}

// attributes compares what is known of a user who was there and still is.
func (m *crowdMeasure) attributes(crowd *recordedCrowd, was, now []string, wanted []wantedCell) []DriftedAttr {
	var all []DriftedAttr
	for i, name := range m.columns {
		at := slices.Index(crowd.columns, name)
		a := DriftedAttr{Name: name, Is: now[1+i], Planned: wanted[i].planned}
		switch {
		case name == "":
			continue
		case at < 0:
			a.Origin = Configuration // which says something of it that it did not say before
		case now[1+i] == SensitiveText || was[2+at] == SensitiveText:
			a.Was, a.Origin = was[2+at], NotKnown
		default:
			a.Was = was[2+at]
			a.Origin = origin(a.Was != a.Is, wanted[i].text != "" && wanted[i].text != a.Was)
			a.Wanted = !a.Planned && wanted[i].text == a.Is
		}
		if a.Planned || a.ByHand() {
			all = append(all, a)
		}
	}
	return all
}

// origin is where the difference of the nth user comes from.
func (m *crowdMeasure) origin(n int, attrs []DriftedAttr) Origin {
	var all []Origin
	for _, a := range attrs {
		if a.Planned {
			all = append(all, a.Origin)
		}
	}
	if n >= 0 && len(all) == 0 { // the user was there, is there, and is to go
		return Configuration
	}
	return together(all)
}
