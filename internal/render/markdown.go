package render

import (
	"fmt"
	"io"
	"strings"

	"hybrid/planner"
)

// markdownLimit is how many bytes Markdown has at most. GitHub takes 65,536 characters in a comment, GitLab and Azure DevOps
// take more. Bytes are counted, of which there are never fewer than characters, so that it does not matter which of them, or
// which kind of character, a service counts.
const markdownLimit = 65_535

// Markdown writes a plan for a comment on a pull request: what it comes to, which guards it does not pass, what to know before
// approving it, then every change, the riskiest first and each folded to a line that unfolds to its difference, its commands
// in order, its undo, what no undo brings back, what it comes after, and its place in the configuration.
//
// It never has more than 65,535 bytes. Where that does not hold all, changes are one line each, and those for which there is
// no line either are counted by risk and kind. What no comment may be without is written first and has room set aside: totals,
// digest, guards, and a line for every change of high risk as far as half of the room goes.
//
// Texts of others are redacted, and stand so that no forge takes them for markup, mentions or links. How long reading took is
// not told: equal plans give equal bytes.
func Markdown(w io.Writer, p *planner.Plan, o Options) error {
	m := &markdown{teller: newTeller(p), o: o, plan: p, groups: byRisk(p)}
	m.head()
	m.changes()
	_, err := io.WriteString(w, m.out.String())
	return err
}

// markdown is a comment on its way out.
type markdown struct {
	teller
	o      Options
	plan   *planner.Plan
	groups map[planner.Risk][]*planner.Change
	out    strings.Builder
}

// prose is a sentence of others as Markdown, without what is sensitive.
func (m *markdown) prose(text string) string { return prose(clipped(m.redact(text), mostText)) }

func (m *markdown) printf(format string, values ...any) { fmt.Fprintf(&m.out, format, values...) }

// tailRoom is what the count of what was left out, and the last lines, take at most.
const tailRoom = 3_000

// changes writes the changes by risk: in full while there is room, then a line each, then a count.
func (m *markdown) changes() {
	pages := m.pages()
	for _, risk := range planner.Risks() {
		for n, c := range m.groups[risk] {
			if n == 0 {
				pages.begin(risk, m.groups[risk])
			}
			pages.put(c, risk)
		}
	}
	m.leftOver(pages.left)
	m.footer()
}

// byRisk groups what a plan has to show, each group in the order of the plan.
func byRisk(p *planner.Plan) map[planner.Risk][]*planner.Change {
	groups := map[planner.Risk][]*planner.Change{}
	for i := range p.Changes {
		if c := &p.Changes[i]; visible(c) {
			risk := c.Risk()
			groups[risk] = append(groups[risk], c)
		}
	}
	return groups
}

// A pager fits changes into the room that there is.
type pager struct {
	*markdown
	room     int  // bytes for changes, of those that there were
	reserved int  // of them, bytes for lines of changes of high risk that have not been written
	most     int  // bytes for one change in full
	lines    bool // there is no room for changes in full
	full     bool // there is no room for a line either
	left     []*planner.Change
}

func (m *markdown) pages() *pager {
	pages := &pager{markdown: m, room: markdownLimit - tailRoom - m.out.Len()}
	changes := 1
	for _, group := range m.groups {
		changes += len(group)
	}
	pages.most = min(max(pages.room/changes, 8_000), pages.room/2)
	for _, c := range m.groups[planner.RiskHigh] {
		if pages.reserved < pages.room/2 {
			pages.reserved += len(m.line(c))
		}
	}
	return pages
}

// begin writes the heading of a risk.
func (p *pager) begin(risk planner.Risk, changes []*planner.Change) {
	if p.full {
		return
	}
	before := ""
	if p.lines {
		before = "\n"
	}
	p.fits(fmt.Sprintf("%s### %s\n\n%s.\n\n", before, ofRisk(len(changes), risk), capitalised(risk.Meaning())), 0)
}

// fits writes a piece where there is room for it besides what is kept for others.
func (p *pager) fits(piece string, kept int) bool {
	if len(piece)+kept > p.room {
		return false
	}
	p.room -= len(piece)
	p.out.WriteString(piece)
	return true
}

// put writes a change in full, as a line, or keeps it to be counted. What follows a line is no more than a line, so that the
// order remains that of risk.
func (p *pager) put(c *planner.Change, risk planner.Risk) {
	line := p.line(c)
	if risk == planner.RiskHigh {
		p.reserved = max(0, p.reserved-len(line))
	}
	if !p.lines && p.fits(p.folded(c, p.most), p.reserved) {
		return
	}
	if !p.lines {
		p.lines = true
		p.fits("What follows is too much for a comment, and is listed only.\n\n", 0)
	}
	if p.full || !p.fits(line, 0) {
		p.full = true
		p.left = append(p.left, c)
	}
}

// leftOver counts what there was no room for, by risk and by what happens.
func (m *markdown) leftOver(left []*planner.Change) {
	if len(left) == 0 {
		return
	}
	counts := map[planner.Risk]map[string]int{}
	for _, c := range left {
		risk := c.Risk()
		if counts[risk] == nil {
			counts[risk] = map[string]int{}
		}
		counts[risk][doing(c)+" "+c.Address.Kind]++
	}
	m.printf("\n**There is no room here for the rest**, which the plan in another format shows (`--format html` or `--format text`):\n\n")
	for _, risk := range planner.Risks() {
		if of := counts[risk]; of != nil {
			m.printf("- … and %s (%s)\n", ofRisk(total(of), risk), commonest(of))
		}
	}
}

// footer says what applying takes; what reading took, another run would not have.
func (m *markdown) footer() {
	text := estimated(m.o.Estimate)
	if text == "" {
		return
	}
	if !strings.HasSuffix(m.out.String(), "\n\n") {
		m.printf("\n")
	}
	m.printf("%s\n", m.prose(text))
}
