package kerberos_test

import (
	"path/filepath"
	"strings"
	"testing"

	"hybrid/internal/kerberos"
	"hybrid/internal/sambatest"
)

// A user principal name need not end in the realm: a domain controller knows the account by it all the same.
func TestUserPrincipalNames(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a domain controller takes its time to start, and the run is to be short")
	}
	t.Parallel()
	c := sambatest.Start(t, sambatest.Options{})
	c.Tool(t, "user", "create", "svc-hybrid", "Passw0rd!h")
	c.Modify(t, "dn: CN=svc-hybrid,CN=Users,"+c.Base+"\nchangetype: modify\nreplace: userPrincipalName\nuserPrincipalName: bridge@sip.example\n")
	keys := filepath.Join(t.TempDir(), "host.keytab")
	c.Tool(t, "domain", "exportkeytab", keys, "--principal=HOST/"+c.Host)
	service := "HOST/" + c.Host
	for name, want := range map[string]string{"bridge@sip.example": "bridge@sip.example@CONTOSO.TEST", "svc-hybrid@" + c.Domain: "svc-hybrid@CONTOSO.TEST"} {
		i := identity(t, kerberos.Options{Username: name, Realm: c.Realm, Password: "Passw0rd!h", Config: c.Krb5Conf})
		for range 2 {
			token, err := i.Token(t.Context(), service, kerberos.Binding{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
			if who := accepted(t, keys, token); who != want {
				t.Errorf("the service sees %s in place of %s", who, want)
			}
		}
	}
	_, err := identity(t, kerberos.Options{Username: "nobody@sip.example", Realm: c.Realm, Password: "x", Config: c.Krb5Conf}).Token(t.Context(), service, kerberos.Binding{})
	if err == nil || !strings.Contains(err.Error(), "has no account nobody@sip.example") {
		t.Error(err)
	}
}
