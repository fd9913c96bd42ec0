package lab

import (
	"strings"
	"testing"
)

func TestAttributesOfAccounts(t *testing.T) {
	t.Parallel()
	e := NewEstate()
	e.Add(&Account{SIP: "sip:ada@contoso.com", DisplayName: "Ada", Enabled: True, HostingProvider: onServers, RegistrarPool: "pool01.contoso.com"})
	if err := e.SetAttributes("ada@contoso.com", []string{"DeploymentLocator=", "UserEnabled=FALSE", "Line=tel:+1", "RegistrarPool=", "adminCount=1"}); err != nil {
		t.Fatal(err)
	}
	a := e.Accounts[0]
	if a.HostingProvider != "" || a.Enabled != False || a.LineURI != "tel:+1" || a.RegistrarPool != "" || !a.isProtected() {
		t.Errorf("%+v", a)
	}
	for name := range a.object() {
		if strings.Contains(strings.ToLower(name), "admincount") {
			t.Errorf("a cmdlet shows %s", name)
		}
	}
	for attribute, want := range map[string]string{"UserEnabled": "NAME=VALUE", "UserEnabled=maybe": "TRUE, FALSE or nothing", "Shoe=44": "no attribute"} {
		if err := e.SetAttributes("ada@contoso.com", []string{attribute}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", attribute, err)
		}
	}
	if err := e.SetAttributes("nobody", nil); err == nil {
		t.Error("nobody was changed")
	}
}

// Two accounts with one address are both found by it, from a file that is read again, too.
func TestDouble(t *testing.T) {
	t.Parallel()
	e := NewEstate()
	e.Add(&Account{SIP: "sip:ada@contoso.com", DisplayName: "Ada", Enabled: True, HostingProvider: onServers})
	if err := e.Double("sip:ada@contoso.com"); err != nil {
		t.Fatal(err)
	}
	e.bySIP = nil
	e.index()
	if !e.doubled || len(e.Accounts) != 2 || !sameAddress(e.Accounts[1].SIP, "sip:ada@contoso.com") || e.Accounts[1].UserPrincipalName() == e.Accounts[0].UserPrincipalName() {
		t.Errorf("%v %+v", e.doubled, e.Accounts[1])
	}
}
