package importer

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"hybrid/internal/config"
	"hybrid/schema"
)

// A file is one file of HCL on its way into the folder.
type file struct {
	name    string // in the folder: "federation.hcl"
	concern string
	units   []*unit
	secrets []string // blocks of variables
	told    []string // what of its concern cannot be declared, in sentences
	beside  []string // what of it stands above its block
}

// render makes the files, one a concern, in the order of their names.
func (w *work) render() []*file {
	byConcern := map[string]*file{}
	of := func(k *schema.Kind, provider string) *file {
		concern := w.concern(k, provider)
		f := byConcern[concern]
		if f == nil {
			f = &file{name: w.free(concern), concern: concern}
			byConcern[concern] = f
		}
		return f
	}
	for _, u := range w.units() {
		f := of(u.kind, u.provider)
		f.units = append(f.units, u)
		f.secrets = append(f.secrets, w.variables(u)...)
	}
	for _, c := range w.crowds {
		for _, u := range c.units(w) {
			f := of(u.kind, u.provider)
			f.units = append(f.units, u)
		}
		f := of(c.kinds[0], c.provider)
		f.told = append(f.told, c.told()...)
	}
	for _, o := range w.objects {
		if o.why != "" {
			f := of(o.kind, o.provider)
			f.told = append(f.told, "Not declared: "+o.name()+": "+sentence(o.why))
		} else {
			f := of(o.kind, o.provider)
			for _, remark := range o.remarks {
				f.beside = append(f.beside, o.name()+": "+remark)
			}
		}
	}
	var files []*file
	for _, f := range byConcern {
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b *file) int { return cmp.Compare(a.name, b.name) })
	return files
}

// concern is the name of the file that a kind goes into, without its ending. Where there are several provider blocks of a system,
// each has its own.
func (w *work) concern(k *schema.Kind, provider string) string {
	name := cmp.Or(k.Concern, k.Name)
	if _, label, named := strings.Cut(provider, "."); named && w.several(k.System) {
		name += "-" + slug(label)
	}
	return name
}

// free is the first name for a file of a concern that the folder does not have yet.
func (w *work) free(concern string) string {
	name := concern + ".hcl"
	for n := 1; w.stands(name); n++ {
		name = concern + "-imported.hcl"
		if n > 1 {
			name = concern + "-imported-" + digits(n) + ".hcl"
		}
	}
	return name
}

// stands says whether the configuration has a file of a name.
func (w *work) stands(name string) bool {
	return slices.ContainsFunc(w.Before.Files, func(file string) bool { return strings.EqualFold(filepath.ToSlash(file), name) }) || w.exists(name)
}

func (w *work) exists(name string) bool { return w.Exists != nil && w.Exists(name) }

// said says whether the folder's files hold a comment already.
func (w *work) said(text string) bool {
	for _, src := range w.sources {
		if strings.Contains(src, text) {
			return true
		}
	}
	return false
}

// variables are the blocks of the variables that hold secrets of a block.
func (w *work) variables(u *unit) []string {
	var blocks []string
	for _, o := range u.objects {
		for _, a := range o.written() {
			if schema.IsSensitive(o.values[a.Name]) {
				blocks = append(blocks, "variable "+quoted(o.variable(a))+" {\ntype = string\nsensitive = true\ndescription = "+quoted(a.Name+" of "+o.name())+"\n}\n")
			}
		}
	}
	return blocks
}

// text is the file as it is written; nil where it would say nothing that the folder does not say.
func (f *file) text(said func(string) bool) []byte {
	var parts []string
	parts = append(parts, f.secrets...)
	for _, u := range f.units {
		parts = append(parts, u.text())
	}
	var comments strings.Builder
	for _, told := range f.told {
		if text := comment(told); !said(text) {
			comments.WriteString(text)
		}
	}
	if comments.Len() > 0 {
		parts = append(parts, comments.String())
	}
	if len(parts) == 0 {
		return nil
	}
	text, diags := config.Format([]byte(strings.Join(parts, "\n")), f.name)
	if diags.HasErrors() {
		return []byte(strings.Join(parts, "\n")) // loading it says what is wrong with it
	}
	return text
}
