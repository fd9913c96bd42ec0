package dns

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab/nameserver"
	"hybrid/internal/sambatest"
	"hybrid/planner"
	"hybrid/providers"
)

// ticket are the settings of a block for a domain controller, signed as an account says; "" leaves an argument out.
func ticket(c *sambatest.Controller, said map[string]string, zones ...string) providers.Settings {
	values := map[string]cty.Value{"spn": cty.StringVal("DNS/" + c.Host), "krb5_conf": cty.StringVal(c.Krb5Conf)}
	for _, a := range gss().Attrs {
		if values[a.Name] == cty.NilVal {
			values[a.Name] = cty.NullVal(a.Type)
		}
	}
	for name, value := range said {
		values[name] = cty.StringVal(value)
	}
	s := settings(c.Address, nameserver.Key{}, zones...)
	block := s.Values.AsValueMap()
	block["gss"] = cty.ObjectVal(values)
	s.Values = cty.ObjectVal(block)
	return s
}

// sambaRig makes the records of the tests in a domain controller's zone contoso.com, which takes secure updates only.
func sambaRig(t *testing.T, c *sambatest.Controller, account map[string]string) rig {
	t.Helper()
	s := ticket(c, account)
	p := openAt(t, s)
	for _, want := range []cty.Value{
		set("sip.contoso.com", "A", 300, "203.0.113.10", "203.0.113.11"),
		set("lyncdiscover.contoso.com", "CNAME", 300, "sip.contoso.com"),
		set("_sip._tls.contoso.com", "SRV", 300, "0 0 443 Sip.contoso.com."),
		set("contoso.com", "TXT", 300, `"v=spf1 include:spf." "contoso.com -all"`),
	} {
		converge(t, p, want, planner.Create)
	}
	return rig{addr: c.Address + ":53", ticket: &s, noTransfer: true}
}

// onlooker reads without signing in.
func onlooker(t *testing.T, c *sambatest.Controller) providers.Provider {
	t.Helper()
	return openAt(t, settings(c.Address, nameserver.Key{}))
}

// byTicket sends an update as somebody else with the same account.
func byTicket(t *testing.T, s providers.Settings, m *dns.Msg) {
	t.Helper()
	p := openAt(t, s).(*provider)
	defer p.Close()
	code, err := p.update(t.Context(), Update{Prerequisites: m.Answer, Changes: m.Ns}, "contoso.com.", "by hand")
	if err != nil || code != dns.RcodeSuccess {
		t.Fatalf("%v, %s", err, rcodeName(code))
	}
}

// Whoever cannot sign in, or may not write, is told why and what to do; nothing is sent, and nothing is in doubt.
func TestTickets(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a domain controller takes its time to start, and the run is to be short")
	}
	c := sambatest.Start(t, sambatest.Options{Domain: "contoso.com"})
	for _, name := range []string{"hybrid", "locked", "other", "chief"} {
		c.Tool(t, "user", "create", name, "Passw0rd!h")
	}
	c.Tool(t, "group", "addmembers", "DnsAdmins", "chief")
	c.Tool(t, "user", "disable", "locked")
	c.Tool(t, "domain", "passwordsettings", "set", "--account-lockout-threshold=5")
	c.Tool(t, "spn", "add", "DNS/elsewhere.contoso.com", "other")
	keytab := filepath.Join(t.TempDir(), "hybrid.keytab")
	c.Tool(t, "domain", "exportkeytab", keytab, "--principal=hybrid")
	t.Setenv("KRB5CCNAME", filepath.Join(t.TempDir(), "none"))
	want := set("ticket.contoso.com", "A", 300, "203.0.113.60")

	walk(t, sambaRig(t, c, map[string]string{"username": "chief@contoso.com", "password": "Passw0rd!h"}))
	t.Run("password", func(t *testing.T) {
		converge(t, openAt(t, ticket(c, map[string]string{"username": "hybrid", "realm": "CONTOSO.COM", "password": "Passw0rd!h"})), want, planner.Create)
	})
	whole, reader := t, onlooker(t, c)
	t.Run("keytab", func(t *testing.T) {
		s := ticket(c, map[string]string{"username": "hybrid@contoso.com", "keytab": filepath.Base(keytab)})
		s.Dir = filepath.Dir(keytab)
		p := openAt(t, s)
		converge(t, p, set("ticket.contoso.com", "A", 60, "203.0.113.61"), planner.Update)
		c.Restart(whole)
		converge(t, p, want, planner.Update) // the server has forgotten the key
	})
	for label, test := range map[string]struct {
		said map[string]string
		want string
	}{
		"wrong password": {
			map[string]string{"username": "other@contoso.com", "password": "hush-hush"},
			"signing in as other@CONTOSO.COM for DNS/dc01.contoso.com: Kerberos: the realm CONTOSO.COM does not take the password of other@CONTOSO.COM. It was tried once and is not tried again",
		},
		"unknown account": {
			map[string]string{"username": "nobody@contoso.com", "password": "hush-hush"},
			"the realm CONTOSO.COM has no account nobody@CONTOSO.COM. Check the name",
		},
		"disabled": {
			map[string]string{"username": "locked@contoso.com", "password": "Passw0rd!h"},
			"the account locked@CONTOSO.COM is locked, disabled, or has expired",
		},
		"another realm": {map[string]string{"username": "hybrid@fabrikam.com", "password": "Passw0rd!h"}, "DNS names no KDC of the realm FABRIKAM.COM (_kerberos._tcp.FABRIKAM.COM)"},
		"wrong service": {
			map[string]string{"username": "hybrid@contoso.com", "password": "Passw0rd!h", "spn": "DNS/ns9.contoso.com"},
			"the realm CONTOSO.COM knows no service DNS/ns9.contoso.com",
		},
		"another server's ticket": {
			map[string]string{"username": "hybrid@contoso.com", "password": "Passw0rd!h", "spn": "DNS/elsewhere.contoso.com"},
			"asked with the ticket of hybrid@CONTOSO.COM: TKEY error BADKEY; the server does not take the ticket: check that it is the server that spn names",
		},
		"no keytab": {map[string]string{"username": "hybrid@contoso.com", "keytab": keytab + ".old"}, "hybrid.keytab.old cannot be read: "},
		"another account's keytab": {
			map[string]string{"username": "other@contoso.com", "keytab": keytab},
			"has no key of other@CONTOSO.COM. It has keys of hybrid@CONTOSO.COM; capitals count",
		},
		"no krb5.conf": {map[string]string{"username": "hybrid@contoso.com", "password": "Passw0rd!h", "krb5_conf": "/nowhere/krb5.conf"}, "the Kerberos configuration /nowhere/krb5.conf cannot be used: "},
		"no ticket":    {nil, "signing in as whoever the credential cache is of for DNS/dc01.contoso.com: the credential cache "},
	} {
		t.Run(label, func(t *testing.T) {
			p := openAt(t, ticket(c, test.said))
			other := wanted(set("ticket.contoso.com", "A", 300, "203.0.113.62"))
			if err := p.Read(t.Context(), other.Kind, []planner.Object{other}).Err; err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("read: %v, want %s", err, test.want)
			}
			err := p.Apply(t.Context(), plan(t, reader, other.Want))
			if err == nil || providers.InDoubt(err) || !strings.Contains(err.Error(), test.want) || !strings.HasSuffix(err.Error(), "; nothing was sent") || strings.Contains(err.Error(), "hush") {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
	t.Run("a wrong password is tried once", func(t *testing.T) {
		p := openAt(t, ticket(c, map[string]string{"username": "hybrid@contoso.com", "password": "hush-hush"}))
		change := plan(t, reader, set("ticket.contoso.com", "A", 300, "203.0.113.62"))
		for range 5 {
			refusedBecause(t, p, change, "does not take the password of hybrid@CONTOSO.COM")
		}
		count := func() string { return c.Tool(t, "user", "show", "hybrid", "--attributes=badPwdCount") }
		shown := count()
		for begun := time.Now(); strings.Contains(shown, "badPwdCount: 0\n") && time.Since(begun) < 30*time.Second; shown = count() {
			time.Sleep(200 * time.Millisecond) // a busy controller may answer before it has counted
		}
		if !strings.Contains(shown, "badPwdCount: 1\n") {
			t.Errorf("the domain controller has counted %s", shown)
		}
	})
	t.Run("a record of somebody else", func(t *testing.T) {
		p := openAt(t, ticket(c, map[string]string{"username": "other@contoso.com", "password": "Passw0rd!h"}))
		refusedBecause(t, p, plan(t, p, set("ticket.contoso.com", "A", 300, "203.0.113.62")), "Samba says so where other@CONTOSO.COM may not write, too: give the account write access")
	})
	t.Run("credential cache", func(t *testing.T) { testCredentialCache(t, c, want) })
	t.Run("a server that takes none", func(t *testing.T) {
		s := ticket(c, map[string]string{"username": "hybrid@contoso.com", "keytab": keytab})
		s.Values = withServer(s.Values, bind(t, serving{}))
		refusedBecause(t, openAt(t, s), change(cty.NilVal, set("new.contoso.com", "A", -1, "192.0.2.1")), "it takes no keys by Kerberos: write tsig")
	})
	t.Run("clocks that differ", func(t *testing.T) { testClocks(whole, t, c) })
	if c := plan(t, reader, want); c.Action != planner.NoOp {
		t.Errorf("%s: something was changed: %#v", c.Action, c.Before)
	}
}

func withServer(block cty.Value, server string) cty.Value {
	values := block.AsValueMap()
	values["server"] = cty.StringVal(server)
	return cty.ObjectVal(values)
}

// A domain controller whose clock is two hours ahead gives no ticket, and takes none that another has given.
func testClocks(whole, t *testing.T, c *sambatest.Controller) {
	found, _ := filepath.Glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
	if found == nil {
		t.Skip("SKIPPED: libfaketime (faketime) is not installed, so no domain controller's clock is set wrong")
	}
	t.Setenv("LD_PRELOAD", found[0])
	t.Setenv("FAKETIME", "+2h")
	c.Restart(whole)
	p := openAt(t, ticket(c, map[string]string{"username": "hybrid@contoso.com", "password": "Passw0rd!h"}))
	refusedBecause(t, p, plan(t, onlooker(t, c), set("ticket.contoso.com", "A", 300, "203.0.113.64")), "the clock of this machine and that of the KDC of CONTOSO.COM differ by more than five minutes")
}

// A ticket that kinit has got signs until it expires.
func testCredentialCache(t *testing.T, c *sambatest.Controller, want cty.Value) {
	kinit := need(t, "kinit", "krb5-user")
	cache := filepath.Join(t.TempDir(), "cache")
	t.Setenv("KRB5CCNAME", "FILE:"+cache)
	sign := func(lifetime string) {
		t.Helper()
		cmd := exec.Command(kinit, "-l", lifetime, "hybrid")
		cmd.Env = append(os.Environ(), "KRB5_CONFIG="+c.Krb5Conf)
		cmd.Stdin = strings.NewReader("Passw0rd!h\n")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	sign("1h")
	converge(t, openAt(t, ticket(c, nil)), set("ticket.contoso.com", "A", 300, "203.0.113.63"), planner.Update)
	converge(t, openAt(t, ticket(c, nil)), want, planner.Update)

	sign("1s")
	time.Sleep(2 * time.Second) // tickets know whole seconds
	p := openAt(t, ticket(c, nil))
	refusedBecause(t, p, plan(t, onlooker(t, c), set("ticket.contoso.com", "A", 300, "203.0.113.63")), "Run kinit again, or give a keytab")
}

func TestRulesOfTickets(t *testing.T) {
	t.Parallel()
	said := func(names ...string) cty.Value {
		values := map[string]cty.Value{}
		for _, a := range gss().Attrs {
			values[a.Name] = cty.NullVal(a.Type)
		}
		for _, name := range names {
			name, value, _ := strings.Cut(name, "=")
			values[name] = cty.StringVal(value)
		}
		return cty.ObjectVal(values)
	}
	key := cty.ObjectVal(map[string]cty.Value{"name": cty.StringVal("hybrid"), "algorithm": cty.NullVal(cty.String), "secret": cty.StringVal("aHVzaA==")})
	for _, test := range []struct {
		block map[string]cty.Value
		want  string
	}{
		{map[string]cty.Value{"type": cty.StringVal("rfc2136"), "gss": said()}, ""},
		{map[string]cty.Value{"type": cty.StringVal("rfc2136"), "gss": said("username=a@contoso.com", "password=x")}, ""},
		{map[string]cty.Value{"type": cty.StringVal("rfc2136"), "gss": said("username=a", "realm=CONTOSO.COM", "keytab=x")}, ""},
		{map[string]cty.Value{"type": cty.StringVal("rfc2136"), "gss": said("username=a", "keytab=x")}, "gss: realm is missing"},
		{map[string]cty.Value{"type": cty.StringVal("rfc2136"), "gss": said("username=a@contoso.com")}, "gss: username goes with password, keytab or credential_cache"},
		{map[string]cty.Value{"type": cty.StringVal("rfc2136"), "gss": said("keytab=x")}, "gss: username goes with password, keytab or credential_cache"},
		{map[string]cty.Value{"type": cty.StringVal("rfc2136"), "gss": said("username=a@contoso.com", "keytab=x", "password=x")}, "write one of them"},
		{map[string]cty.Value{"type": cty.StringVal("rfc2136"), "gss": said("username=a@contoso.com", "credential_cache=x")}, ""},
		{map[string]cty.Value{"type": cty.StringVal("rfc2136"), "gss": said("credential_cache=x")}, ""},
		{map[string]cty.Value{"type": cty.StringVal("rfc2136"), "gss": said("keytab=y", "credential_cache=x")}, "write one of them"},
		{map[string]cty.Value{"type": cty.StringVal("rfc2136"), "gss": said(), "tsig": key}, "tsig and gss both sign updates"},
		{map[string]cty.Value{"type": cty.StringVal("windows"), "gss": said()}, `gss has no meaning with type = "windows"`},
	} {
		if got := ruleTicket(block(test.block).AsValueMap()); got != test.want && (test.want == "" || !strings.Contains(got, test.want)) {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	for name, ok := range map[string]bool{"hybrid": true, "hybrid@contoso.com": true, `CONTOSO\hybrid`: true, "hybrid/x": false, "": false} {
		if err := checkAccountName(cty.StringVal(name)); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
	for name, ok := range map[string]bool{"DNS/dc01.contoso.com": true, "dc01.contoso.com": false, "DNS/": false, "DNS/a b": false} {
		if err := checkServicePrincipal(cty.StringVal(name)); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
	s := settings("192.0.2.1", nameserver.Key{})
	values := s.Values.AsValueMap()
	values["gss"] = said()
	s.Values = cty.ObjectVal(values)
	if _, err := System().Open(s); err == nil || !strings.Contains(err.Error(), "gss: tickets are made out to names, and server is the address 192.0.2.1") {
		t.Error(err)
	}
}
