package config

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/secrets"
	"hybrid/schema"
)

// answers is a vault that knows what it is asked by the words, joined, and remembers what it was asked.
type answers struct {
	texts map[string]secrets.Answer
	asked []string
}

func (a *answers) Command(_ string, argv []string) (secrets.Answer, error) {
	return a.of(strings.Join(argv, " "))
}

func (a *answers) Keyring(service, user string) (secrets.Answer, error) {
	return a.of(service + "/" + user)
}

func (a *answers) of(what string) (secrets.Answer, error) {
	a.asked = append(a.asked, what)
	if known, is := a.texts[what]; is {
		return known, nil
	}
	return secrets.Answer{}, errors.New(`"` + what + `" failed (exit status 1); it said: not signed in`)
}

const vaulted = `
variable "item" { default = "op://a" }

provider "skype" {
  hosts    = ["fe01.contoso.com"]
  password = secret_command(["op", "read", var.item])
}

provider "dns" "external" {
  server = "192.0.2.53"
  tsig { secret = keyring("hybrid", "tsig") }
}
`

func TestSecretsOfAVaultAreMarkedAndKnown(t *testing.T) {
	t.Parallel()
	o, from := testOptions(), &answers{texts: map[string]secrets.Answer{"op read op://a": {Text: "hush-hush", Said: "a new version."}, "hybrid/tsig": {Text: "S0VZLUtFWQ=="}}}
	o.Vault = from
	c, diags := Load(write(t, vaulted), o)
	if diags.HasErrors() || len(diags) != 1 || !strings.Contains(diags[0].Detail, `secret_command: "op" said: a new version.`) {
		t.Fatal(diags)
	}
	if got := strings.Join(c.Secrets(), " "); got != "S0VZLUtFWQ== hush-hush" {
		t.Errorf("known for secrets: %s", got)
	}
	for _, p := range c.Providers {
		if !schema.IsSensitive(p.Values) {
			t.Errorf("%s has nothing sensitive", p.Name)
		}
	}
	for name, src := range c.Sources {
		if strings.Contains(string(src), "*") {
			t.Errorf("what is asked for is blotted out of %s:\n%s", name, src)
		}
	}
}

func TestNoVaultIsAskedForValidating(t *testing.T) {
	t.Parallel()
	o, from := testOptions(), &answers{}
	o.Vault, o.UnknownSecrets = from, true
	if _, diags := Load(write(t, vaulted), o); len(diags) > 0 || len(from.asked) > 0 {
		t.Errorf("%v; asked: %q", diags, from.asked)
	}
}

func TestSecretsThatCannotBeFetched(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ password, summary, detail string }{
		"the program fails":   {`secret_command(["op", "whoami"])`, "A program gave no secret", `secret_command: "op whoami" failed (exit status 1); it said: not signed in`},
		"the keyring fails":   {`keyring("a", "b")`, "The keyring gave no secret", `keyring: "a/b" failed`},
		"a secret argument":   {`secret_command(["op", "--token", env("TOKEN")])`, "A program gave no secret", "command lines can be read by everybody on this machine"},
		"part of an argument": {`secret_command(["op", "--token=${env("TOKEN")}"])`, "A program gave no secret", "an argument is a secret"},
		"null":                {`secret_command(["op", null])`, "", "null"},
		"a text":              {`secret_command("op read")`, "", "list of string"},
		"one argument":        {`keyring("a")`, "Not enough function arguments", `"user"`},
	} {
		o := with(map[string]string{"TOKEN": "t0ken-t0ken"})
		o.Vault = &answers{}
		_, diags := Load(write(t, "provider \"skype\" {\n  hosts    = [\"fe01.contoso.com\"]\n  password = "+c.password+"\n}\n"), o)
		if len(diags) == 0 || diags[0].Severity != hcl.DiagError {
			t.Errorf("%s: %v", name, diags)
			continue
		}
		d := diags[0]
		if !strings.Contains(d.Summary, c.summary) || !strings.Contains(d.Detail, c.detail) || d.Subject == nil || d.Subject.Start.Line != 3 {
			t.Errorf("%s: %s", name, d)
		}
		if strings.Contains(d.Error(), "t0ken-t0ken") {
			t.Errorf("%s: the error shows the secret: %s", name, d)
		}
	}
}

func TestNothingNewIsAskedDuringApply(t *testing.T) {
	t.Parallel()
	o, from := testOptions(), &answers{texts: map[string]secrets.Answer{"op a": {Text: "x"}, "op b": {Text: "y"}}}
	o.Vault = from
	l := newLoader(t.TempDir(), nil, o)
	ask := func(name string) error {
		_, err := l.functions["secret_command"].Call(argvOf("op", name))
		return err
	}
	if err := ask("a"); err != nil {
		t.Fatal(err)
	}
	l.files.seal()
	if err := ask("a"); err != nil {
		t.Error(err)
	}
	if err := ask("b"); err == nil || !strings.Contains(err.Error(), "must be known before apply") || strings.Contains(strings.Join(from.asked, " "), "op b") {
		t.Errorf("%v; asked: %q", err, from.asked)
	}
}

func TestFilesOfSecretsThatOthersMayRead(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: who may read a file is not told by its mode on Windows")
	}
	dir := write(t, "-- main.hcl --\nprovider \"skype\" {\n  hosts    = [\"fe01.contoso.com\"]\n  password = secret_file(\"skype.password\")\n}\n-- skype.password --\nhush-hush\n")
	path := filepath.Join(dir, "skype.password")
	for mode, warned := range map[os.FileMode]bool{0o600: false, 0o640: false, 0o644: true, 0o602: true, 0o400: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, diags := Load(dir, testOptions())
		if (len(diags) == 1 && strings.Contains(diags[0].Detail, "every user of this machine can read or change it: chmod 600 "+path)) != warned || len(diags) > 1 {
			t.Errorf("mode %o: %q", mode, diags.Errs())
		}
	}
}

// argvOf is the argument of secret_command.
func argvOf(all ...string) []cty.Value {
	var list []cty.Value
	for _, word := range all {
		list = append(list, cty.StringVal(word))
	}
	return []cty.Value{cty.ListVal(list)}
}
