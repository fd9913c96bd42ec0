package powershell

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCommandText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value any
		want  string
	}{
		{nil, "$null"},
		{true, "$true"},
		{false, "$false"},
		{5061, "5061"},
		{int64(-1), "-1"},
		{1.5, "1.5"},
		{1e21, "1e+21"},
		{"", "''"},
		{"it's", "'it''s'"},
		{"--%", "'--%'"},
		{[]any{"a", 1, nil}, "@('a',1,$null)"},
		{[]string{"a"}, "@('a')"},
		{[]any{}, "@()"},
		{Credential{"CONTOSO\\o'neil", "secret"}, `(Get-Credential -Credential:'CONTOSO\o''neil')`},
		{Command{Cmdlet: "New-CsEdgeDomainPattern", Params: []Param{{"Domain", "x"}}}, "(New-CsEdgeDomainPattern -Domain:'x')"},
	} {
		want := "Set-CsX -Identity:'Global' -Value:" + c.want
		if got := (Command{"Set-CsX", []Param{{"Identity", "Global"}, {"Value", c.value}}}).String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// What PowerShell 7.7 itself read back as exactly these values.
func TestQuoteAgainstPowerShell(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/quoting.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Value, Literal string }
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) != 204 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		if got := Quote(c.Value); got != c.Literal {
			t.Errorf("%q: got %s, want %s", c.Value, got, c.Literal)
		}
	}
}

// unquote reads a literal as PowerShell's tokenizer does: any of the five quotes opens it; inside, two in a row are the
// second one, and one alone ends it. rest is what follows.
func unquote(literal string) (value, rest string) {
	isQuote := func(r rune) bool { return strings.ContainsRune("'\u2018\u2019\u201a\u201b", r) }
	runes := []rune(literal)
	if len(runes) == 0 || !isQuote(runes[0]) {
		return "", literal
	}
	var b strings.Builder
	for n := 1; n < len(runes); n++ {
		if isQuote(runes[n]) {
			if n+1 == len(runes) || !isQuote(runes[n+1]) {
				return b.String(), string(runes[n+1:])
			}
			n++
		}
		b.WriteRune(runes[n])
	}
	return b.String(), "(open)"
}

func FuzzQuote(f *testing.F) {
	for _, seed := range []string{"", "'", "a'b", "\u2019; Remove-Item x; \u2018", "\u201a\u201b''", "--%", "$(x)`n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		if value, rest := unquote(Quote(text)); value != text || rest != "" {
			t.Errorf("%q became %s, which reads as %q followed by %q", text, Quote(text), value, rest)
		}
	})
}

func TestRequestLine(t *testing.T) {
	t.Parallel()
	line, err := callLine(7, Command{"New-CsX", []Param{
		{"Identity", "Ly\u2019nc\n\U0001f600\x7f\"\\"},
		{"Enabled", true},
		{"Port", int64(9007199254740993)},
		{"None", nil},
		{"Ratio", 0.25},
		{"List", []any{"a", 1}},
		{"Credential", Credential{"u", "p\u00e9"}},
		{"All", Command{Cmdlet: "New-CsY"}},
	}}, []string{"A", "B"})
	want := `{"id":7,"cmdlet":"New-CsX","parameters":{"Identity":"Ly\u2019nc\u000a\ud83d\ude00\u007f\"\\","Enabled":true,"Port":9007199254740993,` +
		`"None":null,"Ratio":0.25,"List":["a",1],"Credential":{"$credential":{"username":"u","password":"p\u00e9"}},` +
		`"All":{"$call":{"cmdlet":"New-CsY","parameters":{}}}},"select":["A","B"]}` + "\n"
	if err != nil || string(line) != want {
		t.Errorf("got  %s\nwant %s, %v", line, want, err)
	}
}

func TestRequestRefuses(t *testing.T) {
	t.Parallel()
	for want, value := range map[string]any{
		`Set-CsX cannot be sent: parameter -V: "a\xff" is not valid UTF-8`:            "a\xff",
		`Set-CsX cannot be sent: parameter -V: a value of type struct {} cannot be`:   struct{}{},
		`Set-CsX cannot be sent: parameter -V: NaN is not a number that can be sent`:  math.NaN(),
		`Set-CsX cannot be sent: parameter -V: the password is not valid UTF-8`:       Credential{"u", "hunter2\xff"},
		`Set-CsX cannot be sent: its parameters make`:                                 strings.Repeat("x", maxRequest),
		`Set-CsX cannot be sent: parameter -V: parameter -A: a value of type []uint8`: Command{"Get-CsX", []Param{{"A", []byte("x")}}},
	} {
		_, err := callLine(1, Command{"Set-CsX", []Param{{"V", value}}}, nil)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %.200v, want %s", err, want)
		}
	}
	_, err := callLine(1, Command{"Set-CsX", []Param{{"Identity", 1}, {"identity", 2}}}, nil)
	if err == nil || !strings.Contains(err.Error(), "parameter -identity is given twice") {
		t.Error(err)
	}
	_, err = openLine(1, Open{Endpoint: "https://pool01/OcsPowershell"})
	if err == nil || !strings.Contains(err.Error(), "needs a user name and a password") {
		t.Error(err)
	}
}

// A password shows in no form of printing.
func TestCredentialIsNotPrinted(t *testing.T) {
	t.Parallel()
	c := Credential{"svc", "hunter2"}
	command := Command{"Move-CsUser", []Param{{"Credential", c}}}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		for _, value := range []any{c, &c, command, &command, command.Params} {
			if text := fmt.Sprintf(format, value); strings.Contains(text, "hunter2") {
				t.Errorf("%s of %T: %s", format, value, text)
			}
		}
	}
}
