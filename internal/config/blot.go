package config

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// A blotter finds what is written out as a secret in a file of HCL: literals in sensitive arguments, in defaults of sensitive
// variables, in calls of sensitive(), and whatever stands outside of blocks, where somebody has put a file of variables
// among the configuration.
type blotter struct {
	*loader
	found []hcl.Range
}

// blotted is a file's text without its secrets. The configuration remembers them.
func (l *loader) blotted(name string, body *hclsyntax.Body, broken bool) []byte {
	b := &blotter{loader: l}
	for _, attr := range body.Attributes {
		b.literals(attr.Expr)
	}
	for _, block := range body.Blocks {
		b.block(block)
	}
	b.calls(body)
	src := bytes.Clone(l.sources[name])
	slices.SortFunc(b.found, func(a, b hcl.Range) int { return a.Start.Byte - b.Start.Byte })
	l.blots[name] = b.found
	for _, r := range b.found {
		blot(src[r.Start.Byte:r.End.Byte])
	}
	if broken {
		l.blotLines(src)
	}
	return src
}

// blot covers every byte but line breaks.
func blot(text []byte) {
	for n, c := range text {
		if c != '\n' && c != '\r' {
			text[n] = '*'
		}
	}
}

// evenBlot stands for what was blotted out of a line, however long it was.
const evenBlot = "********"

// evened is a part of a file with every secret in it as long as every other: how long one is, is nobody's business. Places in
// it are not those of the file, so that lines that errors point into stay as [blot] makes them.
func (l *loader) evened(part hcl.Range) string {
	src := l.shown[part.Filename]
	var b strings.Builder
	done := part.Start.Byte
	for _, r := range l.blots[part.Filename] {
		if r.End.Byte <= done || r.Start.Byte < part.Start.Byte || r.End.Byte > part.End.Byte {
			continue
		}
		if r.Start.Byte > done || done == part.Start.Byte { // what follows on at once is of the same text
			b.Write(src[done:r.Start.Byte])
			b.WriteString(evenBlot)
		}
		for range bytes.Count(src[max(done, r.Start.Byte):r.End.Byte], []byte("\n")) {
			b.WriteString("\n")
		}
		done = r.End.Byte
	}
	b.Write(src[done:part.End.Byte])
	return b.String()
}

// block looks at the arguments that are sensitive in a block of its type.
func (b *blotter) block(block *hclsyntax.Block) {
	switch system := b.systems[firstOf(block.Labels)]; {
	case block.Type == "variable":
		if sensitive := block.Body.Attributes["sensitive"]; sensitive != nil && block.Body.Attributes["default"] != nil {
			if v, _ := sensitive.Expr.Value(nil); !(v.Type() == cty.Bool && v.IsKnown() && !v.IsNull() && v.False()) {
				b.literals(block.Body.Attributes["default"].Expr)
			}
		}
	case block.Type == "provider" && system != nil:
		b.arguments(block.Body, system.Attrs, system.Blocks)
	case block.Type == "notify":
		b.arguments(block.Body, notifyBody().Attrs, nil)
	case block.Type == "hybrid":
		b.address(block.Body.Attributes["journal"])
	case b.kinds[block.Type] != nil:
		b.arguments(block.Body, b.kinds[block.Type].Attrs, b.kinds[block.Type].Blocks)
	}
}

func firstOf(labels []string) string {
	if len(labels) == 0 {
		return ""
	}
	return labels[0]
}

func (b *blotter) arguments(body *hclsyntax.Body, attrs []schema.Attr, blocks []schema.Block) {
	for _, a := range attrs {
		if set := body.Attributes[a.Name]; set != nil && a.Sensitive {
			b.literals(set.Expr)
		}
	}
	for _, nested := range body.Blocks {
		for _, declared := range blocks {
			if declared.Name == nested.Type {
				b.arguments(nested.Body, declared.Attrs, nil)
			}
		}
	}
}

// address looks for a secret in the address of a bucket: it is refused, and the error shows its line.
func (b *blotter) address(attr *hclsyntax.Attribute) {
	if attr == nil {
		return
	}
	var text strings.Builder
	hclsyntax.Walk(attr.Expr, &literalWalker{take: func(literal *hclsyntax.LiteralValueExpr) {
		if literal.Val.Type() == cty.String {
			text.WriteString(literal.Val.AsString())
		}
	}})
	if mayHoldSecret(text.String()) {
		b.literals(attr.Expr)
	}
}

// calls finds sensitive(…) wherever it stands.
func (b *blotter) calls(body *hclsyntax.Body) {
	hclsyntax.VisitAll(body, func(n hclsyntax.Node) hcl.Diagnostics {
		if call, ok := n.(*hclsyntax.FunctionCallExpr); ok && call.Name == "sensitive" {
			for _, arg := range call.Args {
				b.literals(arg)
			}
		}
		return nil
	})
}

// literals finds texts and numbers in an expression, but for the names of what env() and files are asked for.
func (b *blotter) literals(expr hclsyntax.Expression) {
	hclsyntax.Walk(expr, &literalWalker{take: func(literal *hclsyntax.LiteralValueExpr) {
		if literal.Val.Type() == cty.String || literal.Val.Type() == cty.Number {
			b.found = append(b.found, literal.SrcRange)
		}
	}})
	// Only a whole text is a secret: what stands between references, such as https://, is said elsewhere, too.
	if v, diags := expr.Value(nil); !diags.HasErrors() {
		b.secrets.keep(v)
	}
}

// A literalWalker passes literals on that stand in no call of a function that reads.
type literalWalker struct {
	take func(*hclsyntax.LiteralValueExpr)
	deep int // in how many such calls
}

func reads(n hclsyntax.Node) bool {
	call, ok := n.(*hclsyntax.FunctionCallExpr)
	return ok && slices.Contains([]string{"env", "secret_file", "secret_command", "keyring", "file"}, call.Name)
}

// Enter is called before the children of a node.
func (w *literalWalker) Enter(n hclsyntax.Node) hcl.Diagnostics {
	if reads(n) {
		w.deep++
	}
	if literal, ok := n.(*hclsyntax.LiteralValueExpr); ok && w.deep == 0 {
		w.take(literal)
	}
	return nil
}

// Exit is called after them.
func (w *literalWalker) Exit(n hclsyntax.Node) hcl.Diagnostics {
	if reads(n) {
		w.deep--
	}
	return nil
}

// blotLines covers, in a file that could not be read to its end, what follows the name of any sensitive argument in its line.
func (l *loader) blotLines(src []byte) {
	names := append(l.sensitiveNames(), "default")
	line := regexp.MustCompile(`(?m)^\s*(?:` + strings.Join(names, "|") + `)\s*=(.*)$`)
	for _, at := range line.FindAllSubmatchIndex(src, -1) {
		blot(src[at[2]:at[3]])
	}
	for _, at := range journalLine.FindAllSubmatchIndex(src, -1) {
		if mayHoldSecret(string(src[at[2]:at[3]])) {
			blot(src[at[2]:at[3]])
		}
	}
}

var journalLine = regexp.MustCompile(`(?m)^\s*journal\s*=(.*)$`)

// sensitiveNames are the names of sensitive arguments, whatever block they are of, as parts of a regular expression.
func (l *loader) sensitiveNames() []string {
	var names []string
	add := func(attrs []schema.Attr) {
		for _, a := range attrs {
			if a.Sensitive {
				names = append(names, regexp.QuoteMeta(a.Name))
			}
		}
	}
	add(notifyBody().Attrs)
	for _, s := range l.Systems {
		add(s.Attrs)
		for _, b := range s.Blocks {
			add(b.Attrs)
		}
	}
	for _, k := range l.Kinds {
		add(k.Attrs)
		for _, b := range k.Blocks {
			add(b.Attrs)
		}
	}
	return names
}
