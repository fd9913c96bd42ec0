package lab

import (
	"slices"
	"strings"
	"testing"
)

// inForest are the names of what Get-ADObject would find.
func inForest(t *testing.T, e *Estate, filter string) (names []string) {
	t.Helper()
	f, err := parseLDAP(filter)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range e.Accounts {
		if f.keeps(a.inDirectory()) {
			names = append(names, a.SamAccountName())
		}
	}
	for _, c := range e.Forest.Contacts {
		if o := e.contact(c); f.keeps(o) {
			names = append(names, o.dn)
		}
	}
	return names
}

func TestLDAPFiltersPickWhatTheySay(t *testing.T) {
	t.Parallel()
	e := Seed(Needs{SipDomains: []string{"contoso.com"}}, SeedOptions{})
	e.Accounts = nil
	e.Add(&Account{SIP: "sip:ada@contoso.com", DisplayName: "Ada"})
	e.Add(&Account{DisplayName: "Bob", UPN: "bob@eu.contoso.com", More: Object{adminCount: "1"}})
	e.Add(&Account{SIP: "sip:eve(2)@contoso.com", DisplayName: "Eve", Sam: "eve", More: Object{proxyAddresses: "smtp:eve@contoso.com,SIP:Ada@contoso.com"}})
	e.Add(&Account{SIP: "sip:dan@contoso.com", DisplayName: "Dan", More: Object{proxyAddresses: ""}})
	e.SetForest(Forest{Contacts: []string{"Partner=sip:partner@contoso.com"}})
	for filter, want := range map[string]string{
		"(msRTCSIP-PrimaryUserAddress=*)":                         "ada eve dan",
		"(proxyAddresses=sip:*)":                                  "ada eve CN=Partner,OU=Contacts,DC=contoso,DC=com",
		"(proxyAddresses=SIP:ada@contoso.com)":                    "ada eve",
		`(msRTCSIP-PrimaryUserAddress=sip:eve\282\29@c*)`:         "eve",
		"(&(objectCategory=person)(adminCount=*))":                "bob",
		"(&(objectClass=user)(!(adminCount=1)))":                  "ada eve dan",
		"(|(userPrincipalName=bob@eu.contoso.com)(adminCount=2))": "bob",
	} {
		if got := strings.Join(inForest(t, e, filter), " "); got != want {
			t.Errorf("%s: %s, not %s", filter, got, want)
		}
	}
	if domains := e.domains(); !slices.Equal(domains, []string{"contoso.com", "eu.contoso.com"}) {
		t.Errorf("the forest has %v", domains)
	}
}

// What the lab does not simulate is refused, rather than answered with nothing.
func TestLDAPFiltersThatTheLabRefuses(t *testing.T) {
	t.Parallel()
	for _, filter := range []string{"", "cn=x", "(mail=*)", "(adminCount", "(adminCount=1)x", "(&)", "(!(adminCount=1)(adminCount=2))", "(proxyAddresses=*ada*)", `(proxyAddresses=\2)`, `(proxyAddresses=\zz)`, "(adminCount>=1)"} {
		if f, err := parseLDAP(filter); err == nil {
			t.Errorf("%q is taken for %+v", filter, f)
		}
	}
}
