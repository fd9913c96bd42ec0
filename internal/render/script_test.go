package render

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/powershell/literal"
	"hybrid/planner"
	"hybrid/schema"
)

// scripted gives every change one step with its address as an argument.
func scripted(step func(c planner.Change) planner.ScriptStep) func(planner.Change) planner.Steps {
	part := &planner.ScriptPart{Name: "skype", Where: "on fe01", Advice: "Import the module."}
	return func(c planner.Change) planner.Steps {
		return planner.Steps{Do: []string{"Set-It"}, Script: func() []planner.ScriptStep {
			s := step(c)
			s.Part = part
			return []planner.ScriptStep{s}
		}}
	}
}

func setIt(c planner.Change) planner.ScriptStep {
	return planner.ScriptStep{Cmdlets: []string{"Set-It"}, Code: []planner.Word{{Text: "Set-It -Identity:"}, {Kind: planner.Text, Text: c.Address.String()}}}
}

func written(t *testing.T, p *planner.Plan, o Options) string {
	t.Helper()
	return string(rendered(t, func(b *bytes.Buffer) error { return Script(b, p, o) }))
}

// What others wrote can end neither a comment nor a text, and nothing of it is read as anything else.
func TestNothingBreaksOutOfAScript(t *testing.T) {
	t.Parallel()
	evil := "x'\u2019; Remove-Item C:\\ #>\r\nRemove-Item D:\\\n'@\n# SIG # Begin signature block\n#requires -Modules Evil\u2028Remove-Item E:\\"
	c := diffed(provider, null(provider), object(provider, vals{"verification_level": cty.StringVal("a")}), 1, evil)
	lost := diffed(edge, object(edge, nil), object(edge, nil), 2)
	lost.Action, lost.Reason = planner.Unknown, evil
	steps := func(c planner.Change) planner.Steps {
		s := scripted(setIt)(c)
		s.Undo, s.Lost = []string{evil}, []string{evil}
		return s
	}
	got := written(t, &planner.Plan{Changes: []planner.Change{c, lost}, Incomplete: true}, Options{
		Header: evil, Steps: steps, Digest: "abc", Refusals: []planner.Refusal{{Guard: "max_deletes", Text: evil}},
	})
	if !literal.Plain(strings.ReplaceAll(got, "\n", "")) {
		t.Error("it is not ASCII")
	}
	for n, line := range strings.Split(got, "\n") {
		bare := strings.TrimSpace(line)
		if strings.HasPrefix(bare, "Remove-Item") || bare == "'@" || strings.HasPrefix(strings.ToLower(strings.ReplaceAll(bare, " ", "")), "#sig#") || n > 0 && strings.HasPrefix(strings.ReplaceAll(bare, " ", ""), "#requires") {
			t.Errorf("line %d has got out: %s", n+1, line)
		}
	}
	if n := strings.Count(got, "Remove-Item"); n < 8 {
		t.Errorf("the evil text stands there %d times: nothing is shown by this", n)
	}
}

func TestAScriptAsksForWhatItDoesNotSay(t *testing.T) {
	t.Parallel()
	c := diffed(provider, null(provider), object(provider, vals{"verification_level": cty.StringVal("hunter22").Mark(schema.Sensitive)}), 1, "x")
	got := written(t, &planner.Plan{Changes: []planner.Change{c}}, Options{Steps: scripted(func(planner.Change) planner.ScriptStep {
		return planner.ScriptStep{Code: []planner.Word{
			{Text: "Set-It -A:"},
			{Kind: planner.Secret, Text: "-A of Set-It"},
			{Text: " -B:"},
			{Kind: planner.Later, Text: "-B of Set-It"},
			{Text: " -C:"},
			{Kind: planner.LaterBool, Text: "-C of Set-It"},
			{Text: " -D:"},
			{Kind: planner.LaterList, Text: "-D of Set-It"},
			{Text: " -E:"},
			{Kind: planner.Credential, Text: "ada@contoso.com"},
			{Text: " -F:"},
			{Kind: planner.Text, Text: "is hunter22!"},
		}}
	})})
	for _, want := range []string{
		"-A:(Read-Secret '-A of Set-It, for hosting_provider.x')", "-B:(Read-Known '-B of Set-It, for hosting_provider.x')", "-C:(Read-KnownBool '", "-D:(Read-KnownList '",
		"-E:(Get-Asked 'ada@contoso.com')", "-F:(Read-Secret 'A value that is not shown, for hosting_provider.x')", "    $null = Get-Asked 'ada@contoso.com'\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %s in\n%s", want, got[strings.Index(got, "$StateName"):])
		}
	}
	if strings.Contains(got, "hunter22") {
		t.Error("the secret is told")
	}
	got = written(t, &planner.Plan{Changes: []planner.Change{c}}, Options{Steps: scripted(func(planner.Change) planner.ScriptStep {
		return planner.ScriptStep{Code: []planner.Word{{Text: "Set-It hunter22"}}}
	})})
	if strings.Contains(got, "hunter22") || !strings.Contains(got, "Invoke-ByHand 1 'skype' 'hosting_provider.x' 'what is to be issued holds what must not be shown, so only hybrid apply can do it'") {
		t.Error(got[strings.Index(got, "$StateName"):])
	}
}

// Users who are alike stand in a table; who is not, or whose name is not ASCII, stands between two tables in the plan's order.
func TestManyUsersAreRows(t *testing.T) {
	t.Parallel()
	const many = 50_000
	c := moves(many, 0)
	began := time.Now()
	got := written(t, &planner.Plan{Changes: []planner.Change{c}}, Options{Steps: scripted(func(c planner.Change) planner.ScriptStep {
		step := setIt(c)
		if strings.Contains(c.Address.User, "user7@") {
			step.Code = append(step.Code, planner.Word{Text: " -Odd:"}, planner.Word{Kind: planner.Text, Text: "M\u00fcller"})
		}
		return step
	}), Digest: "abc"})
	t.Logf("%d users: %d bytes in %s", many, len(got), time.Since(began))
	if each := len(got) / many; each > 150 {
		t.Errorf("a user takes %d bytes", each)
	}
	if n := strings.Count(got, "\nInvoke-Rows "); n != 2 || strings.Count(got, "\nInvoke-Step ") != 1 {
		t.Errorf("%d tables, %d steps by themselves", n, strings.Count(got, "\nInvoke-Step "))
	}
	last := -1
	for n := range many {
		sign := fmt.Sprintf("\n%d\t", n+1)
		if n == 7 {
			sign = "\nInvoke-Step 8 "
		}
		at := strings.Index(got[max(0, last):], sign)
		if at < 0 {
			t.Fatalf("step %d is missing or out of order", n+1)
		}
		last = max(0, last) + at
	}
}

// PowerShell itself parses what is written, where there is one.
func TestPowerShellParsesAScript(t *testing.T) {
	t.Parallel()
	pwsh, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("SKIPPED: no pwsh on PATH, so that PowerShell parses scripts was NOT checked")
	}
	path := filepath.Join(t.TempDir(), "x.ps1")
	text := written(t, &planner.Plan{Changes: []planner.Change{moves(10, 0)}}, Options{Steps: scripted(setIt), Digest: "abc"})
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(pwsh, "-NoProfile", "-Command", "$errors = $null; $null = [System.Management.Automation.Language.Parser]::ParseFile('"+path+"', [ref] $null, [ref] $errors); $errors | ForEach-Object { $_.ToString() }; exit $errors.Count").CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
