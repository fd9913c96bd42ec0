package engine

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"hybrid/internal/estimate"
	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/planner"
)

// UsersAtOnce is how many users are taken at once where neither a wave nor the operator says.
const UsersAtOnce = 4

// ApplyOptions is what carrying out a plan needs besides the plan.
type ApplyOptions struct {
	Journal  *journal.Journal
	Approval planner.Approval // what was approved; nothing else is done
	Events   event.Sink       // called by one goroutine at a time
	Stop     <-chan struct{}  // closed: start nothing new, let finish what is under way
	AnyTime  bool             // windows do not matter
	// Redact takes secrets out of what a far end says, before it is told or written down; nil takes nothing out.
	Redact   func(string) string
	Parallel int // users at once where a block says nothing; 0 means [UsersAtOnce]
	// Past is how long changes took in past runs: until a block has timings of its own, they say whether a user who is begun
	// will be finished before the window closes.
	Past []estimate.Timing
}

// Apply carries out a plan, block by block in dependency order. Each block is planned again just before, with what
// blocks before it have become; a change that was not approved is not made. The error is the journal's: once it cannot
// be written nothing more is begun, and what has been done is still read back and counted.
func (e *Engine) Apply(ctx context.Context, p *Planned, o ApplyOptions) (Summary, error) {
	if o.Parallel <= 0 {
		o.Parallel = UsersAtOnce
	}
	if o.Redact == nil {
		o.Redact = func(text string) string { return text }
	}
	tell := o.Events
	o.Events = func(ev event.Event) {
		tell(explained(ev, o.Redact))
	}
	r := &run{
		engine: e, nodes: p.nodes, ApplyOptions: o, book: book{journal: o.Journal, redact: o.Redact}, walk: planner.Begin(p.nodes, p.live, p.options),
		approved: o.Approval.Index(), bySource: p.bySource(), unconfirmed: map[*reading]*unconfirmed{}, begun: map[string]*begunBlock{},
		failed: map[string]bool{}, late: map[string]string{}, failedSides: map[side]string{}, crowds: map[string]*crowd{}, told: map[string]string{},
		landings: p.landings,
	}
	r.book.counted = r.count
	var release func()
	r.looking, release = outlasting(ctx)
	defer release()
	e.board.listen(o.Events)
	defer e.board.listen(nil)
	r.carryOut(ctx)
	r.confirm(ctx, slices.Collect(maps.Keys(r.unconfirmed)))
	if r.book.failure() == nil {
		r.book.keep(r.stood(p))
	}
	r.summary.Stopped = r.summary.Skipped > 0 && r.interrupted(ctx)
	r.tellLater()
	return r.summary, r.book.failure()
}

// run is one apply under way.
type run struct {
	engine *Engine
	ApplyOptions
	book  book
	nodes []*planner.Node
	walk  *planner.Walk

	summary     Summary
	approved    planner.ApprovalIndex
	bySource    map[planner.Source]*reading
	unconfirmed map[*reading]*unconfirmed // by what has to be read
	begun       map[string]*begunBlock    // by block address
	failed      map[string]bool           // block addresses of which something failed
	failedSides map[side]string           // the first block of a kind's side of which something failed
	crowds      map[string]*crowd         // by address
	late        map[string]string         // of the blocks that failed: those of which the rest waits for a window, and its name
	later       []event.Event             // what waits for its next window
	landings    landings                  // what earlier runs had sent, and may still be going on
	told        map[string]string         // what a change was last said to wait for, by address

	looking context.Context // in which is read back: it outlasts the run's own, see [lastLook]
	hurried bool            // what is confirmed was read after the second Ctrl-C: what was given up then may still be going on
}

// unconfirmed is what has been carried out, and is not yet read back, of what one reading shows.
type unconfirmed struct {
	blocks []*begunBlock
	sides  map[side]bool // those that the blocks are on
}

func (u *unconfirmed) add(b *begunBlock) {
	u.blocks = append(u.blocks, b)
	if b.node != nil {
		u.sides[sideOf(b.node)] = true
	}
}

// side is the blocks of a kind that lead into hybrid, or those that take it back.
type side struct {
	kind    string
	leaving bool
}

func sideOf(node *planner.Node) side { return side{node.Kind.Name, node.Leaving} }

// begunBlock is what was done of one node.
type begunBlock struct {
	node    *planner.Node
	reading *reading // what shows it
	changes []planner.Change
	took    []time.Duration // until the far end answered
	errs    []error         // per change; nil where the far end said that it is done
}

// carryOut walks the graph.
func (r *run) carryOut(ctx context.Context) {
	for _, node := range r.nodes {
		r.confirm(ctx, r.due(node))
		changes, diags := r.walk.Next(node)
		if diags.HasErrors() {
			r.failBlock(node, diags.Error())
			continue
		}
		r.carryOutBlock(ctx, node, changes)
	}
	rest, _ := r.walk.Rest()
	for _, c := range rest { // undeclared objects of exclusive kinds, which may live in different places
		r.carryOutBlock(ctx, nil, []planner.Change{c})
	}
}

// due is what has to be read back before a node is begun: what shows the blocks that it comes after.
func (r *run) due(node *planner.Node) []*reading {
	var list []*reading
	for _, edge := range node.Needs {
		if b := r.begun[edge.To]; b != nil {
			list = append(list, b.reading)
		}
	}
	for reading, done := range r.unconfirmed {
		if slices.ContainsFunc(node.Follows, func(e planner.KindEdge) bool { return done.sides[side{e.Kind, e.Leaving}] }) {
			list = append(list, reading)
		}
	}
	return list
}

// carryOutBlock carries out the changes of one node.
func (r *run) carryOutBlock(ctx context.Context, node *planner.Node, changes []planner.Change) {
	todo := slices.DeleteFunc(changes, func(c planner.Change) bool { return c.Action == planner.NoOp })
	if len(todo) == 0 {
		return
	}
	if why, first := r.held(ctx, node); why != "" {
		r.skip(node, todo, why)
		r.postponeAll(node, todo, r.late[first])
		return
	}
	for i := range todo {
		if why := r.unfit(&todo[i]); why != "" {
			r.skip(node, todo, why)
			return
		}
	}
	b := &begunBlock{node: node, reading: r.bySource[planner.Source{Provider: todo[0].Provider, Kind: todo[0].Kind.Name}]}
	if node != nil {
		r.begun[node.Address.String()] = b
	}
	r.flyingLast(todo)
	for _, c := range todo {
		r.change(ctx, b, c)
	}
	if len(b.changes) == 0 {
		return
	}
	if r.unconfirmed[b.reading] == nil {
		r.unconfirmed[b.reading] = &unconfirmed{sides: map[side]bool{}}
	}
	r.unconfirmed[b.reading].add(b)
}

func (r *run) skip(node *planner.Node, todo []planner.Change, why string) {
	for _, c := range todo {
		r.summary.Skipped += c.Size()
		skipped := about(event.Skipped, c)
		skipped.Message = why
		r.Events(skipped)
	}
	r.markFailed(node)
}

// failBlock tells of a block that nothing can be begun of.
func (r *run) failBlock(node *planner.Node, why string) {
	r.summary.Failed++
	r.Events(event.Event{Type: event.Failed, Address: node.Address.String(), Block: node.Address.Block().String(), Result: journal.Failed, Message: why})
	r.markFailed(node)
}

// about is an event about a whole change, of however many users.
func about(what event.Type, c planner.Change) event.Event {
	e := on(what, c)
	e.Total, e.Users = c.Size(), c.Users != nil
	if c.Action == planner.Create {
		e.Update = c.Updated()
	}
	return e
}

// markFailed holds back what comes after a node.
func (r *run) markFailed(node *planner.Node) {
	if node != nil {
		r.failed[node.Address.String()] = true
		at := sideOf(node)
		r.failedSides[at] = cmp.Or(r.failedSides[at], node.Address.String())
	}
}
