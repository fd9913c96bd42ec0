package main

import (
	"crypto/sha256"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"hybrid/internal/lab"
	"hybrid/internal/sambatest"
)

// The accounts of the stories in testdata/domain: the service account, by its sAMAccountName and by its user principal name.
const (
	domainAccount  = "svc-hybrid"
	domainUPN      = "bridge@sip.example"
	domainPassword = "Kw5-horse-staple"
)

// TestDomainStories runs the stories in testdata/domain, with one real domain controller that is the directory, the name server and the
// KDC at once. The program in-domain runs another where names are resolved by that server, as on a machine of the domain: there is no
// krb5.conf that leads anywhere. USERS names a table of the users that Active Directory has.
func TestDomainStories(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a domain controller takes its time to start, and the run is to be short")
	}
	if out, err := exec.Command("unshare", "--mount", "mount", "--bind", os.DevNull, "/etc/resolv.conf").CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: this machine lets no program have name servers of its own (%v: %s), so no run of the program was held against a real domain", err, out)
	}
	t.Parallel()
	c := sambatest.Start(t, sambatest.Options{Domain: "contoso.com", Schema: true, Settings: []string{"ldap server require strong auth = allow_sasl_over_tls"}})
	users := domainOf(t, c)
	keys := func(principal string) string {
		path := filepath.Join(t.TempDir(), "keytab")
		c.Tool(t, "domain", "exportkeytab", path, "--principal="+principal)
		return path
	}
	own, host := keys(domainAccount), keys("WSMAN/fe01.contoso.com")
	testscript.Run(t, testscript.Params{
		Dir: "testdata/domain", UpdateScripts: *update, RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			for name, text := range map[string]string{
				"DC": c.Address, "DC_CA": c.CA, "HOST_KEYTAB": host, "ACCOUNT_KEYTAB": own, "KRB5_CONFIG": "/dev/null", "KRB5_CONF": c.Krb5Conf,
				"ACCOUNT_PASSWORD": domainPassword, "USERS": users, "PATH": env.WorkDir + string(os.PathListSeparator) + env.Getenv("PATH"),
			} {
				env.Setenv(name, text)
			}
			if err := servers(filepath.Join(env.WorkDir, "estate")); err != nil {
				return err
			}
			return inDomain(env.WorkDir, c.Address)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "replace": replace, "freeport": freePort, "answers": answers, "labkeys": labKeys, "expand": expand, "secretless": secretless,
			"fingerprint": fingerprint,
			"badpasswords": func(ts *testscript.TestScript, neg bool, args []string) {
				only(ts, neg, args, 1, "badpasswords COUNT")
				if shown := c.Tool(t, "user", "show", domainAccount, "--attributes=badPwdCount"); !strings.Contains(shown, "badPwdCount: "+args[0]+"\n") {
					ts.Fatalf("the domain controller has counted otherwise: %s", shown)
				}
			},
		},
	})
}

// domainOf fills the domain: the service account, the name and the key of a Front End Server, and more users than are asked for one by
// one. It gives the file of a table with the users.
func domainOf(t *testing.T, c *sambatest.Controller) string {
	t.Helper()
	c.Tool(t, "domain", "passwordsettings", "set", "--account-lockout-threshold=5")
	c.Tool(t, "user", "create", domainAccount, domainPassword)
	c.Modify(t, "dn: CN="+domainAccount+",CN=Users,"+c.Base+"\nchangetype: modify\nreplace: userPrincipalName\nuserPrincipalName: "+domainUPN+"\n")
	c.Tool(t, "user", "create", "fe01", "Passw0rd!host")
	c.Tool(t, "spn", "add", "WSMAN/fe01.contoso.com", "fe01")
	var entries, table strings.Builder
	table.WriteString("sip_address\n")
	for n := range domainUsers {
		fmt.Fprintf(&entries, "dn: CN=User %[1]d,CN=Users,%[2]s\nobjectClass: user\nsAMAccountName: user%[1]d\nuserPrincipalName: user%[1]d@contoso.com\ndisplayName: User %[1]d\nmsRTCSIP-PrimaryUserAddress: sip:user%[1]d@contoso.com\nmsRTCSIP-UserEnabled: TRUE\n"+
			"msRTCSIP-DeploymentLocator: SRV:\nmsRTCSIP-PrimaryHomeServer: CN=DC01,OU=Domain Controllers,%[2]s\n\n", n, c.Base)
		fmt.Fprintf(&table, "sip:user%d@contoso.com\n", n)
	}
	c.Add(t, entries.String())
	path := filepath.Join(t.TempDir(), "users.csv")
	if err := os.WriteFile(path, []byte(table.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// domainUsers is how many users there are: more than are asked for one by one.
const domainUsers = 1100

// servers writes the lab of a folder, whose servers show the users of Active Directory as their own.
func servers(dir string) error {
	e := lab.Seed(lab.Needs{SipDomains: []string{"contoso.com"}, Pools: []string{"pool01.contoso.com"}}, lab.SeedOptions{Seed: 1})
	for n := range domainUsers {
		e.Add(&lab.Account{SIP: fmt.Sprintf("sip:user%d@contoso.com", n), DisplayName: fmt.Sprintf("User %d", n), DN: fmt.Sprintf("CN=User %d,CN=Users,DC=contoso,DC=com", n), Enabled: lab.True, HostingProvider: "SRV:", RegistrarPool: "pool01.contoso.com"})
	}
	if err := os.MkdirAll(labFolder(dir), 0o700); err != nil {
		return err
	}
	return e.Save(labState(dir))
}

// inDomain writes the program that runs others where a name server alone resolves names.
func inDomain(dir, server string) error {
	resolv := filepath.Join(dir, "resolv.conf")
	if err := os.WriteFile(resolv, []byte("nameserver "+server+"\n"), 0o600); err != nil {
		return err
	}
	script := "#!/bin/sh\nexec unshare --mount sh -c 'mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"' '" + resolv + "' \"$@\"\n"
	return os.WriteFile(filepath.Join(dir, "in-domain"), []byte(script), 0o700)
}

// fingerprint DIR sets $LAB_FINGERPRINT to that of the certificate that the lab of DIR shows.
func fingerprint(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 1, "fingerprint DIR")
	var keys struct{ Certificate string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(filepath.Join(args[0], ".hybrid", "lab.keys.json"))), &keys))
	block, _ := pem.Decode([]byte(keys.Certificate))
	if block == nil {
		ts.Fatalf("the lab shows no certificate")
	}
	ts.Setenv("LAB_FINGERPRINT", fmt.Sprintf("%x", sha256.Sum256(block.Bytes)))
}
