package check

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"

	"hybrid/internal/roots"
	"hybrid/providers"
)

// onOne is what cmdlets give, with what one gives on one host: nil is silence.
func onOne(cmdlets map[string][]map[string]any, key string, objects []map[string]any) map[string][]map[string]any {
	made := maps.Clone(cmdlets)
	made[key] = objects
	return made
}

// ofTwo is serversOnly with two hosts, and what they say.
func ofTwo(t *testing.T, hcl string, cmdlets map[string][]map[string]any) *Estate {
	t.Helper()
	f := &fake{cmdlets: cmdlets, table: roots.BuiltIn(), fakeHosts: fakeHosts{hosts: map[string][]string{"skype": {"fe01.contoso.com:5986", "fe02.contoso.com:5986"}}, says: map[string]saidBy{}}}
	return estateOf(t, strings.Replace(serversOnly, `["fe01.contoso.com"]`, hcl, 1), f)
}

const twoServers = `["fe01.contoso.com", "fe02.contoso.com"]`

// Each host is asked by itself: one with a fault fails the check, one that does not answer leaves it unknown, and what is found on
// one is never held against another.
func TestHostsOneByOne(t *testing.T) {
	t.Parallel()
	good := healthyServers()
	const fe02 = "fe02.contoso.com:5986: "
	edges, closed := []map[string]any{certificateOf(accessUse)}, []map[string]any{{"RemoteAddress": "10.20.0.21", "TcpTestSucceeded": false}}
	// The second host has certificates of its own, in its own store.
	own := onOne(good, fe02+assignedCertificates, []map[string]any{but(certificateOf("Default"), "Thumbprint", "BB"), certificateOf(oauthUse)})
	kept := onOne(own, fe02+myStore, []map[string]any{{"Thumbprint": "BB", "HasPrivateKey": true}, good[myStore][1]})
	for _, c := range []struct {
		name, id string
		cmdlets  map[string][]map[string]any
		want     Verdict
		told     []string
	}{
		{"both", "H-BUILD", good, Pass, []string{"7.0.2046.396 (fe01.contoso.com)", "7.0.2046.396 (fe02.contoso.com)"}},
		{
			"one old", "H-BUILD", onOne(good, fe02+patchVersion, []map[string]any{{"ComponentName": coreBuild, "Version": "7.0.2046.252"}}), Fail,
			[]string{"fe02.contoso.com has Skype for Business Server 2019 7.0.2046.252", "on fe02.contoso.com: build", "7.0.2046.396 (fe01.contoso.com)"},
		},
		{"one silent", "H-BUILD", onOne(good, fe02+patchVersion, nil), Unknown, []string{"the builds of fe02.contoso.com: nobody answers", "7.0.2046.396 (fe01.contoso.com)"}},
		{
			"one silent, one old", "H-BUILD", onOne(onOne(good, fe02+patchVersion, nil), patchVersion, []map[string]any{{"ComponentName": coreBuild, "Version": "7.0.2046.252"}}), Fail,
			[]string{"fe01.contoso.com has Skype", "not known beside that: the builds of fe02.contoso.com: nobody answers"},
		},

		{"both", "P-UREP", good, Pass, []string{"domain contoso.com (fe01.contoso.com)", "domain contoso.com (fe02.contoso.com)"}},
		{"one later", "P-UREP", onOne(good, fe02+processes, []map[string]any{{"StartTime": iso(today)}}), Fail, []string{"has not finished on fe02.contoso.com since the Front End service was started at 2026-11-22T12:00:00Z"}},
		{"one silent", "P-UREP", onOne(good, fe02+events, nil), Unknown, []string{"event 30024 on fe02.contoso.com: nobody answers"}},

		{"both", "E-CERT", kept, Pass, []string{"SHA-1 AADefault (fe01.contoso.com)", "SHA-1 BB (fe02.contoso.com)"}},
		{"one without its certificate", "E-CERT", own, Fail, []string{"the certificate Default is assigned on fe02.contoso.com, and is not in its store"}},
		{"one silent", "E-CERT", onOne(good, fe02+assignedCertificates, nil), Unknown, []string{"the certificates of fe02.contoso.com: nobody answers", "SHA-1 AADefault (fe01.contoso.com)"}},
		{"a silent store", "E-CERT", onOne(good, fe02+caStore, nil), Unknown, []string{`the keys and authorities of fe02.contoso.com, Cert:\LocalMachine\CA: nobody answers`}},

		{"both", "E-NET", good, Pass, []string{"edge01.contoso.com, port 4443: TcpTestSucceeded true, address 10.20.0.21 (fe02.contoso.com)"}},
		{"one closed", "E-NET", onOne(good, fe02+connections, closed), Fail, []string{"fe02.contoso.com does not reach edge01.contoso.com at TCP port 4443", "port 5061: TcpTestSucceeded true, address 10.20.0.21 (fe01.contoso.com)"}},
		{"one silent", "E-NET", onOne(good, fe02+connections, nil), Unknown, []string{"whether fe02.contoso.com reaches the Edge Servers: nobody answers"}},

		{"one refuses a port", "E-NET", onOne(good, fe02+connections+" ComputerName=edge01.contoso.com Port=4443", []map[string]any{}), Unknown, []string{"whether fe02.contoso.com reaches edge01.contoso.com at 4443: Test-NetConnection did not return one object"}},

		{"none is an Edge", "E-ROOT", good, Unknown, []string{"hybrid has no session there, and fe01.contoso.com, fe02.contoso.com are none of them", "On every Edge Server run:\n  '"}},
		{"one is", "E-ROOT", onOne(good, fe02+assignedCertificates, edges), Pass, []string{"DF3C24F9BFD666761B268073FE06D1CC8D4F82A4 (fe02.contoso.com)"}},
		{"one that is lacks one", "E-ROOT", onOne(onOne(good, fe02+assignedCertificates, edges), fe02+roStore, good[roStore][:2]), Fail, []string{"fe02.contoso.com does not have "}},
		{"one may be", "E-ROOT", onOne(onOne(good, fe02+assignedCertificates, nil), assignedCertificates, edges), Unknown, []string{"whether fe02.contoso.com is an Edge Server: nobody answers", "On every Edge Server run:\n  '"}},
	} {
		t.Run(c.id+" "+c.name, func(t *testing.T) {
			t.Parallel()
			e := ofTwo(t, twoServers, c.cmdlets)
			if c.id == "E-CERT" || c.id == "E-NET" { // which look from outside as well
				f, _, _ := edge(t)
				f.cmdlets, f.fakeHosts = c.cmdlets, e.Source.(*fake).fakeHosts
				e = estateOf(t, strings.Replace(inPhase("hybrid"), `["fe01.contoso.com"]`, twoServers, 1), f)
			}
			holds(t, run(t, e, c.id), c.want, c.told...)
		})
	}
}

// Behind an endpoint nobody knows which server answers: a fault is one, and what is good is no word on the others. Nothing is put
// together there that may be of two servers.
func TestBehindAnEndpoint(t *testing.T) {
	t.Parallel()
	const behind = twoServers + `
  endpoint = "https://pool01.contoso.com/OcsPowershell"`
	const unknown = "which server has answered behind the endpoint https://pool01.contoso.com/OcsPowershell is not known, and the others were not asked: on each run "
	for id, told := range map[string][]string{
		"H-BUILD": {unknown + "Get-CsServerPatchVersion", "7.0.2046.396 (the endpoint https://pool01.contoso.com/OcsPowershell)"},
		"P-UREP":  {unknown + "(Get-Process RTCSrv).StartTime, and Get-WinEvent -LogName 'Lync Server'"},
		"E-ROOT":  {"hybrid has no session there, and the endpoint https://pool01.contoso.com/OcsPowershell is none of them"},
	} {
		holds(t, run(t, ofTwo(t, behind, healthyServers()), id), Unknown, told...)
	}
	old := onOne(healthyServers(), patchVersion, []map[string]any{{"ComponentName": coreBuild, "Version": "7.0.2046.252"}})
	holds(t, run(t, ofTwo(t, behind, old), "H-BUILD"), Fail, "the endpoint https://pool01.contoso.com/OcsPowershell has Skype for Business Server 2019 7.0.2046.252")
	e := ofTwo(t, behind, healthyServers())
	e.Source.(*fake).says["* "+patchVersion] = missing("fe01.contoso.com", patchVersion, "https://pool01.contoso.com/OcsPowershell")
	holds(t, run(t, e, "H-BUILD"), Unknown, "offers no Get-CsServerPatchVersion; by hand, on each server behind it: look at the versions")
	f, _, _ := edge(t)
	f.says = map[string]saidBy{"* " + connections: missing("fe01.contoso.com", connections, "https://pool01.contoso.com/OcsPowershell")}
	e = estateOf(t, strings.Replace(inPhase("hybrid"), `["fe01.contoso.com"]`, behind, 1), f)
	holds(t, run(t, e, "E-CERT"), Unknown, unknown+`Get-CsCertificate and Get-ChildItem Cert:\LocalMachine\My`)
	holds(t, run(t, e, "E-NET"), Unknown, "offers no Test-NetConnection; by hand, on each server behind it: Test-NetConnection edge01.contoso.com -Port 5061")
}

// A host that does not let anybody in is tried once, whatever is asked of it.
func TestClosedHostIsTriedOnce(t *testing.T) {
	t.Parallel()
	e := ofTwo(t, twoServers, healthyServers())
	f := &counting{fake: e.Source.(*fake)}
	f.openings = map[string]openedAs{"fe02.contoso.com:5986": {err: errors.New("no session on fe02.contoso.com")}}
	e.Source = f
	checks, _ := Select(All(), []string{"H-BUILD", "P-UREP", "E-ROOT", "E-NET"}, nil)
	for _, found := range Run(t.Context(), e, checks, Options{}) {
		holds(t, found, Unknown, "no session on fe02.contoso.com")
	}
	if n := f.tried["fe02.contoso.com:5986"]; n != 1 {
		t.Errorf("tried %d times", n)
	}
}

// A counting fake counts how often a host is asked for a session.
type counting struct {
	*fake
	mu    sync.Mutex
	tried map[string]int
}

func (c *counting) Opening(ctx context.Context, block, host string) (providers.Opening, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tried == nil {
		c.tried = map[string]int{}
	}
	c.tried[host]++
	return c.fake.Opening(ctx, block, host)
}

// A host that is too old for a cmdlet is looked at by hand.
func TestTooOldForTheCmdlet(t *testing.T) {
	t.Parallel()
	f := changedServers(nil)
	f.says = map[string]saidBy{"* " + patchVersion: missing("fe01.contoso.com", patchVersion, "")}
	holds(t, run(t, estateOf(t, serversOnly, f), "H-BUILD"), Unknown, "fe01.contoso.com has no cmdlet Get-CsServerPatchVersion; by hand, on fe01.contoso.com: look at the versions under Programs and Features", "needs 5.0.8308.1182")
}

// A block that cannot be used at all is told as that, and nothing is asked.
func TestUnusableServers(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"H-BUILD", "P-UREP", "E-ROOT", "E-CERT", "C-CLK"} {
		f := changedServers(nil)
		f.fakeHosts = fakeHosts{unusable: map[string]error{"skype": errors.New("provider \"skype\" cannot be used")}}
		holds(t, run(t, estateOf(t, serversOnly, f), id), Unknown, "provider \"skype\" cannot be used")
	}
}
