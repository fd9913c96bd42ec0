package config

import (
	"bytes"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Format gives a file its canonical layout, ending in one line break. A file that does not parse is returned as it is,
// with what is wrong.
func Format(src []byte, filename string) ([]byte, hcl.Diagnostics) {
	plain := bytes.TrimPrefix(src, utf8BOM)
	if diags := encoded(plain, filename); diags.HasErrors() {
		return src, diags
	}
	if diags := nested(plain, filename); diags.HasErrors() {
		return src, diags
	}
	if _, diags := hclsyntax.ParseConfig(plain, filename, hcl.InitialPos); diags.HasErrors() {
		return src, diags
	}
	for bytes.Contains(plain, []byte("\r\n")) { // \r\r\n becomes one as well, or the next time would find it
		plain = bytes.ReplaceAll(plain, []byte("\r\n"), []byte("\n"))
	}
	for range mostPasses {
		formatted := ended(hclwrite.Format(plain))
		if bytes.Equal(formatted, plain) {
			break
		}
		plain = formatted
	}
	return plain, nil
}

// encoded refuses a text that is not UTF-8, at its first wrong byte: the parser overlooks some, and what stands there would not
// stay what it is.
func encoded(text []byte, filename string) hcl.Diagnostics {
	if utf8.Valid(text) {
		return nil
	}
	if inUTF16(text) {
		return hcl.Diagnostics{utf16Problem(filename)}
	}
	at := hcl.Range{Filename: filename, Start: hcl.InitialPos}
	for rest := text; ; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			break
		}
		at.Start.Byte, at.Start.Column = at.Start.Byte+size, at.Start.Column+1
		if r == '\n' {
			at.Start.Line, at.Start.Column = at.Start.Line+1, 1
		}
		rest = rest[size:]
	}
	at.End = at.Start
	return hcl.Diagnostics{problem(at, "Not UTF-8", "The file holds a byte that is no UTF-8 text, so it was saved in another encoding. Save it as UTF-8.")}
}

// mostPasses is how often a file is gone through, until nothing changes any more: where lines are set in, what is behind them
// may have to be aligned anew.
const mostPasses = 5

// ended is a text that ends in one line break, or is empty.
func ended(text []byte) []byte {
	text = bytes.TrimRight(text, " \t\r\n")
	if len(text) == 0 {
		return nil
	}
	return append(text, '\n')
}
