package render

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hybrid/planner"
	"hybrid/schema"
)

// A teller says of a plan what every format says in the same words. What others made passes through it.
type teller struct {
	redact func(string) string
	told   map[string]string // reasons why something could not be read: the first address that had it
}

func newTeller(p *planner.Plan) teller {
	return teller{redact: Redact(p), told: map[string]string{}}
}

// foreign is a text that others made, fit to be shown.
func (t *teller) foreign(text string) string { return plain(t.redact(text)) }

// all are texts that others made, each fit to be shown.
func (t *teller) all(texts []string) []string { return each(texts, t.foreign) }

// each is what a function makes of texts; never nil.
func each(texts []string, of func(string) string) []string {
	made := make([]string, len(texts))
	for n, text := range texts {
		made[n] = of(text)
	}
	return made
}

// why is the reason why an object could not be read. One that several have is told with the first of them.
func (t *teller) why(c *planner.Change) string {
	if first, told := t.told[c.Reason]; told {
		return "as with " + plain(first)
	}
	t.told[c.Reason] = c.Address.String()
	return t.foreign(c.Reason)
}

// source is a block as the configuration writes it, a line each, without what is sensitive; none where it is not known. The
// first line is that of the block's header, [planner.Node.Range].
func (t *teller) source(n *planner.Node) []string {
	if n == nil {
		return nil
	}
	text := WithoutSecrets(n)
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimRight(t.foreign(text), "\n"), "\n")
}

// WithoutSecrets is a block as the configuration writes it, with what its sensitive attributes are set to taken out, whether
// or not a plan is about the block. It is "" where that cannot be told. What stands elsewhere and is sensitive because of where
// it comes from is for the function that [Redact] gives.
func WithoutSecrets(n *planner.Node) string {
	file, diags := hclsyntax.ParseConfig([]byte(n.Source), "", hcl.InitialPos)
	if diags.HasErrors() || n.Kind == nil {
		return ""
	}
	body, native := file.Body.(*hclsyntax.Body)
	if !native {
		return ""
	}
	var secrets []hcl.Range
	for _, block := range body.Blocks {
		secrets = append(secrets, secretsOf(block.Body, n.Kind)...)
		secrets = append(secrets, markedSensitive(block.Body)...)
	}
	return without(n.Source, secrets)
}

// secretsOf is where a block of a kind sets what is sensitive.
func secretsOf(body *hclsyntax.Body, k *schema.Kind) []hcl.Range {
	found := secretAttrs(body, k.Attrs)
	for _, nested := range body.Blocks {
		for _, b := range k.Blocks {
			if b.Name == nested.Type {
				found = append(found, secretAttrs(nested.Body, b.Attrs)...)
			}
		}
	}
	return found
}

// markedSensitive is where sensitive(…) stands in a block. An escape in its text makes it another than the value.
func markedSensitive(body *hclsyntax.Body) []hcl.Range {
	var found []hcl.Range
	hclsyntax.VisitAll(body, func(n hclsyntax.Node) hcl.Diagnostics {
		if call, ok := n.(*hclsyntax.FunctionCallExpr); ok && call.Name == "sensitive" {
			found = append(found, call.Range())
		}
		return nil
	})
	return found
}

func secretAttrs(body *hclsyntax.Body, attrs []schema.Attr) []hcl.Range {
	var found []hcl.Range
	for _, a := range attrs {
		if set := body.Attributes[a.Name]; set != nil && a.Sensitive {
			found = append(found, set.Expr.Range())
		}
	}
	return found
}

// without is a text with each of some ranges of it replaced, those within others with them. It has as many lines as before.
func without(text string, ranges []hcl.Range) string {
	var b strings.Builder
	at := 0
	slices.SortFunc(ranges, func(a, b hcl.Range) int { return a.Start.Byte - b.Start.Byte })
	for _, r := range ranges {
		if r.Start.Byte < at {
			continue
		}
		b.WriteString(text[at:r.Start.Byte] + sensitiveText)
		if at = r.End.Byte; strings.HasSuffix(text[:at], "\n") {
			at-- // a heredoc ends with its line
		}
		b.WriteString(strings.Repeat("\n", strings.Count(text[r.Start.Byte:at], "\n")))
	}
	return b.String() + text[at:]
}
