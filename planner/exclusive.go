package planner

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// Exclusive says that what is declared of a kind is the whole truth: live objects that no block names are deleted.
type Exclusive struct {
	Kind     *schema.Kind
	Provider string
	Ignore   []string // patterns of identities that are left alone, * and ? as in file names, without case
	Range    hcl.Range
}

// declaredObjects lists what any block names, whatever comes of it.
func declaredObjects(nodes []*Node) map[Source]map[string]bool {
	declared := map[Source]map[string]bool{}
	objects, _ := Evaluate(nodes)
	for i := range objects {
		o := &objects[i]
		source := Source{o.Provider, o.Kind.Name}
		if declared[source] == nil {
			declared[source] = map[string]bool{}
		}
		declared[source][o.LiveID()] = true
	}
	return declared
}

// exclusive deletes what no block names, before the first block of the kind.
func (w *Walk) exclusive(k *schema.Kind, before string) {
	if first, ok := w.swept[k.Name]; ok && first != before {
		return
	}
	w.swept[k.Name] = before
	for _, e := range w.o.Exclusives {
		if e.Kind.Name == k.Name {
			w.sweep(e)
		}
	}
}

func (w *Walk) sweep(e Exclusive) {
	source := Source{e.Provider, e.Kind.Name}
	listing, read := w.live[source]
	if !read || listing.Err != nil || !listing.Complete {
		w.diags = append(w.diags, &hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "What exists could not be listed",
			Detail:   fmt.Sprintf("%s is declared exclusive, but its live objects could not be listed completely, so what to delete is not known.", e.Kind.Name),
			Subject:  e.Range.Ptr(),
		})
		return
	}
	for _, id := range slices.Sorted(maps.Keys(listing.Objects)) {
		if found := listing.Objects[id]; !w.declared[source][id] && !e.Kind.IsBuiltIn(found.Identity) && !ignored(e.Ignore, found.Identity) {
			w.undeclared(e, found, listing.place(found.Identity))
		}
	}
}

func (w *Walk) undeclared(e Exclusive, found Found, place string) {
	address := Address{Kind: e.Kind.Name, Labels: labels(e.Kind, found)}
	if w.o.Only != nil && !w.o.Only(address) {
		return
	}
	c := Diff(e.Kind, found.Value, cty.NullVal(e.Kind.Type()))
	c.Address, c.Provider, c.Identity, c.Place, c.Range = address, e.Provider, found.Identity, place, e.Range
	c.conceal(w.o.Secrets)
	w.guardRefused(&c)
	c.addNotes()
	c.Notes = append(c.Notes, "no block declares it, and "+e.Kind.Name+" is exclusive")
	w.changes = append(w.changes, c)
}

func labels(k *schema.Kind, found Found) []string {
	var labels []string
	for _, name := range k.LabelNames() {
		if name == "identity" {
			labels = append(labels, found.Identity)
		} else {
			labels = append(labels, found.Value.GetAttr(name).AsString())
		}
	}
	return labels
}

func ignored(patterns []string, identity string) bool {
	for _, pattern := range patterns {
		if ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(identity)); ok && err == nil {
			return true
		}
	}
	return false
}
