package lab

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/powershell"
)

func fault(t *testing.T, l *Lab, f Fault) {
	t.Helper()
	if err := l.Fault(f); err != nil {
		t.Fatal(err)
	}
}

// faulty is a lab with the provider that moves need, and a session on it.
func faulty(t *testing.T) (*Lab, *powershell.Session) {
	t.Helper()
	e := Seed(needed(), SeedOptions{})
	e.Put("CsHostingProvider", Object{"Identity": "LyncOnline", "ProxyFqdn": "sipfed.online.lync.com", "Enabled": true})
	l := start(t, e)
	return l, session(t, l, "Get-CsUser", "Move-CsUser", "Get-CsHostingProvider")
}

func moveAlan() powershell.Command {
	return command("Move-CsUser", "Identity", "alan@contoso.com", "Target", "sipfed.online.lync.com", "Confirm", false)
}

// home is where a user is homed, as another session sees it.
func home(t *testing.T, l *Lab, sip string) string {
	t.Helper()
	var provider string
	err := l.Change(func(e *Estate) error {
		provider = e.Accounts[e.withSIP(sip)].HostingProvider
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return provider
}

func TestErrorOnDemand(t *testing.T) {
	t.Parallel()
	l, s := faulty(t)
	fault(t, l, Fault{Kind: Fails, Cmdlet: "move-csuser", Identity: "sip:alan@contoso.com", After: 1, Times: 2, Text: "SetMoveResourceData failed because the user is not provisioned."})
	for n, want := range []string{"", "not provisioned", "not provisioned", ""} {
		err := s.Call(t.Context(), moveAlan(), powershell.CallOptions{})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("call %d: %v, want %q", n+1, err, want)
		}
	}
}

func TestEffectBeforeTheError(t *testing.T) {
	t.Parallel()
	for _, effect := range []bool{false, true} {
		l, s := faulty(t)
		fault(t, l, Fault{Kind: Fails, Cmdlet: "Move-CsUser", Effect: effect, Text: "x"})
		if err := s.Call(t.Context(), moveAlan(), powershell.CallOptions{}); err == nil {
			t.Error("no error")
		}
		if moved := home(t, l, "sip:alan@contoso.com") != onServers; moved != effect {
			t.Errorf("effect %v: moved %v", effect, moved)
		}
	}
}

func TestSessionsAreLost(t *testing.T) {
	t.Parallel()
	for _, kind := range []FaultKind{LostShell, Cut} {
		for _, effect := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s effect %v", kind, effect), func(t *testing.T) {
				t.Parallel()
				l, s := faulty(t)
				fault(t, l, Fault{Kind: kind, Cmdlet: "Move-CsUser", Effect: effect, Times: 1})
				err := s.Call(t.Context(), moveAlan(), powershell.CallOptions{})
				var lost *powershell.LostError
				if !errors.As(err, &lost) || !lost.Sent {
					t.Fatalf("%v, want a lost session with the request in doubt", err)
				}
				if moved := home(t, l, "sip:alan@contoso.com") != onServers; moved != effect {
					t.Errorf("moved %v", moved)
				}
				again := session(t, l, "Move-CsUser")
				rows(t, again, moveAlan())
			})
		}
	}
}

func TestHang(t *testing.T) {
	t.Parallel()
	l, s := faulty(t)
	fault(t, l, Fault{Kind: Hang, Cmdlet: "Get-CsUser", Times: 1})
	err := s.Call(t.Context(), command("Get-CsUser"), powershell.CallOptions{Deadline: 300 * time.Millisecond})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want a deadline", err)
	}
}

func TestLag(t *testing.T) {
	t.Parallel()
	l, s := faulty(t)
	fault(t, l, Fault{Kind: Lag, Cmdlet: "Get-CsUser", Delay: Duration(200 * time.Millisecond), Times: 1})
	began := time.Now()
	rows(t, s, command("Get-CsUser"), "SipAddress")
	if took := time.Since(began); took < 200*time.Millisecond {
		t.Errorf("took %v only", took)
	}
}

func TestShortList(t *testing.T) {
	t.Parallel()
	l, s := faulty(t)
	fault(t, l, Fault{Kind: Short, Cmdlet: "Get-CsUser", Rows: 1, Times: 1})
	for _, want := range []int{1, 2} {
		if got := rows(t, s, command("Get-CsUser"), "SipAddress"); len(got) != want {
			t.Errorf("%d users, want %d", len(got), want)
		}
	}
}

func TestStaleRead(t *testing.T) {
	t.Parallel()
	l, s := faulty(t)
	rows(t, s, moveAlan())
	fault(t, l, Fault{Kind: Stale, Cmdlet: "Get-CsUser", Times: 3})
	reads := []powershell.Command{
		command("Get-CsUser", "Identity", "alan@contoso.com"), command("Get-CsUser", "Filter", "SipAddress -eq 'sip:alan@contoso.com'"),
		command("Get-CsUser", "Filter", "DisplayName -eq 'Alan'"), command("Get-CsUser", "Identity", "alan@contoso.com"),
	}
	for n, want := range []string{"SRV:", "SRV:", "SRV:", "sipfed.online.lync.com"} {
		if diff := cmp.Diff([][]any{{want}}, rows(t, s, reads[n], "HostingProvider")); diff != "" {
			t.Errorf("read %d:\n%s", n+1, diff)
		}
	}
}

func TestChatterAndGarbage(t *testing.T) {
	t.Parallel()
	l, s := faulty(t)
	fault(t, l, Fault{Kind: Chatter, Cmdlet: "Get-CsUser", Text: "WARNING: hello", Times: 1})
	if got := rows(t, s, command("Get-CsUser"), "SipAddress"); len(got) != 2 {
		t.Errorf("%d users", len(got))
	}
	fault(t, l, Fault{Kind: Garbage, Cmdlet: "Get-CsUser", Text: "#hybrid z not base64", Times: 1})
	if err := s.Call(t.Context(), command("Get-CsUser"), powershell.CallOptions{Deadline: 5 * time.Second}); err == nil {
		t.Error("garbage was taken for an answer")
	}
}

func TestMissingCmdlet(t *testing.T) {
	t.Parallel()
	l, _ := faulty(t)
	fault(t, l, Fault{Kind: Missing, Cmdlet: "Move-CsUser"})
	_, err := powershell.Start(t.Context(), winRM(t, l), powershell.Open{Modules: []string{"SkypeForBusiness"}, Cmdlets: []string{"Get-CsUser", "Move-CsUser"}}, powershell.SessionOptions{})
	var missing *powershell.MissingError
	if !errors.As(err, &missing) || cmp.Diff([]string{"Move-CsUser"}, missing.Cmdlets) != "" {
		t.Errorf("%v, want Move-CsUser to be missing", err)
	}
}

func TestFaultsOnTheWire(t *testing.T) {
	t.Parallel()
	l := start(t, Seed(needed(), SeedOptions{}))
	p := dial(t, l)
	fault(t, l, Fault{Kind: Quota, Times: 1})
	p.asks(nsTransfer+"/Create", "", "PT20S", "<Shell/>", "2150859173")
	shell := p.create()
	id := p.command(shell, bootstrapLine())
	fault(t, l, Fault{Kind: Throttle, Times: 1})
	p.send(shell, id, agentText(), "", "2150859174")
	p.send(shell, id, agentText(), ` End="true"`, "")
	if stdout, _, exit := p.receive(shell, id); exit != "0" || strings.Count(stdout, "hello") != 1 {
		t.Errorf("%q, exit %s: the refused input arrived", stdout, exit)
	}
}

func TestFaultsAreChecked(t *testing.T) {
	t.Parallel()
	l := start(t, Seed(Needs{}, SeedOptions{}))
	for text, f := range map[string]Fault{
		`no kind of fault is called "lagg"; there are lag, throttle, quota`: {Kind: "lagg"},
		`a lag needs a delay`:                        {Kind: Lag},
		`an error needs the text`:                    {Kind: Fails},
		`a quota fault strikes requests on the wire`: {Kind: Quota, Cmdlet: "Get-CsUser"},
		`times, after and rows cannot be negative`:   {Kind: Hang, Times: -1},
		`most belongs to a lag`:                      {Kind: Lag, Delay: 2, Most: 1},
		`a share is from 0 to 1`:                     {Kind: Hang, Share: 2},
		`which name nobody; leave share out`:         {Kind: Throttle, Share: 0.5},
		`until is not after from`:                    {Kind: Hang, From: cutOver, Until: cutOver},
	} {
		if err := l.Fault(f); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%+v: %v, want …%s…", f, err, text)
		}
	}
	fault(t, l, Fault{Kind: Hang})
	if err := l.ClearFaults(); err != nil {
		t.Fatal(err)
	}
	if n := len(l.estate.Faults); n != 0 {
		t.Errorf("%d faults left", n)
	}
}

func TestFaultsSurviveARestart(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	l := startAt(t, Seed(needed(), SeedOptions{}), path)
	fault(t, l, Fault{Kind: Fails, Cmdlet: "Get-CsUser", Times: 2, Text: "x"})
	s := session(t, l, "Get-CsUser")
	if err := s.Call(t.Context(), command("Get-CsUser"), powershell.CallOptions{}); err == nil {
		t.Error("no error")
	}
	want := []Fault{{Kind: Fails, Cmdlet: "Get-CsUser", Times: 1, Text: "x"}}
	if diff := cmp.Diff(want, killed(t, path).Faults); diff != "" {
		t.Error(diff)
	}
}

func TestEndpointTakesTheLoginOnly(t *testing.T) {
	t.Parallel()
	l := start(t, Seed(needed(), SeedOptions{}))
	at := l.Endpoints().WinRM
	for _, password := range []string{at.Password, "wrong"} {
		s, err := powershell.Start(t.Context(), winRM(t, l), powershell.Open{
			Endpoint:   "https://pool01.contoso.com/OcsPowershell",
			Credential: &powershell.Credential{Username: at.Username, Password: password}, Cmdlets: []string{"Get-CsUser"},
		}, powershell.SessionOptions{})
		if (err == nil) != (password == at.Password) || err != nil && !strings.Contains(err.Error(), "Access is denied") {
			t.Errorf("%v", err)
		}
		if err == nil {
			_ = s.Close()
		}
	}
}
