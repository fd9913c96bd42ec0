package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/agreement"
	"hybrid/internal/phase"
	"hybrid/planner"
	"hybrid/schema"
)

// Check holds objects against one another and against the settings, as [Load] does, once more is known of them.
func (c *Config) Check(objects []planner.Object) hcl.Diagnostics {
	l := &loader{sky: sky{Cloud: c.Cloud, table: c.Clouds}}
	l.check(objects, c.Settings)
	return tidy(l.diags)
}

// check holds the objects against one another and against the settings.
func (l *loader) check(objects []planner.Object, settings Settings) {
	l.checkDoubles(objects)
	l.checkUnique(objects)
	l.checkUsers(objects)
	l.checkShared(objects)
	l.checkWindows(objects, settings)
	l.add(phase.Check(objects, phase.In(l.sky.Cloud, l.sky.table)))
	l.add(agreement.Check(objects))
}

// checkDoubles refuses two declarations of one live object.
func (l *loader) checkDoubles(objects []planner.Object) {
	type live struct{ kind, provider, id string }
	first := map[live]*planner.Object{}
	for i := range objects {
		o := &objects[i]
		if o.Kind.Rows != nil || o.Identity == "" && !o.Kind.Singleton {
			continue
		}
		key := live{o.Kind.Name, o.Provider, o.LiveID()}
		if other := first[key]; other != nil {
			l.fail(o.Range, "One object, two declarations", "%s and %s (%s) are the same %s, %s. Remove one of the two.",
				o.Address, other.Address, schema.Place(other.Range), words(o.Kind.Name), called(o))
			continue
		}
		first[key] = o
	}
}

func called(o *planner.Object) string {
	if o.Identity == "" {
		return "of which there is only one"
	}
	return fmt.Sprintf("%q", o.Identity)
}

// checkUnique refuses values that may occur only once behind a provider.
func (l *loader) checkUnique(objects []planner.Object) {
	type key struct{ set, provider, value string }
	type holder struct {
		object *planner.Object
		claim  schema.Claim
	}
	first := map[key][]holder{}
	for i := range objects {
		o := &objects[i]
		if o.Absent {
			continue
		}
		for _, claim := range o.Kind.Claims(o.Identity, o.Want) {
			at := key{claim.Set, o.Provider, claim.Value}
			n := slices.IndexFunc(first[at], func(h holder) bool { return claim.Clashes(h.claim) })
			switch {
			case n >= 0 && claim.Attr == "identity" && sameObject(o, first[at][n].object): // said by checkDoubles
			case n >= 0:
				other := first[at][n]
				l.fail(o.RangeOf(claim.Attr), "A value that may occur only once", "%s %s",
					claim.Complaint(o.Address.String(), fmt.Sprintf("%s (%s)", other.object.Address, schema.Place(other.object.RangeOf(other.claim.Attr))), other.claim),
					cmp.Or(claim.Remedy, "Give one of them another, or remove it."))
			case !slices.ContainsFunc(first[at], func(h holder) bool { return h.claim.Shared == claim.Shared }):
				first[at] = append(first[at], holder{o, claim})
			}
		}
	}
}

func sameObject(a, b *planner.Object) bool {
	return a.Kind == b.Kind && a.Provider == b.Provider && a.LiveID() == b.LiveID()
}

// checkUsers refuses a user who is in two blocks of one kind.
func (l *loader) checkUsers(objects []planner.Object) {
	type group struct{ kind, provider string }
	blocks := map[group][]*planner.Object{}
	for i := range objects {
		if o := &objects[i]; o.Kind.Rows != nil && o.Users.Len() > 0 {
			key := group{o.Kind.Name, o.Provider}
			blocks[key] = append(blocks[key], o)
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(blocks), func(a, b group) int {
		return strings.Compare(a.kind+" "+a.provider, b.kind+" "+b.provider)
	}) {
		if len(blocks[key]) > 1 {
			l.checkOverlap(blocks[key])
		}
	}
}

// overlap is the users that two blocks share.
type overlap struct {
	first, second int // numbers of the blocks
}

// checkOverlap reports each pair of blocks that share users, once.
func (l *loader) checkOverlap(blocks []*planner.Object) {
	total := 0
	for _, o := range blocks {
		total += o.Users.Len()
	}
	owner := make(map[string]int, total)
	shared := map[overlap][]string{}
	var order []overlap
	for n, o := range blocks {
		for row := range o.Users.Len() {
			sip := o.Users.SIP(row)
			first, taken := owner[sip]
			if !taken {
				owner[sip] = n
				continue
			}
			pair := overlap{first, n}
			if shared[pair] == nil {
				order = append(order, pair)
			}
			shared[pair] = append(shared[pair], sip)
		}
	}
	for _, pair := range order {
		l.reportOverlap(blocks[pair.first], blocks[pair.second], shared[pair])
	}
}

func (l *loader) reportOverlap(first, second *planner.Object, sips []string) {
	who := sips[0]
	if len(sips) > 1 {
		who += fmt.Sprintf(" and %d more", len(sips)-1)
	}
	how := ""
	if a, b := aim(first), aim(second); a != b {
		how = fmt.Sprintf(", which say %s and %s", b, a)
	}
	l.fail(second.RangeOf("users"), "A user in two blocks", "%s: in %s and in %s (%s)%s. Remove them from one of the two.",
		who, second.Address, first.Address, schema.Place(first.RangeOf("users")), how)
}

// aim is what a block wants of its users.
func aim(o *planner.Object) string {
	if o.Absent {
		return `ensure = "absent"`
	}
	attr := o.Kind.Rows.Attr
	if attr == "" || o.Want.IsNull() {
		return `ensure = "present"`
	}
	v := o.Want.GetAttr(attr)
	switch {
	case schema.IsSensitive(v):
		return attr + " = (sensitive)"
	case !v.IsKnown():
		return attr + " = (known after apply)"
	case v.IsNull():
		return "no " + attr
	}
	return fmt.Sprintf("%s = %q", attr, strings.ToLower(text(o.Kind.Attr(attr).Canonical(v))))
}

// checkWindows refuses waves in windows that the hybrid block does not declare.
func (l *loader) checkWindows(objects []planner.Object, settings Settings) {
	for i := range objects {
		o := &objects[i]
		name := window(o)
		if _, ok := settings.Windows[name]; ok || name == "" {
			continue
		}
		declared := slices.Sorted(maps.Keys(settings.Windows))
		detail := schema.DidYouMean(name, declared)
		if detail == "" {
			detail = fmt.Sprintf(" Declare it in the hybrid block: window %q { … }.", name)
		}
		l.lacking(o.RangeOf("wave.window"), "No such window", "There is no window %q.%s", name, detail)
	}
}

// window is the name of the window in which a block's users move, "" for any time.
func window(o *planner.Object) string {
	if o.Want.IsNull() || !o.Want.Type().HasAttribute("wave") {
		return ""
	}
	wave, _ := o.Want.GetAttr("wave").Unmark()
	if wave.IsNull() || !wave.IsKnown() || !wave.Type().IsObjectType() || !wave.Type().HasAttribute("window") {
		return ""
	}
	v := wave.GetAttr("window")
	if schema.IsSensitive(v) || v.Type() != cty.String {
		return ""
	}
	return text(v)
}
