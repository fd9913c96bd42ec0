package skype

import (
	"strings"
	"testing"
)

// Only a name of the very account is taken for it, in each of its forms and in any case of letters.
func TestIdentityOfTheAccount(t *testing.T) {
	t.Parallel()
	ada := map[string]string{
		"SipAddress": "sip:Ada@contoso.com", "Identity": "CN=Lovelace\\, Ada,OU=Staff,DC=contoso,DC=com", "UserPrincipalName": "ada@corp.contoso.com", "SamAccountName": "ada",
	}
	for identity, want := range map[string]string{
		"sip:ada@contoso.com":  "",
		"ADA@corp.contoso.com": "",
		`CONTOSO\Ada`:          "",
		`cn=lovelace\, ada,ou=Staff,dc=contoso,dc=com`: "",
		"sip:ben@contoso.com":                          "they would change somebody else",
		"ben@corp.contoso.com":                         "Correct the row, or leave identity out",
		"ada@contoso.com":                              "they would change somebody else", // a SIP address without its sip:, and the UPN of nobody knows whom
		`CONTOSO\ben`:                                  "they would change somebody else",
		`FABRIKAM\ada`:                                 "a logon name of the domain FABRIKAM, and the account with this SIP address is in contoso.com",
		`CN=Lovelace\, Ada,OU=Other,DC=contoso,DC=com`: "they would change somebody else",
		"Ada Lovelace":                                 "write one of these, or leave it out",
		`CONTOSO\`:                                     "they would change somebody else",
	} {
		got := otherThan(identity, func(column string) string { return ada[column] })
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, not %q", identity, got, want)
		}
	}
	for _, identity := range []string{"ada@corp.contoso.com", `CONTOSO\ada`, "CN=Ada,DC=contoso"} {
		if got := otherThan(identity, func(column string) string { return map[string]string{"Identity": "CN=x,DC=contoso"}[column] }); !strings.Contains(got, "they would change somebody else") {
			t.Errorf("of an account without such a name, %s: %q", identity, got)
		}
	}
}
