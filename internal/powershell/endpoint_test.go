package powershell

import (
	"errors"
	"strings"
	"testing"
)

// throughEndpoint is a pool of sessions over two hosts, both of which the pool's endpoint answers with an error.
func throughEndpoint(t *testing.T, kind, message string) (*Pool, *fakeHost, *fakeHost) {
	t.Helper()
	answers := func(f *far) {
		f.line()
		f.say(`#hybrid j {"hello":1}`)
		if opening, _ := f.line(); !strings.Contains(opening, `"endpoint":"https://pool01/OcsPowershell","credential":{"$credential":{"username":"CONTOSO\\svc","password":"hush"}}`) {
			t.Errorf("the host is told: %s", opening)
		}
		f.say(`#hybrid j {"id":1,"done":true,"error":{"message":%q,"kind":"%s,PSSessionOpenFailed","type":"System.Management.Automation.Remoting.PSRemotingTransportException"}}`, message, kind)
		f.line()
	}
	a, b := &fakeHost{t: t, name: "fe01", run: answers}, &fakeHost{t: t, name: "fe02", run: answers}
	p := NewPool(PoolOptions{Size: 2, Hosts: []Host{a, b}, Open: Open{Endpoint: "https://pool01/OcsPowershell", Credential: &Credential{`CONTOSO\svc`, "hush"}, Cmdlets: []string{"Get-CsX"}}})
	t.Cleanup(func() { _ = p.Close() })
	return p, a, b
}

// A password that a pool's endpoint has refused is tried from no other host, nor again: it is an account of the domain, which locks.
func TestAnEndpointsRefusalIsNotRepeated(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"AccessDenied", "LogonFailure", "1326"} {
		p, a, b := throughEndpoint(t, kind, "Access is denied.")
		for range 3 {
			err := p.Call(t.Context(), get, CallOptions{})
			var refused *EndpointError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), `opening the session: Access is denied. `) ||
				!strings.Contains(err.Error(), `was signed in to; it is the pool's remote PowerShell that does not let CONTOSO\svc in: check that name and its password`) {
				t.Errorf("%s: %v", kind, err)
			}
		}
		onA, _ := a.count()
		onB, _ := b.count()
		if onA+onB != 1 {
			t.Errorf("%s: tried %d times", kind, onA+onB)
		}
	}
}

// A host that does not get to the endpoint is no reason to ask no other.
func TestAnEndpointOutOfReachIsTriedFromOtherHosts(t *testing.T) {
	t.Parallel()
	p, a, b := throughEndpoint(t, "CannotConnect", "The client cannot connect to the destination specified in the request")
	err := p.Call(t.Context(), get, CallOptions{})
	if err == nil || strings.Count(err.Error(), "does not get from there to https://pool01/OcsPowershell: look in a session on that host") != 2 || strings.Contains(err.Error(), "hush") {
		t.Errorf("%v", err)
	}
	onA, _ := a.count()
	onB, _ := b.count()
	if onA != 1 || onB != 1 {
		t.Errorf("tried %d and %d times", onA, onB)
	}
}
