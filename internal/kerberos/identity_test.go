package kerberos_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/service"
	"github.com/jcmturner/gokrb5/v8/spnego"

	"hybrid/internal/kerberos"
	"hybrid/internal/kerberos/kdctest"
)

const host = "WSMAN/fe01.contoso.test"

func identity(t *testing.T, o kerberos.Options) *kerberos.Identity {
	t.Helper()
	i, err := kerberos.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	return i
}

// accepted says whether the service with this keytab takes a token.
func accepted(t *testing.T, keys string, token []byte) (who string) {
	t.Helper()
	loaded, err := keytab.Load(keys)
	if err != nil {
		t.Fatal(err)
	}
	var read spnego.SPNEGOToken
	if err := read.Unmarshal(token); err != nil {
		t.Fatal(err)
	}
	var inner spnego.KRB5Token
	if err := inner.Unmarshal(read.NegTokenInit.MechTokenBytes); err != nil {
		t.Fatal(err)
	}
	ok, credentials, err := service.VerifyAPREQ(&inner.APReq, service.NewSettings(loaded, service.DecodePAC(false)))
	if !ok || err != nil {
		t.Fatalf("the service does not take the token: %v", err)
	}
	return credentials.UserName() + "@" + credentials.Domain()
}

func TestEveryWayOfSigningIn(t *testing.T) {
	t.Parallel()
	k := kdctest.Start(t, 0, host)
	keys, own, cache := k.Keytab(t, host), k.Keytab(t, kdctest.Account), k.Kinit(t, time.Hour)
	for name, o := range map[string]kerberos.Options{
		"password":                {Username: kdctest.Account, Password: kdctest.Password, Config: k.Config},
		"password, small letters": {Username: "svc-hybrid@contoso.test", Password: kdctest.Password, Config: k.Config},
		"password, NetBIOS name":  {Username: `CONTOSO\svc-hybrid`, Password: kdctest.Password, Config: k.Config},
		"password, realm and KDC": {Username: "svc-hybrid", Realm: kdctest.Realm, KDCs: []string{k.Address}, Password: kdctest.Password, Config: empty(t)},
		"keytab":                  {Username: kdctest.Account, Keytab: own, Config: k.Config},
		"credential cache":        {CredentialCache: cache, Config: k.Config},
		"FILE:credential cache":   {Username: "svc-hybrid", CredentialCache: "FILE:" + cache, Config: k.Config},
	} {
		t.Run(name, func(t *testing.T) {
			i := identity(t, o)
			for range 3 {
				token, err := i.Token(t.Context(), host, kerberos.Binding{})
				if err != nil {
					t.Fatal(err)
				}
				if who := accepted(t, keys, token); who != kdctest.Account {
					t.Errorf("the service sees %s", who)
				}
			}
		})
	}
	if asked := k.Requests(t, host); len(asked) != 7 {
		t.Errorf("%d tickets were asked for, not one an identity:\n%s", len(asked), strings.Join(asked, "\n"))
	}
}

func empty(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "krb5.conf")
	if err := os.WriteFile(path, []byte("[libdefaults]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	k := kdctest.Start(t, 0, host)
	k.AddAccount(t, "locked", "x")
	k.Admin(t, "modprinc -allow_tix locked")
	k.AddAccount(t, "old", "x")
	k.Admin(t, `modprinc -pwexpire "2001-01-01 00:00:00" old`)
	stale := k.Keytab(t, kdctest.Account)
	k.AddAccount(t, "changed", "x")
	changed := k.Keytab(t, "changed")
	k.Admin(t, "cpw -pw y changed")
	nobody := listenerThatIsGone(t)
	for _, test := range []struct {
		name    string
		o       kerberos.Options
		service string
		want    string
		refused bool
	}{
		{
			"wrong password",
			kerberos.Options{Username: kdctest.Account, Password: "wrong horse"},
			host,
			"Kerberos: the realm CONTOSO.TEST does not take the password of svc-hybrid@CONTOSO.TEST. It was tried once and is not tried again, since accounts lock", true,
		},
		{
			"unknown account",
			kerberos.Options{Username: "nobody@CONTOSO.TEST", Password: "x"},
			host,
			"Kerberos: the realm CONTOSO.TEST has no account nobody@CONTOSO.TEST. Check the name: it is the sAMAccountName", true,
		},
		{
			"locked account",
			kerberos.Options{Username: "locked@CONTOSO.TEST", Password: "x"},
			host,
			"the account locked@CONTOSO.TEST is locked, disabled, or has expired", true,
		},
		{
			"expired password",
			kerberos.Options{Username: "old@CONTOSO.TEST", Password: "x"},
			host,
			"the password of old@CONTOSO.TEST has expired: change it", true,
		},
		{
			"stale keytab",
			kerberos.Options{Username: "changed@CONTOSO.TEST", Keytab: changed},
			host,
			"does not take the key of changed@CONTOSO.TEST in the keytab " + changed, true,
		},
		{
			"unknown service",
			kerberos.Options{Username: kdctest.Account, Keytab: stale},
			"WSMAN/fe09.contoso.test",
			"Kerberos: the realm CONTOSO.TEST knows no service WSMAN/fe09.contoso.test. Is the host's name written as in its domain? On a domain controller, setspn -Q WSMAN/fe09.contoso.test finds who has it", false,
		},
		{
			"no KDC",
			kerberos.Options{Username: kdctest.Account, Password: kdctest.Password, KDCs: []string{nobody}},
			host,
			"Kerberos: no KDC of the realm CONTOSO.TEST answers (" + nobody + ", TCP). Check the name, and that a firewall lets port 88 through", false,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.o.Config = k.Config
			_, err := identity(t, test.o).Token(t.Context(), test.service, kerberos.Binding{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v\ndoes not hold\n%s", err, test.want)
			}
			if kerberos.Refused(err) != test.refused {
				t.Errorf("refused for good: %v", !test.refused)
			}
			if err != nil && strings.Contains(err.Error(), "horse") {
				t.Error("the password is in the error")
			}
		})
	}
}

func listenerThatIsGone(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func TestAWrongPasswordIsTriedOnce(t *testing.T) {
	t.Parallel()
	k := kdctest.Start(t, 0, host, "WSMAN/fe02.contoso.test")
	wrong := "wrong " + rand.Text() // what was refused is remembered in the whole process, of a run before as well
	i := identity(t, kerberos.Options{Username: kdctest.Account, Password: wrong, Config: k.Config})
	for _, service := range []string{host, "WSMAN/fe02.contoso.test", host} {
		if _, err := i.Token(t.Context(), service, kerberos.Binding{}); !kerberos.Refused(err) {
			t.Errorf("%s: %v", service, err)
		}
	}
	tries := 0
	for _, line := range k.Requests(t, kdctest.Account) {
		if strings.Contains(line, "PREAUTH_FAILED") {
			tries++
		}
	}
	if tries != 1 {
		t.Errorf("the password was tried %d times:\n%s", tries, strings.Join(k.Requests(t, kdctest.Account), "\n"))
	}
}

func TestClockSkew(t *testing.T) {
	t.Parallel()
	k := kdctest.Start(t, 20*time.Minute, host)
	_, err := identity(t, kerberos.Options{Username: kdctest.Account, Password: kdctest.Password, Config: k.Config}).Token(t.Context(), host, kerberos.Binding{})
	if err == nil || !strings.Contains(err.Error(), "the clock of this machine and that of the KDC of CONTOSO.TEST differ by more than five minutes: set this machine's clock") {
		t.Error(err)
	}
	if kerberos.Refused(err) {
		t.Error("a clock that is off is taken for a refused password")
	}
}

func TestATicketThatHasEnded(t *testing.T) {
	t.Parallel()
	k := kdctest.Start(t, 0, host)
	cache := k.Kinit(t, time.Second)
	i := identity(t, kerberos.Options{CredentialCache: cache, Config: k.Config})
	end, ends := i.Ends()
	if !ends || time.Until(end) > time.Second {
		t.Errorf("ends at %v, %v", end, ends)
	}
	time.Sleep(time.Until(end) + time.Millisecond)
	_, err := i.Token(t.Context(), host, kerberos.Binding{})
	if err == nil || !strings.Contains(err.Error(), "the ticket of svc-hybrid@CONTOSO.TEST in the credential cache "+cache+" ended at ") || !strings.Contains(err.Error(), "Run kinit again") {
		t.Fatal(err)
	}
	fresh, err := os.ReadFile(k.Kinit(t, time.Hour)) // somebody runs kinit
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cache, fresh, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Token(t.Context(), host, kerberos.Binding{}); err != nil {
		t.Error(err)
	}
}

// A run of hours outlives its tickets where there is something to get new ones with.
func TestTicketsAreGotAnew(t *testing.T) {
	t.Parallel()
	k := kdctest.Start(t, 0, host)
	k.Admin(t, "modprinc -maxlife 60s svc-hybrid") // less than what a ticket must still have
	keys := k.Keytab(t, host)
	i := identity(t, kerberos.Options{Username: kdctest.Account, Password: kdctest.Password, Config: k.Config})
	for range 3 {
		token, err := i.Token(t.Context(), host, kerberos.Binding{})
		if err != nil {
			t.Fatal(err)
		}
		accepted(t, keys, token)
	}
	if _, ends := i.Ends(); ends {
		t.Error("a password is said to end")
	}
	issued := 0
	for _, line := range k.Requests(t, "krbtgt") {
		if strings.Contains(line, "AS_REQ") && strings.Contains(line, "ISSUE") {
			issued++
		}
	}
	if issued != 3 {
		t.Errorf("%d sign-ins, not 3", issued)
	}
}

func TestAKDCThatIsSilent(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	i := identity(t, kerberos.Options{Username: kdctest.Account, Password: "x", KDCs: []string{l.Addr().String()}, Config: empty(t)})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	returned := make(chan struct{})
	defer close(returned)
	go func() { // hangs up only once the caller has its answer: a connection that ended before would be one too
		c, err := l.Accept()
		cancel()
		if err == nil {
			<-returned
			_ = c.Close()
		}
	}()
	if _, err := i.Token(ctx, host, kerberos.Binding{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestOptionsThatAreWrong(t *testing.T) {
	t.Parallel()
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(broken, []byte{5, 4, 0}, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		o    kerberos.Options
		want string
	}{
		{kerberos.Options{Username: "a@B"}, "nothing to sign in with: give a password, a keytab, or the credential cache"},
		{kerberos.Options{Username: "a@B", Password: "x", Keytab: "y"}, "exclude one another"},
		{kerberos.Options{Password: "x"}, "a user name is needed"},
		{kerberos.Options{Username: "a", Password: "x"}, `the realm of "a" is not known: write the name like svc-hybrid@CONTOSO.COM`},
		{kerberos.Options{Username: "a@B", Keytab: "/nowhere"}, "the keytab /nowhere cannot be read: open /nowhere: no such file or directory. Make one with ktpass"},
		{kerberos.Options{Username: "a@B", Keytab: broken}, "broken cannot be read: invalid keytab data"},
		{kerberos.Options{CredentialCache: broken}, "it is no credential cache, or one that was cut off"},
		{kerberos.Options{CredentialCache: "/nowhere"}, "the credential cache /nowhere cannot be read"},
		{kerberos.Options{CredentialCache: "KEYRING:persistent:0"}, "is not a file; only files can be read"},
		{kerberos.Options{Username: "a@B", Password: "x", KDCs: []string{"tcp/dc01"}}, `"tcp/dc01" is no KDC`},
		{kerberos.Options{Username: "a@B", Password: "x", Config: "/nowhere"}, "the Kerberos configuration /nowhere cannot be used"},
	} {
		if test.o.Config == "" {
			test.o.Config = empty(t)
		}
		if _, err := kerberos.New(test.o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v\ndoes not hold\n%s", err, test.want)
		}
	}
}
