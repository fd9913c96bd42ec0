package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"hybrid/internal/builds"
	"hybrid/internal/modules"
	"hybrid/internal/phase"
	"hybrid/internal/roots"
	"hybrid/planner"
	"hybrid/schema"
)

// loader holds a configuration while it is read.
type loader struct {
	Options
	dir       string
	folder    map[string][]byte      // the files of the folder as they were read
	sources   map[string][]byte      // these without byte order marks, and the clouds
	shown     map[string][]byte      // files of HCL without their secrets
	blots     map[string][]hcl.Range // what is a secret in them, in order
	secrets   *secretTexts
	files     *files
	functions map[string]function.Function
	kinds     map[string]*schema.Kind
	types     map[*schema.Kind]cty.Type // of the values of a kind
	systems   map[string]*schema.System
	sky       sky
	roots     roots.Table
	builds    builds.Table
	modules   modules.Table
	partial   bool // a file could not be read to its end

	blocks       map[string][]*hcl.Block // top-level blocks of the language itself, by type
	variableDecl map[string]*variable
	varValues    map[string]cty.Value
	locals       map[string]*local
	localValues  map[string]cty.Value // those that refer to no resource
	providers    []Provider
	resources    []*resource
	byKind       map[string][]*resource
	byAddress    map[string]*resource // of a block, as written

	diags hcl.Diagnostics
}

func newLoader(dir string, sources map[string][]byte, o Options) *loader {
	if o.LookupEnv == nil {
		o.LookupEnv = func(string) (string, bool) { return "", false }
	}
	l := &loader{
		Options: o, dir: dir, folder: sources, sources: withoutMarks(sources), shown: map[string][]byte{}, blots: map[string][]hcl.Range{}, secrets: &secretTexts{}, files: newFiles(dir),
		kinds: map[string]*schema.Kind{}, types: map[*schema.Kind]cty.Type{}, systems: map[string]*schema.System{},
		blocks: map[string][]*hcl.Block{}, variableDecl: map[string]*variable{}, varValues: map[string]cty.Value{},
		locals: map[string]*local{}, localValues: map[string]cty.Value{}, byKind: map[string][]*resource{}, byAddress: map[string]*resource{},
	}
	l.files.drafts = o.Drafts
	l.files.own = schema.ColumnNames(o.Kinds)
	for _, k := range o.Kinds {
		l.kinds[k.Name], l.types[k] = k, k.Type()
	}
	for _, s := range o.Systems {
		l.systems[s.Name] = s
	}
	l.functions = l.functionTable()
	return l
}

func (l *loader) add(diags hcl.Diagnostics) { l.diags = append(l.diags, diags...) }

// fail records one error.
func (l *loader) fail(where hcl.Range, summary, format string, args ...any) {
	l.diags = append(l.diags, problem(where, summary, format, args...))
}

// problem is one error at one place.
func problem(where hcl.Range, summary, format string, args ...any) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(format, args...), Subject: &where}
}

// evaluate sorts the graph and walks it offline.
func (l *loader) evaluate() ([]*planner.Node, []planner.Object) {
	nodes := make([]*planner.Node, len(l.resources))
	for n, r := range l.resources {
		nodes[n] = r.node(l)
	}
	nodes, diags := planner.Sort(nodes)
	l.add(diags)
	if !diags.HasErrors() {
		objects, diags := planner.Evaluate(nodes)
		l.add(diags)
		l.files.seal()
		return l.takenBack(nodes, objects)
	}
	var objects []planner.Object
	for _, node := range nodes { // in a circle nothing is known of the others, but each has errors of its own to tell
		some, diags := node.Evaluate(nil)
		l.add(diags)
		objects = append(objects, some...)
	}
	l.files.seal()
	return nodes, objects
}

// takenBack sorts once more where some blocks take hybrid back, which only their values tell: these come in the reverse
// order. Objects keep their values, since what is referred to still comes first.
func (l *loader) takenBack(nodes []*planner.Node, objects []planner.Object) ([]*planner.Node, []planner.Object) {
	leaving, diags := phase.Leaving(objects)
	l.add(diags)
	if len(leaving) == 0 {
		return nodes, objects
	}
	for n, r := range l.resources {
		nodes[n] = r.node(l)
		nodes[n].Leaving = leaving[r.address.String()]
	}
	nodes, diags = planner.Sort(nodes)
	l.add(diags)
	place := make(map[string]int, len(nodes))
	for n, node := range nodes {
		place[node.Address.String()] = n
	}
	slices.SortStableFunc(objects, func(a, b planner.Object) int {
		return place[a.Address.Block().String()] - place[b.Address.Block().String()]
	})
	return nodes, objects
}

// tidy sorts diagnostics by place, those without one first, and drops repetitions, such as one for each instance.
func tidy(diags hcl.Diagnostics) hcl.Diagnostics {
	slices.SortStableFunc(diags, func(a, b *hcl.Diagnostic) int {
		x, y := subject(a), subject(b)
		if c := strings.Compare(x.Filename, y.Filename); c != 0 {
			return c
		}
		return x.Start.Byte - y.Start.Byte
	})
	seen, first := map[string]bool{}, map[string]*hcl.Diagnostic{}
	return slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		said, r := fmt.Sprint(d.Severity, d.Summary, "\x00", d.Detail), subject(d)
		key := fmt.Sprint(said, r.Filename, r.Start.Byte, r.End.Byte)
		again := seen[key]
		seen[key] = true
		return again || also(first, said, d)
	})
}

// also adds the place of a diagnostic to the first one that has said the same, where the cause lies outside of both.
func also(first map[string]*hcl.Diagnostic, said string, d *hcl.Diagnostic) bool {
	if _, outside := d.Extra.(schema.Outside); !outside || d.Subject == nil {
		return false
	}
	before := first[said]
	if before == nil {
		first[said] = d
		return false
	}
	before.Detail += "\nThe same at " + schema.Place(*d.Subject) + "."
	return true
}

func subject(d *hcl.Diagnostic) hcl.Range {
	if d.Subject == nil {
		return hcl.Range{}
	}
	return *d.Subject
}
