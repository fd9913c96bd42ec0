package render

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"hybrid/planner"
)

//go:embed page/page.html
var pageText string

//go:embed page/page.css
var pageStyle string

//go:embed page/page.js
var pageScript string

// pageLayout is what stands above and below the entries of a page of a plan or of a graph. What is put into it is escaped by
// where it stands.
var pageLayout = template.Must(template.New("page").Parse(pageText))

// HTML writes a plan as one page that loads nothing from anywhere: totals, guards that are not passed, what must be known, the
// graph, and each change unfolding to its difference, commands, undo and source. It can be read without its script, which only
// filters and unfolds; printed, it shows everything. Of a block's users those are listed that [mostUsers] and [mostRows] allow,
// all with Options.Users. Equal plans give equal bytes: there is no time in it.
func HTML(w io.Writer, p *planner.Plan, o Options) error {
	m := newPageMaker(p, o)
	page := m.page(p)
	page.IsPlan = true
	page.Title = "hybrid plan"
	if name, _, _ := strings.Cut(o.Header, " "); name != "" {
		page.Title += ": " + m.foreign(name)
	}
	m.draw(page, o.Nodes, m.mark)
	return page.write(w)
}

// A page is what the layout shows. Texts are redacted; the layout escapes them.
type page struct {
	IsPlan     bool
	Title      string
	Header     string
	Origin     string // of a saved plan
	Head, Rest string // the verdict
	Hindrances []string
	Incomplete bool
	Refusals   []remark
	Warnings   []remark
	Hands      []handPanel
	NoHands    string // that nothing was changed by hand, where that was asked for
	Notes      []noteGroup
	Picture    template.HTML
	NoPicture  string // why there is none
	LeftOut    string
	Risks      []riskCount
	Kinds      []string
	Entries    []*entry
	Same       []remark
	MoreSame   string
	Digest     string
	Effort     []string
}

// A remark is a text about something, and where that stands.
type remark struct{ Name, Text, At, Href, Flags string }

// A riskCount is a risk, and how many changes have it.
type riskCount struct {
	Name, Words, Meaning string
	Count                int
}

func (p *page) add(e *entry) {
	p.Entries = append(p.Entries, e)
	if n, there := slices.BinarySearch(p.Kinds, e.Kind); !there {
		p.Kinds = slices.Insert(p.Kinds, n, e.Kind)
	}
}

// Policy forbids everything but what is in the page: no address is asked, and no other script runs.
func (p *page) Policy() string {
	return fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; img-src data:; base-uri 'none'; form-action 'none'",
		hashOf(string(p.Style())), hashOf(string(p.Script())))
}

// hashOf names a text as content security policies do (https://www.w3.org/TR/CSP3/#grammardef-hash-source).
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Style is how the page looks.
func (p *page) Style() template.CSS { return template.CSS(pageStyle + pictureStyle) }

// Script is what filters the page.
func (p *page) Script() template.JS { return template.JS(pageScript) }

func (p *page) write(w io.Writer) error {
	out := bufio.NewWriterSize(w, 64<<10)
	if err := pageLayout.ExecuteTemplate(out, "above", p); err != nil {
		return err
	}
	for _, e := range p.Entries {
		markupWriter{out}.entry(e)
	}
	if err := pageLayout.ExecuteTemplate(out, "below", p); err != nil {
		return err
	}
	return out.Flush()
}

// A pageMaker makes pages of plans.
type pageMaker struct {
	teller
	o    Options
	ids  map[string]string            // of what is said of a block, by its address
	of   map[string][]*planner.Change // the changes of a block
	risk map[*planner.Change]planner.Risk
	rows int // of tables of users that the page may still have
}

func newPageMaker(p *planner.Plan, o Options) *pageMaker {
	return &pageMaker{teller: newTeller(p), o: o, ids: map[string]string{}, of: map[string][]*planner.Change{}, risk: risks(p), rows: mostRows}
}

// mostSame is how many objects that are as wanted are named.
const mostSame = 500

func (m *pageMaker) page(p *planner.Plan) *page {
	head, rest := verdict(p)
	page := &page{
		Header: m.foreign(m.o.Header), Origin: m.foreign(m.o.Origin), Head: head, Rest: rest, Hindrances: hindrances(p), Incomplete: p.Incomplete,
		Digest: plain(m.o.Digest), Effort: m.effort(),
	}
	m.remarks(page, p)
	m.hands(page)
	for i := range p.Changes {
		c := &p.Changes[i]
		block := c.Address.Block().String()
		m.of[block] = append(m.of[block], c)
		if visible(c) && m.ids[block] == "" {
			m.ids[block] = fmt.Sprintf("change-%d", i)
		}
	}
	same := 0
	for i := range p.Changes {
		switch c := &p.Changes[i]; {
		case visible(c):
			page.add(m.entry(c, fmt.Sprintf("change-%d", i)))
		case same < mostSame:
			page.Same = append(page.Same, m.same(c))
			fallthrough
		default:
			same++
		}
	}
	if same > len(page.Same) {
		page.MoreSame = "… " + count(same-len(page.Same)) + " more"
	}
	page.Risks = m.risksOf(p)
	return page
}

// same says of an object or of users that nothing happens to them.
func (m *pageMaker) same(c *planner.Change) remark {
	r := remark{Name: oneLine(c.Address.String()), At: place(c.Range)}
	if c.Users != nil {
		r.Text = quantity(c.Users.Same, "user")
	}
	return r
}

// remarks fills in what is said of the plan as a whole.
func (m *pageMaker) remarks(page *page, p *planner.Plan) {
	for _, r := range m.o.Refusals {
		page.Refusals = append(page.Refusals, remark{Name: plain(r.Guard), Text: m.foreign(r.Text), At: place(r.Range), Flags: plain(r.Aside())})
	}
	for _, d := range p.Warnings {
		r := remark{Name: m.foreign(d.Summary), Text: m.foreign(d.Detail)}
		if d.Subject != nil {
			r.At = place(*d.Subject)
		}
		page.Warnings = append(page.Warnings, r)
	}
	for _, g := range noteGroups(p) {
		page.Notes = append(page.Notes, noteGroup{oneLine(g.About), g.Users, m.all(g.Texts)})
	}
}

// effort is what applying is going to take; what reading took, another run would not have.
func (m *pageMaker) effort() []string {
	if text := estimated(m.o.Estimate); text != "" {
		return []string{m.foreign(text)}
	}
	return nil
}

// risks are those of a plan's changes, which a page tells in several places.
func risks(p *planner.Plan) map[*planner.Change]planner.Risk {
	all := make(map[*planner.Change]planner.Risk, len(p.Changes))
	for i := range p.Changes {
		all[&p.Changes[i]] = p.Changes[i].Risk()
	}
	return all
}

// risksOf counts the changes of a plan that are shown, the riskiest first.
func (m *pageMaker) risksOf(p *planner.Plan) []riskCount {
	counts := map[planner.Risk]int{}
	for i := range p.Changes {
		if c := &p.Changes[i]; visible(c) {
			counts[m.risk[c]]++
		}
	}
	var all []riskCount
	for _, r := range planner.Risks() {
		if counts[r] > 0 {
			all = append(all, riskCount{r.String(), riskWords(r), r.Meaning(), counts[r]})
		}
	}
	return all
}
