package check

import (
	"maps"
	"testing"
	"time"

	"hybrid/internal/builds"
	"hybrid/internal/roots"
)

const (
	coreBuild = "Skype for Business Server 2019, Core Components"
	myStore   = `Get-ChildItem Path=Cert:\LocalMachine\My`
	caStore   = `Get-ChildItem Path=Cert:\LocalMachine\CA`
	roStore   = `Get-ChildItem Path=Cert:\LocalMachine\Root`
	internal  = "CN=Contoso Internal CA"
)

// iso is a time as the host agent writes it.
func iso(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0000000Z") }

// healthyServers are servers with nothing wrong: a pool of two, an Edge, and sessions on a Front End.
func healthyServers() map[string][]map[string]any {
	edge := map[string]any{"Identity": "EdgeServer:edge01.contoso.com", "PoolFqdn": "edge01.contoso.com", "Version": float64(8), "DataEdgeExternalFqdn": "webconf.contoso.com", "AccessEdgeInternalSipPort": float64(5061)}
	running := []map[string]any{{"Name": "REPLICA", "Status": "Running"}, {"ServiceName": "RTCSRV", "ServiceStatus": "Running"}}
	return map[string][]map[string]any{
		edgeServices:                     {edge},
		edgeServices + " Registrar=true": {{"Identity": "Registrar:pool01.contoso.com", "PoolFqdn": "pool01.contoso.com", "Version": float64(8)}},
		computers:                        {{"Identity": "edge01.contoso.com", "Fqdn": "edge01.contoso.com"}},
		connections:                      {{"RemoteAddress": "10.20.0.21", "TcpTestSucceeded": true}},
		patchVersion:                     {{"ComponentName": "Skype for Business Server 2019, Web Components Server", "Version": "7.0.2046.0"}, {"ComponentName": coreBuild, "Version": "7.0.2046.396"}},
		pools: {
			{"Identity": "edge01.contoso.com", "Services": []any{"EdgeServer:edge01.contoso.com"}, "Computers": []any{"edge01.contoso.com"}},
			{"Identity": "pool01.contoso.com", "Services": []any{"Registrar:pool01.contoso.com", "UserServer:pool01.contoso.com"}, "Computers": []any{"fe01.contoso.com", "fe02.contoso.com"}},
		},
		windowsService: running,
		replicas: {
			{"ReplicaFqdn": "pool01.contoso.com", "UpToDate": true, "LastStatusReport": iso(today), "LastUpdateCreation": iso(today.Add(-time.Hour))},
			{"ReplicaFqdn": "edge01.contoso.com", "UpToDate": true, "LastStatusReport": iso(today), "LastUpdateCreation": iso(today.Add(-time.Hour))},
		},
		processes:            {{"StartTime": iso(today.AddDate(0, 0, -7))}},
		events:               {{"TimeCreated": iso(today.AddDate(0, 0, -7).Add(5 * time.Minute)), "Message": "User Replicator has completed initial synchronization of domain contoso.com\r\nand more"}},
		sites:                {{"Identity": "Site:Redmond", "FederationRoute": "EdgeServer:edge01.contoso.com"}, {"Identity": "Site:Dublin", "FederationRoute": nil}},
		mirrors:              {{"DatabaseName": "rtcxds", "MirroringStatusOnPrimary": "synchronized", "MirroringStatusOnMirror": "synchronized"}},
		assignedCertificates: {certificateOf("Default"), certificateOf(oauthUse)},
		myStore:              {{"Thumbprint": "AADefault", "HasPrivateKey": true}, {"Thumbprint": "AA" + oauthUse, "HasPrivateKey": true}, {"Thumbprint": "AA" + accessUse, "HasPrivateKey": true}},
		caStore:              {{"Subject": internal, "Issuer": "CN=Contoso Root CA"}},
		roStore:              storeOf(roots.BuiltIn()),
	}
}

// certificateOf is a good certificate that is assigned to a use.
func certificateOf(use string) map[string]any {
	return map[string]any{
		"Use": use, "Subject": "CN=fe01.contoso.com", "Issuer": internal, "Thumbprint": "AA" + use, "NotAfter": iso(today.AddDate(1, 0, 0)), "AlternativeNames": []any{"fe01.contoso.com", "sip.contoso.com"},
	}
}

// storeOf is a store with all roots of Microsoft 365 and that of the company.
func storeOf(table roots.Table) []map[string]any {
	all := []map[string]any{{"Thumbprint": "FF", "Subject": "CN=Contoso Root CA", "Issuer": "CN=Contoso Root CA"}}
	for _, name := range table.Current() {
		all = append(all, map[string]any{"Thumbprint": table.Roots[name].SHA1, "Subject": "CN=" + name, "Issuer": "CN=" + name})
	}
	return all
}

// but is an object with changes: pairs of property and value.
func but(o map[string]any, pairs ...any) map[string]any {
	made := maps.Clone(o)
	for n := 0; n < len(pairs); n += 2 {
		made[pairs[n].(string)] = pairs[n+1]
	}
	return made
}

// Each check of the servers passes, fails with what is wrong and what to do, and does not know.
func TestServers(t *testing.T) {
	t.Parallel()
	good := healthyServers()
	on := func(cmdlet string, objects ...map[string]any) map[string][]map[string]any {
		return map[string][]map[string]any{cmdlet: append([]map[string]any{}, objects...)}
	}
	const unanswered = "nobody answers"
	for _, c := range []struct {
		name, id string
		change   map[string][]map[string]any // nil objects: the cmdlet fails
		want     Verdict
		told     []string
	}{
		{"good", "H-BUILD", nil, Pass, []string{coreBuild + ": 7.0.2046.396 (fe01.contoso.com)"}},
		{"exactly the oldest", "H-BUILD", on(patchVersion, map[string]any{"ComponentName": coreBuild, "Version": "7.0.2046.385"}), Pass, nil},
		{"old", "H-BUILD", on(patchVersion, map[string]any{"ComponentName": coreBuild, "Version": "7.0.2046.252"}), Fail, []string{"users can be moved from 7.0.2046.385 on (CU6)", "Install CU6 for Skype for Business Server 2019, or a later cumulative update, on fe01.contoso.com"}},
		{"a product that nobody knows", "H-BUILD", on(patchVersion, map[string]any{"ComponentName": "Skype for Business Server Subscription Edition, Core Components", "Version": "8.0.1.1"}), Unknown, []string{"does not have Skype for Business Server Subscription Edition 8.0.1.1", "hybrid { builds = … }"}},
		{"2010", "H-BUILD", on(patchVersion, map[string]any{"ComponentName": "Microsoft Lync Server 2010, Core Components", "Version": "4.0.7577.190"}), Fail, []string{"from which nobody can be moved to Teams"}},
		{"no core", "H-BUILD", on(patchVersion), Unknown, []string{"names no Core Components on fe01.contoso.com"}},
		{"silent", "H-BUILD", map[string][]map[string]any{patchVersion: nil}, Unknown, []string{"the builds of fe01.contoso.com: " + unanswered}},

		{"one version", "H-TOPO", nil, Pass, []string{"Version of Registrar:pool01.contoso.com: 8 (Skype for Business Server 2019)"}},
		{"two", "H-TOPO", on(edgeServices, but(good[edgeServices][0], "Version", float64(6))), Pass, nil},
		{"three", "H-TOPO", on(edgeServices, but(good[edgeServices][0], "Version", float64(6)), but(good[edgeServices][0], "Version", float64(7))), Fail, []string{"has 3 versions, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019"}},
		{"2010 beside 2019", "H-TOPO", on(edgeServices, but(good[edgeServices][0], "Version", float64(5))), Fail, []string{"Lync Server 2010 is in no hybrid with Teams: edge01.contoso.com", "Lync Server 2010 and Skype for Business Server 2019 may not be in a hybrid together"}},
		{"a version that nobody knows", "H-TOPO", on(edgeServices, but(good[edgeServices][0], "Version", float64(9))), Unknown, []string{"edge01.contoso.com has version 9"}},
		{"no number", "H-TOPO", on(edgeServices, but(good[edgeServices][0], "Version", nil)), Unknown, []string{"edge01.contoso.com has version -1"}},
		{"no service", "H-TOPO", on(edgeServices), Unknown, []string{"Get-CsService -EdgeServer names no pool"}},
		{"silent", "H-TOPO", map[string][]map[string]any{edgeServices: nil}, Unknown, []string{unanswered}},

		{"all run", "P-SVC", nil, Pass, []string{"services: REPLICA Running, RTCSRV Running (fe02.contoso.com)"}},
		{"one stopped", "P-SVC", on(windowsService+" ComputerName=fe02.contoso.com ExcludeActivityLevel=true", map[string]any{"Name": "RTCSRV", "Status": "Stopped"}), Fail, []string{"RTCSRV on fe02.contoso.com is stopped", "Start-CsWindowsService -Name RTCSRV -ComputerName fe02.contoso.com"}},
		{"no status", "P-SVC", on(windowsService, map[string]any{"Name": "RTCSRV"}), Unknown, []string{"whether RTCSRV runs on fe01.contoso.com"}},
		{"none", "P-SVC", on(windowsService), Unknown, []string{"the services of fe02.contoso.com: Get-CsWindowsService names none"}},
		{"silent", "P-SVC", map[string][]map[string]any{windowsService: nil}, Unknown, []string{unanswered}},
		{"no pools", "P-SVC", on(pools), Unknown, []string{"names no pool with a registrar"}},

		{"up to date", "P-CMS", nil, Pass, []string{"edge01.contoso.com: UpToDate true"}},
		{"behind", "P-CMS", on(replicas, but(good[replicas][1], "UpToDate", false)), Fail, []string{"edge01.contoso.com is behind", "TCP port 4443"}},
		{"an old report", "P-CMS", on(replicas, but(good[replicas][1], "LastStatusReport", iso(today.Add(-2*time.Hour)))), Fail, []string{"has not reported since the last change"}},
		{"no report", "P-CMS", on(replicas, but(good[replicas][1], "LastStatusReport", nil)), Unknown, []string{"when edge01.contoso.com last reported"}},
		{"no word", "P-CMS", on(replicas, but(good[replicas][1], "UpToDate", nil)), Unknown, []string{"whether edge01.contoso.com is up to date"}},
		{"no replica", "P-CMS", on(replicas), Unknown, []string{"names no replica"}},
		{"silent", "P-CMS", map[string][]map[string]any{replicas: nil}, Unknown, []string{unanswered}},

		{"read", "P-UREP", nil, Pass, []string{"event 30024: 2026-11-15T12:05:00Z User Replicator has completed initial synchronization of domain contoso.com (fe01.contoso.com)"}},
		{"before the start", "P-UREP", on(events, map[string]any{"TimeCreated": iso(today.AddDate(0, 0, -8))}), Fail, []string{"has not finished on fe01.contoso.com since the Front End service was started at 2026-11-15T12:00:00Z"}},
		{"no event at all", "P-UREP", on(events), Fail, []string{"there is no event 30024", "Wait until event 30024"}},
		{"no log", "P-UREP", map[string][]map[string]any{events: nil}, Unknown, []string{"event 30024 on fe01.contoso.com: " + unanswered}},
		{"no process", "P-UREP", map[string][]map[string]any{processes: nil}, Unknown, []string{"when the Front End service was started on fe01.contoso.com: " + unanswered}},
		{"no start", "P-UREP", on(processes, map[string]any{"StartTime": nil}), Unknown, []string{"does not say when RTCSrv was started"}},

		{"one", "E-FED1", nil, Pass, []string{"FederationRoute of Site:Dublin: none"}},
		{"one for two sites", "E-FED1", on(sites, good[sites][0], but(good[sites][0], "Identity", "Site:Dublin")), Pass, nil},
		{"two", "E-FED1", on(sites, good[sites][0], but(good[sites][1], "FederationRoute", "EdgeServer:edge02.contoso.com")), Fail, []string{"2 federation routes, EdgeServer:edge01.contoso.com, EdgeServer:edge02.contoso.com", "Choose one Edge pool"}},
		{"none", "E-FED1", on(sites, good[sites][1]), Fail, []string{"no site has a federation route"}},
		{"no word", "E-FED1", on(sites, map[string]any{"Identity": "Site:Redmond"}), Unknown, []string{"does not say how Site:Redmond federates"}},
		{"no site", "E-FED1", on(sites), Unknown, []string{"names no site"}},
		{"silent", "E-FED1", map[string][]map[string]any{sites: nil}, Unknown, []string{unanswered}},

		{"in step", "P-LOG", nil, Unknown, []string{"how full the log of rtcxds is: no cmdlet of the servers tells", "MirroringStatusOnPrimary of rtcxds: synchronized", "sqlcmd -E -S SERVER\\INSTANCE -d rtcxds"}},
		{"no mirror", "P-LOG", on(mirrors, map[string]any{"DatabaseName": "rtcxds", "MirroringStatusOnPrimary": ""}), Unknown, []string{"mirror of rtcxds: none (pool01.contoso.com)"}},
		{"out of step", "P-LOG", on(mirrors, map[string]any{"DatabaseName": "rtcxds", "MirroringStatusOnPrimary": "suspended"}), Fail, []string{"the mirror of rtcxds of pool01.contoso.com is suspended, not synchronized"}},
		{"silent", "P-LOG", map[string][]map[string]any{mirrors: nil}, Unknown, []string{"the mirror of rtcxds of pool01.contoso.com: " + unanswered}},

		{"no Edge", "E-ROOT", nil, Unknown, []string{"hybrid has no session there, and fe01.contoso.com is none of them", "On every Edge Server run:\n  '", "'DF3C24F9BFD666761B268073FE06D1CC8D4F82A4'"}},
		{"on an Edge", "E-ROOT", on(assignedCertificates, certificateOf(accessUse)), Pass, []string{"DigiCert Global Root G2: DF3C24F9BFD666761B268073FE06D1CC8D4F82A4"}},
		{"one missing", "E-ROOT", map[string][]map[string]any{assignedCertificates: {certificateOf(accessUse)}, roStore: good[roStore][:len(good[roStore])-1]}, Fail, []string{"does not have Microsoft RSA Root Certificate Authority 2017", "certutil -addstore Root"}},
		{"empty store", "E-ROOT", map[string][]map[string]any{assignedCertificates: {certificateOf(accessUse)}, roStore: {}}, Unknown, []string{"shows nothing"}},
		{"silent store", "E-ROOT", map[string][]map[string]any{assignedCertificates: {certificateOf(accessUse)}, roStore: nil}, Unknown, []string{unanswered, "On every Edge Server run:\n  '"}},
		{"silent", "E-ROOT", map[string][]map[string]any{assignedCertificates: nil}, Unknown, []string{unanswered}},
	} {
		t.Run(c.id+" "+c.name, func(t *testing.T) {
			t.Parallel()
			holds(t, run(t, estateOf(t, serversOnly, changedServers(c.change)), c.id), c.want, c.told...)
		})
	}
}

// serversOnly is a configuration that asks nobody but the servers.
const serversOnly = `
provider "skype" {
  hosts    = ["fe01.contoso.com"]
  username = "u"
  password = "p"
}
user_homing "pilot" {
  users  = [{ sip_address = "sip:ada@contoso.com" }]
  target = "pool01.contoso.com"
}
`

// oneServer is the host of the sessions with the servers.
func oneServer() fakeHosts {
	return fakeHosts{hosts: map[string][]string{"skype": {"fe01.contoso.com"}}}
}

// changedServers is a fake of healthy servers, but for some cmdlets.
func changedServers(change map[string][]map[string]any) *fake {
	f := &fake{fakeHosts: oneServer(), cmdlets: healthyServers(), table: roots.BuiltIn()}
	for name, objects := range change {
		if f.cmdlets[name] = objects; objects == nil {
			delete(f.cmdlets, name)
		}
	}
	return f
}

// What the servers' own certificates are, and which ports of the Edge they reach, is told by the checks that look at both from
// outside, too.
func TestServersFromInside(t *testing.T) {
	t.Parallel()
	good := healthyServers()
	certificates := func(change ...any) map[string][]map[string]any {
		return map[string][]map[string]any{assignedCertificates: {but(certificateOf("Default"), change...), certificateOf(oauthUse)}}
	}
	for _, c := range []struct {
		name, id string
		change   map[string][]map[string]any
		want     Verdict
		told     string
	}{
		{"good", "E-CERT", nil, Pass, "Default: CN=fe01.contoso.com, issued by CN=Contoso Internal CA; good until "},
		{"expired", "E-CERT", certificates("NotAfter", iso(today.AddDate(0, 0, -1))), Fail, "the certificate Default of fe01.contoso.com expired on 2026-11-21"},
		{"30 days", "E-CERT", certificates("NotAfter", iso(today.AddDate(0, 0, 30))), Fail, "expires on 2026-12-22, in 30 days"},
		{"31 days", "E-CERT", certificates("NotAfter", iso(today.AddDate(0, 0, 31))), Pass, ""},
		{"no end", "E-CERT", certificates("NotAfter", nil), Unknown, "until when the certificate Default of fe01.contoso.com is good"},
		{"not in the store", "E-CERT", certificates("Thumbprint", "BB"), Fail, "is not in its store"},
		{"no key", "E-CERT", map[string][]map[string]any{myStore: {but(good[myStore][0], "HasPrivateKey", false), good[myStore][1]}}, Fail, "has no private key to the certificate Default"},
		{"no word of a key", "E-CERT", map[string][]map[string]any{myStore: {but(good[myStore][0], "HasPrivateKey", nil), good[myStore][1]}}, Unknown, "whether fe01.contoso.com has the private key"},
		{"strange issuer", "E-CERT", certificates("Issuer", "CN=Nobody"), Fail, `its stores do not have "CN=Nobody"`},
		{"root missing", "E-CERT", map[string][]map[string]any{roStore: {}}, Fail, `its stores do not have "CN=Contoso Root CA"`},
		{"no OAuth", "E-CERT", map[string][]map[string]any{assignedCertificates: {certificateOf("Default")}}, Fail, "has no certificate for OAuth"},
		{"Edge", "E-CERT", map[string][]map[string]any{assignedCertificates: {certificateOf(accessUse)}}, Pass, ""},
		{"Edge by another name", "E-CERT", map[string][]map[string]any{assignedCertificates: {but(certificateOf(accessUse), "AlternativeNames", []any{"edge.contoso.com"})}}, Fail, "the certificate AccessEdgeExternal of fe01.contoso.com does not have the name sip.contoso.com"},
		{"silent store", "E-CERT", map[string][]map[string]any{caStore: nil}, Unknown, `the keys and authorities of fe01.contoso.com, Cert:\LocalMachine\CA: nobody answers`},
		{"none", "E-CERT", map[string][]map[string]any{assignedCertificates: {}}, Unknown, "Get-CsCertificate shows none"},
		{"silent", "E-CERT", map[string][]map[string]any{assignedCertificates: nil}, Unknown, "the certificates of fe01.contoso.com: nobody answers"},

		{"open", "E-NET", nil, Pass, "edge01.contoso.com, port 4443: TcpTestSucceeded true, address 10.20.0.21 (fe01.contoso.com)"},
		{"closed", "E-NET", map[string][]map[string]any{connections + " ComputerName=edge01.contoso.com Port=4443": {{"RemoteAddress": "10.20.0.21", "TcpTestSucceeded": false}}}, Fail, "Let the firewall pass TCP port 4443 from the Front End Servers to edge01.contoso.com (10.20.0.21)"},
		{"no address", "E-NET", map[string][]map[string]any{connections: {{"RemoteAddress": nil, "TcpTestSucceeded": false}}}, Fail, "fe01.contoso.com finds no address of the Edge Server edge01.contoso.com"},
		{"no word", "E-NET", map[string][]map[string]any{connections: {{"RemoteAddress": "10.20.0.21"}}}, Unknown, "whether fe01.contoso.com reaches edge01.contoso.com at 5061"},
		{"silent", "E-NET", map[string][]map[string]any{connections: nil}, Unknown, "whether fe01.contoso.com reaches the Edge Servers: nobody answers"},
		{"no computers", "E-NET", map[string][]map[string]any{computers: {}}, Unknown, "the computers of the Edge pool edge01.contoso.com"},
		{"no Edge", "E-NET", map[string][]map[string]any{edgeServices: {}}, Unknown, "which Edge Servers there are"},
	} {
		t.Run(c.id+" "+c.name, func(t *testing.T) {
			t.Parallel()
			f, _, _ := edge(t)
			f.cmdlets = changedServers(c.change).cmdlets
			holds(t, run(t, estateOf(t, inPhase("hybrid"), f), c.id), c.want, c.told)
		})
	}
}

// A file of builds that a configuration lays over the table decides.
func TestOwnBuilds(t *testing.T) {
	t.Parallel()
	e := estateOf(t, serversOnly, changedServers(nil))
	own, err := builds.BuiltIn().Read([]byte(`{"schema":1,"as_of":"2027-01-01","products":{"Skype for Business Server 2019":{"builds":"7.0.2046","minimum":"7.0.2046.500","update":"CU8","topology":8}}}`))
	if err != nil {
		t.Fatal(err)
	}
	e.Config.Builds = own
	holds(t, run(t, e, "H-BUILD"), Fail, "users can be moved from 7.0.2046.500 on (CU8)")
}

// Nobody is moved, so nobody asks how much room there is for moves.
func TestNoMoves(t *testing.T) {
	t.Parallel()
	holds(t, run(t, estateOf(t, serversOnly[:len(serversOnly)-len(homingOnly)], changedServers(nil)), "P-LOG"), NoCause)
	holds(t, run(t, estateOf(t, "", changedServers(nil)), "H-BUILD"), NoCause)
}

const homingOnly = `user_homing "pilot" {
  users  = [{ sip_address = "sip:ada@contoso.com" }]
  target = "pool01.contoso.com"
}
`
