package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hybrid/internal/sambatest"
	"hybrid/internal/slapdtest"
)

// BenchmarkPlanAccounts is `hybrid plan` of users as a process of its own, start to exit: who is homed where is read by cmdlets over
// WS-Man from the lab, which answers at once, or over LDAP from OpenLDAP (100,000 users) and Samba (20,000, or HYBRID_SAMBA_USERS: it
// takes minutes to load more), and ldapsearch reads the same attributes of the same server. All are of one run, so that their ratios hold
// on any machine. Over LDAP the lab is asked for a few users only.
func BenchmarkPlanAccounts(b *testing.B) {
	binary := built(b)
	b.Run("OpenLDAP", func(b *testing.B) {
		const many = 100_000
		s := slapdtest.Start(b, slapdtest.Options{Entries: accountsLDIF(many, slapdtest.Base, openLDAPHas)})
		planAccounts(b, binary, many, directoryServer{s.URL, s.Base, s.Account, s.Password, s.CA})
	})
	b.Run("Samba", func(b *testing.B) {
		many := 20_000
		if text := os.Getenv("HYBRID_SAMBA_USERS"); text != "" {
			if _, err := fmt.Sscan(text, &many); err != nil {
				b.Fatalf("HYBRID_SAMBA_USERS: %v", err)
			}
		}
		c := sambatest.Start(b, sambatest.Options{Domain: "contoso.com", Schema: true})
		var ldif strings.Builder
		if err := accountsLDIF(many, c.Base, "")(&ldif); err != nil {
			b.Fatal(err)
		}
		c.Add(b, ldif.String())
		planAccounts(b, binary, many, directoryServer{"ldaps://" + c.Address, c.Base, c.Account, c.Password, c.CA})
	})
}

// A directoryServer is one that a benchmark reads.
type directoryServer struct{ url, base, account, password, ca string }

// planAccounts measures plans and ldapsearch against one server.
func planAccounts(b *testing.B, binary string, many int, s directoryServer) {
	b.Helper()
	cmdlets := estateOf(b, binary, many)
	over := filepath.Join(b.TempDir(), "over")
	if err := os.CopyFS(over, os.DirFS(cmdlets)); err != nil {
		b.Fatal(err)
	}
	write(b, filepath.Join(over, "directory.hcl"), fmt.Sprintf(`
provider "directory" {
  url     = %q
  base_dn = %q
  ldap {
    username = %q
    password = %q
    ca_file  = %q
  }
}
`, s.url, s.base, s.account, s.password, s.ca))
	var took [3]time.Duration
	var rss int64
	for b.Loop() {
		began := time.Now()
		plannedAccounts(b, binary, cmdlets, many)
		took[0] += time.Since(began)
		began = time.Now()
		rss = max(rss, plannedAccounts(b, binary, over, many))
		took[1] += time.Since(began)
		took[2] += s.searched(b, many)
	}
	for n, name := range []string{"s/plan-by-cmdlets", "s/plan-over-LDAP", "s/ldapsearch"} {
		b.ReportMetric(took[n].Seconds()/float64(b.N), name)
	}
	b.ReportMetric(took[1].Seconds()/took[2].Seconds(), "of-ldapsearch")
	b.ReportMetric(took[1].Seconds()/took[0].Seconds(), "of-cmdlets")
	b.ReportMetric(float64(rss)/1024, "MB-at-most") // Linux tells that of whoever starts a process where it is more
	b.ReportMetric(0, "ns/op")
}

// plannedAccounts plans a folder, and gives the memory that it took.
func plannedAccounts(b *testing.B, binary, dir string, many int) int64 {
	b.Helper()
	plan := exec.Command(binary, "plan", dir)
	out, err := plan.CombinedOutput()
	if err != nil || !strings.Contains(strings.ReplaceAll(string(out), ",", ""), fmt.Sprintf("%d users to move", many)) || strings.Contains(string(out), "another way") {
		b.Fatalf("%v: %s", err, out)
	}
	return plan.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
}

// searched is how long ldapsearch takes for the same users.
func (s directoryServer) searched(b *testing.B, many int) time.Duration {
	b.Helper()
	search := exec.Command("ldapsearch", "-LLL", "-x", "-H", s.url, "-D", s.account, "-w", s.password, "-b", s.base, "-E", "pr=1000/noprompt",
		"(&(objectCategory=person)(objectClass=user)(msRTCSIP-PrimaryUserAddress=*))",
		"msRTCSIP-PrimaryUserAddress", "userPrincipalName", "msRTCSIP-DeploymentLocator", "msRTCSIP-PrimaryHomeServer", "msRTCSIP-UserEnabled")
	search.Env = append(os.Environ(), "LDAPTLS_CACERT="+s.ca)
	began := time.Now()
	out, err := search.Output()
	took := time.Since(began)
	if err != nil || strings.Count(string(out), "\ndn: ")+1 < many {
		b.Fatalf("ldapsearch: %v, %d bytes", err, len(out))
	}
	return took
}

// openLDAPHas is what Active Directory gives accounts by itself, and refers to what is there.
const openLDAPHas = "objectCategory: person\nmsRTCSIP-PrimaryHomeServer: CN=Lc Services,CN=Microsoft,CN=1:1,CN=Pools,CN=RTC Service,CN=Services,CN=Configuration," + slapdtest.Base + "\n"

// accountsLDIF writes the users of the lab's estate as a directory has them, each with some lines more.
func accountsLDIF(many int, base, more string) func(io.Writer) error {
	return func(w io.Writer) error {
		if _, err := fmt.Fprintf(w, "dn: OU=Users,%s\nobjectClass: organizationalUnit\nou: Users\n\n", base); err != nil {
			return err
		}
		for n := range many {
			_, err := fmt.Fprintf(w, `dn: CN=%[1]s,OU=Users,%[2]s
objectClass: user
userPrincipalName: %[1]s@contoso.com
msRTCSIP-PrimaryUserAddress: sip:%[1]s@contoso.com
msRTCSIP-UserEnabled: TRUE
msRTCSIP-DeploymentLocator: sipfed.online.lync.com
%[3]s
`, fmt.Sprintf("user%06d", n), base, more)
			if err != nil {
				return err
			}
		}
		return nil
	}
}
