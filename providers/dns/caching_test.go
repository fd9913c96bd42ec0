package dns

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/miekg/dns"

	"hybrid/planner"
)

// cachingResolver is BIND as a resolver that asks one server and remembers what it says.
func cachingResolver(t *testing.T, of string) string {
	t.Helper()
	named, err := exec.LookPath("named")
	if err != nil {
		t.Skip("SKIPPED: named (BIND 9) is not on PATH, so propagation is not held against a real resolver")
	}
	dir, addr := t.TempDir(), freeAddress(t)
	_, port, _ := net.SplitHostPort(addr)
	host, forward, _ := net.SplitHostPort(of)
	write(t, filepath.Join(dir, "named.conf"), fmt.Sprintf(`options { directory %q; listen-on port %s { 127.0.0.1; }; listen-on-v6 { none; };
  recursion yes; allow-query { any; }; forward only; forwarders { %s port %s; }; dnssec-validation no; pid-file "named.pid"; session-keyfile "session.key"; };
controls { };
zone "resolver.invalid" { type primary; file "own"; };
`, dir, port, host, forward))
	write(t, filepath.Join(dir, "own"), "$TTL 60\n@ IN SOA ns hostmaster 1 60 60 60 60\n@ IN NS ns\nns IN A 127.0.0.1\n")
	run(t, exec.Command(named, "-g", "-n", "1", "-c", filepath.Join(dir, "named.conf")), addr, "resolver.invalid.")
	return addr
}

// A real resolver goes on with what it remembers, of old records and of none, and agrees about what it has not been asked for.
func TestARealResolverRemembers(t *testing.T) {
	t.Parallel()
	server := lab(t, labKey)
	resolver := cachingResolver(t, server.Addr())
	for _, name := range []string{"sip.contoso.com.", "new.contoso.com."} {
		c := &dns.Client{Timeout: 10 * time.Second}
		if m, _, err := c.Exchange(new(dns.Msg).SetQuestion(name, dns.TypeA), resolver); err != nil || m.Rcode == dns.RcodeServerFailure {
			t.Fatalf("the resolver does not resolve %s: %v, %v", name, m, err)
		}
	}
	p := openAt(t, settings(server.Addr(), labKey))
	converge(t, p, set("sip.contoso.com", "A", 60, "203.0.113.12"), planner.Update)
	converge(t, p, set("new.contoso.com", "A", 60, "203.0.113.13"), planner.Create)
	converge(t, p, set("fresh.contoso.com", "A", 60, "203.0.113.14"), planner.Create)
	for name, want := range map[string]struct{ value, pending string }{
		"sip.contoso.com":   {"203.0.113.12", "^the resolver " + resolver + " still answers 203.0.113.10, 203.0.113.11, until .* at the latest$"},
		"new.contoso.com":   {"203.0.113.13", "^the resolver " + resolver + " still answers that there is none, until .* at the latest$"},
		"fresh.contoso.com": {"203.0.113.14", "^$"},
	} {
		got := pending(t, p, wanted(propagated(set(name, "A", -1, want.value), false, resolver)))
		if !regexp.MustCompile(want.pending).MatchString(got) {
			t.Errorf("%s: got %q, want %q", name, got, want.pending)
		}
	}
}
