package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// The arguments and blocks that every resource block takes beside those of its kind.
var metaArguments = []string{"provider", "depends_on", "for_each", "identity", "ensure"}

// MetaArguments names the arguments that every resource block takes beside those of its kind.
func MetaArguments() []string { return slices.Clone(metaArguments) }

// LifecycleBlock is the nested block that every resource block takes.
const LifecycleBlock = "lifecycle"

// Given is what is known of a resource block before its body is read.
type Given struct {
	// Values are the identity and the attributes that labels set, by attribute name; Ranges is where they stand.
	Values map[string]cty.Value
	Ranges map[string]hcl.Range
	// Absent says that the object is to be absent: nothing is required of it and no rule is checked.
	Absent bool
	// OfCloud says whether a host is one of the clouds that the configuration knows; nil knows none.
	OfCloud func(host string) bool
}

// Decode reads the body of a resource block of this kind. The value is of [Kind.Type]; what is not written is null.
// The ranges are those of the values that are written, by attribute, nested attributes as "wave.window". All errors
// are reported, and the value is usable all the same: what could not be read is unknown. The arguments that every
// resource block takes are left to the caller, so the identity is null.
func (k *Kind) Decode(body hcl.Body, ctx *hcl.EvalContext) (cty.Value, map[string]hcl.Range, hcl.Diagnostics) {
	return k.DecodeGiven(body, ctx, Given{})
}

// DecodeGiven is [Kind.Decode] for a block of which some values stand in its header.
func (k *Kind) DecodeGiven(body hcl.Body, ctx *hcl.EvalContext, given Given) (cty.Value, map[string]hcl.Range, hcl.Diagnostics) {
	b := Body{Of: k.Name, Attrs: k.arguments(), Blocks: k.Blocks, Also: append(MetaArguments(), LifecycleBlock), Lenient: given.Absent}
	values, ranges, diags := b.Decode(body, ctx)
	k.fill(values, ranges, given)
	for _, name := range k.LabelNames() {
		a := k.Attr(name)
		if a == nil || values[name].IsNull() {
			continue
		}
		v, problem := a.accept(k.Name, values[name], ranges[name])
		values[name] = v
		diags = append(diags, problem...)
	}
	if !given.Absent {
		diags = append(diags, checkRules(k.Name, k.Rules, values, ranges, body, given.OfCloud)...)
	}
	return cty.ObjectVal(values), ranges, diags
}

// fill adds what the header says and null for what it does not.
func (k *Kind) fill(values map[string]cty.Value, ranges map[string]hcl.Range, given Given) {
	for name, t := range k.Type().AttributeTypes() {
		if v, ok := given.Values[name]; ok {
			values[name] = v
			if where, ok := given.Ranges[name]; ok {
				ranges[name] = where
			}
		} else if _, ok := values[name]; !ok {
			values[name] = cty.NullVal(t)
		}
	}
}

// arguments are the attributes that are written between the braces: all but those that labels set.
func (k *Kind) arguments() []Attr {
	labels := k.LabelNames()
	return slices.DeleteFunc(slices.Clone(k.Attrs), func(a Attr) bool { return slices.Contains(labels, a.Name) })
}

// Decode reads the body of a provider block. The value is of [System.Type]; see [Kind.Decode].
func (s *System) Decode(body hcl.Body, ctx *hcl.EvalContext) (cty.Value, map[string]hcl.Range, hcl.Diagnostics) {
	b := Body{Of: fmt.Sprintf("provider %q", s.Name), Attrs: s.Attrs, Blocks: s.Blocks}
	values, ranges, diags := b.Decode(body, ctx)
	diags = append(diags, checkRules(b.Of, s.Rules, values, ranges, body, nil)...)
	return cty.ObjectVal(values), ranges, diags
}

// A Body is what may stand between the braces of a block.
type Body struct {
	Of      string // what the block is called in messages: `hosting_provider`
	Attrs   []Attr
	Blocks  []Block
	Also    []string // arguments and blocks that the caller reads
	Lenient bool     // nothing is required
}

// Decode evaluates every argument and nested block: values by name, null where not written, unknown where wrong. The
// ranges are those of the values written; those of nested blocks are in it as "block.attr" and "block".
func (b Body) Decode(body hcl.Body, ctx *hcl.EvalContext) (map[string]cty.Value, map[string]hcl.Range, hcl.Diagnostics) {
	content, diags := b.content(body)
	values := map[string]cty.Value{}
	ranges := map[string]hcl.Range{}
	for i := range b.Attrs {
		a := &b.Attrs[i]
		values[a.Name] = cty.NullVal(a.Type)
		if written, ok := content.Attributes[a.Name]; ok {
			v, problems := b.argument(a, written, ctx)
			values[a.Name], ranges[a.Name] = v, written.Expr.Range()
			diags = append(diags, problems...)
		}
	}
	diags = append(diags, b.missing(values, body)...)
	for _, block := range b.Blocks {
		v, problems := b.nested(block, content.Blocks.OfType(block.Name), ctx, ranges)
		values[block.Name] = v
		diags = append(diags, problems...)
	}
	return values, ranges, diags
}

// argument evaluates one argument and holds it against its declaration.
func (b Body) argument(a *Attr, written *hcl.Attribute, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if a.Mode == Column {
		return cty.NullVal(a.Type), hcl.Diagnostics{{
			Severity: hcl.DiagError, Summary: "Each user has their own",
			Detail:  fmt.Sprintf("%s is no argument of %s but a column of its users: users = [{ sip_address = \"sip:ada@contoso.com\", %s = … }], or a column %q of the file.", a.Name, b.Of, a.Name, a.Name),
			Subject: &written.NameRange,
		}}
	}
	if a.Mode == Computed {
		return cty.UnknownVal(a.Type), hcl.Diagnostics{{
			Severity: hcl.DiagError, Summary: "Not yours to set",
			Detail:  fmt.Sprintf("%s.%s is set by the server and can only be read. Remove this line.", b.Of, a.Name),
			Subject: &written.NameRange,
		}}
	}
	v, diags := Evaluate(written.Expr, ctx)
	if diags.HasErrors() {
		return cty.UnknownVal(a.Type), diags
	}
	v, problems := a.accept(b.Of, v, written.Expr.Range())
	return v, append(diags, problems...)
}

// nested decodes the blocks of a type.
func (b Body) nested(block Block, found hcl.Blocks, ctx *hcl.EvalContext, ranges map[string]hcl.Range) (cty.Value, hcl.Diagnostics) {
	inner := Body{Of: b.Of + "." + block.Name, Attrs: block.Attrs, Lenient: b.Lenient}
	switch {
	case len(found) == 0:
		return cty.NullVal(block.Type()), nil
	case block.Many:
		return b.several(inner, block, found, ctx, ranges)
	}
	values, innerRanges, diags := inner.Decode(found[0].Body, ctx)
	ranges[block.Name] = found[0].DefRange
	for name, r := range innerRanges {
		ranges[block.Name+"."+name] = r
	}
	for _, again := range found[1:] {
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: fmt.Sprintf("More than one %q block", block.Name),
			Detail:  fmt.Sprintf("%s takes one %q block, and there is one at %s already. Put everything in one of them.", b.Of, block.Name, Place(found[0].DefRange)),
			Subject: &again.DefRange,
		})
	}
	return cty.ObjectVal(values), diags
}

// several decodes the blocks of a type that may occur more than once. The ranges are those of the first: what is wrong
// with an argument of another points there by itself.
func (b Body) several(inner Body, block Block, found hcl.Blocks, ctx *hcl.EvalContext, ranges map[string]hcl.Range) (cty.Value, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	elements := make([]cty.Value, 0, len(found))
	for _, one := range found {
		values, _, problems := inner.Decode(one.Body, ctx)
		elements = append(elements, cty.ObjectVal(values))
		diags = append(diags, problems...)
	}
	ranges[block.Name] = found[0].DefRange
	return cty.ListVal(elements), diags
}

// missing reports all required arguments that are null, in one message.
func (b Body) missing(values map[string]cty.Value, body hcl.Body) hcl.Diagnostics {
	var lines []string
	for _, a := range b.Attrs {
		if a.Mode == Required && values[a.Name].IsNull() && !b.Lenient {
			lines = append(lines, fmt.Sprintf("  %s (%s): %s", a.Name, a.takes(), firstSentence(a.Doc)))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: "Missing argument",
		Detail:  fmt.Sprintf("%s cannot do without:\n%s", b.Of, strings.Join(lines, "\n")),
		Subject: body.MissingItemRange().Ptr(),
	}}
}

// content takes a body apart and reports what does not belong there.
func (b Body) content(body hcl.Body) (*hcl.BodyContent, hcl.Diagnostics) {
	s := &hcl.BodySchema{}
	for _, a := range b.Attrs {
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: a.Name})
	}
	for _, block := range b.Blocks {
		s.Blocks = append(s.Blocks, hcl.BlockHeaderSchema{Type: block.Name})
	}
	native, ok := body.(*hclsyntax.Body)
	if !ok { // JSON tells arguments from blocks by the schema alone
		for _, name := range b.Also {
			s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: name})
		}
		return body.Content(s)
	}
	content, _, diags := native.PartialContent(s)
	return content, append(diags, b.unsupported(native)...)
}

// unsupported reports what is written and not declared, in the order of the file.
func (b Body) unsupported(body *hclsyntax.Body) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, name := range slices.SortedFunc(maps.Keys(body.Attributes), func(x, y string) int {
		return body.Attributes[x].NameRange.Start.Byte - body.Attributes[y].NameRange.Start.Byte
	}) {
		if detail := b.unknownArgument(name); detail != "" {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Unsupported argument", Detail: detail, Subject: &body.Attributes[name].NameRange,
			})
		}
	}
	for _, block := range body.Blocks {
		if detail := b.unknownBlock(block.Type); detail != "" {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Unsupported block", Detail: detail, Subject: &block.TypeRange,
			})
		}
	}
	return diags
}

func (b Body) unknownArgument(name string) string {
	switch {
	case find(b.Attrs, name) != nil, slices.Contains(b.Also, name):
		return ""
	case slices.Contains(b.blockNames(), name):
		return fmt.Sprintf("%s is a block: write %s { … } without the equals sign.", name, name)
	}
	near := DidYouMean(name, append(b.argumentNames(), b.Also...))
	if near == "" {
		near = b.offered()
	}
	return fmt.Sprintf("%s has no argument %q.%s", b.Of, name, near)
}

// mostOffered is how many names an error lists; a longer list is nothing to read in an error.
const mostOffered = 12

// offered lists what may be written in the block, for who has written nothing like it; "" where that is too much to list.
func (b Body) offered() string {
	names := append(b.argumentNames(), b.blockNames()...)
	if len(names) == 0 || len(names) > mostOffered {
		return ""
	}
	return " It has " + strings.Join(names, ", ") + "."
}

func (b Body) unknownBlock(name string) string {
	switch {
	case slices.Contains(b.blockNames(), name), slices.Contains(b.Also, name):
		return ""
	case find(b.Attrs, name) != nil:
		return fmt.Sprintf("%s is an argument: write %s = … with an equals sign.", name, name)
	}
	return fmt.Sprintf("%s has no block %q.%s", b.Of, name, DidYouMean(name, append(b.blockNames(), b.Also...)))
}

func (b Body) argumentNames() []string {
	var names []string
	for _, a := range b.Attrs {
		if a.Mode != Computed && a.Mode != Column {
			names = append(names, a.Name)
		}
	}
	return names
}

func (b Body) blockNames() []string {
	var names []string
	for _, block := range b.Blocks {
		names = append(names, block.Name)
	}
	return names
}

// Place writes where something stands, as editors make it a link: trust.hcl:12.
func Place(r hcl.Range) string { return fmt.Sprintf("%s:%d", r.Filename, r.Start.Line) }
