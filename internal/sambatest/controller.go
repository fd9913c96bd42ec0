// Package sambatest starts a real domain controller for tests: Samba's, in a temporary folder, at a loopback address of its own,
// with LDAP, LDAPS, Kerberos and DNS. Nothing of it is left once the test has ended.
package sambatest

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Options says what a domain controller has and how it behaves.
type Options struct {
	Domain string // "contoso.test" if empty
	// Schema has the attributes msRTCSIP-* loaded into the forest.
	Schema bool
	// Settings are lines of smb.conf's [global], such as "ldap server require strong auth = yes".
	Settings []string
}

// A Controller is a domain controller that is running.
type Controller struct {
	Address  string // "127.83.9.201": LDAP at 389, LDAPS at 636, the global catalogue at 3268, Kerberos at 88, DNS at 53
	Host     string // "dc01.contoso.test", to which its certificate and its tickets are made out
	Domain   string // "contoso.test"
	Realm    string // "CONTOSO.TEST"
	Base     string // "DC=contoso,DC=test"
	Account  string // "administrator@contoso.test", who may do everything
	Password string // that account's
	CA       string // the file with the certificate of its authority, in PEM
	Krb5Conf string // a krb5.conf that leads to it, for KRB5_CONFIG
	Dir      string // where all of it is kept

	stop func()
}

// Start provisions a domain controller and starts it; some five seconds. It is stopped and removed when the test ends. Where Samba is
// not installed, or the test does not run as root, the test is skipped.
func Start(t testing.TB, o Options) *Controller {
	t.Helper()
	demand(t)
	if o.Domain == "" {
		o.Domain = "contoso.test"
	}
	dir, err := os.MkdirTemp("", "dc") // a short one: names of Unix sockets are
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	c := &Controller{
		Address: address(t), Host: "dc01." + o.Domain, Domain: o.Domain, Realm: strings.ToUpper(o.Domain),
		Base: "DC=" + strings.ReplaceAll(o.Domain, ".", ",DC="), Account: "administrator@" + o.Domain, Password: "Passw0rd!x",
		CA: filepath.Join(dir, "private/tls/ca.pem"), Krb5Conf: filepath.Join(dir, "krb5.conf"), Dir: dir,
	}
	c.provision(t)
	must(t, c.certify())
	must(t, c.kerberos())
	c.name(t)
	if o.Schema {
		c.loadSchema(t)
	}
	c.Restart(t, o.Settings...)
	return c
}

// demand skips a test that cannot be run here.
func demand(t testing.TB) {
	t.Helper()
	for _, program := range []string{"samba", "samba-tool", python} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("SKIPPED: %s (Debian: samba-ad-dc, samba-ad-provision, python3-samba) is not on PATH, so nothing is held against a real domain controller", program)
		}
	}
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: only root can start a domain controller at ports 88 and 389, so nothing is held against a real one")
	}
}

// address is a loopback address at which nobody listens.
func address(t testing.TB) string {
	t.Helper()
	for range 50 {
		ip := fmt.Sprintf("127.%d.%d.%d", 1+rand.IntN(250), rand.IntN(250), 2+rand.IntN(250))
		l, err := net.Listen("tcp", ip+":389")
		if err == nil {
			must(t, l.Close())
			return ip
		}
	}
	t.Skip("SKIPPED: there is no loopback address whose port 389 is free, so nothing is held against a real domain controller")
	return ""
}

// provision makes the domain.
func (c *Controller) provision(t testing.TB) {
	t.Helper()
	netbios, _, _ := strings.Cut(c.Realm, ".")
	run(t, nil, "samba-tool", "domain", "provision", "--targetdir="+c.Dir, "--realm="+c.Realm, "--domain="+netbios, "--host-name=dc01",
		"--host-ip="+c.Address, "--adminpass="+c.Password, "--server-role=dc", "--dns-backend=SAMBA_INTERNAL",
		"--option=interfaces="+c.Address+"/8", "--option=bind interfaces only=yes")
}

// name gives the controller the names of its services that tickets are made out to, which it would otherwise give itself minutes after
// its start.
func (c *Controller) name(t testing.TB) {
	t.Helper()
	c.Modify(t, fmt.Sprintf(`dn: CN=DC01,OU=Domain Controllers,%[1]s
changetype: modify
add: servicePrincipalName
servicePrincipalName: ldap/%[2]s
servicePrincipalName: ldap/%[2]s/%[3]s
servicePrincipalName: ldap/DC01
`, c.Base, c.Host, c.Domain))
}

// Restart stops the controller where it runs and starts it with these settings of smb.conf's [global].
func (c *Controller) Restart(t testing.TB, settings ...string) {
	t.Helper()
	c.Stop()
	c.configure(t, settings)
	samba := exec.Command("samba", "--configfile="+c.conf(), "--interactive", "--model=single", "--no-process-group")
	log, err := os.Create(filepath.Join(c.Dir, "samba.log"))
	must(t, err)
	samba.Stdout, samba.Stderr = log, log
	stdin, err := samba.StdinPipe() // it ends when this does: with the test, whatever becomes of that
	must(t, err)
	must(t, samba.Start())
	ended := make(chan struct{})
	go func() { _ = samba.Wait(); close(ended) }()
	c.stop = func() { end(samba, stdin, ended); _ = log.Close() }
	t.Cleanup(c.Stop)
	c.await(t, ended)
}

// Stop ends the controller as if it had lost power.
func (c *Controller) Stop() {
	if c.stop != nil {
		c.stop()
		c.stop = nil
	}
}

// end lets a process end by itself, and ends it where it does not.
func end(samba *exec.Cmd, stdin io.Closer, ended <-chan struct{}) {
	_ = stdin.Close()
	select {
	case <-ended:
	case <-time.After(2 * time.Second):
		_ = samba.Process.Kill()
		<-ended
	}
}

// await waits until the last service answers.
func (c *Controller) await(t testing.TB, ended <-chan struct{}) {
	t.Helper()
	for range 600 {
		conn, err := tls.Dial("tcp", c.Address+":636", &tls.Config{InsecureSkipVerify: true}) // only whether it answers
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("samba has ended: %s", c.log())
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Fatalf("samba does not answer: %s", c.log())
}

func (c *Controller) log() string {
	text, _ := os.ReadFile(filepath.Join(c.Dir, "samba.log"))
	return string(text)
}

func (c *Controller) conf() string { return filepath.Join(c.Dir, "etc/smb.conf") }

// configure writes smb.conf: what was provisioned, with every path inside the folder and the services that tests ask.
func (c *Controller) configure(t testing.TB, settings []string) {
	t.Helper()
	kept := filepath.Join(c.Dir, "etc/provisioned.conf")
	text, err := os.ReadFile(kept)
	if os.IsNotExist(err) {
		text, err = os.ReadFile(c.conf())
		must(t, os.WriteFile(kept, text, 0o600))
	}
	must(t, err)
	own := []string{"log file = " + c.Dir + "/log.%m", "server services = ldap, cldap, kdc, dns, drepl", "dsdb:schema update allowed = true"}
	for option, folder := range map[string]string{"pid directory": "pid", "ncalrpc dir": "ncalrpc", "ntp signd socket directory": "ntp", "winbindd socket directory": "winbind"} {
		own = append(own, option+" = "+filepath.Join(c.Dir, folder))
		must(t, os.MkdirAll(filepath.Join(c.Dir, folder), 0o750))
	}
	lines := strings.Join(append(own, settings...), "\n\t")
	head, rest, _ := strings.Cut(string(text), "[homes]")
	must(t, os.WriteFile(c.conf(), []byte(head+"\n\t"+lines+"\n\n[homes]"+rest), 0o600))
}

// Tool runs samba-tool on the domain itself, as root, and gives what it prints: Tool(t, "user", "create", "ada", "Passw0rd!x").
func (c *Controller) Tool(t testing.TB, args ...string) string {
	t.Helper()
	return run(t, nil, "samba-tool", append(args, "--configfile="+c.conf())...)
}

// Add adds the entries of an LDIF text to the directory itself, all or none.
func (c *Controller) Add(t testing.TB, ldif string) {
	t.Helper()
	c.ldb(t, "add_ldif", ldif)
}

// Modify carries out the changes of an LDIF text on the directory itself, all or none.
func (c *Controller) Modify(t testing.TB, ldif string) {
	t.Helper()
	c.ldb(t, "modify_ldif", ldif)
}

// ldb works on the directory in one transaction, which is a hundred times as fast as one for each entry, and adds without
// being able to take back an entry alone (batch_mode), which is ten times as fast again.
const ldb = `import sys
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB
lp = LoadParm()
lp.load(sys.argv[1])
lp.set("dsdb:schema update allowed", "true")
sam = SamDB(url=sys.argv[2], session_info=system_session(), lp=lp, options=["batch_mode:1"] if sys.argv[3] == "add_ldif" else [])
sam.transaction_start()
getattr(sam, sys.argv[3])(sys.stdin.read())
sam.transaction_commit()
`

// python is the one that Debian's packages have put the modules of Samba into, whichever comes first on PATH.
const python = "/usr/bin/python3"

func (c *Controller) ldb(t testing.TB, method, ldif string) {
	t.Helper()
	run(t, strings.NewReader(ldif), python, "-c", ldb, c.conf(), filepath.Join(c.Dir, "private/sam.ldb"), method)
}

// run runs a program to its end and gives what it printed.
func run(t testing.TB, stdin io.Reader, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &out, &out
	if err := cmd.Run(); err != nil {
		text := out.String()
		t.Fatalf("%s: %v: %s", cmd, err, text[max(0, len(text)-3000):])
	}
	return out.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
