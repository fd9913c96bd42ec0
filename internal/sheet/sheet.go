// Package sheet writes CSV that administrators open in a spreadsheet.
package sheet

import (
	"bytes"
	"encoding/csv"
	"strings"
	"unicode/utf8"
)

// Encode writes rows as CSV (RFC 4180), in UTF-8. Where anything is not ASCII, and there only, a byte order mark stands before
// it: Excel needs it to tell UTF-8, and others take it for a part of the first column's name. No field begins with what a
// spreadsheet takes for a formula.
func Encode(rows [][]string) []byte {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	w.UseCRLF = true
	for _, fields := range rows {
		_ = w.Write(calm(fields)) // a buffer takes everything
	}
	w.Flush()
	if bytes.ContainsFunc(text.Bytes(), func(c rune) bool { return c >= utf8.RuneSelf }) {
		return append([]byte("\xef\xbb\xbf"), text.Bytes()...)
	}
	return text.Bytes()
}

// calm puts an apostrophe before each field that a spreadsheet would calculate; it then takes the field for text.
func calm(fields []string) []string {
	text := make([]string, len(fields))
	for n, field := range fields {
		if field != "" && strings.ContainsRune("=+-@\t\r\n", rune(field[0])) {
			field = "'" + field
		}
		text[n] = field
	}
	return text
}
