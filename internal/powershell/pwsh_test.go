package powershell

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// realSession runs the agent in a real PowerShell, against the stub module in testdata.
func realSession(t testing.TB, cmdlets ...string) *Session {
	t.Helper()
	path, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("SKIPPED: no pwsh on PATH, so the host agent was NOT checked in a real PowerShell")
	}
	stub, err := filepath.Abs("testdata/stub")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PSModulePath", stub)
	s, err := Start(t.Context(), Local(path), Open{Modules: []string{"SkypeForBusiness"}, Cmdlets: cmdlets}, SessionOptions{Deadline: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func objects(t *testing.T, s *Session, c Command) (found []map[string]any, warnings []string, err error) {
	t.Helper()
	err = s.Call(t.Context(), c, CallOptions{
		Object:  func(o map[string]any) error { found = append(found, o); return nil },
		Warning: func(text string) { warnings = append(warnings, text) },
	})
	return found, warnings, err
}

func TestAgentInPowerShell(t *testing.T) {
	s := realSession(t, "New-CsHostingProvider", "Get-CsHostingProvider", "Get-CsUser", "Move-CsUser",
		"Set-CsTenantFederationConfiguration", "New-CsEdgeAllowAllKnownDomains", "Get-CsPublicProvider")
	t.Run("create", func(t *testing.T) { realCreate(t, s) })
	t.Run("errors", func(t *testing.T) { realErrors(t, s) })
	t.Run("arguments", func(t *testing.T) { realArguments(t, s) })
	t.Run("rows", func(t *testing.T) { realRows(t, s) })
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if code, known := s.process.ExitCode(); code != 0 || !known {
		t.Errorf("at the end of its input the agent ended with %d, %v", code, known)
	}
}

func realCreate(t *testing.T, s *Session) {
	const hostile = "LyncOnline\u2019; Remove-Item x; $(whoami) `\"' \u4f60"
	got, warnings, err := objects(t, s, Command{"New-CsHostingProvider", []Param{
		{"Identity", hostile},
		{"ProxyFqdn", "sipfed.online.lync.com"},
		{"Enabled", true},
		{"VerificationLevel", "UseSourceVerification"},
		{"Confirm", false},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{{
		"Identity": hostile, "ProxyFqdn": "sipfed.online.lync.com", "Enabled": true, "VerificationLevel": "UseSourceVerification",
		"When": "2026-01-02T03:04:05.0000000Z", "One": []any{"x"}, "Nil": nil,
		"Nested": map[string]any{"A": json.Number("1"), "B": map[string]any{"C": json.Number("2")}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"w\u00f6rning " + hostile}, warnings); diff != "" {
		t.Error(diff)
	}
}

func realErrors(t *testing.T, s *Session) {
	for _, c := range []struct {
		cmdlet        string
		params        []Param
		kind, message string
	}{
		{"New-CsHostingProvider", []Param{{"Identity", "b"}, {"ProxyFqdn", "f"}, {"Enabled", true}, {"VerificationLevel", "Bogus"}}, "ParameterArgumentTransformationError,New-CsHostingProvider", ""},
		{"New-CsHostingProvider", []Param{{"Identity", "b"}, {"Wrong", 1}}, "NamedParameterNotFound,New-CsHostingProvider", ""},
		{"New-CsHostingProvider", []Param{{"Identity", "b"}}, "MissingMandatoryParameter,New-CsHostingProvider", ""},
		{"Remove-Item", []Param{{"Path", "/"}}, "", "not on the agent's list"},
		{"Move-CsUser", []Param{{"Identity", "bad"}, {"Target", "p"}, {"Confirm", false}}, "", "Error=(510)"},
	} {
		_, _, err := objects(t, s, Command{c.cmdlet, c.params})
		var refused *CmdletError
		if !errors.As(err, &refused) || c.kind != "" && refused.Kind != c.kind || !strings.Contains(refused.Message, c.message) {
			t.Errorf("%s: %#v", c.cmdlet, err)
		}
	}
}

func realArguments(t *testing.T, s *Session) {
	const secret = "p'\"$x\u2018\u00e9`"
	const time = "2026-01-02T03:04:05Z" // PowerShell 7 would make a time of it
	for _, c := range []struct {
		command Command
		want    map[string]any
	}{
		{Command{"Move-CsUser", []Param{{"Identity", "ok"}, {"Target", "p"}, {"Confirm", false}, {"Credential", Credential{"a@b", secret}}}}, map[string]any{"Id": "ok", "Pw": secret}},
		{Command{"Move-CsUser", []Param{{"Identity", time}, {"Target", "p"}, {"Confirm", false}}}, map[string]any{"Id": time, "Pw": nil}},
		{
			Command{"Set-CsTenantFederationConfiguration", []Param{{"AllowedDomains", Command{Cmdlet: "New-CsEdgeAllowAllKnownDomains"}}, {"List", []any{"a"}}}},
			map[string]any{"T": "PSCustomObject", "N": json.Number("1")},
		},
		{Command{Cmdlet: "Get-CsPublicProvider"}, map[string]any{"Identity": "Skype", "VerificationLevel": "AlwaysUnverifiable", "Domains": []any{"a", "b"}, "Port": json.Number("5061")}},
	} {
		got, _, err := objects(t, s, c.command)
		if diff := cmp.Diff([]map[string]any{c.want}, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", c.command, err, diff)
		}
	}
}

func realRows(t *testing.T, s *Session) {
	for _, count := range []int{0, 1, 3, 500, 10_000} {
		rows := 0
		var last []any
		err := s.Call(t.Context(), Command{"Get-CsUser", []Param{{"Count", count}}}, CallOptions{
			Select: []string{"SipAddress", "RegistrarPool", "NoSuchProperty"},
			Row:    func(cells []any) error { rows++; last = cells; return nil },
		})
		if err != nil || rows != count {
			t.Errorf("%d rows of %d, %v", rows, count, err)
		}
		if want := []any{fmt.Sprintf("sip:user%d@contoso.com", count-1), nil, nil}; count > 0 && cmp.Diff(want, last) != "" {
			t.Error(cmp.Diff(want, last))
		}
	}
}

// A cmdlet that is not there is told at the opening.
func TestMissingInPowerShell(t *testing.T) {
	realSession(t)
	path, _ := exec.LookPath("pwsh")
	for want, open := range map[string]Open{
		"has no cmdlet Get-CsNothing":         {Modules: []string{"SkypeForBusiness"}, Cmdlets: []string{"Get-CsUser", "Get-CsNothing"}},
		"has no PowerShell module NoSuchName": {Modules: []string{"NoSuchName"}, Cmdlets: []string{"Get-CsUser"}},
	} {
		_, err := Start(t.Context(), Local(path), open, SessionOptions{Deadline: time.Minute})
		var missing *MissingError
		if !errors.As(err, &missing) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// BenchmarkPowerShell is a small request in a session with a real PowerShell, and the same with a process a command.
func BenchmarkPowerShell(b *testing.B) {
	move := Command{"Move-CsUser", []Param{{"Identity", "sip:ada@contoso.com"}, {"Target", "sipfed.online.lync.com"}, {"Confirm", false}}}
	b.Run("session", func(b *testing.B) {
		s := realSession(b, "Move-CsUser")
		for b.Loop() {
			if err := s.Call(b.Context(), move, CallOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("process", func(b *testing.B) {
		realSession(b, "Move-CsUser")
		path, _ := exec.LookPath("pwsh")
		for b.Loop() {
			text := "Import-Module SkypeForBusiness; " + move.String()
			if out, err := exec.Command(path, "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", text).CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
		}
	})
}
