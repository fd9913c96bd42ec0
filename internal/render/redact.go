// Package render writes plans, graphs and the progress of an apply for people and for programs. It is the only place
// that redacts: values reach an output only through [show] and [value], which know no marked value, and texts made by
// others only through the function that [Redact] gives.
package render

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// What stands for values that are not shown.
const (
	sensitiveText = "(sensitive)"
	unknownText   = "(known after apply)"
	unsetText     = "(unset)"
)

// show is a value as a configuration would write it, on one line and safe for a terminal. Marked values, and marked
// parts of values, are never shown.
func show(v cty.Value) string {
	switch {
	case v == cty.NilVal:
		return unsetText
	case v.IsMarked():
		return sensitiveText
	case !v.IsKnown():
		return unknownText
	case v.IsNull():
		return unsetText
	}
	switch t := v.Type(); {
	case t == cty.String:
		return strconv.Quote(v.AsString())
	case t == cty.Number:
		return number(v.AsBigFloat())
	case t == cty.Bool:
		return strconv.FormatBool(v.True())
	case t.IsListType(), t.IsSetType(), t.IsTupleType():
		return "[" + strings.Join(members(v), ", ") + "]"
	case t.IsMapType(), t.IsObjectType():
		return "{ " + strings.Join(members(v), ", ") + " }"
	default:
		return "(" + t.FriendlyName() + ")"
	}
}

func number(f *big.Float) string { return schema.Digits(f) }

// members shows the elements of a known, unmarked collection; attributes of an object that are unset are left out.
func members(v cty.Value) []string {
	var texts []string
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		switch {
		case v.Type().IsMapType():
			texts = append(texts, fmt.Sprintf("%s = %s", show(key), show(element)))
		case !v.Type().IsObjectType():
			texts = append(texts, show(element))
		case element.IsMarked() || !element.IsNull():
			texts = append(texts, fmt.Sprintf("%s = %s", key.AsString(), show(element)))
		}
	}
	return texts
}

// masked is a value of which only its being there may be known.
func masked(v cty.Value) cty.Value {
	bare, _ := v.UnmarkDeep()
	if bare.IsKnown() && bare.IsNull() {
		return bare
	}
	return cty.UnknownVal(bare.Type()).Mark(schema.Sensitive)
}

// Redact gives a function that takes the sensitive texts of a plan, and [planner.Plan.Secrets], out of sentences that others
// made: notes, reasons, commands, errors. Those should hold none; this is for the day when one does.
func Redact(p *planner.Plan) func(string) string {
	texts := slices.Clone(p.Secrets)
	for i := range p.Changes {
		if !mayHide(&p.Changes[i]) {
			continue
		}
		for _, f := range allFields(&p.Changes[i]) {
			if f.sensitive {
				texts = appendTexts(appendTexts(texts, f.before), f.after)
			}
		}
	}
	return Hide(texts)
}

// Hide gives a function that takes texts out of sentences, in whatever way a program may have quoted them; see [spellings].
// Texts of less than four characters stay, since they would be found in the middle of any word.
func Hide(texts []string) func(string) string {
	known := map[string]bool{}
	var all []string
	for _, text := range texts {
		if known[text] {
			continue
		}
		known[text] = true
		for _, spelled := range spellings(text) {
			if len(spelled) >= 4 {
				all = append(all, spelled)
			}
		}
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) }) // the longest first
	all = slices.Compact(all)
	var pairs []string
	for _, text := range all {
		pairs = append(pairs, text, sensitiveText)
	}
	if len(pairs) == 0 {
		return func(text string) string { return text } // a replacer would look for nothing at every character
	}
	begun, replacer := beginningsOf(all), strings.NewReplacer(pairs...)
	return func(text string) string {
		if !begun.in(text) { // a replacer makes every text anew, and most hold no secret
			return text
		}
		return replacer.Replace(text)
	}
}

// mayHide says whether a change can have anything sensitive in it at all, which most have not.
func mayHide(c *planner.Change) bool {
	return anySensitive(c.Kind.Attrs) || marked(c.Before) || marked(c.After) ||
		slices.ContainsFunc(c.Kind.Blocks, func(b schema.Block) bool { return anySensitive(b.Attrs) })
}

func anySensitive(attrs []schema.Attr) bool {
	for i := range attrs { // without copying each, which is large
		if attrs[i].Sensitive {
			return true
		}
	}
	return false
}

// marked says whether a value or any part of it is marked. Most values are objects of primitive values, which are looked at
// without the paths that a search makes.
func marked(v cty.Value) bool {
	switch {
	case v == cty.NilVal:
		return false
	case v.IsMarked():
		return true
	case v.Type().IsPrimitiveType() || v.IsNull() || !v.IsKnown():
		return false
	case !v.Type().IsObjectType():
		return v.ContainsMarked()
	}
	for name := range v.Type().AttributeTypes() {
		if marked(v.GetAttr(name)) {
			return true
		}
	}
	return false
}

// appendTexts collects the texts in a value, whatever its marks.
func appendTexts(texts []string, v cty.Value) []string {
	v, _ = v.Unmark()
	switch {
	case !v.IsKnown() || v.IsNull():
	case v.Type() == cty.String:
		texts = append(texts, v.AsString())
	case v.Type() == cty.Number:
		texts = append(texts, number(v.AsBigFloat()))
	case v.CanIterateElements():
		for it := v.ElementIterator(); it.Next(); {
			_, element := it.Element()
			texts = appendTexts(texts, element)
		}
	}
	return texts
}

// plain takes out of a text what would steer a terminal, lines and tabs aside: a server's answer must not be able to
// paint a plan.
func plain(text string) string {
	if isPlain(text) { // most are
		return text
	}
	clean := func(r rune) rune {
		if unprintable(r) && r != '\n' && r != '\t' {
			return '\uFFFD'
		}
		return r
	}
	return strings.Map(clean, strings.ReplaceAll(text, "\r\n", "\n"))
}

// Plain is a text that others made without what would move a terminal's cursor, change its colours or title, or turn the direction of
// what follows: each such character is replaced by U+FFFD. Line breaks and tabs stay.
func Plain(text string) string { return plain(text) }

// isPlain says whether a text is nothing but printable ASCII, lines and tabs.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < ' ' || c > '~') && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}
