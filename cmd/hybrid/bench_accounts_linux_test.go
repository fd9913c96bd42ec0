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

	"hybrid/internal/slapdtest"
)

// BenchmarkPlanAccounts is `hybrid plan` of 100,000 users as a process of its own, start to exit: who is homed where is read by cmdlets
// over WS-Man from the lab, which answers at once, or over LDAP from OpenLDAP, and ldapsearch reads the same attributes of the same
// server. All three are of one run, so that their ratios hold on any machine. Over LDAP the lab is asked for a few users only.
func BenchmarkPlanAccounts(b *testing.B) {
	const many = 100_000
	binary := built(b)
	slapd := slapdtest.Start(b, slapdtest.Options{Entries: accountsLDIF(many)})
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
`, slapd.URL, slapd.Base, slapd.Account, slapd.Password, slapd.CA))
	var took [3]time.Duration
	var rss int64
	for b.Loop() {
		began := time.Now()
		plannedAccounts(b, binary, cmdlets, many)
		took[0] += time.Since(began)
		began = time.Now()
		rss = max(rss, plannedAccounts(b, binary, over, many))
		took[1] += time.Since(began)
		took[2] += searched(b, slapd, many)
	}
	for n, name := range []string{"s/plan-by-cmdlets", "s/plan-over-LDAP", "s/ldapsearch"} {
		b.ReportMetric(took[n].Seconds()/float64(b.N), name)
	}
	b.ReportMetric(took[1].Seconds()/took[2].Seconds(), "of-ldapsearch")
	b.ReportMetric(took[1].Seconds()/took[0].Seconds(), "of-cmdlets")
	b.ReportMetric(float64(rss)/1024, "MB-resident")
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
func searched(b *testing.B, s *slapdtest.Server, many int) time.Duration {
	b.Helper()
	search := exec.Command("ldapsearch", "-LLL", "-x", "-H", s.URL, "-D", s.Account, "-w", s.Password, "-b", s.Base, "-E", "pr=1000/noprompt",
		"(&(objectCategory=person)(objectClass=user)(msRTCSIP-PrimaryUserAddress=*))",
		"msRTCSIP-PrimaryUserAddress", "userPrincipalName", "msRTCSIP-DeploymentLocator", "msRTCSIP-PrimaryHomeServer", "msRTCSIP-UserEnabled")
	search.Env = append(os.Environ(), "LDAPTLS_CACERT="+s.CA)
	began := time.Now()
	out, err := search.Output()
	took := time.Since(began)
	if err != nil || strings.Count(string(out), "\ndn: ")+1 < many {
		b.Fatalf("ldapsearch: %v, %d bytes", err, len(out))
	}
	return took
}

// accountsLDIF writes the users of the lab's estate as a directory has them.
func accountsLDIF(many int) func(io.Writer) error {
	return func(w io.Writer) error {
		if _, err := fmt.Fprintf(w, "dn: OU=Users,%s\nobjectClass: organizationalUnit\nou: Users\n\n", slapdtest.Base); err != nil {
			return err
		}
		for n := range many {
			_, err := fmt.Fprintf(w, `dn: CN=%[1]s,OU=Users,%[2]s
objectClass: user
objectCategory: person
userPrincipalName: %[1]s@contoso.com
msRTCSIP-PrimaryUserAddress: sip:%[1]s@contoso.com
msRTCSIP-UserEnabled: TRUE
msRTCSIP-DeploymentLocator: sipfed.online.lync.com
msRTCSIP-PrimaryHomeServer: CN=Lc Services,CN=Microsoft,CN=1:1,CN=Pools,CN=RTC Service,CN=Services,CN=Configuration,%[2]s

`, fmt.Sprintf("user%06d", n), slapdtest.Base)
			if err != nil {
				return err
			}
		}
		return nil
	}
}
