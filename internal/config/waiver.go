package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// Waiver is a check block that says that a check is not run, and why.
type Waiver struct {
	ID     string // of the check: "E-ROOT"
	Reason string
	Range  hcl.Range // of the block's header
}

// Waived gives the reasons of checks that are not run, by their ids; nil for none.
func (c *Config) Waived() map[string]string {
	var all map[string]string
	for _, w := range c.Waivers {
		if all == nil {
			all = map[string]string{}
		}
		all[w.ID] = w.Reason
	}
	return all
}

// Waiver finds the block that waives a check, nil where none does.
func (c *Config) Waiver(id string) *Waiver {
	n := slices.IndexFunc(c.Waivers, func(w Waiver) bool { return w.ID == id })
	if n < 0 {
		return nil
	}
	return &c.Waivers[n]
}

// waiverBody is what a check block takes.
func waiverBody() schema.Body {
	return schema.Body{Of: "check", Attrs: []schema.Attr{
		{Name: "skip", Type: cty.Bool, Doc: "Whether the check is waived: it is not run, and stops no apply."},
		{Name: "reason", Type: cty.String, Check: checkFilled, Doc: "Why: it is shown wherever the check would be, and is in the journal of every run."},
	}}
}

// loadWaivers reads the check blocks.
func (l *loader) loadWaivers() []Waiver {
	var all []Waiver
	earlier := map[string]hcl.Range{}
	for _, block := range l.blocks["check"] {
		id := block.Labels[0]
		if !l.isCheck(id, block) {
			continue
		}
		if at, twice := earlier[id]; twice {
			l.fail(block.DefRange, "Check waived twice", "There is a block check %q at %s already. Remove one of the two.", id, schema.Place(at))
			continue
		}
		earlier[id] = block.DefRange
		if w, waives := l.readWaiver(block); waives {
			all = append(all, w)
		}
	}
	return all
}

// isCheck refuses the id of a check that there is not. Without a list of them any is taken.
func (l *loader) isCheck(id string, block *hcl.Block) bool {
	if len(l.Checks) == 0 || slices.Contains(l.Checks, id) {
		return true
	}
	hint := schema.DidYouMean(id, l.Checks)
	if hint == "" {
		hint = " There are " + schema.List(l.Checks, "and") + "."
	}
	l.fail(labelRange(block, 0), "No such check", "There is no check %q.%s", id, hint)
	return false
}

// readWaiver says whether a block waives its check, which it does with skip = true and a reason.
func (l *loader) readWaiver(block *hcl.Block) (Waiver, bool) {
	w := Waiver{ID: block.Labels[0], Range: block.DefRange}
	told := len(l.diags)
	values, ranges, diags := waiverBody().Decode(block.Body, l.constants(block.Body))
	l.add(diags)
	if diags.HasErrors() {
		return w, false
	}
	skip, reason := values["skip"], values["reason"]
	switch {
	case schema.IsSensitive(reason) || schema.IsSensitive(skip):
		l.fail(block.DefRange, "A secret that would be shown", "What a block check says is shown and written into the journal, and this is made of a sensitive value. Leave that value out.")
	case (!skip.IsKnown() || !reason.IsKnown()) && len(l.diags) > told: // of what it is made of
	case !skip.IsKnown() || !reason.IsKnown():
		l.fail(block.DefRange, "Not a constant", "What a block check says must be known offline: write skip = true and the reason as text.")
	case skip.IsNull() || skip.False():
		l.warn(block.DefRange, "A block that waives nothing", "check %q has no skip = true, so the check is run as ever. Write skip = true and a reason to waive it, or remove the block.", w.ID)
	case reason.IsNull():
		l.fail(ranges["skip"], "A waiver without a reason", "check %q is waived without saying why. Write reason = \"…\": it is shown wherever the check would be, and is in the journal of every run.", w.ID)
	default:
		w.Reason = reason.AsString()
		return w, true
	}
	return w, false
}

// warn records what is no error.
func (l *loader) warn(where hcl.Range, summary, format string, args ...any) {
	d := problem(where, summary, format, args...)
	d.Severity = hcl.DiagWarning
	l.diags = append(l.diags, d)
}
