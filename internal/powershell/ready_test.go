package powershell

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// signIn is what the sessions of these tests run first.
var signIn = Command{"Connect-MicrosoftTeams", []Param{{"TenantId", "t"}, {"Credential", Credential{"u", "hunter2"}}}}

func TestASessionIsMadeReadyBeforeItIsUsed(t *testing.T) {
	t.Parallel()
	var called []string
	host := &fakeHost{t: t, name: "admin01", run: served(func(f *far, id int64, line string) {
		var request struct{ Cmdlet string }
		if err := json.Unmarshal([]byte(line), &request); err != nil {
			t.Error(err)
		}
		called = append(called, request.Cmdlet)
		f.say(`#hybrid j {"id":%d,"rows":[{"Account":"x"}]}`, id)
		f.say(`#hybrid j {"id":%d,"done":true}`, id)
	})}
	pool := NewPool(PoolOptions{Hosts: []Host{host}, Open: Open{Cmdlets: []string{"Get-CsX"}, Then: []Command{signIn}}})
	defer pool.Close()
	for range 2 {
		if err := pool.Call(t.Context(), get, CallOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(called, " "); got != "Connect-MicrosoftTeams Get-CsX Get-CsX" {
		t.Errorf("called %s", got)
	}
}

// Whoever is refused once is not sent again: every try may lock the account.
func TestARefusedSignInIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	refusing := func(name string) *fakeHost {
		return &fakeHost{t: t, name: name, run: served(func(f *far, id int64, _ string) {
			f.say(`#hybrid j {"id":%d,"done":true,"error":{"message":"AADSTS50126: wrong hunter2"}}`, id)
		})}
	}
	first, second := refusing("admin01"), refusing("admin02")
	pool := NewPool(PoolOptions{Hosts: []Host{first, second}, Open: Open{Then: []Command{signIn}}})
	defer pool.Close()
	for range 2 {
		err := pool.Call(t.Context(), get, CallOptions{})
		var unready *ReadyError
		if !errors.As(err, &unready) || !strings.Contains(err.Error(), "Connect-MicrosoftTeams: AADSTS50126: wrong (hidden)") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v", err)
		}
	}
	started, _ := first.count()
	if others, _ := second.count(); started != 1 || others != 0 {
		t.Errorf("%d and %d sign-ins", started, others)
	}
}

func TestTheMissingTeamsModuleIsNamed(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"Install-Module MicrosoftTeams -Scope AllUsers": &MissingError{Host: "admin01", Modules: []string{teams}, NoModule: true},
		"name the DNS server itself":                    &MissingError{Host: "dc01", Modules: []string{dnsServer}, NoModule: true},
		"Update-Module MicrosoftTeams":                  &MissingError{Host: "admin01", Modules: []string{teams}, Cmdlets: []string{"Get-CsTenant"}},
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Whoever signs in has changed nothing: a session that is lost on the way leaves no doubt about the call that it was for.
func TestASessionLostWhileItIsMadeReadyLeavesNoDoubt(t *testing.T) {
	t.Parallel()
	host := &fakeHost{t: t, name: "admin01", run: func(f *far) { f.hello(); f.line() }}
	_, err := Start(t.Context(), host, Open{Then: []Command{signIn}}, SessionOptions{})
	var lost *LostError
	if !errors.As(err, &lost) || lost.Sent || !strings.Contains(err.Error(), "Connect-MicrosoftTeams: the session on admin01 was lost (nothing had been sent)") {
		t.Errorf("%v", err)
	}
}

// A cmdlet that a host need not have is asked for, and its absence keeps no session from opening.
func TestOptionalCmdletsAreAskedFor(t *testing.T) {
	t.Parallel()
	line, err := openLine(1, Open{Modules: []string{"SkypeForBusiness"}, Cmdlets: []string{"Get-CsX"}, Optional: []string{"Get-CsRare"}})
	if err != nil || !strings.Contains(string(line), `"cmdlets":["Get-CsX","Get-CsRare"]`) {
		t.Errorf("sent %s, %v", line, err)
	}
	if missing := lacking(Open{Cmdlets: []string{"Get-CsX"}, Optional: []string{"Get-CsRare"}}.needs(), []string{"get-csx"}); len(missing) > 0 {
		t.Errorf("missing %v", missing)
	}
}
