package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// WhyOptions is what a plan is explained from besides the plan.
type WhyOptions struct {
	Nodes   []*planner.Node  // the whole graph, in the order of the plan
	Objects []planner.Object // of the configuration, for the lines that set attributes; without them the text of blocks tells
	Data    []planner.Change // what was read for data blocks
	Steps   func(planner.Change) planner.Steps
	Mirror  func(c *planner.Change, sip string) Mirrored // nil where nothing is held against it
	Color   bool
	Width   int // columns of the terminal; 0 means that lines may be of any length
}

// Mirrored is a user as another side shows the user.
type Mirrored struct {
	View  string // the kind that it is read as, "" where nothing shows it
	Facts []Fact // none where the other side does not list the user
	Note  string // what follows for the change, "" where nothing
	Err   error  // why it could not be read
}

// A Fact is one thing that was read, or that the configuration says.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"` // as a configuration would write it; "(sensitive)" for a secret
}

// A Why says why a plan does to one object, block of users or user what it does.
type Why struct {
	Address  string         `json:"address"`
	Action   planner.Action `json:"action"`
	Verdict  string         `json:"verdict"` // one sentence or more
	Provider string         `json:"provider,omitempty"`
	Source   *Passage       `json:"source,omitempty"` // where the configuration says so
	Live     Live           `json:"live"`
	Mirror   *Live          `json:"other_side,omitempty"` // how the other side shows a user
	Change   []WhyField     `json:"change,omitempty"`
	Of       string         `json:"commands_of,omitempty"` // whose commands these are, of a block of users
	Do       []string       `json:"do,omitempty"`
	Undo     []string       `json:"undo,omitempty"`
	Lost     []string       `json:"lost,omitempty"`
	Notes    []string       `json:"notes,omitempty"`
	First    []Link         `json:"first"` // every block that comes first, from those on that need nothing
	After    []Cause        `json:"after"` // what of those it comes right after, and why
	Then     []Link         `json:"then"`  // the blocks that come right after it, each with why
	Later    int            `json:"later"` // how many come after those
}

// Live is what was read.
type Live struct {
	Text  string `json:"text"` // in a sentence
	Facts []Fact `json:"facts,omitempty"`
}

// A WhyField is an attribute that changes.
type WhyField struct {
	Name   string `json:"name"`
	Before string `json:"before,omitempty"` // "" where there is no object yet
	After  string `json:"after"`
	Forces bool   `json:"forces_replacement,omitempty"`
}

// Explain says why a plan does what it does to what an address names: a block, an instance of it, a user of it, or with a SIP
// address alone a user of any block. An address that names nothing is an error that tells what is near.
func Explain(p *planner.Plan, address string, o WhyOptions) ([]Why, error) {
	w := &explainer{plan: p, o: o, teller: newTeller(p), order: newOrder(o.Nodes, p)}
	found := w.find(address)
	if len(found) == 0 {
		return nil, w.unknown(address)
	}
	all := make([]Why, len(found))
	for n, f := range found {
		all[n] = w.explain(f)
	}
	return all, nil
}

// explainer makes explanations of one plan.
type explainer struct {
	teller
	plan  *planner.Plan
	o     WhyOptions
	order *order
}

func (w *explainer) explain(f found) Why {
	c := f.change
	why := Why{Address: c.Address.String(), Action: c.Action, Provider: strings.TrimSpace(c.Provider), Notes: w.all(notesOf(c))}
	switch {
	case f.user != nil:
		w.user(&why, c, *f.user)
	case c.Users != nil:
		w.block(&why, c)
	default:
		w.object(&why, c)
	}
	why.Source = w.passage(c)
	w.order.explain(&why, c.Address.Block().String())
	return why
}

// object explains one live object, or a task.
func (w *explainer) object(why *Why, c *planner.Change) {
	why.Verdict = w.verdict(c)
	why.Live = w.live(c)
	if c.Action == planner.NoOp || c.Action == planner.Unknown {
		return
	}
	why.Change = whyFields(c)
	w.steps(why, *c)
}

// whyFields are the attributes that change. Of what is deleted they are what is live, and told there.
func whyFields(c *planner.Change) []WhyField {
	if c.Action == planner.Delete {
		return nil
	}
	var all []WhyField
	for _, f := range differing(c) {
		one := WhyField{Name: f.title(), Before: show(f.before), After: show(f.after), Forces: f.forces}
		if c.Action == planner.Create {
			one.Before = ""
		}
		all = append(all, one)
	}
	return all
}

func (w *explainer) steps(why *Why, c planner.Change) {
	if w.o.Steps == nil {
		return
	}
	steps := w.o.Steps(c)
	why.Do, why.Undo, why.Lost = w.all(steps.Do), w.all(steps.Undo), w.all(steps.Lost)
}

// verdict says in sentences what happens to an object, and because of what.
func (w *explainer) verdict(c *planner.Change) string {
	undeclared := ""
	if c.Node == nil && !c.Kind.Data {
		undeclared = " No block declares it, and " + c.Kind.Name + " is exclusive."
	}
	switch c.Action {
	case planner.Unknown:
		if c.Unkept {
			return "Nothing is planned, because it cannot be kept as it is declared: " + w.foreign(c.Reason) + "."
		}
		return "Nothing is planned, because what is live is not known: " + w.foreign(c.Reason) + "."
	case planner.Create:
		return "It is created, because it does not exist."
	case planner.Delete:
		return "It is deleted, because it exists and is to be absent." + undeclared
	case planner.Replace:
		return "It is replaced, because " + notAsSet(pathNames(c.Paths)) + ", and " + schema.List(pathNames(c.Replace), "and") + " can only be set at creation."
	case planner.Update:
		return "It is changed, because " + notAsSet(pathNames(c.Paths)) + "."
	case planner.Run:
		if c.Waits() {
			return "Nothing differs, and yet it is waited for: " + w.foreign(c.Reason) + "."
		}
		return "It is run, because " + w.foreign(c.Reason) + "."
	}
	return w.asWanted(c)
}

// asWanted says why nothing happens.
func (w *explainer) asWanted(c *planner.Change) string {
	switch {
	case c.Kind.Data:
		return "It is only read, before everything else, for the blocks that refer to it."
	case c.Kind.Task != nil:
		return "It is not run, because nothing that it carries on changes before it, and nobody is missing on the other side."
	case len(c.Unread) > 0:
		return "Nothing is planned: the far end does not tell " + schema.List(c.Unread, "and") + ", and all else that the configuration sets is as wanted."
	case c.Before.IsNull():
		return "Nothing is to be done, because it does not exist and is to be absent."
	}
	text := "Nothing is to be done, because all that the configuration sets is as it is live."
	if o := w.objectOf(c); o != nil && len(o.Ignore) > 0 {
		text += " Left alone by ignore_changes: " + strings.Join(o.Ignore, ", ") + "."
	}
	return text
}

// notAsSet is "ttl and values are not as the configuration sets them".
func notAsSet(names []string) string {
	if len(names) == 1 {
		return names[0] + " is not as the configuration sets it"
	}
	return schema.List(names, "and") + " are not as the configuration sets them"
}

func pathNames(paths []cty.Path) []string {
	names := make([]string, len(paths))
	for n, p := range paths {
		names[n] = planner.AttrName(p)
	}
	return names
}

// live tells what was read of an object.
func (w *explainer) live(c *planner.Change) Live {
	switch {
	case c.Unkept:
		return Live{Text: "read, and not compared, since it cannot be kept as it is declared"}
	case c.Action == planner.Unknown:
		return Live{Text: "could not be read: " + w.foreign(c.Reason)}
	case c.Before.IsNull():
		return Live{Text: "it does not exist"}
	}
	var facts []Fact
	for _, f := range fields(c) {
		if f = f.inLines(); !f.before.IsKnown() || f.before.IsMarked() || !f.before.IsNull() {
			facts = append(facts, Fact{f.title(), unread(f.before)})
		}
	}
	return Live{Text: "it exists", Facts: facts}
}

// unread is a live value; the far end does not tell what is unknown.
func unread(v cty.Value) string {
	if !v.IsMarked() && !v.IsKnown() {
		return "(the server does not tell)"
	}
	return show(v)
}

// objectOf is the object of the configuration that a change is about; nil where no block declares it.
func (w *explainer) objectOf(c *planner.Change) *planner.Object {
	block := planner.Address{Kind: c.Address.Kind, Labels: c.Address.Labels, Key: c.Address.Key, Keyed: c.Address.Keyed}
	at := slices.IndexFunc(w.o.Objects, func(o planner.Object) bool { return o.Address.Compare(block) == 0 })
	if at < 0 {
		return nil
	}
	return &w.o.Objects[at]
}

// unknown is the error of an address that names nothing.
func (w *explainer) unknown(address string) error {
	var names []string
	for _, c := range w.changes() {
		names = append(names, c.Address.Block().String(), c.Address.String())
		if block, sip, ok := userOf(address); ok && c.Users != nil && block == c.Address.String() {
			return fmt.Errorf("%s has no user %s.%s", block, sip, schema.DidYouMean(sip, usersNear(c.Users)))
		}
	}
	if strings.HasPrefix(strings.ToLower(address), "sip:") {
		names = w.everybody()
	}
	near := schema.DidYouMean(address, names)
	if near == "" {
		near = " `hybrid graph` lists the blocks, `hybrid plan --users` the users who change."
	}
	return fmt.Errorf("there is nothing at the address %s.%s", address, near)
}

// everybody are users of all blocks, as far as a misspelt one is compared with them.
func (w *explainer) everybody() []string {
	var names []string
	for _, c := range w.changes() {
		if c.Users != nil && len(names) < mostNear {
			names = append(names, usersNear(c.Users)...)
		}
	}
	return names
}

// mostNear is how many users a misspelt one is compared with.
const mostNear = 20_000

func usersNear(u *planner.UserChanges) []string {
	names := make([]string, min(u.Want.Len(), mostNear))
	for row := range names {
		names[row] = u.Want.SIP(row)
	}
	return names
}
