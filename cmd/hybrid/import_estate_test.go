package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"hybrid/internal/lab"
	"hybrid/internal/powershell"
	"hybrid/internal/wsman"
)

// grown is an estate as it could have grown over the years, in a folder that has provider blocks alone. Whatever a server takes
// cmdlets for was set by cmdlets; what they refuse was not to be.
type grown struct {
	t      *testing.T
	dir    string
	random *rand.Rand
	broken bool // it breaks its own rules
}

// grow makes the estate of a seed. Every third breaks its own rules: no cmdlet would have let it come to that.
func grow(t *testing.T, seed uint64) *grown {
	t.Helper()
	g := &grown{t: t, dir: filepath.Join(t.TempDir(), "estate"), random: rand.New(rand.NewPCG(seed, 8)), broken: seed%3 == 2}
	if err := os.Mkdir(g.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(g.dir, "providers.hcl"), []byte(everywhere), 0o600); err != nil {
		t.Fatal(err)
	}
	hybrid(t, 0, "lab", "reset", "--seed", fmt.Sprint(seed), g.dir)
	g.set()
	a := &app{out: os.Stdout, err: os.Stderr, warned: map[string]bool{}, lab: true}
	if err := a.changeLab(g.dir, g.people); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *grown) often() bool  { return g.random.IntN(3) > 0 }
func (g *grown) seldom() bool { return g.random.IntN(4) == 0 }

func (g *grown) pick(all ...string) string { return all[g.random.IntN(len(all))] }

// odd is a text with what configurations have to quote, or a plain one.
func (g *grown) odd(plain string) string {
	return plain + g.pick("", "", "", ` "the old one"`, " ${x} %{y}", ` 50% \ off`, " Zürich – naïve", " # no comment", "  two  spaces", " 日本", " it's")
}

// set runs the cmdlets of years in one session with the servers, and one with the tenant.
func (g *grown) set() {
	g.t.Helper()
	a := &app{out: os.Stdout, err: os.Stderr, warned: map[string]bool{}, lab: true}
	cfg, err := a.load(g.dir)
	if err != nil {
		g.t.Fatal(err)
	}
	l, err := a.startLab(g.t.Context(), cfg)
	if err != nil {
		g.t.Fatal(err)
	}
	defer l.Close()
	servers, tenant := g.servers(), g.online()
	at := l.Endpoints().WinRM
	g.run(at, powershell.Open{Modules: []string{"SkypeForBusiness"}, Cmdlets: cmdletsOf(servers)}, servers)
	g.run(at, powershell.Open{Modules: []string{"MicrosoftTeams"}, Cmdlets: cmdletsOf(tenant), Then: []powershell.Command{labSignIn(l.Endpoints().Teams)}}, tenant)
}

func cmdletsOf(all []powershell.Command) []string {
	var names []string
	for _, c := range all {
		names = append(names, c.Cmdlet)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// run makes calls one after another. What is refused, since what came before does not go with it, was never done.
func (g *grown) run(e lab.WinRMEndpoint, open powershell.Open, all []powershell.Command) {
	g.t.Helper()
	if len(all) == 0 {
		return
	}
	host, err := powershell.WinRM(wsman.Options{Host: e.Host, Port: e.Port, Fingerprint: e.Fingerprint, Username: e.Username, Password: e.Password})
	if err != nil {
		g.t.Fatal(err)
	}
	session, err := powershell.Start(g.t.Context(), host, open, powershell.SessionOptions{})
	if err != nil {
		g.t.Fatal(err)
	}
	defer session.Close()
	for _, c := range all {
		if err := session.Call(g.t.Context(), c, powershell.CallOptions{Object: func(map[string]any) error { return nil }}); err != nil {
			g.t.Logf("%s: %v", c, err)
		}
	}
}

// does is a call, of the name and value of one parameter after the other.
func does(cmdlet string, params ...any) powershell.Command {
	c := powershell.Command{Cmdlet: cmdlet}
	for n := 0; n < len(params); n += 2 {
		c.Params = append(c.Params, powershell.Param{Name: params[n].(string), Value: params[n+1]})
	}
	return c
}

// servers is what was done to the servers.
func (g *grown) servers() []powershell.Command {
	var all []powershell.Command
	do := func(cmdlet string, params ...any) { all = append(all, does(cmdlet, params...)) }
	yes := func() bool { return g.random.IntN(2) == 0 }
	for _, domain := range []string{"fabrikam.com", "tailspin.example", "sub.contoso.com"} {
		if yes() {
			do("New-CsSipDomain", "Identity", domain)
			if g.seldom() {
				do("Set-CsSipDomain", "Identity", domain, "IsDefault", true)
			}
		}
	}
	if g.often() {
		do("Set-CsAccessEdgeConfiguration", "UseDnsSrvRouting", true, "EnablePartnerDiscovery", yes(), "AllowFederatedUsers", yes(), "AllowOutsideUsers", yes())
	}
	if yes() {
		do("Set-CsAccessEdgeConfiguration", "Identity", "Global", "KeepCrlsUpToDateForPeers", yes(), "MarkSourceVerifiableOnOutgoingMessages", yes(), "OutgoingTlsCountForFederatedPartners", 1+g.random.IntN(4))
	}
	name := g.odd("Office 365")
	if g.often() {
		do("New-CsHostingProvider", "Identity", name, "ProxyFqdn", "sipfed.online.lync.com", "Enabled", true, "EnabledSharedAddressSpace", yes(), "HostsOCSUsers", yes(),
			"VerificationLevel", g.pick("UseSourceVerification", "AlwaysVerifiable"), "AutodiscoverUrl", "https://webdir.online.lync.com/Autodiscover/AutodiscoverService.svc/root")
	}
	if yes() {
		do("New-CsHostingProvider", "Identity", "Exchange "+g.pick("UM", `"UM"`), "ProxyFqdn", "exap.um.outlook.com", "Enabled", yes(), "EnabledSharedAddressSpace", false, "HostsOCSUsers", false, "IsLocal", false)
		do("New-CsHostedVoicemailPolicy", "Identity", g.odd("Voice"), "Destination", "exap.um.outlook.com", "Organization", "contoso.onmicrosoft.com,fabrikam.com", "Description", g.odd("by hand"))
	}
	for n := range g.random.IntN(7) {
		domain := fmt.Sprintf("partner%d.example", n)
		switch g.random.IntN(3) {
		case 0:
			do("New-CsAllowedDomain", "Identity", domain)
		case 1:
			do("New-CsAllowedDomain", "Identity", domain, "Comment", g.odd("CHG-4711"), "VerificationLevel", g.pick("AlwaysVerifiable", "AlwaysUnverifiable", "UseSourceVerification"))
		case 2:
			do("New-CsAllowedDomain", "Identity", domain, "ProxyFqdn", "edge."+domain)
		}
	}
	for n := range g.random.IntN(6) {
		do("New-CsBlockedDomain", "Identity", fmt.Sprintf("spam%d.example", n), "Comment", g.pick("", g.odd("abuse")))
	}
	for _, provider := range []string{"AOL", "MSN", "Yahoo!"} {
		if g.seldom() {
			do("Set-CsPublicProvider", "Identity", provider, "Enabled", true, "VerificationLevel", g.pick("AlwaysVerifiable", "AlwaysUnverifiable", "UseSourceVerification"))
		}
	}
	if yes() {
		do("New-CsPublicProvider", "Identity", g.odd("Chat"), "ProxyFqdn", "sip.chat.example", "Enabled", yes(), "IconUrl", "https://chat.example/icon.png")
	}
	do("Set-CsExternalAccessPolicy", "Identity", "Global", "EnableFederationAccess", yes(), "EnableOutsideAccess", yes())
	for n := range g.random.IntN(5) {
		do("New-CsExternalAccessPolicy", "Identity", g.pick(g.odd(fmt.Sprintf("Staff %d", n)), fmt.Sprintf("site:Site%d", n)), "EnableFederationAccess", yes(), "Description", g.pick("", g.odd("of old")))
	}
	if yes() {
		do("New-CsOAuthServer", "Identity", "microsoft.sts", "MetadataUrl", "https://accounts.accesscontrol.windows.net/9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42/metadata/json/1")
		do("New-CsPartnerApplication", "Identity", "microsoft.exchange", "ApplicationIdentifier", "00000002-0000-0ff1-ce00-000000000000", "ApplicationTrustLevel", g.pick("Full", "User"), "UseOAuthServer", true)
	}
	if yes() {
		do("New-CsOAuthServer", "Identity", "evoSTS", "MetadataUrl", "https://login.windows.net/common/FederationMetadata/2007-06/FederationMetadata.xml", "Type", "AzureAd")
		do("Set-CsOAuthConfiguration", "ClientAuthorizationOAuthServerIdentity", "evoSTS")
	}
	if yes() {
		do("Set-CsOAuthConfiguration", "ExchangeAutodiscoverUrl", "https://autodiscover.contoso.com/autodiscover/autodiscover.svc", "ExchangeAutodiscoverAllowedDomains", "*.contoso.com;*.fabrikam.com")
	}
	if yes() {
		do("New-CsPartnerApplication", "Identity", g.odd("sharepoint"), "MetadataUrl", "https://sp.contoso.com/_layouts/15/metadata/json/1", "ApplicationTrustLevel", "Full")
	}
	for n := range g.random.IntN(5) {
		address := fmt.Sprintf("sip:queue%d@contoso.com", n)
		do("New-CsHybridApplicationEndpoint", "SipAddress", address, "ApplicationId", g.pick("ce933385-9390-45d1-9512-c8d228074e07", "11cd3e2e-fccb-42ad-ad00-878b93575e07"), "OU", "OU=Voice,DC=contoso,DC=com",
			"DisplayName", g.odd("Queue"), "LineUri", g.pick("tel:+1425555"+fmt.Sprint(7000+n), "tel:+1425555"+fmt.Sprint(8000+n)))
	}
	return all
}

// online is what was done in the tenant.
func (g *grown) online() []powershell.Command {
	var all []powershell.Command
	do := func(cmdlet string, params ...any) { all = append(all, does(cmdlet, params...)) }
	if g.often() {
		do("Set-CsTenantFederationConfiguration", "SharedSipAddressSpace", true, "AllowTeamsConsumer", g.often())
	}
	switch g.random.IntN(4) {
	case 0:
		do("Set-CsTenantFederationConfiguration", "AllowedDomainsAsAList", []any{"partner1.example", "b.example", "a.example"})
	case 1:
		do("Set-CsTenantFederationConfiguration", "BlockedDomains", []any{"spam1.example", "spam2.example"})
	}
	if g.seldom() {
		do("Disable-CsOnlineSipDomain", "Domain", "contoso.com")
	}
	return all
}

// people fills in users, records, and what no cmdlet would do.
func (g *grown) people(e *lab.Estate) error {
	homes := []string{"pool01.contoso.com", "pool02.contoso.com", "pool01.fabrikam.com"}
	e.Provide(lab.Needs{Pools: homes[:1+g.random.IntN(3)]})
	var pools []string
	for _, pool := range e.Objects("CsPool") {
		pools = append(pools, pool.Text("Identity"))
	}
	online := false
	for _, p := range e.Objects("CsHostingProvider") {
		online = online || p.Text("ProxyFqdn") == "sipfed.online.lync.com" && p.Is("Enabled")
	}
	for n := range g.random.IntN(40) {
		e.Add(g.user(n, pools, online))
	}
	records := g.records()
	if g.broken {
		g.breakRules(e)
		records = append(records, "_sipfederationtls._tcp.contoso.com. 3600 IN SRV 0 0 5061 sip.elsewhere.example.")
	}
	e.SetView("dns.external", map[string][]string{"contoso.com.": records})
	return nil
}

func (g *grown) user(n int, pools []string, online bool) *lab.Account {
	name := g.pick("ada", "o'brien", "grace.hopper", "Alan.Turing", "x_y") + fmt.Sprint(n)
	a := &lab.Account{SIP: "sip:" + name + "@contoso.com", DisplayName: g.odd(name), Enabled: lab.True, HostingProvider: "SRV:", RegistrarPool: g.pick(pools...)}
	if online && g.often() {
		a.HostingProvider, a.RegistrarPool = "sipfed.online.lync.com", ""
	}
	if g.seldom() {
		a.UPN = "u" + fmt.Sprint(n) + "@contoso.com"
	}
	if g.seldom() {
		a.Enabled = lab.False
	}
	if g.seldom() {
		a.LineURI = "tel:+1425555" + fmt.Sprint(1000+n) + g.pick("", ";ext="+fmt.Sprint(n))
	}
	if g.seldom() && a.RegistrarPool != "" {
		a.More = lab.Object{"EnterpriseVoiceEnabled": true}
	}
	return a
}

// records are a zone that several people have kept.
func (g *grown) records() []string {
	records := []string{
		"contoso.com. 3600 IN SOA ns1.contoso.com. hostmaster.contoso.com. 2026010101 900 600 86400 3600",
		"contoso.com. 3600 IN NS ns1.contoso.com.", "ns1.contoso.com. 3600 IN A 127.0.0.1",
	}
	ttl := func() string { return g.pick("60", "300", "3600", "86400") }
	for n := range g.random.IntN(8) {
		records = append(records, fmt.Sprintf("host%d.contoso.com. %s IN A 192.0.2.%d", n, ttl(), n))
	}
	if g.often() {
		records = append(records, "_sip._tls.contoso.com. "+ttl()+" IN SRV 0 0 443 sip.contoso.com.", "sip.contoso.com. 300 IN A 203.0.113.10", "sip.contoso.com. 300 IN A 203.0.113.11", "sip.contoso.com. 60 IN AAAA 2001:db8::10")
	}
	if g.seldom() {
		records = append(records, "lyncdiscover.contoso.com. 3600 IN CNAME somewhere.example.")
	}
	if g.often() {
		records = append(records, `contoso.com. 3600 IN TXT "v=spf1 include:spf.protection.outlook.com -all"`, `contoso.com. 3600 IN TXT "odd ${x} \"quoted\" \\ %{y}"`, "*.dev.contoso.com. 300 IN CNAME host1.contoso.com.")
	}
	return records
}

// breakRules does what the far end does not let anybody do today, and may have let somebody do once.
func (g *grown) breakRules(e *lab.Estate) {
	e.Put("CsHostingProvider", lab.Object{
		"Identity": "First", "Name": "First", "ProxyFqdn": "sip.twins.example", "Enabled": true, "EnabledSharedAddressSpace": false,
		"HostsOCSUsers": false, "VerificationLevel": "AlwaysVerifiable", "IsLocal": false, "AutodiscoverUrl": nil, "SipClientPort": int64(443),
	})
	twin, _ := e.Object("CsHostingProvider", "First")
	again := lab.Object{}
	for name, v := range twin {
		again[name] = v
	}
	again["Identity"], again["Name"] = `Twin "of" First`, `Twin "of" First`
	e.Put("CsHostingProvider", again)
	e.Put("CsPublicProvider", lab.Object{
		"Identity": "Relic", "Name": "Relic", "ProxyFqdn": "not a name", "Enabled": true, "VerificationLevel": "AlwaysVerifiable", "IconUrl": "ftp://relic",
		"NameDecorationDomain": nil, "NameDecorationRoutingDomain": nil, "NameDecorationExcludedDomainList": nil, "EnableSkypeIdRouting": false, "EnableSkypeDirectorySearch": false,
	})
	e.Put("CsPartnerApplication", lab.Object{
		"Identity": "by certificate", "Name": "by certificate", "ApplicationIdentifier": "0000000b-0000-0000-c000-000000000000", "Realm": "contoso.com",
		"ApplicationTrustLevel": "Full", "AcceptSecurityIdentifierInformation": false, "Enabled": true, "AuthToken": "Microsoft.Rtc.Management.WritableConfig.Settings.SSAuth.Certificates",
	})
	for n, line := range []string{"tel:+14255559999", "tel:+14255559999", "the old desk"} {
		e.Add(&lab.Account{SIP: fmt.Sprintf("sip:twin%d@contoso.com", n), DisplayName: "Twin", Enabled: lab.True, HostingProvider: "SRV:", RegistrarPool: "pool01.contoso.com", LineURI: line})
	}
	e.Add(&lab.Account{SIP: "sip:nowhere@contoso.com", DisplayName: "Nowhere", Enabled: lab.True})
	e.Add(&lab.Account{SIP: "sip:two words@contoso.com", UPN: "words@contoso.com", DisplayName: "Two Words", Enabled: lab.True, HostingProvider: "SRV:", RegistrarPool: "pool01.contoso.com"})
}
