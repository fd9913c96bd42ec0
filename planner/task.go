package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/roster"
	"hybrid/schema"
)

// Ran tells the walk that the task of a block has been run: what changed before has been carried on.
func (w *Walk) Ran(block Address) { w.ran[block.Block().String()] = true }

// task decides whether a task has to be run: because something that it carries on changes before it, or because the other
// side does not know those as they are whom a later block takes there or brings from there.
func (w *Walk) task(o *Object, listing Listing) Change {
	c := object(o, listing)
	if c.Action == Unknown {
		return c
	}
	var reasons []string
	if changed := w.carried(o); len(changed) > 0 && !w.ran[o.Address.Block().String()] {
		reasons = append(reasons, listed(changed)+" "+agree(len(changed), "changes", "change"))
	}
	mirror, seen, err := w.mirror(o.Kind.Task)
	if err != nil {
		return unknown(o, err.Error())
	}
	a := arrivals{task: o.Kind.Task, mirror: mirror, must: map[string]bool{}}
	if mirror != nil {
		w.created(&a)
		w.crossing(&a)
	}
	c.Carried = len(a.must)
	if missing := a.missing(); len(missing) > 0 {
		c.Missing = len(missing)
		reasons = append(reasons, listed(missing)+" "+agree(len(missing), "has", "have")+" not arrived")
	}
	if c.Reason != "" {
		reasons = append(reasons, c.Reason)
	}
	c.Action, c.Reason = NoOp, strings.Join(reasons, "; ")
	if len(reasons) > 0 {
		c.Action = Run
	}
	if !seen && c.Action == Run {
		w.unseen(o, &c)
	}
	return c
}

// unseen says what it means that nothing shows what a task carries.
func (w *Walk) unseen(o *Object, c *Change) {
	if o.Kind.Task.Unseen == nil {
		return
	}
	note, refusal := o.Kind.Task.Unseen(valueMap(c.Before))
	if note != "" {
		c.Notes = append(c.Notes, note)
	}
	if refusal != "" {
		w.diags = append(w.diags, &hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Nobody could tell when to go on",
			Detail:   fmt.Sprintf("%s: %s", o.Address, refusal),
			Subject:  o.Range.Ptr(),
		})
	}
}

// mostListed is how many names are told one by one: as many as somebody would look at.
const mostListed = 10

// listed is "a", "a, b, c" or, of more than can be looked at one by one, "a, b and 28 more".
func listed(names []string) string {
	if len(names) > mostListed {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:2], ", "), len(names)-2)
	}
	return strings.Join(names, ", ")
}

func agree(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// carried names the blocks before a task of which something changes and which it depends on or carries on by its kind.
func (w *Walk) carried(o *Object) []string {
	var names []string
	if w.at != nil {
		for _, edge := range w.at.Needs {
			if w.changed[edge.To] != "" && !slices.Contains(names, edge.To) {
				names = append(names, edge.To)
			}
		}
	}
	for block, kind := range w.changed {
		if slices.Contains(o.Kind.Task.Carries, kind) && !slices.Contains(names, block) {
			names = append(names, block)
		}
	}
	slices.Sort(names)
	return names
}

// mirror is the table of users as the other side shows them; seen is false where nothing shows it.
func (w *Walk) mirror(t *schema.Task) (table *roster.Table, seen bool, err error) {
	if t.Mirror == "" {
		return nil, false, nil
	}
	for source, listing := range w.live {
		if source.Kind == t.Mirror {
			return listing.Users, true, listing.Err
		}
	}
	return nil, false, nil
}

// arrivals are the users of whom the other side must have heard before what comes after a task, by address: true for those
// of whom it has.
type arrivals struct {
	task   *schema.Task
	mirror *roster.Table
	must   map[string]bool
}

// expect says that a user must have arrived: to be shown as home, or, with "", at all.
func (a *arrivals) expect(sip, home string) {
	there, listed := a.mirror.Lookup(sip)
	shown := ""
	if listed {
		shown = a.mirror.Cell(there, a.task.Shown)
	}
	arrived := shown != "" && (home == "" || strings.EqualFold(shown, home))
	if known, twice := a.must[sip]; twice {
		arrived = arrived && known
	}
	a.must[sip] = arrived
}

// missing names those who have not arrived.
func (a *arrivals) missing() []string {
	var names []string
	for sip, arrived := range a.must {
		if !arrived {
			names = append(names, sip)
		}
	}
	slices.Sort(names)
	return names
}

// created expects the users whom blocks before the task have created since the walk began. Of others who are not there, such
// as those whom no synchronisation takes along, nothing is said.
func (w *Walk) created(a *arrivals) {
	for _, b := range w.born {
		live := w.live[Source{b.provider, b.kind.Name}].Users
		for n := range b.users.Len() {
			if _, exists := live.Lookup(b.users.SIP(n)); exists && b.users.At[n] < 0 {
				a.expect(b.users.SIP(n), "")
			}
		}
	}
}

// crossing expects the users whom a block after the task takes from one side to the other to be known there as they are: it
// would refuse others.
func (w *Walk) crossing(a *arrivals) {
	if w.at == nil {
		return
	}
	for _, node := range w.nodes[slices.Index(w.nodes, w.at)+1:] {
		if node.Kind.Rows == nil || node.Kind.Rows.Crosses == nil {
			continue
		}
		objects, _ := node.Evaluate(w.after) // what is wrong with them is told when the walk is there
		for i := range objects {
			if w.o.Only == nil || w.o.Only(objects[i].Address) {
				w.crossers(a, &objects[i])
			}
		}
	}
}

// crossers expects those of the users of one block.
func (w *Walk) crossers(a *arrivals, o *Object) {
	rows, live := o.Kind.Rows, w.live[Source{o.Provider, o.Kind.Name}].Users
	if o.UsersLate || o.Absent || live == nil {
		return
	}
	target, _ := o.Kind.Attr(rows.Attr).Canonical(o.Want.GetAttr(rows.Attr)).Unmark()
	if !target.IsKnown() || target.IsNull() {
		return
	}
	want := valueMap(o.Want)
	for row := range o.Users.Len() {
		at, exists := live.Lookup(o.Users.SIP(row))
		if !exists {
			continue
		}
		from := rows.State(live.Row(at))
		if from != "" && from != target.AsString() && rows.Crosses(want, from) {
			a.expect(o.Users.SIP(row), live.Cell(at, a.task.Of))
		}
	}
}

// remember keeps what later tasks look back at: blocks that change.
func (w *Walk) remember(node *Node, c Change) {
	if c.Action != NoOp && c.Action != Unknown {
		w.changed[node.Address.String()] = node.Kind.Name
	}
}
