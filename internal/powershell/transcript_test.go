package powershell

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// replay plays the recorded session of a real PowerShell 7.7: it sends what PowerShell wrote, and holds what we send
// against what was sent then. Ours is compact where the recording's JSON has spaces, so it is compared decoded.
func replay(t *testing.T, script []string) func(*far) {
	return func(f *far) {
		for n, entry := range script {
			direction, text := entry[:1], entry[2:]
			if direction == "<" {
				f.say("%s", text)
				continue
			}
			got, ok := f.line()
			if !ok {
				return
			}
			if n == 0 {
				agent, err := base64.StdEncoding.DecodeString(got)
				if err != nil || string(agent) != string(agentScript) {
					t.Errorf("the first line is not the agent: %v", err)
				}
				continue
			}
			// A call without parameters may have been recorded without an empty list of them.
			got = strings.Replace(got, `AllKnownDomains","parameters":{}}`, `AllKnownDomains"}`, 1)
			if diff := cmp.Diff(decoded(t, text), decoded(t, got)); diff != "" {
				t.Errorf("line %d: recorded -, sent +:\n%s", n+1, diff)
			}
			for _, c := range []byte(got) {
				if c > '~' {
					t.Errorf("line %d is not ASCII", n+1)
				}
			}
		}
	}
}

func decoded(t *testing.T, text string) (value any) {
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Errorf("%v in %.200s", err, text)
	}
	return value
}

// The recording without the line that no client of ours can send: "this is not JSON".
func recording(t *testing.T) []string {
	var kept []string
	for _, line := range transcript(t) {
		if line != "> this is not JSON" && !strings.Contains(line, `"id":null`) {
			kept = append(kept, line)
		}
	}
	return kept
}

func TestTranscript(t *testing.T) {
	t.Parallel()
	names := []string{
		"New-CsHostingProvider", "Get-CsHostingProvider", "Get-CsUser", "Move-CsUser",
		"Set-CsTenantFederationConfiguration", "New-CsEdgeAllowAllKnownDomains", "Get-CsPublicProvider", "Get-CsNothing",
	}
	host := &fakeHost{t: t, name: "fe01", run: replay(t, recording(t))}
	// Get-CsNothing is missing, so that the session that was recorded would not open: it is taken up after that.
	_, missing := Start(t.Context(), host, Open{Modules: []string{"SkypeForBusiness"}, Cmdlets: names}, SessionOptions{})
	if want := "fe01 has no cmdlet Get-CsNothing. Check that"; missing == nil || !strings.Contains(missing.Error(), want) {
		t.Fatalf("got %v, want %s", missing, want)
	}
	found := recording(t)
	for n, line := range found {
		found[n] = strings.Replace(line, `, "Get-CsNothing"]`, `]`, 1)
	}
	host = &fakeHost{t: t, name: "fe01", run: replay(t, found)}
	s, err := Start(t.Context(), host, Open{Modules: []string{"SkypeForBusiness"}, Cmdlets: names[:7]}, SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Opened.Version != "7.7.0-preview.3" {
		t.Errorf("version %s", s.Opened.Version)
	}
	recorded(t, s)
}

// recorded makes the calls of the recording, in its order.
func recorded(t *testing.T, s *Session) {
	const hostile = "LyncOnline\u2019; Remove-Item x; $(whoami) `\"' \u4f60"
	made := func(level string) []Param {
		return []Param{{"Identity", hostile}, {"ProxyFqdn", "sipfed.online.lync.com"}, {"Enabled", true}, {"VerificationLevel", level}, {"Confirm", false}}
	}
	user := Credential{"a@b", "p'\"$x\u2018\u00e9`"}
	for _, c := range []struct {
		command Command
		want    []map[string]any
		warning string
		kind    string
		message string
	}{
		{
			command: Command{"New-CsHostingProvider", made("UseSourceVerification")}, warning: "w\u00f6rning " + hostile,
			want: []map[string]any{{
				"Identity": hostile, "ProxyFqdn": "sipfed.online.lync.com", "Enabled": true, "VerificationLevel": "UseSourceVerification",
				"When": "2026-01-02T03:04:05.0000000Z", "One": []any{"x"}, "Nil": nil,
				"Nested": map[string]any{"A": json.Number("1"), "B": map[string]any{"C": json.Number("2")}},
			}},
		},
		{command: Command{"New-CsHostingProvider", made("Bogus")}, kind: "ParameterArgumentTransformationError,New-CsHostingProvider", message: "Cannot process argument transformation"},
		{command: Command{"New-CsHostingProvider", []Param{{"Identity", "b"}, {"Wrong", 1}}}, kind: "NamedParameterNotFound,New-CsHostingProvider", message: "matches parameter name 'Wrong'"},
		{command: Command{"New-CsHostingProvider", []Param{{"Identity", "b"}}}, kind: "MissingMandatoryParameter,New-CsHostingProvider", message: "ProxyFqdn Enabled"},
		{command: Command{"Remove-Item", []Param{{"Path", "/"}}}, kind: "cmdlet 'Remove-Item' is not on the agent's list", message: "not on the agent's list"},
		{command: Command{"Move-CsUser", []Param{{"Identity", "bad"}, {"Target", "p"}, {"Confirm", false}}}, kind: "HostedMigration fault: Error=(510), Description=(This user's tenant is not enabled for shared sip address space.)", message: "Error=(510)"},
		// Rows are what the cmdlet returns; here the stub shows that the password arrived.
		{command: Command{"Move-CsUser", []Param{{"Identity", "ok"}, {"Target", "p"}, {"Confirm", false}, {"Credential", user}}}, want: []map[string]any{{"Id": "ok", "Pw": user.Password}}},
		{
			command: Command{"Set-CsTenantFederationConfiguration", []Param{{"AllowedDomains", Command{Cmdlet: "New-CsEdgeAllowAllKnownDomains"}}, {"List", []any{"a"}}}},
			want:    []map[string]any{{"T": "PSCustomObject", "N": json.Number("1")}},
		},
		{command: Command{Cmdlet: "Get-CsPublicProvider"}, want: []map[string]any{{"Identity": "Skype", "VerificationLevel": "AlwaysUnverifiable", "Domains": []any{"a", "b"}, "Port": json.Number("5061")}}},
	} {
		var got []map[string]any
		var warning string
		err := s.Call(t.Context(), c.command, CallOptions{
			Object:  func(o map[string]any) error { got = append(got, o); return nil },
			Warning: func(text string) { warning = text },
		})
		checkRecorded(t, c.command, err, c.kind, c.message)
		if diff := cmp.Diff(c.want, got); diff != "" || warning != c.warning {
			t.Errorf("%s: warning %q, %s", c.command, warning, diff)
		}
	}
	recordedRows(t, s)
}

func checkRecorded(t *testing.T, command Command, err error, kind, message string) {
	t.Helper()
	refused, _ := err.(*CmdletError)
	switch {
	case kind == "" && err != nil:
		t.Errorf("%s: %v", command, err)
	case kind != "" && (refused == nil || refused.Kind != kind || refused.Category == "" || refused.Type == "" ||
		!strings.Contains(err.Error(), command.Cmdlet+": ") || !strings.Contains(err.Error(), message)):
		t.Errorf("%s: %#v, want %s", command, err, kind)
	}
}

// recordedRows makes the recording's last calls, those with selected properties.
func recordedRows(t *testing.T, s *Session) {
	call := func(cmdlet string, params []Param, selected ...string) (rows [][]any) {
		err := s.Call(t.Context(), Command{cmdlet, params}, CallOptions{Select: selected, Row: func(cells []any) error { rows = append(rows, cells); return nil }})
		if err != nil {
			t.Errorf("%s: %v", cmdlet, err)
		}
		return rows
	}
	got := call("Get-CsPublicProvider", nil, "VerificationLevel", "Domains", "Absent")
	if diff := cmp.Diff([][]any{{"AlwaysUnverifiable", []any{"a", "b"}, nil}}, got); diff != "" {
		t.Error(diff)
	}
	got = call("Get-CsUser", []Param{{"Count", 3}}, "SipAddress", "Enabled", "DisplayName", "NoSuchProperty")
	if diff := cmp.Diff([]any{"sip:user2@contoso.com", true, "\u00dcser 2", nil}, got[2]); diff != "" || len(got) != 3 {
		t.Error(len(got), diff)
	}
	got = call("Get-CsUser", []Param{{"Count", 600}}, "SipAddress", "HostingProvider")
	if diff := cmp.Diff([]any{"sip:user599@contoso.com", "sipfed.online.lync.com"}, got[599]); diff != "" || len(got) != 600 {
		t.Error(len(got), diff)
	}
}

func FuzzAnswer(f *testing.F) {
	for _, line := range transcript(f) {
		if strings.HasPrefix(line, "< ") {
			f.Add([]byte(line[2:]))
		}
	}
	f.Add([]byte("#hybrid z " + pack(`{"id":1}trailing`)))
	f.Add([]byte("#hybrid j {}{}"))
	f.Fuzz(func(t *testing.T, line []byte) {
		a, err := readAnswer(line)
		marked := strings.HasPrefix(string(line), "#hybrid j ") || strings.HasPrefix(string(line), "#hybrid z ")
		if !marked && (a != nil || err != nil) || marked && (a == nil) == (err == nil) {
			t.Errorf("%v, %v", a, err)
		}
	})
}
