package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// subjectAt is the range of the first occurrence of some text in a source.
func subjectAt(filename, src, text string) *hcl.Range {
	start := strings.Index(src, text)
	pos := func(byte int) hcl.Pos {
		line := strings.Count(src[:byte], "\n")
		return hcl.Pos{Line: line + 1, Column: len([]rune(src[strings.LastIndex(src[:byte], "\n")+1:byte])) + 1, Byte: byte}
	}
	return &hcl.Range{Filename: filename, Start: pos(start), End: pos(start + len(text))}
}

func shown(t *testing.T, src string, color bool, diags ...*hcl.Diagnostic) string {
	t.Helper()
	var b strings.Builder
	if err := Diagnostics(&b, diags, map[string][]byte{"users.hcl": []byte(src)}, color, 0); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const typo = "# users\n\nuser_homing \"pilot\" {\n  target = hosting_provider.LyncOnlin.proxy_fqdn\n}\n"

func TestDiagnosticLooksAsDocumented(t *testing.T) {
	t.Parallel()
	got := shown(t, typo, false, &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "No such hosting provider",
		Detail:  `There is no hosting_provider "LyncOnlin". Did you mean "LyncOnline" (trust.hcl:12)?`,
		Subject: subjectAt("users.hcl", typo, "hosting_provider.LyncOnlin.proxy_fqdn"),
	})
	want := `Error: No such hosting provider

  users.hcl:4:12, in user_homing "pilot":
    4 │   target = hosting_provider.LyncOnlin.proxy_fqdn
      │            ─────────────────────────────────────
  There is no hosting_provider "LyncOnlin". Did you mean "LyncOnline" (trust.hcl:12)?
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDiagnostics(t *testing.T) {
	t.Parallel()
	long := "a \"b\" {\n  x = [" + strings.Repeat(`"padding", `, 20) + `"here", ` + strings.Repeat(`"padding", `, 20) + "]\n}\n"
	for name, tt := range map[string]struct {
		src   string
		diags []*hcl.Diagnostic
		want  string
	}{
		"no place": {"", []*hcl.Diagnostic{{Severity: hcl.DiagWarning, Summary: "Beware", Detail: "Of the dog."}}, "Warning: Beware\n\n  Of the dog.\n"},
		"two": {
			"a = 1\n",
			[]*hcl.Diagnostic{{Summary: "One", Severity: hcl.DiagError}, {Summary: "Two", Severity: hcl.DiagError, Subject: subjectAt("users.hcl", "a = 1\n", "1")}},
			"Error: One\n\nError: Two\n\n  users.hcl:1:5:\n    1 │ a = 1\n      │     ─\n",
		},
		"a file that is not shown": {
			"",
			[]*hcl.Diagnostic{{Severity: hcl.DiagError, Summary: "S", Detail: "D", Subject: subjectAt("secret.vars", "x = 1", "1")}},
			"Error: S\n\n  secret.vars:1:5\n  D\n",
		},
		"tabs": {
			"a {\n\tx\t= 1\n}\n",
			[]*hcl.Diagnostic{{Severity: hcl.DiagError, Summary: "S", Subject: subjectAt("users.hcl", "a {\n\tx\t= 1\n}\n", "1")}},
			"Error: S\n\n  users.hcl:2:6, in a:\n    2 │     x   = 1\n      │           ─\n",
		},
		"wide and combining characters": {
			"x = \"日本e\u0301\" + y",
			[]*hcl.Diagnostic{{Severity: hcl.DiagError, Summary: "S", Subject: subjectAt("users.hcl", "x = \"日本e\u0301\" + y", "y")}},
			"Error: S\n\n  users.hcl:1:14:\n    1 │ x = \"日本e\u0301\" + y\n      │               ─\n",
		},
		"several lines": {
			"x = [\n  1,\n]\n",
			[]*hcl.Diagnostic{{Severity: hcl.DiagError, Summary: "S", Subject: subjectAt("users.hcl", "x = [\n  1,\n]\n", "[\n  1,\n]")}},
			"Error: S\n\n  users.hcl:1:5:\n    1 │ x = [\n      │     ─\n",
		},
		"Windows line ends": {
			"x = 1\r\ny = 2\r\n",
			[]*hcl.Diagnostic{{Severity: hcl.DiagError, Summary: "S", Subject: subjectAt("users.hcl", "x = 1\r\ny = 2\r\n", "2")}},
			"Error: S\n\n  users.hcl:2:5:\n    2 │ y = 2\n      │     ─\n",
		},
		"nothing marked": {
			"x = \n",
			[]*hcl.Diagnostic{{Severity: hcl.DiagError, Summary: "S", Subject: &hcl.Range{Filename: "users.hcl", Start: hcl.Pos{Line: 1, Column: 5, Byte: 4}, End: hcl.Pos{Line: 1, Column: 5, Byte: 4}}}},
			"Error: S\n\n  users.hcl:1:5:\n    1 │ x =\n      │     ─\n",
		},
		"beyond the end": {
			"x",
			[]*hcl.Diagnostic{{Severity: hcl.DiagError, Summary: "S", Subject: &hcl.Range{Filename: "users.hcl", Start: hcl.Pos{Line: 9, Column: 5, Byte: 99}, End: hcl.Pos{Line: 9, Column: 5, Byte: 999}}}},
			"Error: S\n\n  users.hcl:9:5\n",
		},
		"what steers terminals": {
			"x = \"\x1b[2J\u202e\"",
			[]*hcl.Diagnostic{{Severity: hcl.DiagError, Summary: "S\x1b[31m", Detail: "D\r\x07", Subject: subjectAt("users.hcl", "x = \"\x1b[2J\u202e\"", "x")}},
			"Error: S�[31m\n\n  users.hcl:1:1:\n    1 │ x = \"�[2J�\"\n      │ ─\n  D��\n",
		},
		"a long line": {
			long,
			[]*hcl.Diagnostic{{Severity: hcl.DiagError, Summary: "S", Subject: subjectAt("users.hcl", long, `"here"`)}},
			"Error: S\n\n  users.hcl:2:228, in a \"b\":\n    2 │ …" + `, "padding", "padding", "padding", "padding", "padding", "here", "padding", "padding", "padding", "padding", "padding"` + "…\n      │ " +
				strings.Repeat(" ", 58) + "──────\n",
		},
		"wrapped": {
			"",
			[]*hcl.Diagnostic{{Severity: hcl.DiagError, Summary: "S", Detail: strings.Repeat("word ", 30) + "\n  kept " + strings.Repeat("x", 120) + " kept"}},
			"Error: S\n\n  " + strings.TrimSpace(strings.Repeat("word ", 19)) + "\n  " + strings.TrimSpace(strings.Repeat("word ", 11)) + "\n    kept\n    " + strings.Repeat("x", 120) + "\n    kept\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, shown(t, tt.src, false, tt.diags...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestColor(t *testing.T) {
	t.Parallel()
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "S", Subject: subjectAt("users.hcl", "x", "x")}
	want := "\x1b[1m\x1b[31mError:\x1b[0m \x1b[1mS\x1b[0m\n\n  users.hcl:1:1:\n    1 │ x\n      │ \x1b[31m─\x1b[0m\n"
	if diff := cmp.Diff(want, shown(t, "x", true, d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMarkedValues holds that a diagnostic with a sensitive value in its context neither panics nor shows it.
func TestMarkedValues(t *testing.T) {
	t.Parallel()
	const src = "x = secret + 1"
	expr, diags := hclsyntax.ParseExpression([]byte("secret + 1"), "users.hcl", hcl.Pos{Line: 1, Column: 5, Byte: 4})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	_, diags = expr.Value(&hcl.EvalContext{Variables: map[string]cty.Value{"secret": cty.StringVal("hunter2").Mark("sensitive")}})
	if len(diags) != 1 || diags[0].EvalContext == nil {
		t.Fatalf("not the diagnostic that this test is about: %v", diags)
	}
	if got := shown(t, src, false, diags...); strings.Contains(got, "hunter2") || !strings.Contains(got, "1 │ x = secret + 1") {
		t.Errorf("got %s", got)
	}
}
