package importer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// A unit is one block on its way into a file.
type unit struct {
	kind     *schema.Kind
	provider string
	labels   []string
	lines    []string  // its arguments, each "name = expression"
	objects  []*object // those that it declares; several with for_each
	users    *cut      // of a kind of users
	remarks  []string
}

// address is that of the block.
func (u *unit) address() string {
	return planner.Address{Kind: u.kind.Name, Labels: u.labels}.String()
}

// text is the block as it is written, with what cannot be declared of it as comments before it.
func (u *unit) text() string {
	var b strings.Builder
	for _, remark := range u.remarks {
		b.WriteString(comment(remark))
	}
	b.WriteString(u.kind.Name)
	for _, label := range u.labels {
		b.WriteString(" " + quoted(label))
	}
	b.WriteString(" {\n" + strings.Join(u.lines, "\n") + "\n}\n")
	return b.String()
}

// comment is a sentence as lines of a comment that are not too long.
func comment(text string) string {
	var b strings.Builder
	line := "#"
	for _, word := range strings.Fields(text) {
		if len(line)+len(word) > 118 && line != "#" {
			b.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	return b.String() + line + "\n"
}

// units are the blocks of objects, in their order; with collapsing those that repeat are one block at the place of the first.
func (w *work) units() []*unit {
	var units []*unit
	grouped := map[*object]*unit{}
	if w.collapsing {
		grouped = w.collapse()
	}
	done := map[*unit]bool{}
	for _, o := range w.objects {
		switch g := grouped[o]; {
		case o.why != "" || o.empty():
		case g == nil:
			units = append(units, w.single(o))
		case !done[g]:
			done[g] = true
			units = append(units, g)
		}
	}
	return units
}

// single is the block of one object.
func (w *work) single(o *object) *unit {
	u := &unit{kind: o.kind, provider: o.provider, objects: []*object{o}, remarks: o.remarks}
	if !o.kind.Singleton {
		u.labels = o.labels(o.label)
	}
	u.lines = w.provided(o.kind, o.provider)
	if o.label != o.identity {
		u.lines = append(u.lines, "identity = "+quoted(o.identity))
	}
	for _, a := range o.written() {
		u.lines = append(u.lines, a.Name+" = "+w.expression(o, a))
	}
	return u
}

// provided is the argument that says which provider block serves the block, where there are several.
func (w *work) provided(k *schema.Kind, provider string) []string {
	if w.several(k.System) {
		return []string{"provider = " + provider}
	}
	return nil
}

// fewest is from how many objects on what repeats is one block, and mostVarying in how many attributes they may differ.
const (
	fewest      = 3
	mostVarying = 2
)

// collapse finds objects of one kind that say the same, or differ in little, and makes a block with for_each of them.
func (w *work) collapse() map[*object]*unit {
	shapes, order, references := map[string][]*object{}, []string{}, w.references()
	for _, o := range w.objects {
		if !w.repeatable(o) || referred(o, references) {
			continue
		}
		shape := w.shape(o)
		if shapes[shape] == nil {
			order = append(order, shape)
		}
		shapes[shape] = append(shapes[shape], o)
	}
	taken, grouped := w.addresses(), map[*object]*unit{}
	for _, shape := range order {
		if u := w.group(shapes[shape], taken); u != nil {
			for _, o := range u.objects {
				grouped[o] = u
			}
		}
	}
	return grouped
}

// addresses are those of all blocks, whether or not they are part of a group in the end.
func (w *work) addresses() map[string]bool {
	taken := w.taken()
	for _, o := range w.objects {
		taken[o.address().String()] = true
	}
	return taken
}

// repeatable says whether an object may be one of several in a block: nothing is to be said of it alone.
func (w *work) repeatable(o *object) bool {
	return !o.kind.Singleton && o.why == "" && !o.empty() && len(o.remarks) == 0 && !w.loose[o.address().String()]
}

// references are the expressions of all blocks that refer to something.
func (w *work) references() []string {
	var all []string
	keep := func(k *schema.Kind, a *schema.Attr, v cty.Value) {
		if text, ok := w.reference(k, a, v); ok {
			all = append(all, text)
		}
	}
	for _, o := range w.objects {
		for _, a := range o.written() {
			if o.why == "" && !o.plain && !schema.IsSensitive(o.values[a.Name]) {
				keep(o.kind, a, o.values[a.Name])
			}
		}
	}
	for _, c := range w.crowds {
		for _, l := range c.lists {
			for _, t := range l.cuts {
				attr, at := t.homing()
				keep(t.kind, t.kind.Attr(attr), cty.StringVal(at))
			}
		}
	}
	return all
}

// referred says whether an expression refers to the block of an object.
func referred(o *object, references []string) bool {
	at := traversal(o.address()) + "."
	return slices.ContainsFunc(references, func(text string) bool { return strings.HasPrefix(text, at) })
}

// shape is what objects have in common that can be one block: kind, provider, further labels, and which attributes they say.
func (w *work) shape(o *object) string {
	parts := append([]string{o.kind.Name, o.provider}, o.labels("")...)
	for _, a := range o.written() {
		parts = append(parts, a.Name)
	}
	return strings.Join(parts, "\x00")
}

// group makes one block of objects of one shape; nil where they are too few or too different.
func (w *work) group(objects []*object, taken map[string]bool) *unit {
	if len(objects) < fewest {
		return nil
	}
	first := objects[0]
	u := &unit{kind: first.kind, provider: first.provider, objects: objects}
	expressions := w.expressions(objects)
	varying := slices.DeleteFunc(names(first.written()), func(name string) bool { return alike(expressions[name]) })
	if len(varying) > mostVarying {
		return nil
	}
	u.labels = w.groupLabels(first, taken)
	u.lines = append(w.provided(first.kind, first.provider), "for_each = "+instances(objects, varying, expressions), "identity = each.key")
	for _, a := range first.written() {
		value := expressions[a.Name][0]
		switch {
		case !slices.Contains(varying, a.Name):
		case len(varying) == 1:
			value = "each.value"
		default:
			value = "each.value." + a.Name
		}
		u.lines = append(u.lines, a.Name+" = "+value)
	}
	return u
}

// expressions are what objects of one shape write, by attribute.
func (w *work) expressions(objects []*object) map[string][]string {
	all := map[string][]string{}
	for _, a := range objects[0].written() {
		for _, o := range objects {
			all[a.Name] = append(all[a.Name], w.expression(o, a))
		}
	}
	return all
}

func names(attrs []*schema.Attr) []string {
	var all []string
	for _, a := range attrs {
		all = append(all, a.Name)
	}
	return all
}

// alike says whether all of some expressions are one.
func alike(all []string) bool {
	return !slices.ContainsFunc(all, func(e string) bool { return e != all[0] })
}

// groupLabels are those of a block for several objects: "all", or what sets it apart from another such block.
func (w *work) groupLabels(o *object, taken map[string]bool) []string {
	name := "all"
	if _, view, named := strings.Cut(o.provider, "."); named && w.several(o.kind.System) {
		name = view
	}
	label := name
	for n := 2; taken[planner.Address{Kind: o.kind.Name, Labels: o.labels(label)}.String()]; n++ {
		label = fmt.Sprintf("%s-%d", name, n)
	}
	taken[planner.Address{Kind: o.kind.Name, Labels: o.labels(label)}.String()] = true
	return o.labels(label)
}

// instances is the value of for_each: a set of identities, or a map from them to what differs.
func instances(objects []*object, varying []string, expressions map[string][]string) string {
	var entries []string
	for n, o := range objects {
		switch len(varying) {
		case 0:
			entries = append(entries, quoted(o.identity))
		case 1:
			entries = append(entries, quoted(o.identity)+" = "+expressions[varying[0]][n])
		default:
			var fields []string
			for _, name := range varying {
				fields = append(fields, name+" = "+expressions[name][n])
			}
			entries = append(entries, quoted(o.identity)+" = { "+strings.Join(fields, ", ")+" }")
		}
	}
	if len(varying) == 0 {
		return "toset(" + list(entries) + ")"
	}
	return "{\n" + strings.Join(entries, "\n") + "\n}"
}
