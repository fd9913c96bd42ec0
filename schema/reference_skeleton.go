package schema

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"
)

// skeleton is a block with the arguments it must have, and the others commented out.
func (p *page) skeleton(header string, attrs []Attr, blocks []Block) {
	p.line("```hcl\n%s {", header)
	p.skeletonLines("  ", attrs)
	for _, b := range blocks {
		p.line("  # %s { … }", b.Name)
	}
	p.line("}\n```\n")
}

func (p *page) skeletonLines(indent string, attrs []Attr) {
	width := 0
	for _, a := range attrs {
		if a.Mode == Required {
			width = max(width, len(a.Name))
		}
	}
	for i := range attrs {
		a := &attrs[i]
		switch a.Mode {
		case Required:
			p.line("%s%-*s = %s", indent, width, a.Name, a.sample())
		case Optional:
			p.line("%s# %s = %s", indent, a.Name, a.sample())
		}
	}
}

// sample is a value as it might be written.
func (a *Attr) sample() string {
	if text, ok := defaultJSON(a.Default); ok && a.Type.IsPrimitiveType() {
		return string(text)
	}
	switch {
	case len(a.OneOf) > 0:
		return fmt.Sprintf("%q", a.OneOf[0])
	case a.Type == cty.Bool:
		return "true"
	case a.Type == cty.Number:
		return "1"
	case a.Type == cty.String:
		return `"…"`
	case a.Type.IsMapType(), a.Type.IsObjectType():
		return "{ … }"
	case a.Type == cty.DynamicPseudoType:
		return "…"
	}
	return "[…]"
}
