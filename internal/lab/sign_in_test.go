package lab

import (
	"context"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/kerberos"
	"hybrid/internal/kerberos/kdctest"
	"hybrid/internal/powershell"
	"hybrid/internal/wsman"
)

const spn = "WSMAN/fe01.contoso.test"

// entered starts a lab that is signed in to by more than its login.
func entered(t *testing.T, o SignInOptions) *Lab {
	t.Helper()
	l, err := Start(context.Background(), Options{Estate: Seed(needed(), SeedOptions{}), SignIn: o})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// users reads users through a session on a host of this name, signed in so.
func users(t *testing.T, l *Lab, host string, way wsman.SignIn) ([][]any, error) {
	t.Helper()
	at := l.Endpoints().WinRM
	h, err := powershell.WinRM(wsman.Options{Host: host, Dial: at.Host + ":" + strconv.Itoa(at.Port), Fingerprint: at.Fingerprint, SignIn: way})
	if err != nil {
		return nil, err
	}
	p := powershell.NewPool(powershell.PoolOptions{Hosts: []powershell.Host{h}, Open: powershell.Open{Modules: []string{"SkypeForBusiness"}, Cmdlets: []string{"Get-CsUser"}}})
	defer func() { _ = p.Close() }()
	var all [][]any
	err = p.Call(t.Context(), command("Get-CsUser"), powershell.CallOptions{Select: []string{"SipAddress"}, Row: func(row []any) error {
		all = append(all, row)
		return nil
	}})
	return all, err
}

var everybody = [][]any{{"sip:grace@contoso.com"}, {"sip:alan@contoso.com"}}

func somebody(t *testing.T, o kerberos.Options) *kerberos.Identity {
	t.Helper()
	who, err := kerberos.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = who.Close() })
	return who
}

// A whole session by Kerberos, bound to the channel as the strictest listener wants it, with Basic switched off.
func TestKerberos(t *testing.T) {
	t.Parallel()
	k := kdctest.Start(t, 0, spn, "HTTP/fe01.contoso.test", "WSMAN/fe02.contoso.test")
	l := entered(t, SignInOptions{Keytab: k.Keytab(t, spn), Strict: true, NoBasic: true})
	for name, o := range map[string]kerberos.Options{
		"password": {Username: kdctest.Account, Password: kdctest.Password, Config: k.Config},
		"keytab":   {Username: kdctest.Account, Keytab: k.Keytab(t, kdctest.Account), Config: k.Config},
		"cache":    {CredentialCache: k.Kinit(t, time.Hour), Config: k.Config},
	} {
		seen, err := users(t, l, "fe01.contoso.test", wsman.Kerberos{Identity: somebody(t, o)})
		if diff := cmp.Diff(everybody, seen); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
	if asked := k.Requests(t, spn); len(asked) != 3 {
		t.Errorf("tickets were asked for %d times, not once an identity", len(asked))
	}
	for _, test := range []struct {
		name, host string
		o          kerberos.Options
		service    string
		want       string
		refused    bool
	}{
		{"wrong password", "fe01.contoso.test", kerberos.Options{Username: kdctest.Account, Password: "hunter2"}, "", "fe01.contoso.test:5986: Kerberos: the realm CONTOSO.TEST does not take the password of svc-hybrid@CONTOSO.TEST", true},
		{"no such host", "fe09.contoso.test", kerberos.Options{Username: kdctest.Account, Password: kdctest.Password}, "", "knows no service WSMAN/fe09.contoso.test", false},
		{
			"another account's service", "fe02.contoso.test",
			kerberos.Options{Username: kdctest.Account, Password: kdctest.Password},
			"",
			"answered HTTP 401: the host does not take the ticket of svc-hybrid@CONTOSO.TEST for WSMAN/fe02.contoso.test. Does that name belong to the host's own account (setspn -Q WSMAN/fe02.contoso.test)?", false,
		},
		{"another class", "fe01.contoso.test", kerberos.Options{Username: kdctest.Account, Password: kdctest.Password}, "HTTP", "for HTTP/fe01.contoso.test. Does that name", false},
		{"an address", "127.0.0.1", kerberos.Options{Username: kdctest.Account, Password: kdctest.Password}, "", "Kerberos has no tickets for an address: write the host's name in place of 127.0.0.1", false},
	} {
		test.o.Config = k.Config
		_, err := users(t, l, test.host, wsman.Kerberos{Identity: somebody(t, test.o), Service: test.service})
		var many *powershell.NoSessionError
		if errors.As(err, &many) {
			err = many.Hosts[0].Err
		}
		if err == nil || !strings.Contains(err.Error(), test.want) || wsman.Refused(err) != test.refused || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: refused %v, want %v:\n%v\nwant\n%s", test.name, wsman.Refused(err), test.refused, err, test.want)
		}
	}
}

// Requests by Kerberos may be under way side by side, each with a token of its own.
func TestKerberosSideBySide(t *testing.T) {
	t.Parallel()
	k := kdctest.Start(t, 0, spn)
	l := entered(t, SignInOptions{Keytab: k.Keytab(t, spn), Strict: true})
	who := somebody(t, kerberos.Options{Username: kdctest.Account, Password: kdctest.Password, Config: k.Config})
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if seen, err := users(t, l, "fe01.contoso.test", wsman.Kerberos{Identity: who}); err != nil || len(seen) != 2 {
				t.Errorf("%v %v", seen, err)
			}
		})
	}
	all.Wait()
	if asked := k.Requests(t, spn); len(asked) != 1 {
		t.Errorf("tickets were asked for %d times", len(asked))
	}
}

// Each host has a ticket of its own; one that nobody can have a ticket for is left out, and the others serve.
func TestKerberosOverSeveralHosts(t *testing.T) {
	t.Parallel()
	k := kdctest.Start(t, 0, spn, "WSMAN/fe02.contoso.test", "WSMAN/fe03.contoso.test")
	l := entered(t, SignInOptions{Keytab: k.Keytab(t, spn, "WSMAN/fe02.contoso.test"), Strict: true})
	who := somebody(t, kerberos.Options{Username: kdctest.Account, Password: kdctest.Password, Config: k.Config})
	at := l.Endpoints().WinRM
	var hosts []powershell.Host
	for _, name := range []string{"fe09", "fe03", "fe01", "fe02"} { // unknown to the KDC, and one that cannot read its ticket
		h, err := powershell.WinRM(wsman.Options{Host: name + ".contoso.test", Dial: at.Host + ":" + strconv.Itoa(at.Port), Fingerprint: at.Fingerprint, SignIn: wsman.Kerberos{Identity: who}})
		if err != nil {
			t.Fatal(err)
		}
		hosts = append(hosts, h)
	}
	p := powershell.NewPool(powershell.PoolOptions{Hosts: hosts, Size: 2, Open: powershell.Open{Modules: []string{"SkypeForBusiness"}, Cmdlets: []string{"Get-CsUser"}}})
	defer func() { _ = p.Close() }()
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			seen := 0
			err := p.Call(t.Context(), command("Get-CsUser"), powershell.CallOptions{Select: []string{"SipAddress"}, Row: func([]any) error { seen++; return nil }})
			if err != nil || seen != 2 {
				t.Errorf("%d users, %v", seen, err)
			}
		})
	}
	both.Wait()
}

// A token that was sent once, or is bound to another channel, lets nobody in.
func TestTokensOfOthers(t *testing.T) {
	t.Parallel()
	k := kdctest.Start(t, 0, spn)
	l := entered(t, SignInOptions{Keytab: k.Keytab(t, spn)})
	who := somebody(t, kerberos.Options{Username: kdctest.Account, Password: kdctest.Password, Config: k.Config})
	g := l.service.gate
	token := func(b kerberos.Binding) []byte {
		token, err := who.Token(t.Context(), spn, b)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	once := token(g.binding)
	if _, err := g.ticket(once); err != nil {
		t.Fatal(err)
	}
	if _, err := g.ticket(once); err == nil || err.Error() != "this token was sent before" {
		t.Errorf("a token again: %v", err)
	}
	if _, err := g.ticket(token(kerberos.Binding{1})); err == nil || err.Error() != "the token is bound to another TLS connection" {
		t.Errorf("bound to another: %v", err)
	}
	if _, err := g.ticket(token(kerberos.Binding{})); err != nil {
		t.Errorf("not bound: %v", err)
	}
	g.Strict = true
	if _, err := g.ticket(token(kerberos.Binding{})); err == nil || err.Error() != "the token is not bound to the TLS connection" {
		t.Errorf("not bound, strict: %v", err)
	}
	if _, err := g.ticket([]byte("x")); err == nil {
		t.Error("a token that is none")
	}
}

// What is not offered is not tried: no KDC is asked where the listener takes Basic only.
func TestKerberosThatIsNotOffered(t *testing.T) {
	t.Parallel()
	l := entered(t, SignInOptions{})
	who := somebody(t, kerberos.Options{Username: "ada@CONTOSO.TEST", Password: "hunter2", KDCs: []string{"127.0.0.1:1"}})
	_, err := users(t, l, "fe01.contoso.test", wsman.Kerberos{Identity: who})
	want := `the listener does not take Kerberos, it offers Basic. On the host: winrm set winrm/config/service/auth @{Kerberos="true"}`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	l = entered(t, SignInOptions{NoBasic: true, ClientCA: []byte(l.Endpoints().WinRM.CAPEM)})
	_, err = users(t, l, "fe01.contoso.test", wsman.NTLM{Username: "ada", Password: "hunter2"})
	if want := `the listener does not take NTLM, it offers nothing. On the host: winrm set winrm/config/service/auth @{Negotiate="true"}`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestClientCertificate(t *testing.T) {
	t.Parallel()
	authority, key, err := certificate(&x509.Certificate{Subject: pkix.Name{CommonName: "accounts"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	mine := account(t, authority, key)
	l := entered(t, SignInOptions{ClientCA: []byte(pemText("CERTIFICATE", authority.Raw)), NoBasic: true})
	seen, err := users(t, l, "fe01.contoso.test", mine)
	if diff := cmp.Diff(everybody, seen); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	other, otherKey, err := certificate(&x509.Certificate{Subject: pkix.Name{CommonName: "others"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = users(t, l, "fe01.contoso.test", account(t, other, otherKey)); err == nil {
		t.Error("anybody's certificate lets in")
	}
	closed := entered(t, SignInOptions{})
	_, err = users(t, closed, "fe01.contoso.test", mine)
	if want := "the certificate of CN=svc-hybrid is not taken. On the host: winrm set"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	mine.Key = []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")
	if _, err = users(t, l, "fe01.contoso.test", mine); err == nil || !strings.Contains(err.Error(), "the private key is encrypted, and there is nobody to ask") {
		t.Error(err)
	}
}

func account(t *testing.T, authority *x509.Certificate, authorityKey *ecdsa.PrivateKey) wsman.Certificate {
	t.Helper()
	leaf, key, err := certificate(&x509.Certificate{Subject: pkix.Name{CommonName: "svc-hybrid"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, authority, authorityKey)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return wsman.Certificate{PEM: []byte(pemText("CERTIFICATE", leaf.Raw)), Key: []byte(pemText("PRIVATE KEY", private))}
}

// python3-winrm by Kerberos, which holds the server to proving itself.
func TestPywinrmByKerberos(t *testing.T) {
	t.Parallel()
	python := pythonWith(t, "winrm", "requests_kerberos")
	k := kdctest.Start(t, 0, "WSMAN/localhost")
	l := entered(t, SignInOptions{Keytab: k.Keytab(t, "WSMAN/localhost"), NoBasic: true})
	at := l.Endpoints().WinRM
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, []byte(at.CAPEM), 0o600); err != nil {
		t.Fatal(err)
	}
	script := strings.Replace(pywinrm, `transport="ssl"`, `transport="kerberos", service="WSMAN"`, 1)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	child := exec.CommandContext(ctx, python, "-c", script, fmt.Sprintf("https://localhost:%d/wsman", at.Port), kdctest.Account, "unused", ca, bootstrapLine(), strings.TrimSpace(agentText()))
	child.Env = append(withoutProxies(os.Environ()), "KRB5_CONFIG="+k.Config, "KRB5CCNAME="+k.Kinit(t, time.Hour))
	out, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(out), `\"rows\":[[\"sip:grace@contoso.com\",true],[\"sip:alan@contoso.com\",true]]`) {
		t.Fatalf("%v\n%s", err, out)
	}
}

// pythonWith finds a python3 that has these modules.
func pythonWith(t *testing.T, modules ...string) string {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if path, err := exec.LookPath(python); err == nil && exec.Command(path, "-c", "import "+strings.Join(modules, ",")).Run() == nil {
			return path
		}
	}
	t.Skipf("NOT TESTED: python3 with %s (Debian: python3-winrm, python3-requests-kerberos) is not installed; the lab was not tried with that client", strings.Join(modules, ", "))
	return ""
}

// A listener whose clock is off says so in its answers.
func TestAHostWithAnotherClock(t *testing.T) {
	t.Parallel()
	k := kdctest.Start(t, 0, spn)
	l := entered(t, SignInOptions{})
	config, err := l.keys.tls()
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(-20*time.Minute).UTC().Format(http.TimeFormat))
		w.Header().Set("WWW-Authenticate", "Negotiate")
		w.WriteHeader(http.StatusUnauthorized)
	})}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	h, err := wsman.New(wsman.Options{
		Host: "fe01.contoso.test", Dial: listener.Addr().String(), Fingerprint: l.keys.fingerprint(),
		SignIn: wsman.Kerberos{Identity: somebody(t, kerberos.Options{Username: kdctest.Account, Password: kdctest.Password, Config: k.Config})},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	_, err = h.Start(t.Context(), "echo")
	if err == nil || !strings.Contains(err.Error(), "the host's clock and this machine's differ by 20m") || !strings.Contains(err.Error(), "Kerberos permits five minutes") {
		t.Error(err)
	}
}
