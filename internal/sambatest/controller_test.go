package sambatest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"hybrid/internal/sambatest"
)

// A controller answers over LDAPS with its own authority, knows the attributes, and gives tickets.
func TestAController(t *testing.T) {
	t.Parallel()
	c := sambatest.Start(t, sambatest.Options{Schema: true})
	c.Add(t, `dn: CN=Ada,CN=Users,`+c.Base+`
objectClass: user
sAMAccountName: ada
userPrincipalName: ada@`+c.Domain+`
msRTCSIP-PrimaryUserAddress: sip:ada@`+c.Domain+`
msRTCSIP-UserEnabled: TRUE
msRTCSIP-DeploymentLocator: SRV:
msRTCSIP-OptionFlags: 385
`)
	out := command(t, c, "ldapsearch", "-LLL", "-x", "-H", "ldaps://"+c.Address, "-D", c.Account, "-w", c.Password, "-b", c.Base, "(msRTCSIP-PrimaryUserAddress=*)", "msRTCSIP-OptionFlags")
	if !strings.Contains(out, "msRTCSIP-OptionFlags: 385") {
		t.Error(out)
	}
	out = command(t, c, "sh", "-c", "echo '"+c.Password+"' | kinit administrator && klist")
	if !strings.Contains(out, "krbtgt/"+c.Realm) {
		t.Error(out)
	}
}

// command runs a client that knows the controller's authority and realm.
func command(t *testing.T, c *sambatest.Controller, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("SKIPPED: %s is not on PATH, so the controller is not asked by it", name)
	}
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "LDAPTLS_CACERT="+c.CA, "KRB5_CONFIG="+c.Krb5Conf, "KRB5CCNAME=FILE:"+t.TempDir()+"/cache")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	return string(out)
}
