package render

// A handPanel is what was changed by hand since a run, as a page shows it.
type handPanel struct {
	Heading string
	Blocks  []handEntry
}

// A handEntry is an object or a block of users of which something was changed.
type handEntry struct {
	Address, At string
	Users       string
	Lines       []handLine
	More        string
}

// hands fills in what was changed by hand, where that was asked for.
func (m *pageMaker) hands(page *page) {
	if m.o.Drift == nil {
		return
	}
	for _, run := range m.runsByHand(m.o.Drift, m.allowed) {
		panel := handPanel{Heading: capitalised(run.What)}
		for _, b := range run.Blocks {
			panel.Blocks = append(panel.Blocks, handEntry{
				Address: oneLine(b.Change.Address.String()), At: place(b.Change.Range), Users: b.Users, Lines: b.Lines, More: moreUsers(b.More),
			})
		}
		page.Hands = append(page.Hands, panel)
	}
	if len(page.Hands) == 0 {
		page.NoHands = m.o.Drift.nothing() + "."
	}
}
