// Package literal writes texts as literals of PowerShell: what stands in a plan, and what stands in a script that people
// run.
package literal

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// Quote writes a text as a single-quoted literal. PowerShell takes five characters for the quote, and reads two in a row
// as one of that kind (about_Quoting_Rules; CharTraits.cs in PowerShell's tokenizer).
func Quote(text string) string { return "'" + quotes.Replace(text) + "'" }

var quotes = strings.NewReplacer("'", "''", "\u2018", "\u2018\u2018", "\u2019", "\u2019\u2019", "\u201a", "\u201a\u201a", "\u201b", "\u201b\u201b")

// ASCII writes a text as an expression of one line in ASCII, for a file of which nobody knows in which encoding it will be
// read: Windows PowerShell takes one without a byte order mark for ANSI, and would send another text. What is outside
// printable ASCII stands there by its UTF-16 codes: ('M'+[char]0xFC+'ller').
func ASCII(text string) string {
	if Plain(text) {
		return Quote(text)
	}
	var b strings.Builder
	b.WriteString("(''") // so that the sum is of texts, whatever comes first
	run := 0
	flush := func(to int) {
		if to > run {
			b.WriteString("+" + Quote(text[run:to]))
		}
	}
	for at, r := range text {
		if printable(r) {
			continue
		}
		flush(at)
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, "+[char]0x%X", unit)
		}
		run = at + len(string(r))
	}
	flush(len(text))
	return b.String() + ")"
}

// Plain says whether a text is printable ASCII throughout.
func Plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

func printable(r rune) bool { return r >= ' ' && r < 0x7f }
