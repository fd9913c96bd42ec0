package config

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Format gives a file its canonical layout, ending in one line break. A file that does not parse is returned as it is,
// with what is wrong.
func Format(src []byte, filename string) ([]byte, hcl.Diagnostics) {
	plain := bytes.TrimPrefix(src, utf8BOM)
	if _, diags := hclsyntax.ParseConfig(plain, filename, hcl.InitialPos); diags.HasErrors() {
		return src, diags
	}
	plain = bytes.ReplaceAll(plain, []byte("\r\n"), []byte("\n"))
	formatted := bytes.TrimRight(hclwrite.Format(plain), "\n")
	if len(formatted) == 0 {
		return nil, nil
	}
	return append(formatted, '\n'), nil
}
