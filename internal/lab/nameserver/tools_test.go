package nameserver

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tool finds one of BIND's programs. A machine without it skips the test, and says so.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("SKIPPED: %s (bind9-dnsutils) is not on PATH, so the server is not held against an independent client", name)
	}
	return path
}

// keyFile writes a key as tsig-keygen does.
func keyFile(t *testing.T, k Key) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	text := fmt.Sprintf("key %q { algorithm %s; secret %q; };\n", k.Name, k.Algorithm, k.Secret)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func dig(t *testing.T, s *Server, args ...string) string {
	t.Helper()
	host, port, _ := net.SplitHostPort(s.Addr())
	out, err := exec.Command(tool(t, "dig"), append([]string{"@" + host, "-p", port, "+tries=1"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("dig %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func TestDig(t *testing.T) {
	t.Parallel()
	algorithms := []string{"hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"}
	for _, algorithm := range algorithms {
		k := Key{key.Name, algorithm, key.Secret}
		s := start(t, Options{TSIG: k})
		if out := dig(t, s, "+short", "lyncdiscover.contoso.com", "A"); out != "sip.contoso.com.\n203.0.113.10\n203.0.113.11\n" {
			t.Errorf("got %q", out)
		}
		if out := dig(t, s, "-k", keyFile(t, k), "nobody.contoso.com"); !strings.Contains(out, "status: NXDOMAIN") ||
			strings.Contains(strings.ToLower(out), "couldn't verify") {
			t.Errorf("got %s", out)
		}
		lines := strings.Fields(dig(t, s, "-k", keyFile(t, k), "+noall", "+answer", "+onesoa", "contoso.com", "AXFR"))
		if want := strings.Fields(strings.Join(s.Zones()["contoso.com"], " ")); !slices.Equal(want, lines) {
			t.Errorf("%s: %s", algorithm, cmp.Diff(want, lines))
		}
		if out := dig(t, s, "contoso.com", "AXFR"); !strings.Contains(out, "Transfer failed.") {
			t.Errorf("an unsigned transfer: %s", out)
		}
		wrong := Key{k.Name, k.Algorithm, "aHVzaA=="}
		if out := dig(t, s, "-k", keyFile(t, wrong), "contoso.com", "SOA"); !strings.Contains(out, "BADSIG") {
			t.Errorf("a wrong secret: %s", out)
		}
	}
}

func TestNsupdate(t *testing.T) {
	t.Parallel()
	nsupdate := tool(t, "nsupdate")
	s := start(t, Options{TSIG: key})
	host, port, _ := net.SplitHostPort(s.Addr())
	run := func(script string, args ...string) (string, error) {
		cmd := exec.Command(nsupdate, args...)
		cmd.Stdin = strings.NewReader(fmt.Sprintf("server %s %s\n%s\nsend\n", host, port, script))
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	tests := []struct {
		script string
		signed bool
		failed string // "" succeeds
	}{
		{"update add new.contoso.com 60 A 192.0.2.9", true, ""},
		{"update add new.contoso.com 60 A 192.0.2.10", false, "REFUSED"},
		{"prereq nxdomain new.contoso.com\nupdate add new.contoso.com 60 A 192.0.2.10", true, "YXDOMAIN"},
		{"prereq yxdomain gone.contoso.com\nupdate add new.contoso.com 60 A 192.0.2.10", true, "NXDOMAIN"},
		{"prereq nxrrset new.contoso.com A\nupdate add new.contoso.com 60 A 192.0.2.10", true, "YXRRSET"},
		{"prereq yxrrset new.contoso.com AAAA\nupdate add new.contoso.com 60 A 192.0.2.10", true, "NXRRSET"},
		{"prereq yxrrset new.contoso.com A 192.0.2.10\nupdate delete new.contoso.com A", true, "NXRRSET"},
		{"prereq yxrrset new.contoso.com A 192.0.2.9\nupdate delete new.contoso.com A\nupdate add new.contoso.com 60 TXT \"a b\" c", true, ""},
	}
	signature := keyFile(t, key)
	for _, test := range tests {
		var args []string
		if test.signed {
			args = []string{"-k", signature}
		}
		out, err := run(test.script, args...)
		if failed := err != nil; failed != (test.failed != "") || !strings.Contains(out, test.failed) {
			t.Errorf("%s:\n%v %s\nwant %q", test.script, err, out, test.failed)
		}
	}
	if !slices.Contains(s.Zones()["contoso.com"], `new.contoso.com. 60 IN TXT "a b" "c"`) {
		t.Errorf("the zone holds %q", s.Zones()["contoso.com"])
	}
	if text := fmt.Sprint(s.Zones()); strings.Contains(text, "192.0.2.9") || strings.Contains(text, "192.0.2.10") {
		t.Errorf("the zone holds %s", text)
	}
}
