package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/planner"
	"hybrid/providers"
)

// ApplyOptions is what carrying out a plan needs besides the plan.
type ApplyOptions struct {
	Journal  *journal.Journal
	Approval planner.Approval // what was approved; nothing else is done
	Events   event.Sink
	Stop     <-chan struct{} // closed: start nothing new, let finish what is under way
	AnyTime  bool            // windows do not matter
	Parallel int             // users at once where a block says nothing; 0 means 4
}

// Summary is how a run ended.
type Summary struct {
	Begun   int // changes and users of which a call was sent
	Done    int // changes and users carried out and confirmed by reading back
	Failed  int // refused by the far end, or not shown by it afterwards
	Doubt   int // nobody knows: the answer was lost and reading brought no certainty
	Skipped int // not started: something they need failed, or the run was stopped
	Stopped bool
}

// Err is nil where everything was done.
func (s Summary) Err() error {
	switch {
	case s.Failed+s.Doubt+s.Skipped == 0:
		return nil
	case s.Done == 0:
		return fmt.Errorf("nothing was done: %s", s.rest())
	}
	return &Partial{Text: fmt.Sprintf("%d done, %s", s.Done, s.rest())}
}

func (s Summary) rest() string {
	var parts []string
	for _, p := range []struct {
		n    int
		text string
	}{{s.Failed, "failed"}, {s.Doubt, "in doubt"}, {s.Skipped, "not started"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.text))
		}
	}
	return strings.Join(parts, ", ")
}

// Partial says that a plan was carried out in part.
type Partial struct{ Text string }

func (p *Partial) Error() string { return p.Text }

// Apply carries out a plan, block by block in dependency order. Each block is planned again just before, with what
// blocks before it have become; a change that was not approved is not made. After an error that is returned itself (a
// journal that cannot be written) nothing more is started.
func (e *Engine) Apply(ctx context.Context, p *Planned, o ApplyOptions) (Summary, error) {
	if o.Parallel <= 0 {
		o.Parallel = 4
	}
	r := &run{
		engine: e, ApplyOptions: o, planned: p,
		walk:  planner.Begin(e.Config.Nodes, p.live, p.options),
		unconfirmed: map[*reading][]*block{}, begun: map[string]*block{}, failed: map[string]bool{}, failedKinds: map[string]bool{}, crowds: map[string]*crowd{},
	}
	r.collect()
	err := r.blocks(ctx)
	if err == nil {
		err = r.confirm(ctx, slices.Collect(maps.Keys(r.unconfirmed)))
	}
	r.summary.Stopped = r.summary.Skipped > 0 && r.stopping(ctx)
	return r.summary, err
}

// run is one apply under way.
type run struct {
	engine *Engine
	ApplyOptions
	planned *Planned
	walk    *planner.Walk

	summary     Summary
	bySource    map[planner.Source]*reading
	unconfirmed map[*reading][]*block // carried out, not yet read back, by what has to be read
	begun       map[string]*block     // by block address
	failed      map[string]bool       // block addresses of which something failed
	failedKinds map[string]bool
	crowds      map[string]*crowd // by block address
}

// block is what was done of one node.
type block struct {
	node    *planner.Node
	reading *reading // what shows it
	changes []planner.Change
	took    []time.Duration // until the far end answered
	errs    []error         // per change; nil where the far end said that it is done
}

func (r *run) collect() {
	r.bySource = map[planner.Source]*reading{}
	for _, reading := range r.planned.readings {
		for _, source := range reading.sources {
			r.bySource[source] = reading
		}
	}
}

// blocks walks the graph.
func (r *run) blocks(ctx context.Context) error {
	for _, node := range r.engine.Config.Nodes {
		if err := r.confirm(ctx, r.due(node)); err != nil {
			return err
		}
		changes, diags := r.walk.Next(node)
		if diags.HasErrors() {
			r.fail(node, diags.Error())
			continue
		}
		if err := r.block(ctx, node, changes); err != nil {
			return err
		}
	}
	rest, _ := r.walk.Rest()
	for _, c := range rest { // undeclared objects of exclusive kinds, which may live in different places
		if err := r.block(ctx, nil, []planner.Change{c}); err != nil {
			return err
		}
	}
	return nil
}

// due is what has to be read back before a node is begun: what shows the blocks that it comes after.
func (r *run) due(node *planner.Node) []*reading {
	var list []*reading
	for _, edge := range node.Needs {
		if b := r.begun[edge.To]; b != nil {
			list = append(list, b.reading)
		}
	}
	for reading, blocks := range r.unconfirmed {
		if slices.ContainsFunc(node.Kind.After, func(kind string) bool { return holds(blocks, kind) }) {
			list = append(list, reading)
		}
	}
	return list
}

// holds says whether one of some blocks is of a kind. Blocks of one reading are of one kind, or of kinds that share it.
func holds(blocks []*block, kind string) bool {
	return slices.ContainsFunc(blocks, func(b *block) bool { return b.changes[0].Kind.Name == kind })
}

// shownBy is what has to be read to see a change.
func (r *run) shownBy(c planner.Change) *reading {
	return r.bySource[planner.Source{Provider: c.Provider, Kind: c.Kind.Name}]
}

// block carries out the changes of one node.
func (r *run) block(ctx context.Context, node *planner.Node, changes []planner.Change) error {
	var todo []planner.Change
	for _, c := range changes {
		if c.Action != planner.NoOp {
			todo = append(todo, c)
		}
	}
	if len(todo) == 0 {
		return nil
	}
	if why := r.held(ctx, node); why != "" {
		r.skip(node, todo, why)
		return nil
	}
	if deviations := r.Approval.Deviations(&planner.Plan{Changes: todo}); len(deviations) > 0 {
		r.skip(node, todo, "not as approved: "+deviations[0].Text)
		return nil
	}
	b := &block{node: node, reading: r.shownBy(todo[0])}
	if node != nil {
		r.begun[node.Address.String()] = b
	}
	for _, c := range todo {
		if err := r.change(ctx, b, c); err != nil {
			return err
		}
	}
	if len(b.changes) > 0 {
		r.unconfirmed[b.reading] = append(r.unconfirmed[b.reading], b)
	}
	return nil
}

// held says why a node is not begun; "" where it is.
func (r *run) held(ctx context.Context, node *planner.Node) string {
	if r.stopping(ctx) {
		return "the run was stopped"
	}
	if node == nil {
		return ""
	}
	for _, edge := range node.Needs {
		if r.failed[edge.To] {
			return edge.To + " comes first, and it failed"
		}
	}
	for _, kind := range node.Kind.After {
		if r.failedKinds[kind] {
			return "a " + kind + " comes first, and it failed"
		}
	}
	return ""
}

func (r *run) stopping(ctx context.Context) bool {
	select {
	case <-r.Stop:
		return true
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

func (r *run) skip(node *planner.Node, todo []planner.Change, why string) {
	for _, c := range todo {
		r.summary.Skipped += c.Size()
		r.Events(event.Event{Type: event.Skipped, Address: c.Address.String(), Action: string(c.Action), Message: why, Total: c.Size()})
	}
	r.markFailed(node)
}

func (r *run) fail(node *planner.Node, why string) {
	r.summary.Failed++
	r.Events(event.Event{Type: event.Failed, Address: node.Address.String(), Message: why})
	r.markFailed(node)
}

// markFailed holds back what comes after a node.
func (r *run) markFailed(node *planner.Node) {
	if node != nil {
		r.failed[node.Address.String()] = true
		r.failedKinds[node.Kind.Name] = true
	}
}

// change carries out one change: intent on disk, the call, outcome on disk. The error is the journal's.
func (r *run) change(ctx context.Context, b *block, c planner.Change) error {
	if r.stopping(ctx) {
		r.skip(b.node, []planner.Change{c}, "the run was stopped")
		return nil
	}
	r.Events(event.Event{Type: event.Start, Address: c.Address.String(), Action: string(c.Action), Total: c.Size()})
	if c.Users != nil {
		return r.users(ctx, b, c)
	}
	entry := r.engine.entry(c)
	if err := r.Journal.Intent(entry); err != nil {
		return err
	}
	r.summary.Begun++
	started := time.Now()
	failure := r.engine.apply(ctx, c)
	took := time.Since(started)
	b.changes, b.took, b.errs = append(b.changes, c), append(b.took, took), append(b.errs, failure)
	if providers.InDoubt(failure) {
		return nil // the outcome is written once it has been read
	}
	return r.outcome(b.node, entry, took, failure)
}

// outcome records and tells what the far end said of a change.
func (r *run) outcome(node *planner.Node, entry journal.Entry, took time.Duration, failure error) error {
	entry.Result, entry.Millis = journal.Done, took.Milliseconds()
	if failure != nil {
		entry.Result, entry.Error = journal.Failed, failure.Error()
		r.summary.Failed++
		r.markFailed(node)
		r.Events(event.Event{Type: event.Failed, Address: entry.Address, Action: entry.Action, Message: failure.Error(), Millis: entry.Millis})
	}
	return r.Journal.Outcome(entry)
}

// entry is a change as the journal has it.
func (e *Engine) entry(c planner.Change) journal.Entry {
	do, _ := e.commands(c) // where a change has no commands, Apply says why
	return journal.Entry{
		Address: c.Address.String(), Action: string(c.Action), Kind: c.Kind.Name, Identity: c.Identity,
		Commands: do, Before: values(planner.Texts(c.Before)), After: values(planner.Texts(c.After)),
	}
}

func values(texts map[string]string) json.RawMessage {
	if texts == nil {
		return nil
	}
	b, err := json.Marshal(texts)
	if err != nil {
		panic(err) // a map of texts always encodes
	}
	return b
}

// errNotShown is what is wrong with a change that the far end accepted and does not show.
var errNotShown = errors.New("carried out without an error, but the estate does not show it")
