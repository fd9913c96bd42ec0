package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// Lint lists the mistakes in declarations that their types do not prevent, one sentence each; none for good ones.
func Lint(kinds []*Kind, systems []*System) []string {
	l := &linter{kinds: map[string]*Kind{}, systems: map[string]*System{}}
	for _, s := range systems {
		if l.systems[s.Name] != nil {
			l.say("system %s is declared twice", s.Name)
		}
		l.systems[s.Name] = s
	}
	for _, k := range kinds {
		if l.kinds[k.Name] != nil {
			l.say("kind %s is declared twice", k.Name)
		}
		l.kinds[k.Name] = k
	}
	for _, s := range systems {
		l.system(s)
	}
	for _, k := range kinds {
		l.kind(k)
	}
	return l.found
}

type linter struct {
	kinds   map[string]*Kind
	systems map[string]*System
	found   []string
}

func (l *linter) say(format string, args ...any) {
	l.found = append(l.found, fmt.Sprintf(format, args...))
}

// blockNames are the top-level blocks of the language itself, which no kind may take.
var blockNames = []string{"hybrid", "provider", "variable", "locals", "exclusive", "module", "notify", "check", "data", "var", "local", "each"}

var identifier = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

func (l *linter) system(s *System) {
	if s.Doc == "" {
		l.say("system %s has no Doc", s.Name)
	}
	l.body("system "+s.Name, s.Attrs, s.Blocks, nil)
	l.rules("system "+s.Name, s.Rules, s.Attrs, s.Blocks)
}

func (l *linter) kind(k *Kind) {
	of := "kind " + k.Name
	name, data := strings.CutPrefix(k.Name, "data.")
	if data != k.Data || k.Anonymous && !k.Data {
		l.say("%s: a kind of data, and no other, has a name that begins with data.", of)
	}
	if !identifier.MatchString(name) || slices.Contains(blockNames, name) {
		l.say("%s: the name is not lower snake case, or is taken by the language", of)
	}
	if k.Doc == "" {
		l.say("%s has no Doc", of)
	}
	if l.systems[k.System] == nil {
		l.say("%s: System %q is not declared", of, k.System)
	}
	if k.Remote == nil {
		l.say("%s has no Remote", of)
	}
	if k.Names != nil && (k.Singleton || k.Rows != nil || k.Names.Why == "") {
		l.say("%s: Names needs identities and a reason", of)
	}
	l.labels(of, k)
	l.rows(of, k)
	l.body(of, k.Attrs, k.Blocks, append(MetaArguments(), LifecycleBlock))
	l.rules(of, k.Rules, k.Attrs, k.Blocks)
}

func (l *linter) labels(of string, k *Kind) {
	if k.Singleton && k.Labels != nil {
		l.say("%s: a singleton takes no labels", of)
	}
	for _, label := range k.Labels {
		a := k.Attr(label)
		if label != "identity" && (a == nil || a.Type != cty.String) {
			l.say("%s: label %q sets no string attribute", of, label)
		}
	}
}

func (l *linter) rows(of string, k *Kind) {
	if k.Rows == nil || k.Rows.State != nil {
		l.noColumns(of, k)
	}
	if k.Rows == nil {
		return
	}
	if len(k.Rows.Columns) == 0 {
		l.say("%s: Rows has no columns", of)
	}
	if k.Rows.Attr != "" && k.Attr(k.Rows.Attr) == nil {
		l.say("%s: Rows.Attr %q is no attribute", of, k.Rows.Attr)
	}
	if (k.Rows.Attr == "") != (k.Rows.State == nil) {
		l.say("%s: Rows.Attr and Rows.State go together", of)
	}
	if k.Rows.Notes != nil && k.Rows.State == nil {
		l.say("%s: Rows.Notes counts users by their State, and there is none", of)
	}
	for _, a := range k.OfUsers() {
		if a.Mode != Column && a.Type != cty.Bool || a.ForceNew || a.NormIn != nil || a.Merge != nil {
			l.say("%s: attribute %s is compared user by user, and is neither a column nor true or false", of, a.Name)
		}
	}
	if users := k.Attr("users"); users == nil || users.Type != cty.DynamicPseudoType || !users.Settings {
		l.say(`%s: Rows needs an attribute "users" of any type that is a setting`, of)
	}
}

// noColumns holds that only kinds whose users are compared by their attributes have columns.
func (l *linter) noColumns(of string, k *Kind) {
	for _, name := range ColumnNames([]*Kind{k}) {
		l.say("%s: attribute %s is a column, and there is no table whose users have attributes", of, name)
	}
}

func (l *linter) body(of string, attrs []Attr, blocks []Block, taken []string) {
	names := slices.Clone(taken)
	once := func(name string) {
		if slices.Contains(names, name) {
			l.say("%s: the name %q is taken", of, name)
		}
		if !identifier.MatchString(name) {
			l.say("%s: the name %q is not lower snake case", of, name)
		}
		names = append(names, name)
	}
	groups := map[string]int{}
	for i := range attrs {
		groups[attrs[i].Group]++
	}
	for i := range attrs {
		once(attrs[i].Name)
		l.attr(of, &attrs[i])
		if group := attrs[i].Group; group != "" && groups[group] == 1 {
			l.say("%s: attribute %s is alone in group %q", of, attrs[i].Name, group)
		}
	}
	for _, b := range blocks {
		once(b.Name)
		if b.Doc == "" {
			l.say("%s: block %s has no Doc", of, b.Name)
		}
		l.block(of+"."+b.Name, b)
		l.body(of+"."+b.Name, b.Attrs, nil, nil)
	}
}

func (l *linter) block(of string, b Block) {
	if b.Text != nil && !b.Many {
		l.say("%s has Text and occurs once", of)
	}
	for _, a := range b.Attrs {
		if b.Many && a.Type != cty.NilType && a.Type.HasDynamicTypes() {
			l.say("%s occurs several times, and its attribute %s may be of any type", of, a.Name)
		}
	}
}

func (l *linter) attr(of string, a *Attr) {
	say := func(text string) { l.say("%s: attribute %s %s", of, a.Name, text) }
	if a.Type == cty.NilType {
		say("has no Type")
		return
	}
	for _, mistake := range []struct {
		made bool
		text string
	}{
		{a.Doc == "", "has no Doc"},
		{len(a.OneOf) > 0 && a.Type != cty.String, "has OneOf and is no string"},
		{a.Word != "" && (!a.Type.IsListType() && !a.Type.IsSetType() || a.Type.ElementType() != cty.String), "has a Word and is no list of strings"},
		{a.Mode == Computed && (a.ForceNew || a.Initial || a.WriteOnly || a.Settings), "is computed and cannot be set, yet says what setting it does"},
		{a.Mode == Column && (a.Type != cty.String || a.Initial || a.Settings || a.Sensitive), "is a column and no text that is compared and shown"},
		{a.ForceNew && (a.Initial || a.Settings), "is create-only and at the same time never compared"},
		{a.Norm != nil && a.NormIn != nil, "has both Norm and NormIn"},
		{a.Unique != "" && a.Type != cty.String && a.Type != cty.Bool, "is unique and neither string nor true or false"},
		{a.Barred != nil && (a.Type != cty.String || a.Unique != "" || a.Barred.Why == ""), "is barred from a set and no string, unique itself, or without a reason"},
		{a.Join != "" && !a.Type.Equals(cty.Set(cty.String)), "has Join and is no set of strings"},
		{a.Cloud != "" && (a.Type != cty.String || len(a.OneOf) > 0 || a.Default != cty.NilVal), "has a fact of a cloud, whose value the configuration gives, and is no plain string"},
		{a.Merge != nil && !a.Type.IsCollectionType(), "has Merge and is no collection"},
	} {
		if mistake.made {
			say(mistake.text)
		}
	}
	if a.Default != cty.NilVal && !a.Default.IsNull() {
		l.defaultValue(a, say)
	}
}

// defaultValue holds a default against the attribute's own type, texts, check and canonical form.
func (l *linter) defaultValue(a *Attr, say func(string)) {
	if !a.Default.Type().Equals(a.Type) && a.Type != cty.DynamicPseudoType {
		say("has a Default of another type")
		return
	}
	if len(a.OneOf) > 0 && !slices.Contains(a.OneOf, a.Default.AsString()) {
		say("has a Default that OneOf does not name")
	}
	if a.Check != nil && a.Check(a.Default) != nil {
		say("has a Default that its Check refuses")
	}
	if once := a.Canonical(a.Default); !once.RawEquals(a.Canonical(once)) {
		say("has a Norm that is not idempotent on its Default")
	}
}

func (l *linter) rules(of string, rules []Rule, attrs []Attr, blocks []Block) {
	for n, r := range rules {
		if r.Doc == "" || (r.Check == nil) == (r.CheckNames == nil) || len(r.Attrs) == 0 {
			l.say("%s: rule %d lacks Doc, Check or Attrs", of, n+1)
		}
		for _, name := range r.Attrs {
			isBlock := slices.ContainsFunc(blocks, func(b Block) bool { return b.Name == name })
			if name != "identity" && find(attrs, name) == nil && !isBlock {
				l.say("%s: a rule names %q, which is no attribute", of, name)
			}
		}
	}
}
