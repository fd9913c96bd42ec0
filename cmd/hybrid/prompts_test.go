package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// readers are the functions that read what somebody types, by file. Each is held to asking nobody where there is no terminal, below; one
// that is new has to be added here, and there.
var readers = []string{"approve.go: ask", "init.go: askTemplate", "init_live.go: blocks", "trace_password.go: typed"}

// TestEveryPromptIsKnown looks for whatever reads standard input.
func TestEveryPromptIsKnown(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 50 {
		t.Fatal(len(files), err)
	}
	head, reads := regexp.MustCompile(`^func (?:\([^)]*\) )?(\w+)`), regexp.MustCompile(`NewReader\(a\.in\)|ReadPassword|NewScanner\(a\.in\)|ReadAll\(a\.in\)|Fscan|os\.Stdin\.`)
	var found []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		within := ""
		for line := range strings.Lines(string(content)) {
			if m := head.FindStringSubmatch(line); m != nil {
				within = m[1]
			}
			if at := file + ": " + within; reads.MatchString(line) && !slices.Contains(found, at) {
				found = append(found, at)
			}
		}
	}
	if !slices.Equal(found, readers) {
		t.Errorf("what reads standard input is %q, and known are %q", found, readers)
	}
}

// TestNobodyIsAskedWithoutATerminal runs what would ask with an input that never ends and is no terminal: each ends by itself, says
// what to do instead, and shows no prompt.
func TestNobodyIsAskedWithoutATerminal(t *testing.T) {
	in, never, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer never.Close()
	dir := t.TempDir()
	config := "provider \"skype\" {\n  hosts    = [\"127.0.0.1\"]\n  username = \"svc\"\n  password = \"unused-here\"\n}\n\nallowed_domain \"fabrikam.com\" {}\n"
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"approval":     {[]string{"apply", "--lab", dir}, "there is no terminal to ask on: say --auto-approve"},
		"as JSON":      {[]string{"apply", "--lab", "--json", dir}, "there is no terminal to ask on: say --auto-approve"},
		"the template": {[]string{"init", filepath.Join(dir, "new")}, "there is no terminal to ask on: say --template"},
		"the blocks":   {[]string{"init", "--from-live", filepath.Join(dir, "live")}, "there is no terminal to ask on: say which provider blocks to write"},
	} {
		var out, errs bytes.Buffer
		if code := run(c.args, in, &out, &errs); code != exitFailed || !strings.Contains(errs.String(), c.says) || strings.Contains(errs.String(), "Only \"yes\" does") {
			t.Errorf("%s: exit code %d\n%s%s", name, code, out.String(), errs.String())
		}
	}
	none, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer none.Close()
	t.Setenv(tracePassword, "")
	var errs bytes.Buffer
	a := &app{in: none, out: &errs, err: &errs}
	if password, err := a.password(t.Context(), &session{}, "ada@contoso.com"); err == nil || password != "" || !strings.Contains(err.Error(), "set "+tracePassword) || errs.Len() > 0 {
		t.Errorf("the password of --as: %q, %v, %s", password, err, errs.String())
	}
}
