package dns

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// A serving says how a real name server serves the zones of the tests; the zero value lets the key do everything.
type serving struct {
	noTransfers bool
	noUpdates   bool
	only        string   // the one name that the key may update
	primary     string   // host:port of the server that it transfers the zone contoso.com from; it is a secondary then
	forwards    bool     // a secondary hands updates on to its primary
	records     []string // further ones of contoso.com
}

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

// zoneFiles writes the zones of the tests into a folder, each under its own name, and gives their names.
func zoneFiles(t *testing.T, dir string, s serving) (zones []string) {
	t.Helper()
	if s.primary != "" {
		return []string{"contoso.com"}
	}
	for zone, records := range contoso() {
		if zone == "contoso.com" {
			records = append(records, s.records...)
		}
		write(t, filepath.Join(dir, zone), "$TTL 3600\n"+strings.Join(records, "\n")+"\n")
		zones = append(zones, zone)
	}
	return zones
}

// bind starts ISC's name server and gives its address.
func bind(t *testing.T, s serving) string {
	t.Helper()
	named := need(t, "named", "bind9")
	dir, addr := t.TempDir(), freeAddress(t)
	_, port, _ := net.SplitHostPort(addr)
	allow, policy := "key hybrid", "update-policy { grant hybrid zonesub ANY; };"
	if s.noTransfers {
		allow = "none"
	}
	switch {
	case s.only != "":
		policy = "update-policy { grant hybrid name " + s.only + " ANY; };"
	case s.noUpdates:
		policy = ""
	}
	var conf strings.Builder
	fmt.Fprintf(&conf, `options { directory %q; listen-on port %s { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; notify no;
  pid-file "named.pid"; session-keyfile "session.key"; dnssec-validation no; allow-transfer { %s; }; };
controls { };
key hybrid { algorithm %s; secret %q; };
`, dir, port, allow, labKey.Algorithm, labKey.Secret)
	for _, zone := range zoneFiles(t, dir, s) {
		role := "type primary; " + policy
		if s.primary != "" {
			_, from, _ := net.SplitHostPort(s.primary)
			role = fmt.Sprintf("type secondary; primaries port %s { 127.0.0.1 key hybrid; };", from)
		}
		if s.forwards {
			role += " allow-update-forwarding { any; };"
		}
		fmt.Fprintf(&conf, "zone %q { %s file %q; };\n", zone, role, zone)
	}
	write(t, filepath.Join(dir, "named.conf"), conf.String())
	run(t, exec.Command(named, "-g", "-n", "1", "-c", filepath.Join(dir, "named.conf")), addr, "contoso.com.")
	return addr
}

// knot starts CZ.NIC's name server and gives its address.
func knot(t *testing.T, s serving) string {
	t.Helper()
	knotd := need(t, "knotd", "knot")
	dir, addr := t.TempDir(), freeAddress(t)
	_, port, _ := net.SplitHostPort(addr)
	actions := []string{"transfer", "update"}
	if s.noTransfers {
		actions = []string{"update"}
	} else if s.noUpdates || s.primary != "" && !s.forwards {
		actions = []string{"transfer"}
	}
	acls := "hybrid"
	var conf strings.Builder
	fmt.Fprintf(&conf, "server:\n  listen: 127.0.0.1@%s\n  rundir: %q\n  background-workers: 1\n  udp-workers: 1\n  tcp-workers: 1\ndatabase:\n  storage: %q\n", port, dir, dir)
	fmt.Fprintf(&conf, "log:\n  - target: stderr\n    any: warning\n")
	fmt.Fprintf(&conf, "key:\n  - id: hybrid\n    algorithm: %s\n    secret: %s\n", labKey.Algorithm, labKey.Secret)
	if s.primary != "" {
		fmt.Fprintf(&conf, "remote:\n  - id: primary\n    address: %s\n    key: hybrid\n", strings.Replace(s.primary, ":", "@", 1))
	}
	fmt.Fprintf(&conf, "acl:\n  - id: hybrid\n    key: hybrid\n    action: [%s]\n", strings.Join(actions, ", "))
	if s.only != "" {
		fmt.Fprintf(&conf, "    update-owner: name\n    update-owner-match: equal\n    update-owner-name: [%s.]\n", s.only)
	}
	if s.primary != "" {
		acls = "hybrid, notices"
		conf.WriteString("  - id: notices\n    address: 127.0.0.1\n    action: notify\n")
	}
	conf.WriteString("zone:\n")
	for _, zone := range zoneFiles(t, dir, s) {
		fmt.Fprintf(&conf, "  - domain: %s\n    storage: %q\n    file: %q\n    acl: [%s]\n", zone, dir, zone, acls)
		if s.primary != "" {
			conf.WriteString("    master: primary\n")
		}
	}
	write(t, filepath.Join(dir, "knot.conf"), conf.String())
	run(t, exec.Command(knotd, "-c", filepath.Join(dir, "knot.conf")), addr, "contoso.com.")
	return addr
}

// powerDNS starts PowerDNS's authoritative server, with the zones in SQLite, and gives its address.
func powerDNS(t *testing.T, s serving) string {
	t.Helper()
	server, util := need(t, "pdns_server", "pdns-server, pdns-backend-sqlite3"), need(t, "pdnsutil", "pdns-server")
	sqlite := need(t, "sqlite3", "sqlite3")
	dir, addr := t.TempDir(), freeAddress(t)
	_, port, _ := net.SplitHostPort(addr)
	write(t, filepath.Join(dir, "pdns.conf"), fmt.Sprintf(`launch=gsqlite3
gsqlite3-database=%[1]s/zones.db
socket-dir=%[1]s
local-address=127.0.0.1
local-port=%[2]s
dnsupdate=yes
allow-dnsupdate-from=
secondary=yes
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
	pdnsutil := func(args ...string) { t.Helper(); do(util, append([]string{"--config-dir=" + dir}, args...)...) }
	do(sqlite, filepath.Join(dir, "zones.db"), ".read /usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql")
	pdnsutil("import-tsig-key", "hybrid", labKey.Algorithm, labKey.Secret)
	for _, zone := range zoneFiles(t, dir, s) {
		if s.primary != "" {
			pdnsutil("create-secondary-zone", zone, s.primary)
			pdnsutil("set-meta", zone, "AXFR-MASTER-TSIG", "hybrid")
		} else {
			pdnsutil("load-zone", zone, filepath.Join(dir, zone))
			pdnsutil("set-kind", zone, "primary")
		}
		if !s.noUpdates {
			pdnsutil("set-meta", zone, "TSIG-ALLOW-DNSUPDATE", "hybrid")
			pdnsutil("set-meta", zone, "ALLOW-DNSUPDATE-FROM", "127.0.0.0/8")
		}
		if !s.noTransfers {
			pdnsutil("set-meta", zone, "TSIG-ALLOW-AXFR", "hybrid")
		}
	}
	run(t, exec.Command(server, "--config-dir="+dir), addr, "contoso.com.")
	return addr
}

// run keeps a server going until the test ends, and waits until it answers for a zone.
func run(t *testing.T, cmd *exec.Cmd, addr, zone string) {
	t.Helper()
	var log strings.Builder
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	c := &dns.Client{Net: "tcp", Timeout: time.Second}
	for deadline := time.Now().Add(30 * time.Second); ; {
		m, _, err := c.Exchange(new(dns.Msg).SetQuestion(zone, dns.TypeSOA), addr)
		if err == nil && m.Authoritative {
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", cmd.Path, err, log.String())
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not answer", cmd.Path)
		}
	}
}
