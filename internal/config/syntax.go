package config

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hybrid/schema"
)

// readable keeps of a file what stands before its first syntax error, and reports that one alone: what follows it is
// read wrongly, and what is said of that only hides the error. Blocks that seem to be missing may stand in the rest.
func (l *loader) readable(body *hclsyntax.Body, diags hcl.Diagnostics) {
	first := firstSyntaxError(diags)
	if first == nil {
		l.add(diags)
		return
	}
	l.partial = true
	from := first.Subject.Start.Byte
	said := *first
	said.Extra = unread{}
	said.Detail += l.strayBlock(body, from) + " The rest of this file was not read: mend this first."
	l.add(append(slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool { return subject(d).Start.Byte >= from }), &said))
	body.Blocks = slices.DeleteFunc(body.Blocks, func(b *hclsyntax.Block) bool {
		return headless(b) || b.CloseBraceRange.End.Byte == 0 || b.CloseBraceRange.End.Byte > from
	})
	for name, attr := range body.Attributes {
		if attr.SrcRange.End.Byte > from {
			delete(body.Attributes, name)
		}
	}
}

// unread marks the error from which on a file was not read: of what is said of the file it comes first.
type unread struct{}

// headless says whether the header of a block could not be read. Of such a block the parser gives what it took for labels, no
// arguments, and the block's type as the place of both braces.
func headless(b *hclsyntax.Block) bool {
	return b.CloseBraceRange.Start.Byte <= b.OpenBraceRange.Start.Byte
}

// firstSyntaxError is the first by place after which nothing is sure. That an argument stands twice is no such error.
func firstSyntaxError(diags hcl.Diagnostics) *hcl.Diagnostic {
	var first *hcl.Diagnostic
	for _, d := range diags {
		if d.Severity != hcl.DiagError || d.Subject == nil || d.Summary == "Attribute redefined" {
			continue
		}
		if first == nil || d.Subject.Start.Byte < first.Subject.Start.Byte {
			first = d
		}
	}
	return first
}

// strayBlock names the first block that belongs at the top of a file and stands in the one that is not closed: the brace
// is missing before it.
func (l *loader) strayBlock(body *hclsyntax.Body, from int) string {
	for _, outer := range body.Blocks {
		if outer.OpenBraceRange.Start.Byte != from {
			continue
		}
		for _, inner := range outer.Body.Blocks {
			if slices.Contains(l.blockTypes(), inner.Type) {
				return fmt.Sprintf(" At %s a block %s begins inside of it: the brace is probably missing before that.", schema.Place(inner.TypeRange), inner.Type)
			}
		}
	}
	return ""
}

// lacking records the error that something is not declared, unless it may be in a part of a file that was not read.
func (l *loader) lacking(where hcl.Range, summary, format string, args ...any) {
	if !l.partial {
		l.fail(where, summary, format, args...)
	}
}

// lacking is [scope.dangling] for what is not declared, which is not reported where it may be in a part of a file that
// was not read.
func (s *scope) lacking(t hcl.Traversal, steps int, summary, format string, args ...any) {
	before := len(s.diags)
	s.dangling(t, steps, summary, format, args...)
	if s.l.partial {
		s.diags = s.diags[:before]
	}
}
