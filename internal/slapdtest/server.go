// Package slapdtest starts OpenLDAP for tests, in a temporary folder, at free ports of 127.0.0.1, with the attributes of accounts that
// Lync and Skype for Business Server use. Nothing of it is left once the test has ended.
package slapdtest

import (
	"bufio"
	"crypto/tls"
	_ "embed" // of the schema
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hybrid/internal/sambatest"
)

// schema has the names of Active Directory. Its OIDs are nobody's.
//
//go:embed testdata/accounts.schema
var schema string

// Options says what a server has and how it behaves.
type Options struct {
	// Entries writes LDIF: what is below the base, which is there.
	Entries func(w io.Writer) error
	// Settings are lines of slapd.conf's part of the database, such as "limits * size=500".
	Settings []string
	// Global are lines of slapd.conf before the database, such as "sasl-cbinding tls-endpoint".
	Global []string
	// Env are variables of the server's environment, such as "KRB5_KTNAME=/path/of/a.keytab".
	Env []string
}

// A Server is an OpenLDAP that is running.
type Server struct {
	URL      string // "ldaps://127.0.0.1:40123"
	Plain    string // "ldap://127.0.0.1:40124", with StartTLS
	Base     string // "DC=contoso,DC=com"
	Account  string // "cn=reader,DC=contoso,DC=com", who may read everything
	Manager  string // the same for the one whom no limit holds
	Password string // of both
	CA       string // the file with the certificate of its authority, in PEM

	stop func()
}

// Base is where the entries are.
const Base = "DC=contoso,DC=com"

// Start loads the entries and serves them until the test ends. Where slapd is not installed the test is skipped.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	for _, program := range []string{"slapd", "slapadd"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("SKIPPED: %s (Debian: slapd) is not on PATH, so nothing is held against OpenLDAP", program)
		}
	}
	dir, err := os.MkdirTemp("", "slapd")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	must(t, os.Mkdir(filepath.Join(dir, "db"), 0o700))
	must(t, sambatest.Certify(dir, "ldap.contoso.com", "127.0.0.1"))
	must(t, os.WriteFile(filepath.Join(dir, "accounts.schema"), []byte(schema), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "slapd.conf"), []byte(conf(dir, o)), 0o600))
	load(t, dir, o.Entries)
	s := &Server{URL: "ldaps://" + free(t), Plain: "ldap://" + free(t), Base: Base, Account: "cn=reader," + Base, Manager: "cn=manager," + Base, Password: "reading", CA: filepath.Join(dir, "ca.pem")}
	s.run(t, dir, o.Env)
	return s
}

func conf(dir string, o Options) string {
	return fmt.Sprintf(`include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include %[1]s/accounts.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile %[1]s/pid
TLSCACertificateFile %[1]s/ca.pem
TLSCertificateFile %[1]s/cert.pem
TLSCertificateKeyFile %[1]s/key.pem
sizelimit unlimited
%[4]s
database mdb
suffix "%[2]s"
rootdn "cn=manager,%[2]s"
rootpw reading
directory %[1]s/db
maxsize 1073741824
index objectClass eq
index msRTCSIP-PrimaryUserAddress pres,eq
%[3]s
access to attrs=userPassword by anonymous auth
access to * by users read by anonymous auth
`, dir, Base, strings.Join(o.Settings, "\n"), strings.Join(o.Global, "\n"))
}

// load makes the database.
func load(t testing.TB, dir string, entries func(io.Writer) error) {
	t.Helper()
	add := exec.Command("slapadd", "-q", "-f", filepath.Join(dir, "slapd.conf"))
	var said strings.Builder
	add.Stdout, add.Stderr = &said, &said
	stdin, err := add.StdinPipe()
	must(t, err)
	must(t, add.Start())
	w := bufio.NewWriter(stdin)
	_, _ = fmt.Fprintf(w, "dn: %[1]s\nobjectClass: organization\nobjectClass: dcObject\no: contoso\ndc: contoso\n\n"+
		"dn: cn=reader,%[1]s\nobjectClass: user\ncn: reader\nuserPassword: reading\n\n", Base)
	if entries != nil {
		must(t, entries(w))
	}
	must(t, w.Flush())
	must(t, stdin.Close())
	if err := add.Wait(); err != nil {
		t.Fatalf("slapadd: %v: %s", err, said.String())
	}
}

// run serves until the test ends, or its process does: the shell ends slapd when nobody can write to it any more.
func (s *Server) run(t testing.TB, dir string, env []string) {
	t.Helper()
	slapd := exec.Command("sh", "-c", `slapd -d 0 -f "$1" -h "$2" & p=$!; cat >/dev/null; kill -9 $p; wait $p`, "sh", filepath.Join(dir, "slapd.conf"), s.URL+" "+s.Plain)
	log, err := os.Create(filepath.Join(dir, "log"))
	must(t, err)
	slapd.Stdout, slapd.Stderr, slapd.Env = log, log, append(os.Environ(), env...)
	stdin, err := slapd.StdinPipe()
	must(t, err)
	must(t, slapd.Start())
	stopped := false
	s.stop = func() {
		if !stopped {
			stopped = true
			_ = stdin.Close()
			_ = slapd.Wait()
			_ = log.Close()
		}
	}
	t.Cleanup(s.stop)
	for range 600 {
		conn, err := tls.Dial("tcp", strings.TrimPrefix(s.URL, "ldaps://"), &tls.Config{InsecureSkipVerify: true}) // only whether it answers
		if err == nil {
			_ = conn.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	text, _ := os.ReadFile(filepath.Join(dir, "log"))
	t.Fatalf("slapd does not answer: %s", text)
}

// free is an address at which nobody listens.
func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
