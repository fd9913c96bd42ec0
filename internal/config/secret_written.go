package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"hybrid/schema"
)

// warnOfWritten warns of secrets that are written out where they are used: whoever reads a file of the configuration, or its history,
// has them. What is written is in no message. The default of a variable is left out, which each estate may set otherwise.
func (l *loader) warnOfWritten() {
	for _, block := range l.blocks["provider"] {
		if system := l.systems[firstOf(block.Labels)]; system != nil {
			l.writtenIn(block.Body, system.Attrs, system.Blocks)
		}
	}
	for _, block := range l.blocks["notify"] {
		l.writtenIn(block.Body, notifyBody().Attrs, nil)
	}
	for _, r := range l.resources {
		l.writtenIn(r.block.Body, r.kind.Attrs, r.kind.Blocks)
	}
}

// writtenIn looks at the sensitive arguments of a body and of its blocks.
func (l *loader) writtenIn(body hcl.Body, attrs []schema.Attr, blocks []schema.Block) {
	wanted := &hcl.BodySchema{}
	for _, a := range attrs {
		if a.Sensitive {
			wanted.Attributes = append(wanted.Attributes, hcl.AttributeSchema{Name: a.Name})
		}
	}
	for _, b := range blocks {
		wanted.Blocks = append(wanted.Blocks, hcl.BlockHeaderSchema{Type: b.Name})
	}
	content, _, _ := body.PartialContent(wanted) // what is wrong with it has been said
	for name, attr := range content.Attributes {
		if writtenOut(attr.Expr) {
			l.warnAt(attr.Expr.Range(), "A secret is written in the configuration",
				"%s is written out, so whoever reads this file, a copy or its history has it. Take it from outside: env(\"…\"), secret_file(\"…\"), "+
					"secret_command([…]) or keyring(\"…\"). If the file has been passed on, the secret has to be changed as well.", name)
		}
	}
	for _, nested := range content.Blocks {
		for _, b := range blocks {
			if b.Name == nested.Type {
				l.writtenIn(nested.Body, b.Attrs, nil)
			}
		}
	}
}

// bare lets sensitive("…") be evaluated, which conceals a text in outputs and not in the file.
var bare = &hcl.EvalContext{Functions: map[string]function.Function{"sensitive": function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return args[0], nil },
})}}

// writtenOut says whether an expression is a text that follows from nothing else, and is not empty.
func writtenOut(expr hcl.Expression) bool {
	v, diags := expr.Value(bare)
	return !diags.HasErrors() && v.IsWhollyKnown() && !v.IsNull() && v.Type() == cty.String && v.AsString() != ""
}
