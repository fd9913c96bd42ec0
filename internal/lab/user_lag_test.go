package lab

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// reads gives what Get-CsUser shows of a user: the home and whether the user is enabled.
func (b *twoSides) reads(by params) []string {
	b.t.Helper()
	found := b.does("Get-CsUser", by).accounts
	if len(found) != 1 {
		b.t.Fatalf("%v: %d users", by, len(found))
	}
	return []string{found[0].HostingProvider, found[0].RegistrarPool, map[Tristate]string{True: "True", False: "False"}[found[0].Enabled]}
}

// Whichever way a user is asked for, a domain controller that is behind shows what was, step by step.
func TestReadersOfUsersAreBehind(t *testing.T) {
	t.Parallel()
	b := bothSides(t, false)
	set(t, b.estate(), "replication.users", "1m0s")
	home, away := []string{"SRV:", pool, "True"}, []string{ownProvider, "", "True"}
	check := func(when string, want []string) {
		t.Helper()
		for _, by := range []params{{"Identity": ada}, {"Filter": "SipAddress -eq 'sip:ada@contoso.com'"}, {"Filter": "SipAddress -like 'sip:ada*'"}} {
			if diff := cmp.Diff(want, b.reads(by)); diff != "" {
				t.Errorf("%s, by %v:\n%s", when, by, diff)
			}
		}
	}
	check("before", home)
	b.does("Move-CsUser", b.move(ownProvider))
	check("at once", home)
	b.later(30 * time.Second)
	b.does("Set-CsUser", params{"Identity": ada, "Enabled": false})
	b.later(29 * time.Second)
	check("before the lag is over", home)
	b.later(time.Second)
	check("when the move has arrived", away)
	b.later(30 * time.Second)
	check("when all has arrived", []string{ownProvider, "", "False"})
}

// The domain controller that was written to shows it at once, to whoever names it; any other when it has arrived there.
func TestReadersOfThePinnedControllerAreNotBehind(t *testing.T) {
	t.Parallel()
	const dc = "dc01.contoso.com"
	b := bothSides(t, false)
	set(t, b.estate(), "replication.users", "1m0s")
	reads := func(when, at string, want ...string) {
		t.Helper()
		by := params{"Filter": "SipAddress -eq 'sip:ada@contoso.com'"}
		if at != "" {
			by["DomainController"] = at
		}
		if diff := cmp.Diff(want, b.reads(by)); diff != "" {
			t.Errorf("%s, on %q:\n%s", when, at, diff)
		}
	}
	move := b.move(ownProvider)
	move["DomainController"] = dc
	b.does("Move-CsUser", move)
	reads("moved there", "DC01.contoso.com", ownProvider, "", "True")
	reads("moved there", "dc02.contoso.com", "SRV:", pool, "True")
	reads("moved there", "", "SRV:", pool, "True")
	b.later(30 * time.Second)
	b.does("Set-CsUser", params{"Identity": ada, "Enabled": false})
	reads("disabled elsewhere", dc, ownProvider, "", "True")
	b.later(30 * time.Second)
	reads("the move has arrived", "", ownProvider, "", "True")
	b.later(30 * time.Second)
	reads("all has arrived", "", ownProvider, "", "False")
	reads("all has arrived", dc, ownProvider, "", "False")
}

// A reader who is behind is so on any domain controller but the one that was written to.
func TestStaleReadsOfThePinnedController(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{"dc01.contoso.com": ownProvider, "dc02.contoso.com": "SRV:"} {
		b := bothSides(t, false)
		move := b.move(ownProvider)
		move["DomainController"] = "dc01.contoso.com"
		b.does("Move-CsUser", move)
		for _, by := range []params{{"Identity": ada}, {"Filter": "SipAddress -eq 'sip:ada@contoso.com'"}, {"Filter": "SipAddress -like 'sip:ada*'"}} {
			by["DomainController"] = at
			out, err := b.s.run("Get-CsUser", by, true)
			if err != nil || len(out.accounts) != 1 || out.accounts[0].HostingProvider != want {
				t.Errorf("on %s, by %v: %v, %v", at, by, out.accounts, err)
			}
		}
	}
}

func TestHalfAMove(t *testing.T) {
	t.Parallel()
	for property, want := range map[string][]string{
		"HostingProvider": {"SRV:", "", "True"}, "RegistrarPool": {ownProvider, pool, "True"}, "Enabled": {ownProvider, "", "False"},
	} {
		b := bothSides(t, false)
		fault := Fault{Kind: Half, Cmdlet: "Move-CsUser", Text: property, Times: 1}
		if err := fault.Check(); err != nil {
			t.Error(err)
		}
		b.estate().SetFaults([]Fault{fault})
		b.does("Move-CsUser", b.move(ownProvider))
		if diff := cmp.Diff(want, b.reads(params{"Identity": ada})); diff != "" || len(b.estate().Faults) != 0 {
			t.Errorf("%s, %v left:\n%s", property, b.estate().Faults, diff)
		}
	}
	for _, f := range []Fault{{Kind: Half, Text: "Enabled"}, {Kind: Half, Cmdlet: "Move-CsUser"}, {Kind: Half, Cmdlet: "Set-CsUser", Text: "Enabled"}} {
		if f.Check() == nil {
			t.Errorf("%+v is accepted", f)
		}
	}
}
