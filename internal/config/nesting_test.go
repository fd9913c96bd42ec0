package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A stack that runs out ends the program, and no test could tell of it: what is refused here would have been such a text.
func TestNothingIsParsedThatIsNestedWithoutEnd(t *testing.T) {
	t.Parallel()
	const deep = 100_000
	for name, src := range map[string]string{
		"brackets":         "locals {\n a = " + strings.Repeat("[", deep) + strings.Repeat("]", deep) + "\n}\n",
		"parentheses":      "locals {\n a = " + strings.Repeat("(", deep) + "1" + strings.Repeat(")", deep) + "\n}\n",
		"hidden by texts":  "locals {\n a = " + strings.Repeat(`["]",`, deep) + "\n}\n",
		"objects":          "locals {\n a = " + strings.Repeat("{ a = ", deep) + "\n}\n",
		"blocks":           strings.Repeat("locals {\n", deep),
		"templates":        `locals { a = "` + strings.Repeat(`${"`, deep),
		"directives":       "locals {\n a = <<EOT\n" + strings.Repeat("%{ if true }", deep) + "\nEOT\n}\n",
		"negations":        "locals {\n a = " + strings.Repeat("!", deep) + "true\n}\n",
		"signs":            "locals {\n a = " + strings.Repeat("-", deep) + "1\n}\n",
		"conditions":       "locals {\n a = " + strings.Repeat("true ? 1 : ", deep) + "1\n}\n",
		"sums":             "locals {\n a = 1" + strings.Repeat(" + 1", deep) + "\n}\n",
		"negations, lines": "locals {\n a = (" + strings.Repeat("!\n", deep) + "true)\n}\n",
		"indices":          "locals {\n a = b" + strings.Repeat("[0]", deep) + "\n}\n",
	} {
		says(t, name, src, "main.hcl")
	}
	says(t, "JSON", `{"locals": {"a": `+strings.Repeat("[", deep)+strings.Repeat("]", deep)+"}}", "main.hcl.json")
	says(t, "JSON, templates", `{"locals": {"b": "x", "a": "${`+strings.Repeat("(", deep)+`"}}`, "main.hcl.json")
	says(t, "JSON, objects", `{"locals": {"a": `+strings.Repeat(`{"a":`, deep)+"}}", "main.hcl.json")
}

func says(t *testing.T, name, src, file string) {
	t.Helper()
	began := time.Now()
	_, diags := load(t.TempDir(), map[string][]byte{file: []byte(src)}, testOptions())
	text := fmt.Sprint(diags)
	if !strings.Contains(text, "Nested too deeply") || !strings.Contains(text, file) {
		t.Errorf("%s: %.300s", name, text)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("%s: refused after %s", name, took)
	}
	if _, diags := Format([]byte(src), file); file == "main.hcl" && !diags.HasErrors() {
		t.Errorf("%s is formatted", name)
	}
}

func TestDataIsNotDecodedThatIsNestedWithoutEnd(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a.json": strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		"a.yaml": strings.Repeat("- ", 100_000) + "x",
		"b.yaml": strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		decode := strings.TrimPrefix(filepath.Ext(name), ".") + "decode"
		src := fmt.Sprintf("locals {\n  a = %s(file(%q))\n}\nallowed_domain \"fabrikam.com\" {\n  comment = length(local.a) > 0 ? \"x\" : \"y\"\n}\n", decode, name)
		_, diags := load(dir, map[string][]byte{"main.hcl": []byte(src)}, testOptions())
		if text := fmt.Sprint(diags); !strings.Contains(text, "nested more than 500 deep") {
			t.Errorf("%s: %.300s", name, text)
		}
	}
}

// What people and generators write passes.
func TestWhatIsWrittenIsNotNestedTooDeeply(t *testing.T) {
	t.Parallel()
	var list, heredoc, terms strings.Builder
	for n := range 50_000 {
		fmt.Fprintf(&list, "    { address = \"sip:user%d@contoso.com\", enabled = !false },\n", n)
		fmt.Fprintf(&heredoc, "line %d with ${local.b}\n", n)
	}
	for range 1_000 {
		terms.WriteString(" || local.b == \"x\"")
	}
	src := "locals {\n  b = \"x\"\n  a = [\n" + list.String() + "  ]\n  c = <<EOT\n" + heredoc.String() + "EOT\n  d = false" + terms.String() +
		"\n  e = " + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "\n}\n"
	if diags := nested([]byte(src), "main.hcl"); diags.HasErrors() {
		t.Error(diags)
	}
	if diags := nestedJSON([]byte(`{"a": "[[[[", "b": [{"c": "}\"", "d": "${local.a[\"x\"]} and $${ and 100%"}]}`), "a.json"); diags.HasErrors() {
		t.Error(diags)
	}
}

func TestAFileOfSignsAloneIsNotTakenApart(t *testing.T) {
	t.Parallel()
	if diags := nested([]byte(strings.Repeat("]", mostSigns+1)), "main.hcl"); !diags.HasErrors() || !strings.Contains(diags.Error(), "16000000 brackets") {
		t.Error(diags)
	}
}
