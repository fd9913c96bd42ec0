package render

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hybrid/planner"
	"hybrid/schema"
)

// sourceText is a block as it is written, with as many lines, and without what is secret in it: the texts that a sensitive
// argument is given, those in sensitive(…), and what redact takes out. An escape in a text makes it another than the value, so
// that redact alone would not find it.
func sourceText(node *planner.Node, redact func(string) string) string {
	text := []byte(node.Source)
	file, diags := hclsyntax.ParseConfig(text, "", hcl.InitialPos)
	if diags.HasErrors() {
		return redact(node.Source)
	}
	var secrets []hcl.Range
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		secrets = append(secrets, secretTexts(block.Body, node.Kind.Attrs)...)
		for _, inner := range block.Body.Blocks {
			if at := slices.IndexFunc(node.Kind.Blocks, func(b schema.Block) bool { return b.Name == inner.Type }); at >= 0 {
				secrets = append(secrets, secretTexts(inner.Body, node.Kind.Blocks[at].Attrs)...)
			}
		}
		hclsyntax.VisitAll(block.Body, func(n hclsyntax.Node) hcl.Diagnostics {
			if call, ok := n.(*hclsyntax.FunctionCallExpr); ok && call.Name == "sensitive" {
				secrets = append(secrets, textsIn(call)...)
			}
			return nil
		})
	}
	return redact(without(text, secrets))
}

// secretTexts are the texts that sensitive arguments of a block are given.
func secretTexts(body *hclsyntax.Body, attrs []schema.Attr) []hcl.Range {
	var all []hcl.Range
	for name, written := range body.Attributes {
		if slices.ContainsFunc(attrs, func(a schema.Attr) bool { return a.Name == name && a.Sensitive }) {
			all = append(all, textsIn(written.Expr)...)
		}
	}
	return all
}

// textsIn are the texts in an expression, those in arguments of functions such as env("NAME") left out: they are names.
func textsIn(e hclsyntax.Expression) []hcl.Range {
	if call, ok := e.(*hclsyntax.FunctionCallExpr); ok && call.Name != "sensitive" {
		return nil
	}
	var all []hcl.Range
	hclsyntax.VisitAll(e, func(n hclsyntax.Node) hcl.Diagnostics {
		if text, ok := n.(*hclsyntax.TemplateExpr); ok {
			all = append(all, text.Range())
		}
		return nil
	})
	return all
}

// without takes ranges out of a text; their line breaks stay.
func without(text []byte, ranges []hcl.Range) string {
	slices.SortFunc(ranges, func(a, b hcl.Range) int { return a.Start.Byte - b.Start.Byte })
	var b strings.Builder
	at := 0
	for _, r := range ranges {
		if r.Start.Byte < at {
			continue // within another
		}
		b.Write(text[at:r.Start.Byte])
		b.WriteString(sensitiveText + strings.Repeat("\n", strings.Count(string(text[r.Start.Byte:r.End.Byte]), "\n")))
		at = r.End.Byte
	}
	b.Write(text[at:])
	return b.String()
}
