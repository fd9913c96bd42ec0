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
	for range mostPasses {
		formatted := ended(hclwrite.Format(plain))
		if bytes.Equal(formatted, plain) {
			break
		}
		plain = formatted
	}
	return plain, nil
}

// mostPasses is how often a file is gone through, until nothing changes any more: where lines are set in, what is behind them
// may have to be aligned anew.
const mostPasses = 5

// ended is a text that ends in one line break, or is empty.
func ended(text []byte) []byte {
	text = bytes.TrimRight(text, " \t\n")
	if len(text) == 0 {
		return nil
	}
	return append(text, '\n')
}
