package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"hybrid/schema"
)

// A Deed is what a run did to one object or user, as its journal tells.
type Deed struct {
	Address  Address
	Kind     *schema.Kind
	Provider string
	Identity string // as the far end was told it
	Action   Action
	// Before and After are its values as [Texts] has them, nil where there was nothing.
	Before, After map[string]string
	Changed       []string          // attributes that differed; nil where the journal does not tell
	Left          map[string]string // how it stood when the run ended, as in [Standing]; nil where that is not recorded
	Outcome       Outcome

	was, left record
}

// Outcome is what a journal knows of what became of a deed.
type Outcome int

// The outcomes.
const (
	CarriedOut Outcome = iota
	Doubtful           // announced, and nobody knows whether it was done: what is live tells
	Declined           // the far end did not do it, or not all of it
)

// A record is an object as a journal has it.
type record struct {
	values map[string]cty.Value // by attribute, unknown where the journal does not tell; nil where there was nothing
	hidden []string             // attributes that the journal must not tell
}

// readRecord makes values of texts. An error names what this program cannot read.
func readRecord(k *schema.Kind, texts map[string]string) (record, error) {
	var r record
	if texts == nil {
		return r, nil
	}
	r.values = map[string]cty.Value{}
	for name, t := range k.Type().AttributeTypes() {
		written, told := texts[name]
		switch {
		case !told, written == "":
			r.values[name] = cty.NullVal(t)
		case written == sensitiveText:
			r.hidden = append(r.hidden, name)
			fallthrough
		case written == unknownText:
			r.values[name] = cty.UnknownVal(t)
		default:
			v, err := ctyjson.Unmarshal([]byte(written), t)
			if err != nil {
				return r, fmt.Errorf("this version cannot read what the journal says of its %s", name)
			}
			r.values[name] = v
		}
	}
	slices.Sort(r.hidden)
	return r, nil
}

// ReadTexts makes values of what [Texts] gave, by attribute: unknown where they must not be shown, null where there is none. The error
// names what this program cannot read.
func ReadTexts(k *schema.Kind, texts map[string]string) (map[string]cty.Value, error) {
	r, err := readRecord(k, texts)
	return r.values, err
}

// read reads both sides of a deed.
func (d *Deed) read() error {
	var err error
	if d.was, err = readRecord(d.Kind, d.Before); err == nil {
		d.left, err = readRecord(d.Kind, d.After)
	}
	return err
}

// changed lists what the run changed of an object that existed before and after: the attributes that differed, and those that
// became others by it.
func (d *Deed) changed() []string {
	return slices.DeleteFunc(standingNames(d.Kind), func(name string) bool {
		if a := d.Kind.Attr(name); a != nil && a.Initial {
			return true
		}
		return !slices.Contains(d.Changed, name) && (d.Before[name] == d.After[name] || d.After[name] == unknownText)
	})
}

// tells says whether the journal has an attribute of a record, and live state can be compared with it.
func (r *record) tells(k *schema.Kind, name string) bool {
	a := k.Attr(name)
	return (a == nil || !a.WriteOnly && !a.Initial) && r.values[name].IsWhollyKnown()
}

// joined makes one deed of what one run did to one object or user, in order: from what was there first to what was left. What
// the far end declined is none, unless there is nothing else.
func joined(deeds []Deed) []Deed {
	at := map[string]int{}
	var all []Deed
	for _, d := range deeds {
		n, again := at[d.Address.String()]
		switch {
		case !again:
			at[d.Address.String()] = len(all)
			all = append(all, d)
		case all[n].Outcome == Declined:
			all[n] = d
		case d.Outcome != Declined:
			all[n] = all[n].then(d)
		}
	}
	return all
}

// then is a deed and, of the same object, another one after it.
func (d Deed) then(next Deed) Deed {
	first := d.Action
	d.After, d.Action, d.Left, d.Outcome = next.After, next.Action, next.Left, max(d.Outcome, next.Outcome)
	d.Changed = append(slices.Clone(d.Changed), next.Changed...)
	switch {
	case first == Create && next.Action != Delete:
		d.Action = Create
	case first == Delete && next.Action == Create:
		d.Action = Replace
	}
	return d
}

// asRecorded says whether an attribute of a live object is as a record has it. What live state does not tell is not.
func asRecorded(k *schema.Kind, name string, r *record, live map[string]cty.Value) bool {
	v, _ := live[name].UnmarkDeep()
	return v.IsWhollyKnown() && asBefore(k, name, r.values, live)
}

// asLeft says whether an attribute is as the run left it. Where the journal cannot tell, nothing speaks against it.
func (d *Deed) asLeft(name string, live map[string]cty.Value) bool {
	return !d.left.tells(d.Kind, name) || asRecorded(d.Kind, name, &d.left, live)
}

// matches says in what a live object differs from a record, "" where in nothing that both tell.
func (d *Deed) matches(r *record, live map[string]cty.Value) string {
	var astray []string
	for _, name := range standingNames(d.Kind) {
		if r.tells(d.Kind, name) && live[name].IsWhollyKnown() && !asBefore(d.Kind, name, r.values, live) {
			astray = append(astray, d.astray(name, r, live))
		}
	}
	return strings.Join(astray, ", ")
}

// strays says in what an object that the run made is no longer as it was left, "" where in nothing: in what the run said of it,
// and, where the run recorded how it stood at the end, in anything.
func (d *Deed) strays(live map[string]cty.Value) string {
	var astray []string
	recorded := standingValue(d.Kind, d.Left).AsValueMap()
	for _, name := range standingNames(d.Kind) {
		a := d.Kind.Attr(name)
		said := d.left.tells(d.Kind, name) && !d.left.values[name].IsNull()
		switch {
		case !live[name].IsWhollyKnown():
		case recorded[name].IsWhollyKnown():
			if !asBefore(d.Kind, name, recorded, live) {
				astray = append(astray, d.astray(name, &record{values: recorded}, live))
			}
		case a != nil && said && !same(a, live, d.left.values):
			astray = append(astray, d.astray(name, &d.left, live))
		}
	}
	if len(astray) == 0 {
		return ""
	}
	return changedSince(astray)
}

// astray says what an attribute is, and what it should be. What must not be shown is not.
func (d *Deed) astray(name string, r *record, live map[string]cty.Value) string {
	if a := d.Kind.Attr(name); a != nil && a.Sensitive || schema.IsSensitive(live[name]) {
		return name + " is another"
	}
	if !live[name].IsWhollyKnown() {
		return "the far end does not tell its " + name
	}
	return fmt.Sprintf("%s is %s, not %s", name, text(live[name]), text(r.values[name]))
}

func changedSince(astray []string) string {
	return "it has been changed since: " + strings.Join(astray, ", ")
}
