package ldap_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hybrid/internal/kerberos"
	"hybrid/internal/ldap"
	"hybrid/internal/sambatest"
)

// at signs in to a domain controller by its own name.
func at(t testing.TB, c *sambatest.Controller) ldap.Options {
	t.Helper()
	ca, err := os.ReadFile(c.CA)
	if err != nil {
		t.Fatal(err)
	}
	return ldap.Options{URL: "ldaps://" + c.Host, Dial: c.Address + ":636", Trust: ldap.Trust{CA: ca}, Username: c.Account, Password: c.Password}
}

// byTicket signs in by a ticket instead, got by a password.
func byTicket(t *testing.T, c *sambatest.Controller, o ldap.Options) ldap.Options {
	t.Helper()
	return as(t, o, kerberos.Options{Username: "administrator", Realm: c.Realm, Password: c.Password, Config: c.Krb5Conf})
}

// as signs in as somebody by a ticket.
func as(t *testing.T, o ldap.Options, who kerberos.Options) ldap.Options {
	t.Helper()
	identity, err := kerberos.New(who)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = identity.Close() })
	o.Username, o.Password, o.Kerberos = "", "", &ldap.Kerberos{Identity: identity}
	return o
}

// fails dials, and wants an error of a kind that tells a text.
func fails(t *testing.T, name string, o ldap.Options, kind ldap.Kind, text string) {
	t.Helper()
	conn, err := ldap.Dial(t.Context(), o)
	if err == nil {
		_ = conn.Close()
	}
	var told *ldap.Error
	if !errors.As(err, &told) || told.Kind != kind || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: %v", name, err)
	}
}

// A real domain controller is read by password and by ticket, over LDAPS and StartTLS, page by page; and says why it is not, in each way in
// which it can.
func TestADomainController(t *testing.T) {
	t.Parallel()
	c := sambatest.Start(t, sambatest.Options{Schema: true, Settings: []string{"ldap server require strong auth = allow_sasl_over_tls"}})
	c.Tool(t, "user", "create", "locked", "Passw0rd!y")
	c.Tool(t, "user", "disable", "locked")
	c.Tool(t, "user", "create", "locking", "Passw0rd!y")
	c.Tool(t, "spn", "add", "ldap/other.contoso.test", "locking")
	c.Tool(t, "domain", "exportkeytab", filepath.Join(c.Dir, "admin.keytab"), "--principal=administrator@"+c.Realm)
	accountsOf(t, c, 2_500)
	t.Run("read", func(t *testing.T) { reads(t, c, 2_500) })
	t.Run("not read", func(t *testing.T) { refuses(t, c) })
	c.Restart(t, "ldap server require strong auth = yes")
	fails(t, "a ticket without sealing", byTicket(t, c, at(t, c)), ldap.Binding, `auth = "simple"`)
	plain := at(t, c)
	plain.Timeout = 0
	conn, err := ldap.Dial(t.Context(), plain)
	if err != nil {
		t.Errorf("a password over TLS: %v", err)
		return
	}
	c.Stop()
	search := ldap.Search{Base: c.Base, Filter: "(objectClass=user)", Attributes: []string{"cn"}}
	var told *ldap.Error
	if _, err := conn.Each(t.Context(), search, func(ldap.Entry) error { return nil }); !errors.As(err, &told) || told.Kind != ldap.Cut {
		t.Errorf("after it has gone: %v", err)
	}
	fails(t, "a server that is down", at(t, c), ldap.Unreachable, "cannot be reached")
}

// Twenty thousand users of a domain controller come page by page, each once. Loading them takes Samba most of a minute.
func TestPagingOfADomainController(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("SKIPPED by -short: loading twenty thousand users takes a minute, so paging of a real domain controller is held against 2,500 only")
	}
	const many = 20_000
	c := sambatest.Start(t, sambatest.Options{Schema: true})
	accountsOf(t, c, many)
	conn, err := ldap.Dial(t.Context(), at(t, c))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	search := everybody
	search.Base = c.Base
	seen := map[string]bool{}
	if _, err := conn.Each(t.Context(), search, func(e ldap.Entry) error {
		if len(e.Values[0]) != 1 || len(e.Values[1]) != 1 {
			return fmt.Errorf("%s has %v", e.DN, e.Values)
		}
		seen[e.Values[0][0]] = true
		return nil
	}); err != nil || len(seen) != many {
		t.Errorf("%d users, %v", len(seen), err)
	}
}

// accountsOf adds accounts to the directory, all in one transaction.
func accountsOf(t testing.TB, c *sambatest.Controller, many int) {
	t.Helper()
	var b strings.Builder
	for n := range many {
		fmt.Fprintf(&b, "dn: CN=User %[1]d,CN=Users,%[2]s\nobjectClass: user\nsAMAccountName: user%[1]d\nuserPrincipalName: user%[1]d@%[3]s\nmsRTCSIP-PrimaryUserAddress: sip:user%[1]d@%[3]s\n"+
			"msRTCSIP-UserEnabled: TRUE\nmsRTCSIP-DeploymentLocator: SRV:\n\n", n, c.Base, c.Domain)
	}
	c.Add(t, b.String())
}

// reads signs in in every way.
func reads(t *testing.T, c *sambatest.Controller, many int) {
	starts := at(t, c)
	keytab := as(t, at(t, c), kerberos.Options{Username: "administrator", Realm: c.Realm, Keytab: filepath.Join(c.Dir, "admin.keytab"), Config: c.Krb5Conf})
	starts.URL, starts.Dial = "ldap://"+c.Host, c.Address+":389"
	ways := map[string]ldap.Options{"password": at(t, c), "StartTLS": starts, "ticket by password": byTicket(t, c, at(t, c)), "ticket by keytab": keytab}
	if kinit(t, c) {
		ways["ticket by cache"] = as(t, at(t, c), kerberos.Options{CredentialCache: filepath.Join(c.Dir, "ticket"), Config: c.Krb5Conf})
	}
	for name, o := range ways {
		conn, err := ldap.Dial(t.Context(), o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		seen := map[string]bool{}
		search := ldap.Search{Base: c.Base, Filter: everybody.Filter, Attributes: []string{"msRTCSIP-PrimaryUserAddress", "msRTCSIP-UserEnabled"}}
		elsewhere, err := conn.Each(t.Context(), search, func(e ldap.Entry) error {
			if len(e.Values[1]) != 1 || e.Values[1][0] != "TRUE" {
				return fmt.Errorf("%s has %v", e.DN, e.Values)
			}
			seen[e.DN] = true
			return nil
		})
		if err != nil || len(seen) != many {
			t.Errorf("%s: %d users, %v", name, len(seen), err)
		}
		for _, where := range elsewhere { // a domain controller refers to its other partitions
			if !strings.Contains(where, "Configuration") && !strings.Contains(where, "DnsZones") {
				t.Errorf("%s: refers to %s", name, where)
			}
		}
		_ = conn.Close()
	}
}

// kinit gets a ticket into the cache.
func kinit(t *testing.T, c *sambatest.Controller) bool {
	t.Helper()
	if _, err := exec.LookPath("kinit"); err != nil {
		t.Log("SKIPPED: kinit (Debian: krb5-user) is not on PATH, so no credential cache is read")
		return false
	}
	cmd := exec.Command("kinit", "administrator@"+c.Realm)
	cmd.Env = append(os.Environ(), "KRB5_CONFIG="+c.Krb5Conf, "KRB5CCNAME=FILE:"+filepath.Join(c.Dir, "ticket"))
	cmd.Stdin = strings.NewReader(c.Password + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("kinit: %v: %s", err, out)
	}
	return true
}

// refuses signs in in ways that are not let in.
func refuses(t *testing.T, c *sambatest.Controller) {
	with := func(change func(*ldap.Options)) ldap.Options {
		o := at(t, c)
		change(&o)
		return o
	}
	ticket := func(name, password, service string) ldap.Options {
		o := as(t, at(t, c), kerberos.Options{Username: name, Realm: c.Realm, Password: password, Config: c.Krb5Conf})
		o.Kerberos.Service = service
		return o
	}
	for name, test := range map[string]struct {
		o    ldap.Options
		kind ldap.Kind
		text string
	}{
		"a wrong password":             {with(func(o *ldap.Options) { o.Password = "nonsense" }), ldap.Refused, "password"},
		"no password":                  {with(func(o *ldap.Options) { o.Password = "" }), ldap.Refused, "not read without signing in"},
		"nobody":                       {with(func(o *ldap.Options) { o.Username = "nobody@" + c.Domain }), ldap.Refused, "dc01.contoso.test"},
		"a disabled account":           {with(func(o *ldap.Options) { o.Username, o.Password = "locked@"+c.Domain, "Passw0rd!y" }), ldap.Refused, "disabled"},
		"an authority nobody trusts":   {with(func(o *ldap.Options) { o.CA = nil }), ldap.Untrusted, "ca_file"},
		"another name":                 {with(func(o *ldap.Options) { o.ServerName = "dc02.contoso.test" }), ldap.Untrusted, "made out to another name"},
		"another certificate":          {with(func(o *ldap.Options) { o.CA, o.Fingerprint = nil, "AB:CD" }), ldap.Untrusted, "fingerprint"},
		"a port in the clear":          {with(func(o *ldap.Options) { o.Dial = c.Address + ":389" }), ldap.Clear, "does not encrypt"},
		"nothing there":                {with(func(o *ldap.Options) { o.Dial = c.Address + ":9" }), ldap.Unreachable, "cannot be reached"},
		"no address":                   {with(func(o *ldap.Options) { o.URL = "http://dc01" }), ldap.Misdirected, "ldaps://dc01.contoso.com"},
		"a ticket's wrong password":    {ticket("locking", "nonsense", ""), ldap.Refused, "does not take the password"},
		"a ticket for nobody":          {ticket("nobody", "nonsense", ""), ldap.Refused, "has no account nobody@"},
		"a ticket for another service": {ticket("administrator", c.Password, "ldap/elsewhere.contoso.test"), ldap.Refused, "knows no service ldap/elsewhere.contoso.test. Write the domain controller's full name in url"},
		"a ticket of another host":     {ticket("administrator", c.Password, "ldap/other.contoso.test"), ldap.Refused, "does not take the ticket of administrator@CONTOSO.TEST for ldap/other.contoso.test"},
	} {
		fails(t, name, test.o, test.kind, test.text)
	}
}
