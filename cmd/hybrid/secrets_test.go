package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hybrid/internal/render"
)

// A vault is a configuration with a secret wherever one can come from, and the secrets. Each has a core of letters and
// digits, which no way of quoting changes, between characters that every way of quoting does.
type vault struct {
	t       *testing.T
	dir     string
	secrets map[string]string // by where they come from: their cores
	texts   map[string]string // likewise, whole
	given   string            // a file for --var-file
	seen    int               // outputs that were searched
	messages
}

// nasty stands around the cores: what JSON, HTML, URLs, HCL and PowerShell write in other ways.
const nasty = `'"<&>\ %`

// plant makes a secret and gives its text.
func (v *vault) plant(from string) string {
	v.texts[from] = nasty + v.core(from) + nasty
	return v.texts[from]
}

// core makes a secret that is its core alone, where no other text will do.
func (v *vault) core(from string) string {
	core := fmt.Sprintf("Planted%dSecret", 100+len(v.secrets))
	v.secrets[from] = core
	return core
}

// newVault writes the configuration and sets the environment.
func newVault(t *testing.T) *vault {
	v := &vault{t: t, dir: t.TempDir(), secrets: map[string]string{}, texts: map[string]string{}}
	for _, name := range []string{"skype", "dns_host", "directory"} {
		t.Setenv("HYBRID_TEST_"+strings.ToUpper(name), v.plant("env() of the provider "+name))
	}
	tsig := v.core("env() of a TSIG key")
	t.Setenv("HYBRID_TEST_TSIG", base64.StdEncoding.EncodeToString([]byte(tsig)))
	v.secrets["TSIG key as it is written"] = base64.StdEncoding.EncodeToString([]byte(tsig))
	t.Setenv("HYBRID_VAR_of_environment", v.plant("HYBRID_VAR_"))
	v.write("teams.password", v.plant("secret_file()")+"\n")
	v.texts["a line of a private key"] = "MIIEvQ" + v.core("a line of a private key")
	v.write("entra.pem", "-----BEGIN PRIVATE KEY-----\n"+v.texts["a line of a private key"]+"\nMIIEvQ==\n-----END PRIVATE KEY-----\n")
	v.given = filepath.Join(t.TempDir(), "given.hcl")
	variables := fmt.Sprintf("of_file = %s\nmigration = %s\n", literal(v.plant("--var-file")), literal(v.plant("--var-file, of a credential")))
	if err := os.WriteFile(v.given, []byte(variables), 0o600); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile("testdata/vault.hcl")
	if err != nil {
		t.Fatal(err)
	}
	v.write("main.hcl", regexp.MustCompile(`"@[a-z]+@"`).ReplaceAllStringFunc(string(content), func(name string) string {
		return literal(v.plant("literal " + name))
	}))
	v.hooks()
	v.write("users.csv", "sip_address,identity,line_uri\nsip:ada@contoso.com,ada@contoso.com,tel:+14255550100\n")
	return v
}

// literal is a text as HCL writes it.
func literal(text string) string {
	quoted, _ := json.Marshal(text)
	return strings.NewReplacer("%", "%", `\u0026`, "&", `\u003c`, "<", `\u003e`, ">").Replace(string(quoted))
}

func (v *vault) write(name, text string) {
	if err := os.WriteFile(filepath.Join(v.dir, name), []byte(text), 0o600); err != nil {
		v.t.Fatal(err)
	}
}

// with gives arguments the flags with which the configuration is read.
func (v *vault) with(args ...string) []string {
	return append(args, "--var", "of_flag="+v.flag(), "--var-file", v.given)
}

func (v *vault) flag() string {
	if text := v.texts["--var"]; text != "" {
		return text
	}
	return v.plant("--var")
}

// run runs the program and searches what it writes.
func (v *vault) run(args ...string) (out string, code int) {
	v.t.Helper()
	stdin, err := os.Open(os.DevNull)
	if err != nil {
		v.t.Fatal(err)
	}
	defer stdin.Close()
	var stdout, stderr bytes.Buffer
	code = run(args, stdin, &stdout, &stderr)
	name := "hybrid " + strings.Join(args[:min(len(args), 6)], " ")
	v.search(name+": stdout", stdout.Bytes())
	v.search(name+": stderr", stderr.Bytes())
	return stdout.String() + stderr.String(), code
}

// does runs the program and demands an exit code.
func (v *vault) does(want int, args ...string) string {
	v.t.Helper()
	out, code := v.run(args...)
	if code != want {
		v.t.Errorf("hybrid %s: exit code %d, not %d\n%.6000s", strings.Join(args[:min(len(args), 6)], " "), code, want, out)
	}
	return out
}

// search looks for every secret in every form that shows it.
func (v *vault) search(where string, content []byte) {
	v.t.Helper()
	v.seen++
	for _, unpacked := range unpacked(content) {
		for from, core := range v.secrets {
			for form, text := range formsOf(core) {
				if at := bytes.Index(unpacked, []byte(text)); at >= 0 {
					v.t.Errorf("%s shows the secret of %s (%s): …%s…", where, from, form, unpacked[max(0, at-120):min(len(unpacked), at+60)])
					return // one is enough to look at
				}
			}
		}
	}
}

// searchFiles looks into the files that are read by others than the lab itself.
func (v *vault) searchFiles(dir string) {
	v.t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		files++
		v.search(path, content)
		return err
	})
	if err != nil || files == 0 {
		v.t.Errorf("%d files in %s: %v", files, dir, err)
	}
}

// TestNoOutputOfTheProgramHoldsASecret plants secrets everywhere and searches everything.
func TestNoOutputOfTheProgramHoldsASecret(t *testing.T) {
	v := newVault(t)
	file, handouts := filepath.Join(t.TempDir(), "saved.plan"), t.TempDir()
	v.does(0, v.with("validate", v.dir)...)
	for _, format := range []string{"dot", "svg", "html"} {
		v.does(0, v.with("graph", "--format", format, v.dir)...)
	}
	v.does(0, v.with("plan", "--lab", "--out", file, "--log-level", "trace", "--handout", filepath.Join(handouts, "planned.csv"), v.dir)...)
	v.plantLab()
	for _, format := range render.Formats() {
		out := v.does(0, v.with("plan", "--lab", "--format", format, "--show-commands", "--users", "--log-level", "trace", "--log-format", "json", v.dir)...)
		for _, address := range []string{"allowed_domain", "oauth_server", "user_homing"} {
			if !strings.Contains(out, address) {
				t.Errorf("the format %s shows no %s and is no test:\n%s", format, address, out)
			}
		}
	}
	v.saved(file)
	v.explaining()
	v.quoting()
	v.does(0, v.with("apply", "--lab", "--auto-approve", "--show-commands", "--users", "--log-level", "trace", "--reason", "because of "+v.flag(), "--handout", filepath.Join(handouts, "applied.csv"), v.dir)...)
	v.runs()
	v.does(0, v.with("plan", "--lab", "--detailed-exitcode", v.dir)...)
	v.drifting()
	v.setAside()
	v.foreign()
	v.heardAll(10)
	v.searchFiles(handouts)
	v.mistakes()
	v.does(0, v.with("lab", "calls", v.dir)...)
	v.searchFiles(filepath.Join(v.dir, ".hybrid", "journal"))
	if v.seen < 40 {
		t.Errorf("only %d outputs were searched", v.seen)
	}
}

// plantLab adds what the lab keeps secret.
func (v *vault) plantLab() {
	content, err := os.ReadFile(filepath.Join(v.dir, ".hybrid", "lab.keys.json"))
	if err != nil {
		v.t.Fatal(err)
	}
	var keys struct{ Password, TSIG string }
	if err := json.Unmarshal(content, &keys); err != nil || keys.Password == "" || keys.TSIG == "" {
		v.t.Fatalf("the keys of the lab: %v", err)
	}
	v.secrets["the lab's password"], v.secrets["the lab's TSIG key"] = keys.Password, keys.TSIG
}

// quoting makes far ends quote what they were told, in every way of writing.
func (v *vault) quoting() {
	for _, cmdlet := range []string{"New-CsOAuthServer", "New-CsAllowedDomain", "New-CsBlockedDomain", "Move-CsUser"} {
		var texts []string
		for _, text := range v.texts {
			texts = append(texts, everyWay(text)...)
		}
		slices.Sort(texts)
		fault := v.with("lab", "fault", "--kind", "error", "--cmdlet", cmdlet, "--text", "Cannot use "+strings.Join(texts, " | "), v.dir)
		if run(fault, nil, io.Discard, io.Discard) != 0 { // which lists what it was told to say
			v.t.Fatal("the fault is not accepted")
		}
		out, code := v.run(v.with("apply", "--lab", "--auto-approve", "--json", "--log-level", "trace", v.dir)...)
		if code == 0 || !strings.Contains(out, "Cannot use (sensitive)") {
			v.t.Errorf("%s has not failed with what it quotes: %.2000s", cmdlet, out)
		}
		v.does(0, v.with("lab", "fault", "--clear", v.dir)...)
	}
}

// runs shows every run that there was.
func (v *vault) runs() {
	files, _ := filepath.Glob(filepath.Join(v.dir, ".hybrid", "journal", "*.jsonl"))
	if len(files) < 2 {
		v.t.Fatalf("there were only %d runs", len(files))
	}
	for _, file := range files {
		v.does(0, "show", file)
		v.does(0, "show", "--json", file)
		v.run("handout", file)
	}
}

// foreign looks at secrets that are at the far end: what was there before is as secret as what is to be.
func (v *vault) foreign() {
	v.t.Setenv("HYBRID_VAR_of_environment", v.plant("HYBRID_VAR_, rotated"))
	for _, format := range render.Formats() {
		v.does(2, v.with("plan", "--lab", "--detailed-exitcode", "--format", format, "--show-commands", v.dir)...)
	}
	file := filepath.Join(v.t.TempDir(), "rotated.plan")
	v.does(0, v.with("plan", "--lab", "--out", file, v.dir)...)
	v.saved(file)
	v.explaining()
}

// mistakes are errors in the very lines that secrets stand in.
func (v *vault) mistakes() {
	dir := v.dir
	for name, text := range map[string]string{
		"a default of another type": `variable "x" {` + "\n  sensitive = true\n  type = number\n  default = ${S}\n}\n",
		"a default that is invalid": `variable "x" {` + "\n  sensitive = true\n  default = ${S}\n  validation {\n    condition = length(var.x) < 3\n    error_message = \"It is ${V}.\"\n  }\n}\n",
		"no TSIG secret":            `provider "dns" "x" {` + "\n  type = \"rfc2136\"\n  server = \"192.0.2.1\"\n  tsig {\n    name = \"x\"\n    secret = ${S}\n  }\n}\n",
		"a file of variables":       "password = ${S}\n",
		"too many":                  `provider "skype" {` + "\n  hosts = [\"a.contoso.com\"]\n  username = \"x\"\n  password = [${S}]\n}\n",
		"an unknown function":       `provider "skype" {` + "\n  hosts = [\"a.contoso.com\"]\n  username = \"x\"\n  password = encrypt(${S})\n}\n",
		"no certificate":            `provider "teams" {` + "\n  host = \"a.contoso.com\"\n  certificate = ${S}\n}\n",
		"of a credential":           `user_homing "x" {` + "\n  users = []\n  target = \"p.contoso.com\"\n  credential {\n    username = \"x\"\n    password = {a = ${S}}\n  }\n}\n",
		"no web address":            `notify "x" {` + "\n  on = [\"run\"]\n  type = \"webhook\"\n  url = ${S}\n}\n",
		"no signature":              `notify "x" {` + "\n  on = [\"run\"]\n  type = \"teams\"\n  url = \"https://a.contoso.com\"\n  secret = {a = ${S}}\n}\n",
		"no end":                    `notify "x" {` + "\n  on = [\"run\"]\n  type = \"webhook\"\n  secret = ${S} ${\n",
		"in a condition":            "locals {\n  a = sensitive(${S}).b\n}\nallowed_domain \"contoso.com\" {\n  comment = local.a\n}\n",
	} {
		v.dir = v.t.TempDir()
		v.write("main.hcl", os.Expand(text, func(hole string) string {
			if hole == "V" {
				return "${var.x}"
			}
			return literal(v.plant("mistake: " + name))
		}))
		v.does(1, "validate", v.dir)
		v.does(1, "plan", "--lab", v.dir)
	}
	v.dir = dir
}
