package render

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hybrid/planner"
)

// writtenIn is the object of a change as far as the text of its block tells: which lines set which attribute. A saved plan has
// the text, and not the configuration. Nil where the text cannot be read.
func writtenIn(node *planner.Node, c *planner.Change) *planner.Object {
	start := hcl.Pos{Line: node.Range.Start.Line, Column: 1}
	file, diags := hclsyntax.ParseConfig([]byte(node.Source), node.Range.Filename, start)
	if diags.HasErrors() {
		return nil
	}
	body, native := file.Body.(*hclsyntax.Body)
	if !native || len(body.Blocks) != 1 {
		return nil
	}
	o := &planner.Object{Address: c.Address, Kind: c.Kind, Range: node.Range, Ranges: map[string]hcl.Range{}}
	for name, attr := range body.Blocks[0].Body.Attributes {
		o.Ranges[name] = attr.SrcRange
	}
	for _, nested := range body.Blocks[0].Body.Blocks {
		o.Ranges[nested.Type] = nested.DefRange()
	}
	_, ensured := o.Ranges["ensure"]
	o.Absent = ensured && (c.Action == planner.Delete || c.Action == planner.NoOp && c.Before.IsNull())
	return o
}
