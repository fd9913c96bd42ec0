// Package kdctest starts a real KDC for tests, MIT's, with a realm of its own, in a temporary folder and at a free port.
// Nothing of it is left once the test has ended.
package kdctest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Realm is the realm of every KDC that is started, Account somebody in it, and Password that account's.
const (
	Realm    = "CONTOSO.TEST"
	Account  = "svc-hybrid@CONTOSO.TEST"
	Password = "Kw5-horse staple"
)

// A KDC is one that is running.
type KDC struct {
	Address string // "127.0.0.1:40123", TCP and UDP
	Config  string // a krb5.conf that leads to it
	Dir     string // where all of it is kept

	env []string
}

// Start makes a realm with [Account] and services by their names ("WSMAN/fe01.contoso.test"), and starts its KDC, whose clock
// is off by so much. Where MIT's KDC is not installed, or faketime is not and the clock is to be off, the test is skipped.
func Start(t testing.TB, off time.Duration, services ...string) *KDC {
	t.Helper()
	demand(t, "krb5kdc", "kdb5_util", "kadmin.local", "kinit")
	dir := t.TempDir()
	k := &KDC{Address: free(t), Dir: dir, Config: filepath.Join(dir, "krb5.conf")}
	k.env = append(os.Environ(), "KRB5_CONFIG="+k.Config, "KRB5_KDC_PROFILE="+filepath.Join(dir, "kdc.conf"), "LC_ALL=C")
	_, port, _ := net.SplitHostPort(k.Address)
	write(t, k.Config, fmt.Sprintf("[libdefaults]\n default_realm = %s\n dns_lookup_kdc = false\n dns_canonicalize_hostname = false\n rdns = false\n udp_preference_limit = 1\n[realms]\n %s = {\n  kdc = %s\n }\n[domain_realm]\n .contoso.test = %s\n", Realm, Realm, k.Address, Realm))
	write(t, filepath.Join(dir, "kdc.conf"), fmt.Sprintf("[kdcdefaults]\n kdc_listen = 127.0.0.1:%s\n kdc_tcp_listen = 127.0.0.1:%s\n[realms]\n %s = {\n  database_name = %s/principal\n  key_stash_file = %s/stash\n  acl_file = %s/acl\n  max_life = 10h\n  max_renewable_life = 0s\n }\n[logging]\n kdc = FILE:%s/kdc.log\n", port, port, Realm, dir, dir, dir, dir))
	k.run(t, "", "kdb5_util", "create", "-s", "-P", "master", "-r", Realm)
	k.AddAccount(t, Account, Password)
	for _, service := range services {
		k.run(t, "", "kadmin.local", "-r", Realm, "-q", "addprinc -randkey "+service+"@"+Realm)
	}
	k.serve(t, off)
	return k
}

func demand(t testing.TB, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if found(program) == "" {
			t.Skipf("NOT TESTED: %s (Debian: krb5-kdc, krb5-admin-server, krb5-user, faketime) is not installed; no sign-in was held against a real KDC", program)
		}
	}
}

// found is the path of a program, also where only root's path leads.
func found(program string) string {
	for _, name := range []string{program, "/usr/sbin/" + program} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// free is a loopback address whose port nobody listens at, and which is none of those that systems give to whoever asks for any.
func free(t testing.TB) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(15000)))
		if err != nil {
			continue
		}
		defer func() { _ = l.Close() }()
		return l.Addr().String()
	}
	t.Fatal("no port is free")
	return ""
}

func (k *KDC) command(program string, args ...string) *exec.Cmd {
	c := exec.Command(found(program), args...)
	c.Env = k.env
	return c
}

func (k *KDC) run(t testing.TB, input, program string, args ...string) {
	t.Helper()
	c := k.command(program, args...)
	c.Stdin = strings.NewReader(input)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
}

// AddAccount makes an account, which has to prove its password before it is given a ticket, as in Active Directory.
func (k *KDC) AddAccount(t testing.TB, name, password string) {
	t.Helper()
	k.run(t, "", "kadmin.local", "-r", Realm, "-q", fmt.Sprintf("addprinc +requires_preauth -pw %q %s", password, name))
}

// Admin runs a command of kadmin.
func (k *KDC) Admin(t testing.TB, command string) {
	t.Helper()
	k.run(t, "", "kadmin.local", "-r", Realm, "-q", command)
}

// Keytab exports the keys of principals, unchanged, and gives the file's path.
func (k *KDC) Keytab(t testing.TB, principals ...string) string {
	t.Helper()
	path := filepath.Join(k.Dir, strings.NewReplacer("/", "_", "@", "_").Replace(strings.Join(principals, "_"))+".keytab")
	k.run(t, "", "kadmin.local", "-r", Realm, "-q", "ktadd -norandkey -k "+path+" "+strings.Join(principals, " "))
	return path
}

// Kinit signs [Account] in for so long, and gives the path of the credential cache.
func (k *KDC) Kinit(t testing.TB, life time.Duration) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ccache")
	k.run(t, Password+"\n", "kinit", "-c", "FILE:"+path, "-l", fmt.Sprintf("%ds", int(life.Seconds())), Account)
	return path
}

// Requests are the lines of the KDC's log about an account, in order.
func (k *KDC) Requests(t testing.TB, account string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(k.Dir, "kdc.log"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, account) && strings.Contains(line, "_REQ") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func (k *KDC) serve(t testing.TB, off time.Duration) {
	t.Helper()
	c := k.command("krb5kdc", "-n", "-r", Realm)
	if off != 0 {
		// Not by the program faketime, which would leave the KDC behind when it is killed.
		c.Env = append(c.Env, "LD_PRELOAD="+pretender(t), fmt.Sprintf("FAKETIME=%+ds", int(off.Seconds())))
	}
	var said bytes.Buffer
	c.Stdout, c.Stderr, c.WaitDelay = &said, &said, time.Second
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = c.Wait() }()
	t.Cleanup(func() {
		_ = c.Process.Kill()
		<-ended
	})
	k.wait(t, ended, &said)
}

// pretender is the library that shows programs another time.
func pretender(t testing.TB) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/*/faketime/libfaketime.so.1")
	if len(found) == 0 {
		t.Skip("NOT TESTED: libfaketime (Debian: faketime) is not installed; clocks that differ were not tried against a real KDC")
	}
	return found[0]
}

// wait returns as soon as the KDC takes connections.
func (k *KDC) wait(t testing.TB, ended <-chan struct{}, said *bytes.Buffer) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		if c, err := net.DialTimeout("tcp", k.Address, time.Second); err == nil {
			_ = c.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("the KDC ended: %s", said)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatal("the KDC does not listen after 30 seconds")
		}
	}
}
