package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

func marshalValue(v cty.Value) (json.RawMessage, error) { return ctyjson.Marshal(v, v.Type()) }

// Reference is the reference of provider blocks and kinds as Markdown, in the order given: for each a summary, its example, a
// skeleton to copy, and every argument. Equal declarations give equal bytes.
func Reference(kinds []*Kind, systems []*System) string {
	var p page
	for _, s := range systems {
		p.system(s)
	}
	for _, k := range kinds {
		p.kind(k)
	}
	return p.String()
}

// page is Markdown under construction.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func (p *page) paragraph(text string) {
	if text = strings.TrimSpace(text); text != "" {
		p.line("%s\n", text)
	}
}

func (p *page) system(s *System) {
	header := fmt.Sprintf("provider %q", s.Name)
	if s.Named {
		header += ` "NAME"`
	}
	p.line("## %s\n", header)
	p.paragraph(s.Doc)
	p.example(s.Example)
	p.skeleton(header, s.Attrs, s.Blocks)
	p.arguments(s.Attrs, nil)
	p.blocks(s.Blocks)
	p.rules(s.Rules)
}

func (p *page) kind(k *Kind) {
	p.line("## %s\n", k.Name)
	p.paragraph(k.Doc)
	header := k.header()
	p.example(k.Example)
	p.skeleton(header, k.arguments(), k.Blocks)
	if facts := k.facts(); len(facts) > 0 {
		p.paragraph(strings.Join(facts, " "))
	}
	p.labels(k)
	cmdlet, _ := k.Remote.(Cmdlet)
	p.arguments(k.arguments(), &cmdlet)
	p.blocks(k.Blocks)
	p.rules(k.Rules)
}

// header is how a block of the kind begins: `hosting_provider "IDENTITY"`, `data "tenant" "NAME"`.
func (k *Kind) header() string {
	if of, ok := strings.CutPrefix(k.Name, "data."); ok {
		return fmt.Sprintf(`data %q "NAME"`, of)
	}
	header := k.Name
	for _, label := range k.LabelNames() {
		header += fmt.Sprintf(" %q", strings.ToUpper(label))
	}
	return header
}

// facts says what a kind is, as far as that is declared.
func (k *Kind) facts() []string {
	facts := []string{fmt.Sprintf("Lives in a `%s` provider.", k.System)}
	switch {
	case k.Anonymous:
		facts = []string{"It is only read, before any provider block is used, and needs none itself."}
	case k.Data:
		facts = append(facts, "It is only read.")
	}
	if k.Singleton {
		facts = append(facts, "There is always exactly one: it is never created or deleted, and its block has no label.")
	}
	if r, ok := k.Remote.(REST); ok && r.Collection != "" {
		facts = append(facts, fmt.Sprintf("Collection of the API: `%s`.", r.Collection))
	}
	if k.Rows != nil {
		facts = append(facts, "A block holds a table of users, in `users`.")
	}
	if !k.Data && slices.ContainsFunc(k.Attrs, func(a Attr) bool { return a.Default != cty.NilVal }) {
		facts = append(facts, "What is left out is left as it is: a default is what there is where nobody has said anything.")
	}
	if c, ok := k.Remote.(Cmdlet); ok {
		facts = append(facts, fmt.Sprintf("Cmdlets: %s.", strings.Join(c.names(k), ", ")))
	}
	facts = append(facts, comesAfter("Comes after %s, unless the configuration says otherwise.", k.After)...)
	facts = append(facts, comesAfter("Comes before %s, unless the configuration says otherwise.", k.Before)...)
	return append(facts, comesAfter("Where it takes hybrid back it comes after %s instead.", k.Leaving)...)
}

// comesAfter is a fact about the kinds that come first; none where there are none.
func comesAfter(format string, list []First) []string {
	if len(list) == 0 {
		return nil
	}
	names := make([]string, len(list))
	for n, first := range list {
		names[n] = first.Kind
	}
	return []string{fmt.Sprintf(format, List(coded(names), "and"))}
}

// names lists the cmdlets that a kind uses.
func (c Cmdlet) names(k *Kind) []string {
	names := []string{"`Get-" + c.Noun + "`"}
	for _, action := range []string{"create", "update", "delete"} {
		if k.Singleton && action != "update" {
			continue
		}
		if verb := c.Verb(action); verb != "" {
			names = append(names, "`"+verb+"-"+c.Noun+"`")
		}
	}
	return names
}

func coded(names []string) []string {
	out := make([]string, len(names))
	for n, name := range names {
		out[n] = "`" + name + "`"
	}
	return out
}

// labels documents labels that set attributes.
func (p *page) labels(k *Kind) {
	for n, label := range k.LabelNames() {
		a := k.Attr(label)
		if a == nil {
			continue
		}
		p.paragraph(fmt.Sprintf("Label %d, `%s`: %s%s", n+1, label, a.Doc, oneOfText(a)))
	}
}

// example shows a block as it may be written, before one with all arguments.
func (p *page) example(text string) {
	if text != "" {
		p.line("For example:\n\n```hcl\n%s\n```\n\nAll that may stand in it, what is optional commented out:\n", strings.TrimSpace(text))
	}
}

// arguments lists every attribute, those that the server sets last.
func (p *page) arguments(attrs []Attr, remote *Cmdlet) {
	sorted := slices.Clone(attrs)
	slices.SortStableFunc(sorted, func(a, b Attr) int {
		switch {
		case (a.Mode == Computed) == (b.Mode == Computed):
			return 0
		case a.Mode == Computed:
			return 1
		}
		return -1
	})
	for i := range sorted {
		a := &sorted[i]
		p.line("- `%s` (%s): %s%s", a.Name, strings.Join(a.traits(remote), ", "), inline(a.Doc), oneOfText(a))
	}
	if len(sorted) > 0 {
		p.line("")
	}
}

// inline keeps a documentation of several paragraphs inside its list item.
func inline(doc string) string {
	return strings.ReplaceAll(strings.TrimSpace(doc), "\n", "\n  ")
}

func oneOfText(a *Attr) string {
	if len(a.OneOf) == 0 {
		return ""
	}
	return fmt.Sprintf(" One of %s.", List(coded(Quoted(a.OneOf)), "or"))
}

// traits says in a few words what an attribute is.
func (a *Attr) traits(remote *Cmdlet) []string {
	traits := []string{strings.TrimPrefix(a.takes(), "a ")}
	switch a.Mode {
	case Required:
		traits = append(traits, "required")
	case Computed:
		traits = append(traits, "set by the server")
	case Column:
		traits = append(traits, "a column of `users`")
	default:
		traits = append(traits, "optional")
	}
	if text, ok := defaultJSON(a.Default); ok {
		traits = append(traits, "default `"+string(text)+"`")
	}
	for _, trait := range []struct {
		holds bool
		text  string
	}{
		{a.ForceNew, "create-only: a difference replaces the object"},
		{a.Initial, "used at creation, never compared"},
		{a.WriteOnly, "cannot be read back"},
		{a.Sensitive, "sensitive"},
		{a.Unique != "", "unique"},
		{a.Merge != nil, "what is not declared is left alone"},
	} {
		if trait.holds {
			traits = append(traits, trait.text)
		}
	}
	return append(traits, a.remoteTrait(remote)...)
}

// remoteTrait names the parameter that writes the attribute, or the property it is read from.
func (a *Attr) remoteTrait(remote *Cmdlet) []string {
	switch {
	case remote == nil || remote.Noun == "" || a.Settings:
		return nil
	case a.Mode == Computed:
		return []string{"property `" + a.ReadName() + "`"}
	}
	return []string{"`-" + a.WriteName() + "`"}
}

func (p *page) blocks(blocks []Block) {
	for _, b := range blocks {
		p.line("### Block `%s`\n", b.Name)
		p.paragraph(b.Doc)
		if b.Many {
			p.paragraph("May be written several times.")
		}
		p.arguments(b.Attrs, nil)
	}
}

func (p *page) rules(rules []Rule) {
	if len(rules) == 0 {
		return
	}
	p.line("Together:\n")
	for _, r := range rules {
		p.line("- %s%s", inline(r.Doc), warningOnly(r))
	}
	p.line("")
}

func warningOnly(r Rule) string {
	if r.Warns {
		return " Otherwise there is a warning."
	}
	return ""
}
