package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

func TestPrecedenceOfVariables(t *testing.T) {
	t.Parallel()
	dir := write(t, providers+`
variable "a" { default = "default" }
variable "b" { default = "default" }
variable "c" { default = "default" }
variable "d" { default = "default" }
variable "e" { default = "default" }
hosting_provider "x" { proxy_fqdn = join(" ", [var.a, var.b, var.c, var.d, var.e]) }
-- one.vars --
b = "one"
c = "one"
d = "one"
-- two.json --
{"c": "two", "d": "two"}
-- not.hcl.txt --
`)
	o := with(map[string]string{"HYBRID_VAR_a": "environment", "HYBRID_VAR_b": "environment", "HYBRID_VAR_c": "environment"})
	o.VarFiles = []string{filepath.Join(dir, "one.vars"), filepath.Join(dir, "two.json")}
	o.Vars = map[string]string{"d": "flag"}
	c, diags := Load(dir, o)
	if len(diags) > 0 {
		t.Fatalf("diagnostics: %q", texts(dir, diags))
	}
	if got, want := text(c.Objects[0].Want.GetAttr("proxy_fqdn")), "environment one two flag default"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestValuesAreReadByType(t *testing.T) {
	t.Parallel()
	const declarations = `
variable "text" { type = string }
variable "number" { type = number }
variable "flag" { type = bool }
variable "list" { type = list(string) }
variable "object" { type = object({ a = string, b = optional(number, 5) }) }
variable "any" {}
variable "unset" {
  type     = string
  default  = "fallback"
  nullable = false
}
`
	o := testOptions()
	o.Vars = map[string]string{"text": "[1]", "number": "5", "flag": "true", "list": `["a", "b"]`, "object": `{ a = 1 }`, "any": "[1]"}
	l := newLoader("", map[string][]byte{"main.hcl": []byte(declarations)}, o)
	l.collect()
	l.variables()
	if len(l.diags) > 0 {
		t.Fatalf("diagnostics: %q", texts("", l.diags))
	}
	want := map[string]cty.Value{
		"text": cty.StringVal("[1]"), "number": cty.NumberIntVal(5), "flag": cty.True,
		"list":   cty.ListVal([]cty.Value{cty.StringVal("a"), cty.StringVal("b")}),
		"object": cty.ObjectVal(map[string]cty.Value{"a": cty.StringVal("1"), "b": cty.NumberIntVal(5)}),
		"any":    cty.StringVal("[1]"), "unset": cty.StringVal("fallback"),
	}
	for name, v := range want {
		if !l.varValues[name].RawEquals(v) {
			t.Errorf("%s = %#v, want %#v", name, l.varValues[name], v)
		}
	}
}

// TestVariableFilesAreNeverShown: their lines may hold secrets, so neither messages nor Sources have them.
func TestVariableFilesAreNeverShown(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	for name, file := range map[string]string{
		"wrong type": `key = "hunter2"`, "no constant": `key = hunter2`, "does not parse": `key = "hunter2`, "an operator": `key = "hunter2" "`,
		"two": "key = \"hunter2\"\nkey = \"hunter2\"", "undeclared": `kye = "hunter2"`, "block": `hunter2 "hunter2" {}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := write(t, providers+"variable \"key\" {\n type = number\n sensitive = true\n}\n-- secret.vars --\n"+file)
			o := testOptions()
			o.VarFiles = []string{filepath.Join(dir, "secret.vars")}
			c, diags := Load(dir, o)
			if len(diags) == 0 {
				t.Fatal("no diagnostics")
			}
			if all := strings.Join(texts(dir, diags), "\n"); strings.Contains(all, secret) {
				t.Errorf("a message shows the secret: %s", all)
			}
			for source := range c.Sources {
				if strings.HasSuffix(source, "secret.vars") {
					t.Error("the file is among the sources that diagnostics show")
				}
			}
		})
	}
}

func TestSensitiveVariable(t *testing.T) {
	t.Parallel()
	dir := write(t, providers+`
variable "key" {
  default   = "x"
  sensitive = true
}
locals { made = "${var.key}.contoso.com" }
hosting_provider "x" { proxy_fqdn = local.made }`)
	c, diags := Load(dir, testOptions())
	if len(diags) > 0 {
		t.Fatalf("diagnostics: %q", texts(dir, diags))
	}
	if !c.Objects[0].Want.GetAttr("proxy_fqdn").HasMark(schema.Sensitive) {
		t.Error("what is made of a sensitive variable is not marked")
	}
}

func TestMissingFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var got []string
	for _, folder := range []string{filepath.Join(dir, "none"), dir} {
		_, diags := Load(folder, testOptions())
		got = append(got, texts(dir, diags)...)
	}
	want := []string{
		"Cannot read the configuration: The folder none cannot be read: it does not exist. Name the folder that holds the *.hcl files.",
		"No configuration here: The folder " + dir + " holds no *.hcl files. Name the folder that does, or write one to start from with `hybrid init`.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Notepad saves main.hcl as main.hcl.txt, and Windows does not show the ending.
func TestSecondEnding(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.hcl.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, diags := Load(dir, testOptions())
	want := []string{"No configuration here: The folder " + dir + " holds no *.hcl files, but main.hcl.txt, which an editor has given a second ending: rename it to main.hcl."}
	if diff := cmp.Diff(want, texts(dir, diags)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Windows PowerShell writes UTF-16 wherever it is told to write a text, and none of its lines can be shown.
func TestUTF16(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, mark := range []string{"\xff\xfe", "\xfe\xff"} {
		src := []byte(mark + "l\x00o\x00")
		if err := os.WriteFile(filepath.Join(dir, "main.hcl"), src, 0o600); err != nil {
			t.Fatal(err)
		}
		_, loading := Load(dir, testOptions())
		_, formatting := Format(src, "main.hcl")
		for _, diags := range []hcl.Diagnostics{loading, formatting} {
			want := []string{"Cannot read the configuration: main.hcl is in UTF-16, as > and Out-File of Windows PowerShell write it. Save it as UTF-8, there with Set-Content -Encoding UTF8."}
			if diff := cmp.Diff(want, texts(dir, diags)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
	}
}
