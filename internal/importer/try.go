package importer

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
)

// try loads what is drafted and plans it against the readings. What is refused or would change is taken out, and then it says
// that it has to be tried again.
func (w *work) try() (again bool, err error) {
	files := w.render()
	drafts, places := map[string][]byte{}, map[string]*placed{}
	for _, f := range files {
		if len(f.units) == 0 {
			continue
		}
		text := f.text(w.said)
		drafts[f.name] = text
		places[f.name] = place(f, text)
	}
	for _, c := range w.crowds {
		for name, text := range c.files(w) {
			drafts[name] = text
		}
	}
	if len(drafts) == 0 {
		return false, nil
	}
	c, diags := w.Load(drafts)
	if diags.HasErrors() {
		return true, w.refused(diags, places)
	}
	plan, diags := planner.New(c.Nodes, w.live(), planner.Options{Secrets: c.Secrets()})
	if diags.HasErrors() {
		return true, w.refused(diags, places)
	}
	if !w.differs(plan, files) {
		return false, nil
	}
	return true, w.sortCrowds()
}

// live is what was read, as a plan takes it.
func (w *work) live() planner.Live {
	live := maps.Clone(w.Data)
	if live == nil {
		live = planner.Live{}
	}
	for _, listed := range w.Listed {
		live[planner.Source{Provider: listed.Provider, Kind: listed.Kind.Name}] = listed.Listing
	}
	return live
}

// placed is where the blocks of a file ended up.
type placed struct {
	units  []*unit
	blocks []*hclsyntax.Block
}

// place finds the blocks of a file that was written: variables come first, then the units in their order.
func place(f *file, text []byte) *placed {
	parsed, _ := hclsyntax.ParseConfig(text, f.name, hcl.InitialPos)
	p := &placed{units: f.units}
	if parsed == nil {
		return p
	}
	for _, b := range parsed.Body.(*hclsyntax.Body).Blocks {
		if b.Type != "variable" {
			p.blocks = append(p.blocks, b)
		}
	}
	return p
}

// at finds the block in a line, and the argument there, "" for the block itself.
func (p *placed) at(line int) (*unit, string) {
	for n, b := range p.blocks {
		if n >= len(p.units) || line < b.TypeRange.Start.Line || line > b.CloseBraceRange.End.Line {
			continue
		}
		for name, attr := range b.Body.Attributes {
			if line >= attr.SrcRange.Start.Line && line <= attr.SrcRange.End.Line {
				return p.units[n], name
			}
		}
		return p.units[n], ""
	}
	return nil, ""
}

// refused takes out what errors are about. An error that is about nothing that was drafted ends the import.
func (w *work) refused(diags hcl.Diagnostics, places map[string]*placed) error {
	handled := map[*unit]bool{}
	var others []error
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		u, attr := culprit(d, places)
		if u == nil {
			others = append(others, errors.New(d.Summary+": "+d.Detail))
			continue
		}
		if !handled[u] {
			handled[u] = true
			w.mend(u, attr, reason(d))
		}
	}
	if len(handled) == 0 {
		return fmt.Errorf("what was drafted of the estate cannot be loaded: %w", errors.Join(others...))
	}
	return nil
}

// culprit is the block that an error is about: where it points to, or, where that is a block of the folder, what it names beside.
func culprit(d *hcl.Diagnostic, places map[string]*placed) (*unit, string) {
	if d.Subject != nil {
		if p := places[filepath.Base(d.Subject.Filename)]; p != nil {
			if u, attr := p.at(d.Subject.Start.Line); u != nil {
				return u, attr
			}
		}
	}
	for _, named := range mentioned.FindAllStringSubmatch(d.Detail, -1) {
		line, _ := strconv.Atoi(named[2])
		if p := places[filepath.Base(named[1])]; p != nil {
			if u, attr := p.at(line); u != nil {
				return u, attr
			}
		}
	}
	return nil, ""
}

var (
	mentioned = regexp.MustCompile(`([^\s()]+\.hcl):(\d+)`)
	places    = regexp.MustCompile(` \([^()\s]+\.hcl:\d+\)| at [^\s()]+\.hcl:\d+`)
)

// reason is what an error says, without places: those are of a draft.
func reason(d *hcl.Diagnostic) string {
	return strings.Join(strings.Fields(places.ReplaceAllString(d.Detail, "")), " ")
}

// mend makes a block more explicit where that may help, and otherwise takes out what is refused: the objects of a group are then
// written one by one, references are written as values, defaults are written beside what rules hold against them, and in the end
// the argument goes, or the object.
func (w *work) mend(u *unit, attr, why string) {
	switch {
	case u.users != nil:
		u.users.drop(u.address(), why)
	case len(u.objects) > 1:
		for _, o := range u.objects {
			w.loose[o.address().String()] = true
		}
	case u.objects[0].force(attr):
	case !u.objects[0].plain:
		u.objects[0].plain = true
	default:
		u.objects[0].drop(attr, why)
	}
}

// differs takes out what a plan would change, and says whether there was anything.
func (w *work) differs(plan *planner.Plan, files []*file) bool {
	changes, found := byAddress(plan), false
	for _, f := range files {
		for _, u := range f.units {
			for _, c := range changes[u.address()] {
				if u.users != nil {
					found = u.users.differs(c) || found
				} else if c.Action != planner.NoOp {
					w.mend(u, differing(c), wouldChange(c))
					found = true
				}
			}
		}
	}
	return found
}

// differing is the first attribute that a change is about, "" where it is about the whole object.
func differing(c *planner.Change) string {
	if len(c.Paths) == 0 || c.Action == planner.Create {
		return ""
	}
	step, _ := c.Paths[0][0].(cty.GetAttrStep)
	return step.Name
}

func wouldChange(c *planner.Change) string {
	if c.Action == planner.Unknown {
		return c.Reason
	}
	return fmt.Sprintf("declared as it was read, a plan would %s it", c.Action)
}

// inOrder sorts names.
func inOrder(names []string) []string {
	slices.Sort(names)
	return names
}
