package check

import (
	"maps"
	"strings"
	"testing"

	"hybrid/planner"
)

// twoViews is a configuration with an external and an internal view of contoso.com.
const twoViews = `
provider "skype" {
  hosts    = ["fe01.contoso.com"]
  username = "svc-hybrid"
  password = "p"
}
provider "teams" {
  host                   = "admin01.contoso.com"
  username               = "svc-hybrid"
  password               = "p"
  tenant_id              = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
  client_id              = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate_thumbprint = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567"
}
provider "dns" "external" {
  type      = "rfc2136"
  server    = "ns1.contoso.com"
  zones     = ["contoso.com"]
  resolvers = ["8.8.8.8"]
}
provider "dns" "internal" {
  type   = "rfc2136"
  server = "dc01.contoso.com"
  zones  = ["contoso.com"]
}
hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
}
tenant_federation {
  shared_sip_address_space = true
}
dns_record "_sipfederationtls._tcp.contoso.com" "SRV" {
  provider = dns.external
  values   = ["FED"]
}
sip_domain "contoso.com" {
  phase = "PHASE"
}
`

// inPhase is twoViews with a phase.
func inPhase(phase string) string {
	fed := "0 0 5061 sip.contoso.com."
	if phase == "teams_only" {
		fed = "100 1 5061 sipfed.online.lync.com."
	}
	return strings.NewReplacer("PHASE", phase, "FED", fed).Replace(twoViews)
}

// outside is a healthy external zone of a domain whose DNS leads to the servers.
func outside() map[string]string {
	return map[string]string{
		"lyncdiscover.contoso.com A":             "203.0.113.30",
		"sip.contoso.com A":                      "203.0.113.20",
		"_sip._tls.contoso.com SRV":              "0 0 443 sip.contoso.com.",
		"_sipfederationtls._tcp.contoso.com SRV": "0 0 5061 sip.contoso.com.",
		"contoso.com NS":                         "ns1.contoso.com.|ns2.contoso.com.",
		"ns1.contoso.com A":                      "203.0.113.1",
		"ns2.contoso.com A":                      "203.0.113.2",
	}
}

func inside() map[string]string {
	return map[string]string{
		"lyncdiscoverinternal.contoso.com A":     "10.0.0.11",
		"_sipfederationtls._tcp.contoso.com SRV": "0 0 5061 sip.contoso.com.",
		"sip.contoso.com A":                      "203.0.113.20",
		"webconf.contoso.com A":                  "203.0.113.21",
	}
}

// clouded is the external zone of a Teams Only domain.
func clouded() map[string]string {
	return with(nameServersOnly(), "_sipfederationtls._tcp.contoso.com SRV", "100 1 5061 sipfed.online.lync.com.")
}

func nameServersOnly() map[string]string {
	return map[string]string{"contoso.com NS": "ns1.contoso.com.|ns2.contoso.com.", "ns1.contoso.com A": "203.0.113.1", "ns2.contoso.com A": "203.0.113.2"}
}

// with is a zone with changes: pairs of name and data, "" for gone.
func with(zone map[string]string, pairs ...string) map[string]string {
	made := maps.Clone(zone)
	for n := 0; n < len(pairs); n += 2 {
		if made[pairs[n]] = pairs[n+1]; pairs[n+1] == "" {
			delete(made, pairs[n])
		}
	}
	return made
}

// served is a fake whose external servers and resolver have one zone, and whose internal server another.
func served(external, internal map[string]string) *fake {
	return &fake{
		zones:   map[string]map[string]string{"ns1.contoso.com": external, "ns2.contoso.com": external, "8.8.8.8": external, "dc01.contoso.com": internal},
		cmdlets: healthyServers(), fakeHosts: oneServer(),
		listings: map[string]planner.Listing{"online_sip_domain": {Complete: true}},
	}
}

// Each DNS check passes, fails with what is wrong and what to do, and does not know.
func TestNames(t *testing.T) {
	t.Parallel()
	const disc, tls, fed = "lyncdiscover.contoso.com", "_sip._tls.contoso.com SRV", "_sipfederationtls._tcp.contoso.com SRV"
	for _, c := range []struct {
		name, id, phase    string
		external, internal map[string]string
		want               Verdict
		told               []string
	}{
		{"healthy", "D-LD", "hybrid", outside(), inside(), Pass, []string{"lyncdiscover.contoso.com A/AAAA: 203.0.113.30 (TTL 300) (the name server ns2.contoso.com, outside)", "(the resolver 8.8.8.8, outside)", "(the name server dc01.contoso.com, inside)"}},
		{"gone", "D-LD", "hybrid", with(outside(), disc+" A", ""), inside(), Fail, []string{"does not exist outside", `Declare dns_record "lyncdiscover.contoso.com" "A"`}},
		{"to the cloud", "D-LD", "hybrid", with(outside(), disc+" A", "", disc+" CNAME", "webdir.online.lync.com."), inside(), Fail, []string{"leads to the cloud (webdir.online.lync.com)"}},
		{"alias elsewhere", "D-LD", "hybrid", with(outside(), disc+" A", "", disc+" CNAME", "proxy.fabrikam.com."), inside(), Fail, []string{"mobile clients do not follow it"}},
		{"alias beside address", "D-LD", "hybrid", with(outside(), disc+" CNAME", "proxy.contoso.com."), inside(), Fail, []string{"an alias and other records"}},
		{"alias to nothing", "D-LD", "hybrid", with(outside(), disc+" A", "", disc+" CNAME", "proxy.contoso.com."), inside(), Fail, []string{"proxy.contoso.com, which has no address"}},
		{"none inside", "D-LD", "hybrid", outside(), with(inside(), "lyncdiscoverinternal.contoso.com A", ""), Fail, []string{"does not exist inside"}},
		{"inside silent", "D-LD", "hybrid", outside(), nil, Unknown, []string{"dc01.contoso.com, inside could not be asked"}},
		{"name servers silent", "D-LD", "hybrid", nil, inside(), Unknown, []string{"no answer within 5s"}},
		{"left behind", "D-LD", "teams_only", with(clouded(), disc+" A", "203.0.113.30"), inside(), Fail, []string{"nobody may be led to the servers"}},
		{"nobody inside", "D-LD", "teams_only", clouded(), nil, Pass, nil},
		{"of old", "D-LD", "teams_only", with(clouded(), disc+" CNAME", "webdir.online.lync.com."), inside(), Pass, nil},

		{"healthy", "D-SIP", "hybrid", outside(), inside(), Pass, nil},
		{"gone", "D-SIP", "hybrid", with(outside(), tls, ""), inside(), Fail, []string{"does not exist", `values = ["0 0 443 sip.contoso.com."]`}},
		{"port", "D-SIP", "hybrid", with(outside(), tls, "0 0 5061 sip.contoso.com."), inside(), Fail, []string{"the port 5061, and it must be 443"}},
		{"an address", "D-SIP", "hybrid", with(outside(), tls, "0 0 443 203.0.113.20."), inside(), Fail, []string{"leads to the address 203.0.113.20"}},
		{"no address", "D-SIP", "hybrid", with(outside(), "sip.contoso.com A", ""), inside(), Fail, []string{"sip.contoso.com, which has no address"}},
		{"alias", "D-SIP", "hybrid", with(outside(), "sip.contoso.com A", "", "sip.contoso.com CNAME", "edge.contoso.com.", "edge.contoso.com A", "203.0.113.20"), inside(), Fail, []string{"which is an alias"}},
		{"not offered", "D-SIP", "hybrid", with(outside(), tls, "0 0 0 ."), inside(), Fail, []string{"not offered"}},
		{"silent", "D-SIP", "hybrid", nil, inside(), Unknown, []string{"no answer within 5s"}},

		{"healthy", "D-FED", "hybrid", outside(), inside(), Pass, nil},
		{"gone", "D-FED", "hybrid", with(outside(), fed, ""), inside(), Fail, []string{"do not find one another", "Apply dns_record"}},
		{"other domain", "D-FED", "hybrid", with(outside(), fed, "0 0 5061 sip.fabrikam.com."), inside(), Fail, []string{"sip.fabrikam.com, which is not in contoso.com"}},
		{"only looks alike", "D-FED", "hybrid", with(outside(), fed, "0 0 5061 sip.notcontoso.com."), inside(), Fail, []string{"not in contoso.com"}},
		{"none inside", "D-FED", "hybrid", outside(), with(inside(), fed, ""), Unknown, []string{"does not exist inside"}},
		{"wrong inside", "D-FED", "hybrid", outside(), with(inside(), fed, "0 0 5060 sip.contoso.com."), Fail, []string{"the port 5060"}},
		{"Teams only", "D-FED", "teams_only", clouded(), inside(), Pass, nil},
		{"still at home", "D-FED", "teams_only", outside(), inside(), Fail, []string{"it is exactly 100 1 5061 sipfed.online.lync.com."}},
		{"silent", "D-FED", "hybrid", nil, inside(), Unknown, nil},

		{"healthy", "D-WEBC", "hybrid", outside(), inside(), Pass, []string{"DataEdgeExternalFqdn: webconf.contoso.com"}},
		{"gone", "D-WEBC", "hybrid", outside(), with(inside(), "webconf.contoso.com A", ""), Fail, []string{"webconf.contoso.com does not exist inside"}},
		{"silent", "D-WEBC", "hybrid", outside(), nil, Unknown, nil},

		{"not due", "D-TONLY", "hybrid", outside(), inside(), NoCause, nil},
		{"healthy", "D-TONLY", "teams_only", clouded(), inside(), Pass, nil},
		{"stray", "D-TONLY", "teams_only", with(clouded(), "sip.contoso.com A", "203.0.113.20"), inside(), Fail, []string{"sip.contoso.com leads to 203.0.113.20"}},
		{"silent", "D-TONLY", "teams_only", nil, inside(), Unknown, nil},

		{"nothing to change", "D-TTL", "hybrid", outside(), inside(), Pass, nil},
		{"silent", "D-TTL", "hybrid", nil, inside(), Unknown, nil},

		{"healthy", "D-AGREE", "hybrid", outside(), inside(), Pass, nil},
		{"silent", "D-AGREE", "hybrid", nil, inside(), Unknown, nil},
	} {
		t.Run(c.id+" "+c.name, func(t *testing.T) {
			t.Parallel()
			f := served(c.external, c.internal)
			maps.DeleteFunc(f.zones, func(_ string, zone map[string]string) bool { return zone == nil })
			holds(t, run(t, estateOf(t, inPhase(c.phase), f), c.id), c.want, c.told...)
		})
	}
}

// Where the tenant has more domains than the configuration, they count too; that they could not be read is said.
func TestVerifiedDomains(t *testing.T) {
	t.Parallel()
	f := served(clouded(), inside())
	f.zones["8.8.8.8"] = with(clouded(), "_sip._tls.fabrikam.com SRV", "0 0 443 sip.fabrikam.com.")
	f.resolvers = map[View][]Witness{Outside: {resolverOf("8.8.8.8", Outside)}}
	f.listings["online_sip_domain"] = planner.Listing{Complete: true, Objects: map[string]planner.Found{"f": {Identity: "fabrikam.com"}, "i": {Identity: "contoso.onmicrosoft.com"}}}
	holds(t, run(t, estateOf(t, inPhase("teams_only"), f), "D-TONLY"), Fail, "_sip._tls.fabrikam.com leads to 0 0 443 sip.fabrikam.com.")
	delete(f.listings, "online_sip_domain")
	holds(t, run(t, estateOf(t, inPhase("teams_only"), f), "D-TONLY"), Unknown, "which domains the tenant has is not known")
}

// A wildcard that answers for a name is told apart from a record.
func TestWildcard(t *testing.T) {
	t.Parallel()
	f := served(clouded(), inside())
	e := estateOf(t, inPhase("teams_only"), f)
	label, err := Once(e, "random label contoso.com", func() (string, error) { return "hybrid-check-x.contoso.com", nil })
	if err != nil {
		t.Fatal(err)
	}
	zone := with(clouded(), label+" A", "203.0.113.99", "lyncdiscover.contoso.com A", "203.0.113.99", "sip.contoso.com A", "203.0.113.20")
	f.zones["ns1.contoso.com"], f.zones["ns2.contoso.com"] = zone, zone
	holds(t, run(t, e, "D-TONLY"), Fail, "lyncdiscover.contoso.com does not exist, and the wildcard *.contoso.com answers for it with 203.0.113.99",
		"Remove the wildcard *.contoso.com", "sip.contoso.com leads to 203.0.113.20, away")
}

// A record that is going to change must not be remembered for long.
func TestLifetimes(t *testing.T) {
	t.Parallel()
	for ttl, want := range map[int]Verdict{300: Pass, 301: Fail} {
		f := served(with(outside(), "_sipfederationtls._tcp.contoso.com SRV", "100 1 5061 sipfed.online.lync.com."), inside())
		f.ttl = ttl
		holds(t, run(t, estateOf(t, inPhase("hybrid"), f), "D-TTL"), want)
	}
	f := served(outside(), inside())
	f.ttl = 86400
	holds(t, run(t, estateOf(t, inPhase("hybrid"), f), "D-TTL"), Pass)
}

// A resolver that is behind is told apart from a name server that is, with how long to wait.
func TestAgreement(t *testing.T) {
	t.Parallel()
	old := with(outside(), "_sip._tls.contoso.com SRV", "100 1 443 sipdir.online.lync.com.")
	f := served(outside(), inside())
	f.zones["8.8.8.8"], f.ttl = old, 213
	holds(t, run(t, estateOf(t, inPhase("hybrid"), f), "D-AGREE"), Fail, "the resolver 8.8.8.8, outside says: 100 1 443 sipdir.online.lync.com.", "Wait 213 s")
	holds(t, run(t, estateOf(t, inPhase("hybrid"), f), "D-SIP"), Pass) // the zone is right
	f = served(outside(), inside())
	f.zones["ns2.contoso.com"] = old
	holds(t, run(t, estateOf(t, inPhase("hybrid"), f), "D-AGREE"), Fail, "Let ns2.contoso.com transfer the zone anew")
	f = served(outside(), inside())
	f.zones["8.8.8.8"] = with(outside(), "_sip._tls.contoso.com SRV", "")
	holds(t, run(t, estateOf(t, inPhase("hybrid"), f), "D-AGREE"), Fail, "lets an absence be remembered")
}

// Without dns blocks the public resolvers are asked, and through them the zone's own name servers; this machine's resolver is
// not taken for one that looks from inside.
func TestWithoutBlocks(t *testing.T) {
	t.Parallel()
	f := served(outside(), inside())
	f.resolvers = map[View][]Witness{Outside: {resolverOf("8.8.8.8", Outside)}, Inside: {{Name: "192.168.0.1", Address: "192.168.0.1:53", View: Inside, System: true}}}
	f.zones["192.168.0.1"] = nameServersOnly()
	hcl := "provider \"skype\" {\n  hosts = [\"fe01.contoso.com\"]\n  username = \"u\"\n  password = \"p\"\n}\nuser_homing \"all\" {\n  users  = [{ sip_address = \"sip:ada@contoso.com\" }]\n  target = \"pool01.contoso.com\"\n}\n"
	holds(t, run(t, estateOf(t, hcl, f), "D-SIP"), Pass, "the name server ns2.contoso.com, outside")
	holds(t, run(t, estateOf(t, hcl, f), "D-WEBC"), Unknown, "this machine's resolver 192.168.0.1 does not know webconf.contoso.com")
	delete(f.zones, "8.8.8.8")
	holds(t, run(t, estateOf(t, hcl, f), "D-SIP"), Unknown, "no answer within 5s")
	f.cmdlets = nil
	holds(t, run(t, estateOf(t, hcl, f), "D-WEBC"), Unknown, "nobody answers")
	holds(t, run(t, estateOf(t, "", f), "D-SIP"), NoCause)
}
