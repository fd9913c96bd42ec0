package literal

import (
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// sum reads what [ASCII] writes, as PowerShell would.
func sum(t *testing.T, expression string) string {
	t.Helper()
	if !strings.HasPrefix(expression, "(") {
		return unquote(expression)
	}
	var units []uint16
	for _, part := range regexp.MustCompile(`'(?:[^']|'')*'|\[char\]0x[0-9A-F]+`).FindAllString(expression, -1) {
		if code, ok := strings.CutPrefix(part, "[char]0x"); ok {
			n, err := strconv.ParseUint(code, 16, 16)
			if err != nil {
				t.Fatal(err)
			}
			units = append(units, uint16(n))
			continue
		}
		units = append(units, utf16.Encode([]rune(unquote(part)))...)
	}
	return string(utf16.Decode(units))
}

func unquote(text string) string { return strings.ReplaceAll(text[1:len(text)-1], "''", "'") }

func TestASCIIIsTheTextAndASCII(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../testdata/quoting.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Value, Literal string }
	if err := json.Unmarshal(content, &cases); err != nil || len(cases) < 200 {
		t.Fatal(len(cases), err)
	}
	for _, c := range cases {
		if got := Quote(c.Value); got != c.Literal {
			t.Errorf("Quote(%q) is %s, not %s", c.Value, got, c.Literal)
		}
		expression := ASCII(c.Value)
		if !Plain(expression) {
			t.Errorf("%q is not ASCII", expression)
		}
		if got := sum(t, expression); got != c.Value {
			t.Errorf("%s reads as %q, not %q", expression, got, c.Value)
		}
	}
	if got := ASCII("M\u00fcller"); got != "(''+'M'+[char]0xFC+'ller')" {
		t.Error(got)
	}
}
