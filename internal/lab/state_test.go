package lab

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/schema"
)

func encoded(t testing.TB, e *Estate) string {
	t.Helper()
	var b bytes.Buffer
	if err := e.encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSeedIsDeterministic(t *testing.T) {
	t.Parallel()
	options := SeedOptions{Seed: 7, Users: 100}
	one, two := encoded(t, Seed(needed(), options)), encoded(t, Seed(needed(), options))
	if one != two {
		t.Error(cmp.Diff(one, two))
	}
	options.Seed = 8
	if encoded(t, Seed(needed(), options)) == one {
		t.Error("another seed gives the same users")
	}
}

func TestSeedIsAsFoundInTheWild(t *testing.T) {
	t.Parallel()
	e := Seed(needed(), SeedOptions{Users: 4})
	edge, _ := e.Object("CsAccessEdgeConfiguration", "global")
	if edge.Is("AllowFederatedUsers") || edge.Is("EnablePartnerDiscovery") || edge.Text("RoutingMethod") != "UseDnsSrvRouting" {
		t.Errorf("edge: %v", edge)
	}
	if len(e.Objects("CsHostingProvider"))+len(e.Objects("CsOAuthServer")) != 0 || len(e.Objects("CsPublicProvider")) != 3 {
		t.Errorf("objects: %v", e.objects)
	}
	want := map[string][]string{"contoso.com.": {
		"contoso.com. 3600 IN SOA ns1.contoso.com. hostmaster.contoso.com. 2026010101 900 600 86400 3600",
		"contoso.com. 3600 IN NS ns1.contoso.com.",
		"ns1.contoso.com. 3600 IN A 127.0.0.1",
		"lyncdiscover.contoso.com. 3600 IN A 192.0.2.10",
		"_sip._tls.contoso.com. 3600 IN SRV 100 1 443 sipdir.online.lync.com.",
	}}
	if diff := cmp.Diff(want, e.Views["dns.external"]); diff != "" {
		t.Error(diff)
	}
	var pools []string
	for _, a := range e.Accounts[len(e.Accounts)-4:] {
		pools = append(pools, a.RegistrarPool)
	}
	if diff := cmp.Diff([]string{"pool01.contoso.com", "pool02.contoso.com", "pool01.contoso.com", "pool02.contoso.com"}, pools); diff != "" {
		t.Error(diff)
	}
	if e := Seed(Needs{}, SeedOptions{Users: 1, Home: "sipfed.online.lync.com"}); e.Accounts[0].HostingProvider != "sipfed.online.lync.com" || e.Accounts[0].RegistrarPool != "" {
		t.Errorf("homed online: %+v", e.Accounts[0])
	}
}

func TestProvideKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	e := Seed(needed(), SeedOptions{})
	e.Views["dns.external"]["contoso.com."] = append(e.Views["dns.external"]["contoso.com."], "kept.contoso.com. 60 IN A 192.0.2.1")
	before := encoded(t, e)
	e.Provide(needed())
	if diff := cmp.Diff(before, encoded(t, e)); diff != "" {
		t.Errorf("nothing was lacking:\n%s", diff)
	}
	e.Provide(Needs{Users: []NeededUser{{SIP: "new@northwind.com", Enabled: true}}, Views: map[string][]string{"dns.internal": {"a.b.c.example.org"}}})
	if row := e.withSIP("sip:new@northwind.com"); row < 0 || e.Accounts[row].RegistrarPool != "pool01.contoso.com" {
		t.Errorf("the new user is at row %d", row)
	}
	if _, ok := e.Object("CsSipDomain", "northwind.com"); !ok || e.defaultSipDomain() != "contoso.com" {
		t.Errorf("domains: %v", e.Objects("CsSipDomain"))
	}
	if len(e.Views["dns.internal"]["example.org."]) != 3 {
		t.Errorf("views: %v", e.Views)
	}
}

func TestFileRoundTrip(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	e := Seed(needed(), SeedOptions{Users: 10})
	e.Faults = []Fault{{Kind: Lag, Cmdlet: "Move-CsUser", Delay: 1e9, Times: 2}}
	e.Add(&Account{SIP: "sip:odd@contoso.com", DisplayName: "\u00d6dd \"quoted\"\n", Enabled: False, More: Object{"EnterpriseVoiceEnabled": true, "Number": int64(4)}})
	if err := e.Save(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v; want mode 0600", info.Mode(), err)
	}
	loaded, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(encoded(t, e), encoded(t, loaded)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(e.Accounts, loaded.Accounts); diff != "" {
		t.Error(diff)
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	if _, err := Load(statePath(t)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	for text, want := range map[string]string{
		"{\n  \"seed\": 1,\n  oops\n}":                         "line 3: invalid character 'o'",
		`{"accounts": [["sip:a@b", "A", "maybe"]]}`:            `account 1: enabled is "maybe"; write "true", "false" or ""`,
		`{"accounts": [[1]]}`:                                  "account 1: column 1 is neither a text nor",
		`{"accounts": [["a","","","","","","","","","","x"]]}`: "account 1: 11 columns, there are only 9",
	} {
		path := statePath(t)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "hybrid lab reset") {
			t.Errorf("%s: %v, want …%s…", text, err, want)
		}
	}
}

// killed gives the estate as it is found after the process was killed: no Close, no Save.
func killed(t *testing.T, path string) *Estate {
	t.Helper()
	e, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAcknowledgedChangesSurviveAKill(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	e := Seed(needed(), SeedOptions{})
	if err := e.Save(path); err != nil {
		t.Fatal(err)
	}
	s, err := newSimulator(e, nil)
	if err != nil {
		t.Fatal(err)
	}
	calls := []struct {
		cmdlet string
		params map[string]any
	}{
		{"New-CsHostingProvider", lyncOnline()},
		{"Remove-CsPublicProvider", params{"Identity": "AOL"}},
		{"Enable-CsUser", params{"Identity": "ada@contoso.com", "SipAddress": "sip:ada@contoso.com", "RegistrarPool": "pool01.contoso.com"}},
		{"Move-CsUser", params{"Identity": "alan@contoso.com", "Target": "sipfed.online.lync.com", "Confirm": false}},
		{"Disable-CsUser", params{"Identity": "grace@contoso.com"}},
	}
	for _, call := range calls {
		if _, err := s.run(call.cmdlet, call.params, false); err != nil {
			t.Fatalf("%s: %v", call.cmdlet, err)
		}
		if diff := cmp.Diff(encoded(t, e), encoded(t, killed(t, path))); diff != "" {
			t.Fatalf("after %s:\n%s", call.cmdlet, diff)
		}
	}
	err = e.Do(func() error {
		e.SetView("dns.external", map[string][]string{"contoso.com.": {"x"}})
		e.SetTenant(Tenant{Unlicensed: []string{"a"}})
		e.SetFaults([]Fault{{Kind: Hang}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.OpenFile(path+".log", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.WriteString(`{"noun":"CsHostingProv`); err != nil { // torn: never acknowledged
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	again := killed(t, path)
	if diff := cmp.Diff(encoded(t, e), encoded(t, again)); diff != "" {
		t.Fatal(diff)
	}
	if err := again.Save(path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".log"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the log is still there: %v", err)
	}
	if diff := cmp.Diff(encoded(t, e), encoded(t, killed(t, path))); diff != "" {
		t.Error(diff)
	}
}

func TestStateAndKeysSurviveARestart(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	first := startAt(t, Seed(needed(), SeedOptions{}), path)
	before := first.Endpoints()
	s := session(t, first, "New-CsHostingProvider")
	rows(t, s, command("New-CsHostingProvider", "Identity", "LyncOnline", "ProxyFqdn", "sipfed.online.lync.com", "Enabled", true, "EnabledSharedAddressSpace", true, "HostsOCSUsers", true))
	_ = s.Close()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := startAt(t, killed(t, path), path)
	after := second.Endpoints()
	if before.WinRM.Fingerprint != after.WinRM.Fingerprint || before.WinRM.Password != after.WinRM.Password || before.DNS["dns.external"].Secret != after.DNS["dns.external"].Secret {
		t.Error("the secrets changed")
	}
	if len(before.WinRM.Fingerprint) != 95 || before.WinRM.Password == "" {
		t.Errorf("endpoint: %+v", before.WinRM)
	}
	got := rows(t, session(t, second, "Get-CsHostingProvider"), command("Get-CsHostingProvider"), "Identity")
	if diff := cmp.Diff([][]any{{"LyncOnline"}}, got); diff != "" {
		t.Error(diff)
	}
	info, err := os.Stat(keysPath(path))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("keys: %v, %v", info, err)
	}
	data, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(data), after.WinRM.Password) || !json.Valid(data) {
		t.Errorf("the estate's file holds a secret or is no JSON: %v", err)
	}
}

func TestSecretParametersAreNotKept(t *testing.T) {
	t.Parallel()
	kind := domainKind()
	kind.Attrs = append(kind.Attrs, schema.Attr{Name: "comment_secret", Param: "Comment", WriteOnly: true})
	kind.Attrs = append(kind.Attrs[:1], kind.Attrs[2:]...)
	s, err := newSimulator(NewEstate(), []*schema.Kind{kind})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.run("New-CsAllowedDomain", params{"Identity": "a.b", "Comment": "hunter2"}, false); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(encoded(t, s.estate), "hunter2") {
		t.Error("a write-only parameter is in the file")
	}
}

func TestLongLogIsFolded(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	e := Seed(needed(), SeedOptions{})
	if err := e.Save(path); err != nil {
		t.Fatal(err)
	}
	big := strings.Repeat("x", 1<<20)
	for n := range 9 {
		err := e.Do(func() error {
			e.Put("CsPool", Object{"Identity": "big.contoso.com", "Note": big, "Number": int64(n)})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(path + ".log"); err == nil && info.Size() > maxLog {
		t.Errorf("the log has %d bytes", info.Size())
	}
	if o, _ := killed(t, path).Object("CsPool", "big.contoso.com"); o["Number"] != int64(8) {
		t.Errorf("the last change is lost: %v", o["Number"])
	}
}

func TestManyNeededUsers(t *testing.T) {
	t.Parallel()
	needs := Needs{Pools: []string{"pool01.contoso.com"}}
	for n := range 20_000 {
		needs.Users = append(needs.Users, NeededUser{SIP: "sip:u" + padded(n) + "@contoso.com", Enabled: n%2 == 0, RegistrarPool: "Pool01.contoso.com"})
	}
	e := Seed(needs, SeedOptions{})
	e.Provide(needs)
	if len(e.Accounts) != 20_000 || len(e.Objects("CsPool")) != 1 {
		t.Errorf("%d accounts, %d pools", len(e.Accounts), len(e.Objects("CsPool")))
	}
}
