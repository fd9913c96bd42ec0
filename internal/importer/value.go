package importer

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// wide is up to how many characters a list stands in one line.
const wide = 88

// literal is a value as the language writes it: a list of one word as the word, a long list one element a line.
func literal(a *schema.Attr, v cty.Value) string {
	v, _ = v.UnmarkDeep()
	if !v.Type().IsListType() && !v.Type().IsSetType() && !v.Type().IsTupleType() {
		return string(hclwrite.TokensForValue(v).Bytes())
	}
	if texts := v.AsValueSlice(); a.Word != "" && len(texts) == 1 && strings.EqualFold(schema.Text(texts[0]), a.Word) {
		return quoted(a.Word)
	}
	var elements []string
	for _, element := range v.AsValueSlice() {
		elements = append(elements, literal(&schema.Attr{}, element))
	}
	return list(elements)
}

// list is a list of expressions, in one line where that is not too long.
func list(elements []string) string {
	line := "[" + strings.Join(elements, ", ") + "]"
	if len(line) <= wide {
		return line
	}
	return "[\n" + strings.Join(elements, ",\n") + ",\n]"
}

// quoted is a text as the language writes it.
func quoted(text string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes())
}
