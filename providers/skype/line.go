package skype

import (
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// checkLine accepts tel:+E164, with ;ext=N behind it where there is an extension (Set-CsUser's page on -LineURI).
func checkLine(v cty.Value) error {
	line := v.AsString()
	if isLine(line) {
		return nil
	}
	number, extension, extended := strings.Cut(strings.ToLower(line), ";ext=")
	better := "tel:" + bareDigits(strings.TrimPrefix(strings.TrimSpace(number), "tel:"))
	if extended {
		better += ";ext=" + bareDigits(extension)
	}
	if isLine(better) {
		return fmt.Errorf("%q is not of the form of a line URI; write %q.", line, better)
	}
	return fmt.Errorf("%q is no line URI: write the number in E.164 behind tel:, such as \"tel:+14255550100\" or \"tel:+14255550100;ext=100\".", line)
}

// isLine says whether a text is a line URI: one pass, since there may be a hundred thousand.
func isLine(line string) bool {
	if len(line) < len("tel:+1") || !strings.EqualFold(line[:5], "tel:+") {
		return false
	}
	number, extension, extended := strings.Cut(line[5:], ";")
	if extended && (len(extension) < 5 || !strings.EqualFold(extension[:4], "ext=") || !digits(extension[4:], 15)) {
		return false
	}
	return digits(number, 15) && number[0] != '0'
}

// digits says whether a text is digits alone, one to most of them.
func digits(text string, most int) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != "" && len(text) <= most
}

// bareDigits takes away what people write between the digits of a number.
func bareDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \u00a0\t()-./", r) {
			return -1
		}
		return r
	}, text)
}

// normLine is the form in which numbers are compared: without case.
func normLine(v cty.Value) cty.Value { return cty.StringVal(strings.ToLower(v.AsString())) }
