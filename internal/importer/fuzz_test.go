package importer

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// Whatever a live value says, the block that is written is one block that says it again: nothing of it is code, neither in a label,
// nor in a value, a list or a comment.
func FuzzBlock(f *testing.F) {
	f.Add("CHG-1107, ask Grace")
	f.Add("${var.secret} %{ if true }$${x}")
	f.Add("\"\n}\nuser_homing \"all\" {\n  target = \"x\"\n}\n")
	f.Add("# */ // \\ \r\n\x00\u2028<<EOT")
	f.Add("*\ufeff\u202e e\u0301")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("values are texts of the language, which are UTF-8")
		}
		u := &unit{kind: vault(), labels: []string{proposal(text)}, remarks: []string{text, "left alone: " + text}, lines: []string{
			"  owner = " + literal(&schema.Attr{}, cty.StringVal(text)),
			"  guests = " + literal(&schema.Attr{}, cty.ListVal([]cty.Value{cty.StringVal(text), cty.StringVal(strings.Repeat("x", wide))})),
		}}
		written := u.text()
		file, diags := hclsyntax.ParseConfig([]byte(written), "written.hcl", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatalf("%v in\n%s", diags, written)
		}
		body := file.Body.(*hclsyntax.Body)
		if len(body.Blocks) != 1 || len(body.Attributes) != 0 || len(body.Blocks[0].Labels) != 1 || len(body.Blocks[0].Body.Attributes) != 2 {
			t.Fatalf("more than one block with two arguments:\n%s", written)
		}
		v, diags := body.Blocks[0].Body.Attributes["owner"].Expr.Value(nil)
		if diags.HasErrors() || !v.RawEquals(cty.StringVal(text)) {
			t.Fatalf("%q is written as %#v: %v", text, v, diags)
		}
	})
}
