package check

import (
	"context"
	"crypto/x509"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"hybrid/internal/handshake"
	"hybrid/internal/roots"
	"hybrid/providers"
)

// moving is a configuration of two front ends and a host of the tenant's module, which moves a user.
func moving(more string) string {
	return `
provider "skype" {
  hosts    = ["fe01", "fe02"]
  username = "a"
  password = "b"
}
provider "teams" {
  host                   = "admin01"
  username               = "a"
  password               = "b"
  tenant_id              = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
  client_id              = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate_thumbprint = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567"
}
user_homing "pilot" {
  users  = [{ sip_address = "sip:ada@contoso.com" }]
  target = "sipfed.online.lync.com"
` + more + "}\n"
}

// wellHosts are hosts with which nothing is wrong.
func wellHosts() fakeHosts {
	return fakeHosts{
		hosts: map[string][]string{"skype": {"fe01", "fe02"}, "teams": {"admin01"}},
		says: map[string]saidBy{
			"* Get-Item":                        {rows: [][]any{{"MaxEnvelopeSizekb", "500"}}},
			"* Get-ChildItem":                   {rows: [][]any{{"MaxShellsPerUser", "30"}, {"MaxConcurrentUsers", "10"}}},
			"* Get-ADDomain":                    {rows: [][]any{{"contoso.com", "dc01.contoso.com"}}},
			"* Get-Module":                      {rows: [][]any{{"MicrosoftTeams", "7.1.0"}, {"MicrosoftTeams", "5.0.0"}}},
			"* Get-ItemProperty v4.0.30319":     {rows: [][]any{{1, nil}}},
			"* Get-ItemProperty Client":         refusing("Get-ItemProperty", "PathNotFound,Microsoft.PowerShell.Commands.GetItemPropertyCommand", "Cannot find path"),
			"* Get-ItemProperty CurrentVersion": {rows: [][]any{{"6.3", "Windows Server 2019"}}},
		},
	}
}

// onHosts runs a check of a configuration with hosts that a test has changed.
func onHosts(t *testing.T, hcl, id string, change func(*fakeHosts)) Finding {
	t.Helper()
	h := wellHosts()
	h.says = maps.Clone(h.says)
	h.openings, h.unusable = map[string]openedAs{}, map[string]error{}
	if change != nil {
		change(&h)
	}
	return run(t, estateOf(t, hcl, &fake{fakeHosts: h}), id)
}

// A tale is a check, what is changed on the hosts, and what it then finds.
type tale struct {
	id     string
	change func(*fakeHosts)
	want   Verdict
	told   string
}

func tell(t *testing.T, tales map[string]tale) {
	t.Helper()
	for name, s := range tales {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			holds(t, onHosts(t, moving(""), s.id, s.change), s.want, s.told)
		})
	}
}

func opensWith(host string, o providers.Opening, err error) func(*fakeHosts) {
	return func(h *fakeHosts) { h.openings[host] = openedAs{o, err} }
}

// Each host is looked at by itself, whatever becomes of the others.
func TestOpening(t *testing.T) {
	t.Parallel()
	tell(t, map[string]tale{
		"well":        {"C-WRM", nil, Pass, "session of teams: signed in after 1000 ms, PowerShell 5.1 answers after 2000 ms, ready after 3000 ms (admin01)"},
		"limits":      {"C-WRM", nil, Pass, "limits for skype: MaxEnvelopeSizekb 500, MaxShellsPerUser 30 (fe02)"},
		"no limits":   {"C-WRM", func(h *fakeHosts) { h.says["fe02 Get-Item"] = refusing("Get-Item", "x", "Access is denied.") }, Pass, "the limits of fe02 were not read: Get-Item: Access is denied"},
		"slow":        {"C-WRM", opensWith("fe02", providers.Opening{Greeted: 10 * time.Second}, nil), Fail, "fe02 takes 10000 ms until a session answers"},
		"slow module": {"C-WRM", opensWith("fe02", providers.Opening{Greeted: 9 * time.Second, Ready: 40 * time.Second}, nil), Pass, "ready after 40000 ms"},
		"down":        {"C-WRM", opensWith("fe02", providers.Opening{}, errors.New("no session on fe02:5986: connection refused. Is the host up?")), Fail, "no session on fe02:5986: connection refused\nIs the host up?."},
		"no advice":   {"C-WRM", opensWith("fe02", providers.Opening{}, errors.New("no session on fe02:5986: reset")), Fail, "or take the host out of hosts"},
		"sign-in":     {"C-WRM", opensWith("admin01", providers.Opening{}, errors.New("no session on admin01:5986: Connect-MicrosoftTeams: AADSTS50076: you must use multi-factor authentication")), Unknown, "the tenant does not let it sign in, which C-AUTH tells more of"},
		"untried":     {"C-WRM", opensWith("fe02", providers.Opening{}, &providers.UntriedError{Err: errors.New("refused")}), Unknown, "fe02 was not tried: the account was refused elsewhere"},
		"unusable": {"C-WRM", func(h *fakeHosts) {
			h.unusable["teams"] = errors.New("provider \"teams\": ca_file: x.pem holds no certificate")
		}, Fail, "x.pem holds no certificate"},
	})
	holds(t, run(t, estateOf(t, "", &fake{}), "C-WRM"), NoCause)
}

// A session that is not open at the check's deadline is unknown: nobody knows what would have come.
func TestOpeningAtTheDeadline(t *testing.T) {
	t.Parallel()
	h := wellHosts()
	h.openings = map[string]openedAs{"fe01": {err: context.DeadlineExceeded}}
	checks, _ := Select(All(), []string{"C-WRM"}, nil)
	over, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	holds(t, Run(over, estateOf(t, moving(""), &fake{fakeHosts: h}), checks, Options{})[0], Unknown, "whether a session opens on fe01")
}

func TestSecondHop(t *testing.T) {
	t.Parallel()
	tell(t, map[string]tale{
		"well": {"C-HOP", nil, Pass, "Get-ADDomain: DNSRoot contoso.com, PDCEmulator dc01.contoso.com (fe02)"},
		"refused": {"C-HOP", func(h *fakeHosts) {
			h.says["fe02 Get-ADDomain"] = refusing("Get-ADDomain", "x", "Unable to contact the server.")
		}, Fail, "a session on fe02 does not reach Active Directory: Get-ADDomain: Unable to contact the server\n"},
		"missing": {"C-HOP", func(h *fakeHosts) { h.says["fe02 Get-ADDomain"] = missing("fe02", "Get-ADDomain", "") }, Unknown, "fe02 has no cmdlet Get-ADDomain: on the host"},
		"endpoint": {"C-HOP", func(h *fakeHosts) {
			h.says["fe02 Get-ADDomain"] = missing("fe02", "Get-ADDomain", "https://pool/OcsPowershell")
		}, Unknown, "https://pool/OcsPowershell, in which the sessions on fe02 work, offers no Get-ADDomain"},
		"silent":   {"C-HOP", func(h *fakeHosts) { delete(h.says, "* Get-ADDomain") }, Unknown, "fe01 did not tell: nobody answers"},
		"nothing":  {"C-HOP", func(h *fakeHosts) { h.says["* Get-ADDomain"] = saidBy{} }, Unknown, "gave nothing on fe01"},
		"no hosts": {"C-HOP", func(h *fakeHosts) { h.hosts = nil }, NoCause, ""},
	})
}

func hasModule(versions ...string) func(*fakeHosts) {
	return func(h *fakeHosts) {
		var s saidBy
		for _, v := range versions {
			s.rows = append(s.rows, []any{"MicrosoftTeams", v})
		}
		h.says["fe02 Get-Module"] = s
	}
}

func TestMoverModule(t *testing.T) {
	t.Parallel()
	tell(t, map[string]tale{
		"well":   {"C-MOD", nil, Pass, "module MicrosoftTeams: 7.1.0, 5.0.0 (fe01)"},
		"least":  {"C-MOD", hasModule("6.2.1"), Pass, ""},
		"old":    {"C-MOD", hasModule("6.2.0", "7.1.0"), Fail, "MicrosoftTeams on fe02 is 6.2.0, and Move-CsUser needs 6.2.1 at least"},
		"broken": {"C-MOD", hasModule("7.8.0"), Fail, "Install-Module MicrosoftTeams -RequiredVersion 7.1.0 -Scope AllUsers, then Uninstall-Module"},
		"whence": {"C-MOD", hasModule("7.8.0"), Fail, "broken from 7.2 (MicrosoftDocs/office-docs-powershell"},
		"none":   {"C-MOD", hasModule(), Fail, "fe02 has no module MicrosoftTeams"},
		"a word": {"C-MOD", hasModule("new"), Unknown, "\"new\" is no version"},
		"endpoint": {"C-MOD", func(h *fakeHosts) {
			h.says["* Get-Module"] = missing("fe01", "Get-Module", "https://pool/OcsPowershell")
		}, Unknown, "Get-Module -ListAvailable MicrosoftTeams on each server"},
		"silent": {"C-MOD", func(h *fakeHosts) { delete(h.says, "* Get-Module") }, Unknown, "nobody answers"},
	})
	holds(t, onHosts(t, strings.Split(moving(""), "user_homing")[0], "C-MOD", nil), NoCause, "moves no users")
}

func TestStrongCrypto(t *testing.T) {
	t.Parallel()
	key := func(name string, values ...any) func(*fakeHosts) {
		return func(h *fakeHosts) { h.says["fe02 Get-ItemProperty "+name] = saidBy{rows: [][]any{values}} }
	}
	tell(t, map[string]tale{
		"well":          {"C-TLS", nil, Pass, "SchUseStrongCrypto 1, SystemDefaultTlsVersions (not set); SCHANNEL\\Protocols\\TLS 1.2\\Client: there is no such key; Windows: CurrentVersion 6.3"},
		"by the system": {"C-TLS", key("v4.0.30319", nil, 1), Pass, ""},
		"nothing set":   {"C-TLS", key("v4.0.30319", nil, nil), Fail, "neither SchUseStrongCrypto nor SystemDefaultTlsVersions is 1"},
		"set to 0":      {"C-TLS", key("v4.0.30319", 0, 0), Fail, "On fe02, set the DWORD values"},
		"no values":     {"C-TLS", func(h *fakeHosts) { h.says["fe02 Get-ItemProperty v4.0.30319"] = saidBy{} }, Fail, "neither"},
		"off":           {"C-TLS", key("Client", 0, nil), Fail, "Windows on fe02 has TLS 1.2 switched off"},
		"off by name":   {"C-TLS", key("Client", 1, 1), Fail, "switched off"},
		"on":            {"C-TLS", key("Client", 1, 0), Pass, ""},
		"old Windows":   {"C-TLS", key("CurrentVersion", "6.1", "Windows Server 2008 R2"), Fail, "switched off"},
		"denied": {"C-TLS", func(h *fakeHosts) {
			h.says["admin01 Get-ItemProperty Client"] = refusing("Get-ItemProperty", "SecurityException", "Requested registry access is not allowed.")
		}, Unknown, "admin01 did not tell: Get-ItemProperty: Requested registry access is not allowed"},
		"silent": {"C-TLS", func(h *fakeHosts) { delete(h.says, "* Get-ItemProperty v4.0.30319") }, Unknown, "nobody answers"},
		"endpoint": {"C-TLS", func(h *fakeHosts) {
			h.says["* Get-ItemProperty v4.0.30319"] = missing("fe01", "Get-ItemProperty", "https://pool/OcsPowershell")
		}, Unknown, "by hand, look at the values"},
	})
}

// What 2008 R2 has switched on by hand is on.
func TestOldWindowsSwitchedOn(t *testing.T) {
	t.Parallel()
	holds(t, onHosts(t, moving(""), "C-TLS", func(h *fakeHosts) {
		h.says["* Get-ItemProperty CurrentVersion"] = saidBy{rows: [][]any{{"6.1", "Windows Server 2008 R2"}}}
		h.says["* Get-ItemProperty Client"] = saidBy{rows: [][]any{{1, 0}}}
	}), Pass)
}

func TestMigrationAddress(t *testing.T) {
	t.Parallel()
	root := sign(t, nil, "Good Root", true, today.AddDate(5, 0, 0))
	f := func(shown handshake.Shown, err error) *fake {
		pool := x509.NewCertPool()
		pool.AddCert(root.c)
		return &fake{ends: map[string]shownEnd{"admin0a.online.lync.com": {shown, err}}, pool: pool, table: roots.BuiltIn().With(root.c)}
	}
	given := func(url string) string { return moving("  hosted_migration_override_url = \"" + url + "\"\n") }
	const path = "/HostedMigration/hostedmigrationService.svc"
	good := chain(sign(t, root, "a", false, today.AddDate(1, 0, 0), "admin0a.online.lync.com"))
	for name, c := range map[string]struct {
		url  string
		f    *fake
		want Verdict
		told string
	}{
		"well":       {"https://admin0a.online.lync.com" + path, f(good, nil), Pass, "the hosted migration service, admin0a.online.lync.com:443: answers over TLS 1.2"},
		"other case": {"https://ADMIN0A.online.lync.com" + strings.ToLower(path), f(good, nil), Pass, ""},
		"form":       {"https://admin0a.contoso.com" + path, f(good, nil), Fail, "is no hosted migration service of the cloud commercial"},
		"silent":     {"https://admin1e.online.lync.com" + path, f(good, nil), Unknown, "no answer within 10s"},
		"refused":    {"https://admin0a.online.lync.com" + path, f(handshake.Shown{}, &handshake.Failure{Text: "refused", Refused: true}), Unknown, "refused"},
		"name":       {"https://admin0a.online.lync.com" + path, f(chain(sign(t, root, "a", false, today.AddDate(1, 0, 0), "other")), nil), Fail, "does not have the name admin0a.online.lync.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			holds(t, run(t, estateOf(t, given(c.url), c.f), "C-URL"), c.want, c.told)
		})
	}
	holds(t, run(t, estateOf(t, moving(""), f(good, nil)), "C-URL"), NoCause)
	elsewhere := "hybrid {\n  cloud = \"gcc_high\"\n}\n" + strings.Replace(given("https://admin0a.online.lync.com"+path), "sipfed.online.lync.com", "pool01.contoso.com", 1)
	holds(t, run(t, estateOf(t, elsewhere, f(good, nil)), "C-URL"), Unknown, "no source says which address")
}
