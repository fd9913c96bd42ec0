// Package importer makes a configuration of what is live: files that are idiomatic, sorted, the same for the same estate, and of
// which the plan right afterwards shows no changes. It makes sure of that itself: what it has drafted it loads and plans against
// the very readings that it was drafted from, and what then is refused, or would change, it takes out and says so in a comment.
package importer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/config"
	"hybrid/internal/engine"
	"hybrid/planner"
	"hybrid/schema"
)

// An Input is what an import starts from.
type Input struct {
	// Before is the configuration that the files are added to: its provider blocks lead to the estate, and what it declares is
	// left out.
	Before *config.Config
	Listed []engine.Listed // what is live
	Data   planner.Live    // what was found for the data blocks
	Kinds  []*schema.Kind  // all that a configuration can declare
	// Load reads the configuration together with files that are not in its folder yet.
	Load   func(drafts map[string][]byte) (*config.Config, hcl.Diagnostics)
	Filter *Filter // what to import of all that; nil is everything
	// Exists says whether the folder has a file, by path with slashes; nil where it has none.
	Exists func(name string) bool
}

// A Result is what an import makes.
type Result struct {
	Files   map[string][]byte // by path in the folder, with slashes; none where there is nothing new
	Objects int               // that are declared in them
	Users   int               // who are listed in them
	Blocks  int               // of HCL
	// Undeclared are the objects, attributes and users that cannot be declared, each a sentence or two with the reason. The same
	// sentences stand in the files as comments.
	Undeclared []string
}

// Import makes the files. The error says what kept it from making any that plan to nothing.
func Import(in Input) (*Result, error) {
	w, err := newWork(in)
	if err != nil {
		return nil, err
	}
	if err := w.settle(); err != nil {
		return nil, err
	}
	w.collapsing = true
	if err := w.settle(); err != nil {
		return nil, err
	}
	return w.result(), nil
}

// A work is one import under way.
type work struct {
	Input
	objects []*object
	crowds  []*crowd
	// remarks are the sentences about what is no object, by concern.
	remarks    map[string][]string
	collapsing bool            // what repeats is written as one block
	loose      map[string]bool // addresses of blocks that did not pass collapsed: their objects are written one by one
	tenants    []tenant
	sources    map[string]string // the folder's own files as they are, by name, for what stands there already
}

func newWork(in Input) (*work, error) {
	w := &work{Input: in, remarks: map[string][]string{}, loose: map[string]bool{}, sources: map[string]string{}}
	for name, src := range in.Before.Sources {
		w.sources[name] = string(src)
	}
	w.tenants = w.findTenants()
	declared := w.declared()
	tables := map[string]*crowd{}
	for _, listed := range in.Listed {
		switch {
		case listed.Listing.Err != nil || !w.declarable(listed.Kind):
		case listed.Kind.Rows != nil:
			w.join(tables, listed)
		default:
			if err := w.draft(listed, declared); err != nil {
				return nil, err
			}
		}
	}
	w.label()
	return w, w.sortCrowds()
}

// sortCrowds puts users into tables and blocks anew.
func (w *work) sortCrowds() error {
	for _, c := range w.crowds {
		if err := c.sort(w); err != nil {
			return err
		}
	}
	return nil
}

// declarable says whether there are blocks of a kind: there are none of views.
func (w *work) declarable(k *schema.Kind) bool {
	return slices.ContainsFunc(w.Kinds, func(other *schema.Kind) bool { return other.Name == k.Name })
}

// liveKey names a live object among all of them.
type liveKey struct{ provider, kind, id string }

// declared is what the configuration declares already, whether it is to exist or not.
func (w *work) declared() map[liveKey]bool {
	all := map[liveKey]bool{}
	for i := range w.Before.Objects {
		if o := &w.Before.Objects[i]; o.Kind.Rows == nil {
			all[liveKey{o.Provider, o.Kind.Name, o.LiveID()}] = true
		}
	}
	return all
}

// rounds is how often what was drafted is tried again without what did not pass. Each round takes something out, so that it ends
// by itself; this ends it where something is taken out and comes back.
const rounds = 200

// settle loads and plans what is drafted until nothing of it is refused and nothing would change.
func (w *work) settle() error {
	for range rounds {
		again, err := w.try()
		if err != nil || !again {
			return err
		}
	}
	return fmt.Errorf("what was drafted of the estate does not come to rest after %d attempts: this is a mistake in hybrid; import fewer kinds with --kind", rounds)
}

// result is what is written.
func (w *work) result() *Result {
	files := w.render()
	r := &Result{Files: map[string][]byte{}}
	for _, o := range w.objects {
		if o.why == "" && !o.empty() {
			r.Objects++
		}
	}
	for _, f := range files {
		r.Blocks += len(f.units)
		r.Undeclared = append(append(r.Undeclared, f.told...), f.beside...)
	}
	if r.Blocks == 0 {
		return r
	}
	for _, f := range files {
		if text := f.text(w.said); text != nil {
			r.Files[f.name] = text
		}
	}
	for _, c := range w.crowds {
		for name, text := range c.files(w) {
			r.Files[name] = text
		}
		r.Users += c.listed()
	}
	return r
}

// sentence ends a text with a full stop.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// several says whether the configuration has more than one provider block of a system, so that a block must say which is its own.
func (w *work) several(system string) bool {
	n := 0
	for i := range w.Before.Providers {
		if w.Before.Providers[i].System.Name == system {
			n++
		}
	}
	return n > 1
}

// byAddress orders changes of a plan by the block that they are of.
func byAddress(plan *planner.Plan) map[string][]*planner.Change {
	by := map[string][]*planner.Change{}
	for i := range plan.Changes {
		c := &plan.Changes[i]
		at := c.Address.Block().String()
		by[at] = append(by[at], c)
	}
	return by
}
