package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"hybrid/internal/powershell"
)

// TestPowerShellIssuesWhatApplyDoes runs scripts in a real PowerShell against stubs that record how they are called, and
// holds that against the calls as they are read from the script, which the story plan_ps1_issues holds against apply's. A
// second run issues nothing.
func TestPowerShellIssuesWhatApplyDoes(t *testing.T) {
	t.Parallel()
	pwsh, err := exec.LookPath("pwsh")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("SKIPPED: no pwsh on PATH (or Windows, where nsupdate cannot be a shell script), so what a script issues was NOT checked in a real PowerShell")
	}
	for _, name := range []string{"contoso", "oauth-trust", "federation", "user-waves", "split-dns"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join("..", "..", "examples", name))); err != nil {
				t.Fatal(err)
			}
			var out, errs bytes.Buffer
			if code := run([]string{"plan", "--lab", "--format", "ps1", filepath.Join(dir, name)}, os.Stdin, &out, &errs); code != 0 {
				t.Fatal(code, errs.String())
			}
			h := newStubs(t, dir, out.String())
			h.run(pwsh)
			want, err := scriptCalls(out.String())
			if err != nil {
				t.Fatal(err)
			}
			got := h.calls()
			for n := range max(len(got), len(want)) {
				if n >= len(got) || n >= len(want) || got[n] != want[n].text {
					t.Fatalf("call %d of %d, and of %d in the script:\n  issued: %s\n  script: %v", n+1, len(got), len(want), at(got, n), from(want, n))
				}
			}
			h.run(pwsh)
			if again := h.calls(); len(again) != len(got) {
				t.Errorf("a second run has issued %d calls more", len(again)-len(got))
			}
		})
	}
}

func at(list []string, n int) string {
	if n < len(list) {
		return list[n]
	}
	return "none"
}

// stubs are a folder with modules and an nsupdate in the place of the real ones.
type stubs struct {
	*testing.T
	dir, principal string
}

func newStubs(t *testing.T, dir, script string) *stubs {
	common, err := os.ReadFile("testdata/stubs.ps1")
	if err != nil {
		t.Fatal(err)
	}
	modules := map[string]string{"Stubs": string(common), "MicrosoftTeams": "function Get-CsTenant { 'contoso' }\n"}
	for _, m := range regexp.MustCompile(`Test-Part '([^']*)' @\(([^)]*)\)`).FindAllStringSubmatch(script, -1) {
		into := "Stubs"
		if m[1] == "teams" {
			into = "MicrosoftTeams"
		}
		for _, quoted := range strings.Split(m[2], ",") {
			name := strings.Trim(quoted, "'")
			if name == "nsupdate" || strings.Contains(string(common), "function "+name+" ") || strings.Contains(string(common), "function "+name+"(") {
				continue
			}
			if name == "New-CsEdgeAllowAllKnownDomains" || name == "New-CsEdgeAllowList" {
				modules[into] += fmt.Sprintf("function %s { @{ call = '(%s)' } }\n", name, name)
				continue
			}
			modules[into] += fmt.Sprintf("function %s { Write-Call '%s' $args }\n", name, name)
		}
	}
	for name, text := range modules {
		save(t, filepath.Join(dir, "modules", name, name+".psm1"), text, 0o600)
	}
	save(t, filepath.Join(dir, "bin", "nsupdate"), "#!/bin/sh\nprintf 'nsupdate|' >>\"$HYBRID_CALLS\"\ntr -d '\\r' | tr '\\n' '|' >>\"$HYBRID_CALLS\"\necho >>\"$HYBRID_CALLS\"\n", 0o700)
	save(t, filepath.Join(dir, "plan.ps1"), script, 0o600)
	return &stubs{t, dir, principalOf(script)}
}

// principalOf is the service principal as the plan has read it: what a request to Graph demands to find.
func principalOf(script string) string {
	live := map[string]any{"id": "x", "servicePrincipalNames": []string{}, "keyCredentials": []any{}}
	if _, call, ok := strings.Cut(script, "    Invoke-GraphPatch '"); ok {
		line, _, _ := strings.Cut("'"+call, "\n")
		words, _ := scriptArguments(line, nil)
		live["servicePrincipalNames"] = strings.Fields(words[2])
		keys := []any{}
		for _, id := range strings.Fields(words[3]) {
			keys = append(keys, map[string]string{"keyId": id})
		}
		live["keyCredentials"] = keys
	}
	text, _ := json.Marshal(live)
	return string(text)
}

func save(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func (h *stubs) run(pwsh string) {
	h.Helper()
	c := exec.CommandContext(h.Context(), pwsh, "-NoLogo", "-NoProfile", "-Command",
		"Import-Module Stubs -Global; Import-Module MicrosoftTeams; & "+powershell.Quote(filepath.Join(h.dir, "plan.ps1"))+"; if (-not $?) { exit 1 }")
	c.Env = append(os.Environ(), "HYBRID_CALLS="+filepath.Join(h.dir, "calls"), "HYBRID_PRINCIPAL="+h.principal,
		"PSModulePath="+filepath.Join(h.dir, "modules"), "PATH="+filepath.Join(h.dir, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	if out, err := c.CombinedOutput(); err != nil {
		h.Fatalf("%v\n%s", err, out)
	}
}

// calls are those that were recorded, in the words of the journal.
func (h *stubs) calls() []string {
	h.Helper()
	content, err := os.ReadFile(filepath.Join(h.dir, "calls"))
	if err != nil {
		h.Fatal(err)
	}
	var calls []string
	for _, line := range strings.Split(strings.TrimSpace(string(content)), "\n") {
		text, err := recorded(line)
		if err != nil {
			h.Fatalf("%v: %s", err, line)
		}
		calls = append(calls, text)
	}
	return calls
}

// recorded is one line of the record in the words of the journal.
func recorded(line string) (string, error) {
	if update, ok := strings.CutPrefix(line, "nsupdate|"); ok {
		lines := strings.Split(strings.TrimSuffix(update, "|"), "|")
		return strings.Join(slices.DeleteFunc(lines, func(l string) bool {
			word, _, _ := strings.Cut(l, " ")
			return slices.Contains([]string{"server", "key", "zone"}, word)
		}), "\n"), nil
	}
	var c struct {
		Cmdlet string
		Given  []any
	}
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&c); err != nil {
		return "", err
	}
	if c.Cmdlet == "Invoke-MgGraphRequest" {
		return request([]string{strings.TrimPrefix(c.Given[1].(string), "v1.0/"), c.Given[2].(string), "", "", ""})
	}
	text := c.Cmdlet
	for n := 0; n+1 < len(c.Given); n += 2 {
		if name := c.Given[n].(string); name != "-ErrorAction:" {
			text += " " + name + spelt(c.Given[n+1])
		}
	}
	return text, nil
}

// spelt is a recorded argument as the journal writes it.
func spelt(value any) string {
	switch v := value.(type) {
	case nil:
		return "$null"
	case bool:
		return fmt.Sprintf("$%v", v)
	case json.Number:
		return v.String()
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, spelt(item))
		}
		return "@(" + strings.Join(items, ",") + ")"
	case map[string]any:
		if call, ok := v["call"].(string); ok {
			return call
		}
		return "(Get-Credential -Credential:" + powershell.Quote(fmt.Sprint(v["credential"])) + ")"
	}
	return powershell.Quote(fmt.Sprint(value))
}

func TestARecordIsReadAsTheJournalWrites(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`{"cmdlet":"Set-It","given":["-Identity:","it's","-Enabled:",true,"-Port:",443,"-Comment:",null,"-List:",["a","b"],"-ErrorAction:","Stop"]}`: `Set-It -Identity:'it''s' -Enabled:$true -Port:443 -Comment:$null -List:@('a','b')`,
		`nsupdate|server ns1 53|key hmac-sha256:k. x|prereq nxrrset a. IN A|update add a. 300 IN A 192.0.2.1|send|`:                                  "prereq nxrrset a. IN A\nupdate add a. 300 IN A 192.0.2.1\nsend",
		`{"cmdlet":"Invoke-MgGraphRequest","given":["PATCH","v1.0/servicePrincipals/1","{\"accountEnabled\":true}"]}`:                                `PATCH /servicePrincipals/1 {"accountEnabled":true}`,
	} {
		if got, err := recorded(line); err != nil || got != want {
			t.Errorf("%s\nis read as %s (%v)", line, got, err)
		}
	}
}
