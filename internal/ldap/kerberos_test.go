package ldap_test

import (
	"crypto/tls"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hybrid/internal/kerberos"
	"hybrid/internal/kerberos/kdctest"
	"hybrid/internal/ldap"
	"hybrid/internal/sambatest"
	"hybrid/internal/slapdtest"
)

// Services that the KDC knows: the server's own, and one whose key it does not have.
const (
	itself  = "ldap/ldap.contoso.com"
	another = "ldap/other.contoso.com"
)

// kerberized starts an OpenLDAP that takes tickets which are bound to its certificate, and none that are bound to another.
func kerberized(t *testing.T, k *kdctest.KDC) *slapdtest.Server {
	t.Helper()
	if found, _ := filepath.Glob("/usr/lib/*/sasl2/libgssapiv2.so"); len(found) == 0 {
		t.Skip("NOT TESTED: SASL's mechanism GSSAPI (Debian: libsasl2-modules-gssapi-mit) is not installed, so no bound sign-in was held against OpenLDAP")
	}
	return slapdtest.Start(t, slapdtest.Options{
		Entries: users(20), Global: []string{"sasl-host ldap.contoso.com", "sasl-cbinding tls-endpoint"},
		Env: []string{"KRB5_CONFIG=" + k.Config, "KRB5_KTNAME=" + k.Keytab(t, itself), "KRB5RCACHENAME=none:"},
	})
}

// ticketed signs in to a server by a ticket for a service.
func ticketed(t *testing.T, s *slapdtest.Server, service string, who kerberos.Options) ldap.Options {
	t.Helper()
	o := as(t, options(t, s), who)
	o.Kerberos.Service = service
	return o
}

// What a KDC gives is taken by OpenLDAP, over LDAPS and StartTLS. With a certificate in between that is not the server's own it is refused,
// although the client believes it: the binding is to that certificate. So is a ticket for another service, which the server cannot read.
func TestTicketsAreBound(t *testing.T) {
	t.Parallel()
	k := kdctest.Start(t, 0, itself, another)
	s := kerberized(t, k)
	who := kerberos.Options{Username: kdctest.Account, Password: kdctest.Password, Config: k.Config}
	for _, url := range []string{s.URL, s.Plain} {
		o := ticketed(t, s, itself, who)
		o.URL = url
		conn, err := ldap.Dial(t.Context(), o)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if all, _, err := conn.All(t.Context(), everybody); err != nil || len(all) != 20 {
			t.Errorf("%s: %d users, %v", url, len(all), err)
		}
		_ = conn.Close()
	}
	between := ticketed(t, s, itself, who)
	between.Dial, between.CA = decrypting(t, s)
	fails(t, "somebody in between", between, ldap.Refused, "to whose certificate the ticket is bound")
	fails(t, "a ticket of another host", ticketed(t, s, another, who), ldap.Refused, "does not take the ticket of svc-hybrid@CONTOSO.TEST for "+another)
	fails(t, "an unknown service", ticketed(t, s, "ldap/nowhere", who), ldap.Refused, "knows no service ldap/nowhere")
	between.Kerberos, between.Username, between.Password = nil, s.Account, s.Password
	conn, err := ldap.Dial(t.Context(), between)
	if err != nil {
		t.Fatalf("a password, which nothing binds: %v", err)
	}
	_ = conn.Close()
}

// decrypting goes between a client and a server with a certificate of its own, as a load balancer does. It gives its address and the
// certificate of its authority.
func decrypting(t *testing.T, s *slapdtest.Server) (address string, ca []byte) {
	t.Helper()
	dir := t.TempDir()
	if err := sambatest.Certify(dir, "ldap.contoso.com", "127.0.0.1"); err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if ca, err = os.ReadFile(filepath.Join(dir, "ca.pem")); err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go pass(conn, s.URL[len("ldaps://"):])
		}
	}()
	return l.Addr().String(), ca
}

// pass hands on what one side says to the other.
func pass(conn net.Conn, to string) {
	defer func() { _ = conn.Close() }()
	behind, err := tls.Dial("tcp", to, &tls.Config{InsecureSkipVerify: true}) // which server it is matters to nobody here
	if err != nil {
		return
	}
	defer func() { _ = behind.Close() }()
	go func() { _, _ = io.Copy(behind, conn); _ = behind.Close() }()
	_, _ = io.Copy(conn, behind)
}

// A clock that is off, and a ticket that has ended, are told as what they are.
func TestTicketsAtTheWrongTime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		off  time.Duration
		who  func(*kdctest.KDC) kerberos.Options
		text string
	}{
		"a clock that is ten minutes fast": {10 * time.Minute, byPassword, "differ by more than five minutes"},
		"a clock that is ten minutes slow": {-10 * time.Minute, byPassword, "differ by more than five minutes"},
		"a ticket that has ended": {-4 * time.Minute, func(k *kdctest.KDC) kerberos.Options { // of a minute, three minutes ago
			return kerberos.Options{CredentialCache: k.Kinit(t, time.Minute), Config: k.Config}
		}, "Run kinit again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kdctest.Start(t, test.off, itself)
			s := kerberized(t, k)
			fails(t, name, ticketed(t, s, itself, test.who(k)), ldap.Refused, test.text)
		})
	}
}

func byPassword(k *kdctest.KDC) kerberos.Options {
	return kerberos.Options{Username: kdctest.Account, Password: kdctest.Password, Config: k.Config}
}
