package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// evaluated gives an expression's value in a folder with some files.
func evaluated(t *testing.T, l *loader, src string) cty.Value {
	t.Helper()
	expr, diags := hclsyntax.ParseExpression([]byte(src), "x.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	v, diags := schema.Evaluate(expr, &hcl.EvalContext{Functions: l.functions})
	if diags.HasErrors() {
		t.Fatalf("%s: %s", src, diags)
	}
	return v
}

// TestFileKnowsBinaryCertificates: Windows exports certificates in DER unless told otherwise, and "save it as UTF-8" would destroy one.
func TestFileKnowsBinaryCertificates(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, want := range map[string]string{
		"der.cer":   "\x30\x82\x03\x45\x30\x82\x02\x2d",
		"latin.txt": "gr\xfc\xdfe",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l := newLoader(dir, nil, testOptions())
	for path, want := range map[string]string{"der.cer": "Base-64 encoded X.509", "latin.txt": "save it as UTF-8"} {
		if _, err := l.file(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, and it should say %q", path, err, want)
		}
	}
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	dir := write(t, `
-- a.txt --
text
-- a.tpl --
${greeting}, ${upper(name)}!
-- a.csv --
name;n
a;1
-- a.yaml --
x: [1, 2]
`)
	l := newLoader(dir, nil, testOptions())
	for src, want := range map[string]string{
		`file("a.txt")`:       `"text\n"`,
		`file("./a.txt")`:     `"text\n"`,
		`fileexists("a.txt")`: `true`, `fileexists("b.txt")`: `false`, `fileexists(".")`: `false`,
		`templatefile("a.tpl", { greeting = "Hello", name = "ada" })`: `"Hello, ADA!\n"`,
		`csvdecode(file("a.csv"))[0].name`:                            `"a"`,
		`length(csvdecode(file("a.csv")))`:                            `1`,
		`yamldecode(file("a.yaml")).x[1]`:                             `2`,
		`jsondecode("{\"a\": [true]}").a[0]`:                          `true`,
		`length("grün")`:                                              `4`, `length([1, 2])`: `2`, `length({ a = 1 })`: `1`,
		`sum([1, 2.5])`: `3.5`, `alltrue([true, false])`: `false`, `alltrue([])`: `true`, `anytrue([false, true])`: `true`, `anytrue([])`: `false`,
		`one(["x"])`: `"x"`, `one([]) == null`: `true`,
		`startswith("abc", "ab")`: `true`, `endswith("abc", "ab")`: `false`, `strcontains("abc", "b")`: `true`,
		`sha256("abc")`:                      `"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"`,
		`base64decode(base64encode("x"))`:    `"x"`,
		`cidrhost("10.0.0.0/8", 5)`:          `"10.0.0.5"`,
		`try(file("none"), "other")`:         `"other"`,
		`can(file("none"))`:                  `false`,
		`toset(["a", "a"]) == toset(["a"])`:  `true`,
		`replace("a.b", ".", "-")`:           `"a-b"`,
		`join(",", [for n in range(3) : n])`: `"0,1,2"`,
		`hosted_migration_url("https://webdir0a.online.lync.com/lscp/?language=en-US")`: `"https://admin0a.online.lync.com/HostedMigration/hostedmigrationService.svc"`,
		`hosted_migration_url("https://ADMIN1e.online.lync.com")`:                       `"https://admin1e.online.lync.com/HostedMigration/hostedmigrationService.svc"`,
		`hosted_migration_url("https://webdirAU1.online.lync.com/")`:                    `"https://adminau1.online.lync.com/HostedMigration/hostedmigrationService.svc"`,
	} {
		wanted := evaluated(t, l, want)
		if got := evaluated(t, l, src); !got.Equals(wanted).True() {
			t.Errorf("%s = %#v, want %s", src, got, want)
		}
	}
}

func TestSecretsAreMarkedAndStaySo(t *testing.T) {
	t.Parallel()
	dir := write(t, "-- key.txt --\ns3cret\r\n\n")
	l := newLoader(dir, nil, with(map[string]string{"KEY": "s3cret"}))
	for _, src := range []string{
		`env("KEY")`, `secret_file("key.txt")`, `"a ${env("KEY")} b"`, `upper(env("KEY"))`, `{ a = [env("KEY")] }`, `[for c in split("", env("KEY")) : c]`,
		`jsonencode({ a = env("KEY") })`, `env("KEY") == "s3cret"`, `sensitive("x")`, `length(env("KEY"))`, `templatefile("t.tpl", { k = env("KEY") })`,
		`try(env("NONE"), env("KEY"))`, `csvdecode("a\n${env("KEY")}")`, `sha256(env("KEY"))`,
	} {
		if strings.Contains(src, "t.tpl") {
			if err := os.WriteFile(filepath.Join(dir, "t.tpl"), []byte("${k}"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if v := evaluated(t, l, src); !schema.IsSensitive(v) {
			t.Errorf("%s is not sensitive", src)
		}
	}
	if v := evaluated(t, l, `secret_file("key.txt")`); text(v) != "s3cret" {
		t.Error("the line breaks at the end of a secret file are part of the secret")
	}
}

func TestUnknownSecrets(t *testing.T) {
	t.Parallel()
	o := testOptions()
	o.UnknownSecrets = true
	dir := write(t, "")
	l := newLoader(dir, nil, o)
	for _, src := range []string{`env("NONE")`, `secret_file("none")`} {
		v := evaluated(t, l, src)
		if plain, _ := v.Unmark(); plain.IsKnown() || !v.HasMark(schema.Sensitive) {
			t.Errorf("%s: %#v", src, v)
		}
	}
	if _, err := l.secretFile("."); err == nil {
		t.Error("a folder passes for a secret that is merely missing")
	}
}

func TestFilesAreReadOnceAndNotAfterSeal(t *testing.T) {
	t.Parallel()
	dir := write(t, "-- a.txt --\none\n-- b.txt --\nb\n")
	l := newLoader(dir, nil, testOptions())
	if _, err := l.file("a.txt"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("two"), 0o644); err != nil {
		t.Fatal(err)
	}
	l.files.seal()
	if again, err := l.file("a.txt"); err != nil || again != "one\n" {
		t.Errorf("read again: %q, %v", again, err)
	}
	if _, err := l.file("b.txt"); err == nil || !strings.Contains(err.Error(), "must be known before apply") {
		t.Errorf("a file that the plan did not know: %v", err)
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	got, diags := Format([]byte("\xef\xbb\xbfa = 1\r\nlonger=2\r\nb {\nx=1\n}\n\n\n"), "x.hcl")
	if want := "a      = 1\nlonger = 2\nb {\n  x = 1\n}\n"; len(diags) > 0 || string(got) != want {
		t.Errorf("got %q, want %q, %v", got, want, diags)
	}
	if again, _ := Format(got, "x.hcl"); string(again) != string(got) {
		t.Errorf("formatting again changes it: %q", again)
	}
	if got, diags := Format([]byte("a = ="), "x.hcl"); !diags.HasErrors() || string(got) != "a = =" {
		t.Errorf("a file that does not parse: %q, %v", got, diags)
	}
}
