package dns

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// need finds a program of a real name server. A machine without it skips the test, and says so.
func need(t *testing.T, program, debianPackage string) string {
	t.Helper()
	for _, name := range []string{program, "/usr/sbin/" + program} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skipf("SKIPPED: %s (%s) is not installed, so the provider is not held against that name server", program, debianPackage)
	return ""
}

// zoneFiles writes the zones of the tests into a folder, each under its own name.
func zoneFiles(t *testing.T, dir string) {
	t.Helper()
	for zone, records := range contoso() {
		write(t, filepath.Join(dir, zone), "$TTL 3600\n"+strings.Join(records, "\n")+"\n")
	}
}

// knot starts CZ.NIC's name server on the zones of the tests and gives its address.
func knot(t *testing.T, transfers bool) string {
	t.Helper()
	knotd := need(t, "knotd", "knot")
	dir, addr := t.TempDir(), freeAddress(t)
	_, port, _ := net.SplitHostPort(addr)
	actions := "update"
	if transfers {
		actions = "transfer, update"
	}
	zoneFiles(t, dir)
	var conf strings.Builder
	fmt.Fprintf(&conf, "server:\n  listen: 127.0.0.1@%s\n  rundir: %q\n  background-workers: 1\n  udp-workers: 1\n  tcp-workers: 1\ndatabase:\n  storage: %q\n", port, dir, dir)
	fmt.Fprintf(&conf, "log:\n  - target: stderr\n    any: warning\n")
	fmt.Fprintf(&conf, "key:\n  - id: hybrid\n    algorithm: %s\n    secret: %s\n", labKey.Algorithm, labKey.Secret)
	fmt.Fprintf(&conf, "acl:\n  - id: hybrid\n    key: hybrid\n    action: [%s]\nzone:\n", actions)
	for zone := range contoso() {
		fmt.Fprintf(&conf, "  - domain: %s\n    storage: %q\n    file: %q\n    acl: hybrid\n", zone, dir, zone)
	}
	write(t, filepath.Join(dir, "knot.conf"), conf.String())
	run(t, exec.Command(knotd, "-c", filepath.Join(dir, "knot.conf")), addr, "contoso.com.")
	return addr
}

// powerDNS starts PowerDNS's authoritative server on the zones of the tests, kept in SQLite, and gives its address.
func powerDNS(t *testing.T, transfers bool) string {
	t.Helper()
	server, util := need(t, "pdns_server", "pdns-server, pdns-backend-sqlite3"), need(t, "pdnsutil", "pdns-server")
	sqlite := need(t, "sqlite3", "sqlite3")
	dir, addr := t.TempDir(), freeAddress(t)
	_, port, _ := net.SplitHostPort(addr)
	zoneFiles(t, dir)
	write(t, filepath.Join(dir, "pdns.conf"), fmt.Sprintf(`launch=gsqlite3
gsqlite3-database=%[1]s/zones.db
socket-dir=%[1]s
local-address=127.0.0.1
local-port=%[2]s
dnsupdate=yes
disable-axfr=no
allow-axfr-ips=
receiver-threads=1
distributor-threads=1
setuid=
setgid=
`, dir, port))
	do := func(program string, args ...string) {
		t.Helper()
		if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
			t.Fatalf("%s %v: %v\n%s", program, args, err, out)
		}
	}
	do(sqlite, filepath.Join(dir, "zones.db"), ".read /usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql")
	do(util, "--config-dir="+dir, "import-tsig-key", "hybrid", labKey.Algorithm, labKey.Secret)
	for zone := range contoso() {
		do(util, "--config-dir="+dir, "load-zone", zone, filepath.Join(dir, zone))
		do(util, "--config-dir="+dir, "set-kind", zone, "primary")
		do(util, "--config-dir="+dir, "set-meta", zone, "TSIG-ALLOW-DNSUPDATE", "hybrid")
		do(util, "--config-dir="+dir, "set-meta", zone, "ALLOW-DNSUPDATE-FROM", "127.0.0.0/8")
		if transfers {
			do(util, "--config-dir="+dir, "set-meta", zone, "TSIG-ALLOW-AXFR", "hybrid")
		}
	}
	run(t, exec.Command(server, "--config-dir="+dir), addr, "contoso.com.")
	return addr
}
