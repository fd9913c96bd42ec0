package lab

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/powershell"
	"hybrid/schema"
)

// pywinrm drives a lab with python3-winrm, an independent client. Debian's 0.3.0 has no call for input, so the message
// is built with the library's own header.
const pywinrm = `
import base64, json, sys, uuid, warnings
warnings.simplefilter("ignore")
import winrm, xmltodict
url, user, password, ca, command, agent = sys.argv[1:7]
p = winrm.Protocol(endpoint=url, transport="ssl", username=user, password=password, server_cert_validation="validate", ca_trust_path=ca, operation_timeout_sec=2, read_timeout_sec=20)
shell = p.open_shell(codepage=65001)

def send(text, end):
    header = p._get_soap_header(resource_uri="http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd",
        action="http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Send", shell_id=shell, message_id=uuid.uuid4())
    stream = {"@Name": "stdin", "@CommandId": cmd, "@End": "true" if end else "false", "#text": base64.b64encode(text).decode()}
    message = {"env:Envelope": header}
    message["env:Envelope"].setdefault("env:Body", {})["rsp:Send"] = {"rsp:Stream": stream}
    p.send_message(xmltodict.unparse(message))

words = command.split(" ")
cmd = p.run_command(shell, words[0], words[1:], console_mode_stdin=False)
send(agent.encode() + b"\n", False)
send(b'{"id":1,"open":{"modules":["SkypeForBusiness"],"cmdlets":["Get-CsUser"]}}\n', False)
send(b'{"id":2,"cmdlet":"Get-CsUser","parameters":{},"select":["SipAddress","Enabled"]}\n', True)
out, err, code = p.get_command_output(shell, cmd)
p.cleanup_command(shell, cmd)
cmd = p.run_command(shell, "hostname")
_, unknown, failed = p.get_command_output(shell, cmd)
p.cleanup_command(shell, cmd)
p.close_shell(shell)
print(json.dumps({"out": [l for l in out.decode().splitlines() if l and '"done"' not in l], "code": code, "failed": failed, "unknown": b"is not recognized" in unknown}, sort_keys=True))
`

// pythonWithWinRM finds a python3 that has the module winrm: Debian's is not always the first on PATH.
func pythonWithWinRM(t *testing.T) string {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if path, err := exec.LookPath(python); err == nil && exec.Command(path, "-c", "import winrm").Run() == nil {
			return path
		}
	}
	t.Skip("NOT TESTED: python3 with the module winrm (Debian: python3-winrm) is not installed; the lab was not tried with that client")
	return ""
}

func TestPywinrm(t *testing.T) {
	t.Parallel()
	python := pythonWithWinRM(t)
	l := start(t, Seed(needed(), SeedOptions{}))
	at := l.Endpoints().WinRM
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, []byte(at.CAPEM), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	child := exec.CommandContext(ctx, python, "-c", pywinrm, "https://"+at.Host+":"+strconv.Itoa(at.Port)+"/wsman", at.Username, at.Password, ca, bootstrapLine(), strings.TrimSpace(agentText()))
	child.Env = withoutProxies(os.Environ())
	out, err := child.Output()
	if err != nil {
		if exit, ok := err.(*exec.ExitError); ok {
			t.Fatalf("%v: %s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	want := `{"code": 0, "failed": 1, "out": ["#hybrid j {\"hello\":1,\"language\":\"FullLanguage\",\"pid\":4712,\"version\":\"5.1.17763.1\"}", "#hybrid j {\"id\":1,\"rows\":[\"Get-CsUser\"]}", "#hybrid j {\"id\":2,\"rows\":[[\"sip:grace@contoso.com\",true],[\"sip:alan@contoso.com\",true]]}"], "unknown": true}`
	if diff := cmp.Diff(want, strings.TrimSpace(string(out))); diff != "" {
		t.Error(diff)
	}
}

func withoutProxies(env []string) []string {
	var kept []string
	for _, v := range env {
		if name, _, _ := strings.Cut(v, "="); !strings.HasSuffix(strings.ToLower(name), "_proxy") {
			kept = append(kept, v)
		}
	}
	return kept
}

func TestRealPowerShell(t *testing.T) {
	t.Parallel()
	pwsh, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("NOT TESTED: pwsh is not on PATH; the lab was not tried with a real PowerShell behind it")
	}
	e := Seed(needed(), SeedOptions{})
	l, err := Start(t.Context(), Options{Estate: e, Kinds: []*schema.Kind{domainKind()}, PwshPath: pwsh})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	s := session(t, l, "New-CsHostingProvider", "Get-CsHostingProvider", "Set-CsHostingProvider", "Get-CsUser", "Move-CsUser")
	rows(t, s, command("New-CsHostingProvider", "Identity", "Lync'Online", "ProxyFqdn", "sipfed.online.lync.com", "Enabled", true, "EnabledSharedAddressSpace", true, "HostsOCSUsers", true, "VerificationLevel", "UseSourceVerification", "Confirm", false))
	if diff := cmp.Diff([][]any{{"Lync'Online", "UseSourceVerification", true}}, rows(t, s, command("Get-CsHostingProvider"), "Identity", "VerificationLevel", "Enabled")); diff != "" {
		t.Error(diff)
	}
	rows(t, s, command("Move-CsUser", "Identity", "sip:grace@contoso.com", "Target", "pool01.contoso.com", "Confirm", false))
	if diff := cmp.Diff([][]any{{"SRV:", "pool01.contoso.com"}}, rows(t, s, command("Get-CsUser", "Identity", "sip:grace@contoso.com"), "HostingProvider", "RegistrarPool")); diff != "" {
		t.Error(diff)
	}
	if err := s.Call(t.Context(), command("Set-CsHostingProvider", "Identity", "Lync'Online", "ProxyFqdn", "x"), powershell.CallOptions{}); err == nil || !strings.Contains(err.Error(), "ProxyFqdn") {
		t.Errorf("a parameter that does not exist: %v", err)
	}
}

func TestStubModuleHoldsWhatTheLabSimulates(t *testing.T) {
	t.Parallel()
	s, err := newSimulator(Seed(needed(), SeedOptions{}), []*schema.Kind{domainKind()})
	if err != nil {
		t.Fatal(err)
	}
	text := string(s.stubModule())
	for _, want := range []string{
		"enum VerificationLevelType { AlwaysVerifiable; AlwaysUnverifiable; UseSourceVerification }",
		"function New-CsHostingProvider {\n    [CmdletBinding(SupportsShouldProcess = $true)]",
		"        [Parameter(Mandatory = $true)][string]$ProxyFqdn",
		"function Move-CsUser {\n    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High', DefaultParameterSetName = 'Identity')]",
		"$script:Objects['CsUser|sip:alan@contoso.com'] = [pscustomobject]@{",
		"function Set-CsAllowedDomain {",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the module lacks %q", want)
		}
	}
	if strings.Contains(text, "function Get-CsTopology") || strings.Contains(text, "[switch]$Confirm") {
		t.Error("the module has what it must not have")
	}
}
