package ldap_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"hybrid/internal/ldap"
	"hybrid/internal/slapdtest"
)

// users writes so many accounts as a directory has them.
func users(many int) func(io.Writer) error {
	return func(w io.Writer) error {
		for n := range many {
			_, err := fmt.Fprintf(w, `dn: CN=User %[1]d,%[2]s
objectClass: user
objectCategory: person
sAMAccountName: user%[1]d
userPrincipalName: user%[1]d@contoso.com
msRTCSIP-PrimaryUserAddress: sip:user%[1]d@contoso.com
msRTCSIP-UserEnabled: TRUE
msRTCSIP-DeploymentLocator: SRV:
msRTCSIP-OptionFlags: 257
msRTCSIP-PrimaryHomeServer: CN=Lc Services,CN=Microsoft,CN=1:1,CN=Pools,CN=RTC Service,CN=Services,CN=Configuration,%[2]s

`, n, slapdtest.Base)
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// options sign in to a server.
func options(t testing.TB, s *slapdtest.Server) ldap.Options {
	t.Helper()
	ca, err := os.ReadFile(s.CA)
	if err != nil {
		t.Fatal(err)
	}
	return ldap.Options{URL: s.URL, Trust: ldap.Trust{CA: ca}, Username: s.Account, Password: s.Password}
}

// everybody is the search for users.
var everybody = ldap.Search{
	Base: slapdtest.Base, Filter: "(&(objectCategory=person)(objectClass=user)(msRTCSIP-PrimaryUserAddress=*))",
	Attributes: []string{"msRTCSIP-PrimaryUserAddress", "userPrincipalName", "msRTCSIP-DeploymentLocator", "msRTCSIP-UserEnabled", "msRTCSIP-PrimaryHomeServer"},
}

// Twenty thousand users come page by page, each once, with what was asked for.
func TestPaging(t *testing.T) {
	t.Parallel()
	const many = 20_000
	s := slapdtest.Start(t, slapdtest.Options{Entries: users(many), Settings: []string{"limits users size.pr=1000 size.prtotal=unlimited"}})
	for _, url := range []string{s.URL, s.Plain} {
		o := options(t, s)
		o.URL = url
		conn, err := ldap.Dial(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		elsewhere, err := conn.Each(t.Context(), everybody, func(e ldap.Entry) error {
			if len(e.Values[0]) != 1 || len(e.Values[4]) != 1 || e.Values[3][0] != "TRUE" {
				return fmt.Errorf("%s has %v", e.DN, e.Values)
			}
			seen[e.Values[0][0]] = true
			return nil
		})
		if err != nil || len(seen) != many || elsewhere != nil {
			t.Errorf("%s: %d users, %v, %v", url, len(seen), elsewhere, err)
		}
		_ = conn.Close()
	}
}

// BenchmarkUsers reads 100,000 users with five attributes of OpenLDAP, and has ldapsearch read the same of the same server.
func BenchmarkUsers(b *testing.B) {
	const many = 100_000
	s := slapdtest.Start(b, slapdtest.Options{Entries: users(many)})
	readAgainst(b, source{options: options(b, s), base: s.Base, many: many, ca: s.CA})
}

// A source is a server that a benchmark reads.
type source struct {
	options ldap.Options
	base    string
	many    int
	ca      string // the file of its authority
}

// readAgainst reads all users of a server, and has ldapsearch read them: the ratio of the two is of one run. What is held of users
// meanwhile is a page.
func readAgainst(b *testing.B, s source) {
	b.Helper()
	var own, other time.Duration
	var heap uint64
	for b.Loop() {
		other += s.searched(b)
		began := time.Now()
		conn, err := ldap.Dial(b.Context(), s.options)
		if err != nil {
			b.Fatal(err)
		}
		count, search := 0, everybody
		search.Base = s.base
		if _, err := conn.Each(context.Background(), search, func(ldap.Entry) error {
			if count++; count == s.many/2 {
				heap = heapNow()
			}
			return nil
		}); err != nil || count != s.many {
			b.Fatalf("%d users, %v", count, err)
		}
		own += time.Since(began)
		_ = conn.Close()
	}
	b.ReportMetric(own.Seconds()/float64(b.N), "s/read")
	b.ReportMetric(other.Seconds()/float64(b.N), "s/ldapsearch")
	b.ReportMetric(own.Seconds()/other.Seconds(), "of-ldapsearch")
	b.ReportMetric(float64(heap)/1e6, "MB-heap")
	b.ReportMetric(0, "ns/op")
}

// heapNow is what is held just now.
func heapNow() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// searched has ldapsearch read the users as an independent client does, and says how long it took.
func (s source) searched(b *testing.B) time.Duration {
	b.Helper()
	args := append([]string{"-LLL", "-x", "-H", s.options.URL, "-D", s.options.Username, "-w", s.options.Password, "-b", s.base, "-E", "pr=1000/noprompt", everybody.Filter}, everybody.Attributes...)
	cmd := exec.Command("ldapsearch", args...)
	cmd.Env = append(os.Environ(), "LDAPTLS_CACERT="+s.ca)
	began := time.Now()
	out, err := cmd.Output()
	took := time.Since(began)
	if err != nil || bytes.Count(out, []byte("\ndn: "))+1 < s.many {
		b.Fatalf("ldapsearch: %v, %d bytes", err, len(out))
	}
	return took
}

// What a server does not give is an error that says so, and never a shorter list.
func TestOpenLDAPGivesLess(t *testing.T) {
	t.Parallel()
	referral := func(w io.Writer) error {
		if err := users(20)(w); err != nil {
			return err
		}
		_, err := fmt.Fprintf(w, "dn: ou=Elsewhere,%s\nobjectClass: referral\nobjectClass: extensibleObject\nou: Elsewhere\nref: ldap://elsewhere.contoso.com/ou=Elsewhere,%s\n\n", slapdtest.Base, slapdtest.Base)
		return err
	}
	s := slapdtest.Start(t, slapdtest.Options{Entries: referral, Settings: []string{"limits users size.soft=10 size.hard=10 size.pr=5 size.prtotal=10"}})
	for name, test := range map[string]struct {
		change func(*ldap.Search)
		kind   ldap.Kind
		text   string
	}{
		"a limit":        {func(*ldap.Search) {}, ldap.Limited, "raise its limit"},
		"no such base":   {func(s *ldap.Search) { s.Base = "OU=Nowhere," + slapdtest.Base }, ldap.Nowhere, "look at base_dn"},
		"another server": {func(s *ldap.Search) { s.Base = "OU=Deeper,OU=Elsewhere," + slapdtest.Base }, ldap.Elsewhere, "ldap://elsewhere.contoso.com/"},
	} {
		conn, err := ldap.Dial(t.Context(), options(t, s))
		if err != nil {
			t.Fatal(err)
		}
		search := everybody
		search.Page = 5
		test.change(&search)
		_, err = conn.Each(t.Context(), search, func(ldap.Entry) error { return nil })
		var told *ldap.Error
		if !errors.As(err, &told) || told.Kind != test.kind || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v", name, err)
		}
	}
	o := options(t, s)
	o.Username = s.Manager
	conn, err := ldap.Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	elsewhere, err := conn.Each(t.Context(), everybody, func(ldap.Entry) error { return nil })
	if err != nil || len(elsewhere) != 1 || !strings.HasPrefix(elsewhere[0], "ldap://elsewhere.contoso.com/") {
		t.Errorf("beside what it has it refers to %v, %v", elsewhere, err)
	}
}

// Whoever takes entries may stop with an error of their own, and whoever waits may stop waiting: neither is the end of a list.
func TestStopping(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Options{Entries: users(3000)})
	enough := errors.New("enough")
	conn, err := ldap.Dial(t.Context(), options(t, s))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Each(t.Context(), everybody, func(ldap.Entry) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("the taker's error is %v", err)
	}
	if conn, err = ldap.Dial(t.Context(), options(t, s)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	count := 0
	_, err = conn.Each(ctx, everybody, func(ldap.Entry) error {
		if count++; count == 1500 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("after %d entries and a cancellation: %v", count, err)
	}
}
