package lab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ldapsearch asks the lab as an independent client does, and gives what it prints and its exit code, which is that of LDAP's result.
func ldapsearch(t *testing.T, l *Lab, args ...string) (out string, code int) {
	t.Helper()
	if _, err := exec.LookPath("ldapsearch"); err != nil {
		t.Skip("SKIPPED: ldapsearch (Debian: ldap-utils) is not on PATH, so no independent client has asked the lab's LDAP")
	}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, []byte(l.keys.CA), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("ldapsearch", append([]string{"-LLL", "-x", "-o", "ldif-wrap=no"}, args...)...)
	c.Env = append(os.Environ(), "LDAPTLS_CACERT="+ca)
	all, err := c.CombinedOutput()
	if ended := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return string(all), c.ProcessState.ExitCode()
}

// OpenLDAP's own client reads the lab: over LDAPS and StartTLS, in pages and without, as far as a search goes, and is refused what
// Active Directory refuses.
func TestLdapsearchReadsTheLab(t *testing.T) {
	t.Parallel()
	const many = 2500
	e := Seed(Needs{SipDomains: []string{"contoso.com"}}, SeedOptions{})
	e.Accounts = nil
	for n := range many {
		e.Add(&Account{SIP: fmt.Sprintf("sip:user%d@contoso.com", n), DisplayName: fmt.Sprintf("User %d", n), Enabled: True, HostingProvider: "SRV:"})
	}
	l := start(t, e)
	at := l.Endpoints().LDAP
	tls, plain := "ldaps://"+at.Addr, "ldap://"+at.Addr
	who := []string{"-D", at.Username, "-w", at.Password}
	dn := e.Accounts[7].DistinguishedName()
	for name, test := range map[string]struct {
		args    []string
		code    int
		entries int
		told    string
	}{
		"all, in pages":          {[]string{"-H", tls, "-b", "DC=contoso,DC=com", "-E", "pr=1000/noprompt", "(msRTCSIP-PrimaryUserAddress=*)", "msRTCSIP-PrimaryUserAddress"}, 0, many, "msRTCSIP-PrimaryUserAddress: sip:user2499@contoso.com"},
		"all, in odd pages":      {[]string{"-H", tls, "-b", "DC=contoso,DC=com", "-E", "pr=333/noprompt", "(objectClass=user)", "cn"}, 0, many, "cn: User 2499"},
		"StartTLS":               {[]string{"-H", plain, "-ZZ", "-b", "DC=contoso,DC=com", "-E", "pr=1000/noprompt", "(objectClass=user)", "1.1"}, 0, many, "dn: "},
		"without pages":          {[]string{"-H", tls, "-b", "DC=contoso,DC=com", "(objectClass=user)", "cn"}, 4, 1000, "Size limit exceeded (4)"},
		"the base alone":         {[]string{"-H", tls, "-s", "base", "-b", "DC=contoso,DC=com", "(objectClass=user)"}, 0, 0, ""},
		"right below the base":   {[]string{"-H", tls, "-s", "one", "-b", "DC=contoso,DC=com", "(objectClass=user)"}, 0, 0, ""},
		"an account, all of it":  {[]string{"-H", tls, "-s", "base", "-b", dn, "(objectClass=*)"}, 0, 1, "msRTCSIP-DeploymentLocator: SRV:"},
		"the server itself":      {[]string{"-H", tls, "-s", "base", "-b", "", "(objectClass=*)"}, 0, 1, "supportedControl: 1.2.840.113556.1.4.319"},
		"a base that is not":     {[]string{"-H", tls, "-b", "DC=elsewhere,DC=test", "(objectClass=user)"}, 32, 0, "No such object (32)"},
		"nothing encrypted":      {[]string{"-H", plain, "-b", "DC=contoso,DC=com", "(objectClass=user)"}, 13, 0, "Transport encryption required"},
		"a filter not simulated": {[]string{"-H", tls, "-b", "DC=contoso,DC=com", "(telephoneNumber=1)"}, 53, 0, "does not simulate"},
	} {
		out, code := ldapsearch(t, l, append(who, test.args...)...)
		if got := strings.Count("\n"+out, "\ndn:"); code != test.code || got != test.entries || !strings.Contains(out, test.told) {
			t.Errorf("%s: exit code %d, %d entries\n%.600s", name, code, got, out)
		}
	}
	if out, code := ldapsearch(t, l, "-H", tls, "-D", at.Username, "-w", "nonsense", "-b", "DC=contoso,DC=com"); code != 49 || !strings.Contains(out, "data 52e") {
		t.Errorf("a wrong password: %d %s", code, out)
	}
	if out, code := ldapsearch(t, l, "-H", tls, "-b", "DC=contoso,DC=com"); code != 1 || !strings.Contains(out, "a successful bind must be completed") {
		t.Errorf("nobody: %d %s", code, out)
	}
}
