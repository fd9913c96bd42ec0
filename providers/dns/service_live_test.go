package dns

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/dnsservice"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// liveBlock is the provider block of a service that somebody has named in the environment, and the zone to work in; nil where
// nobody has.
func liveBlock(kind dnsservice.Kind) (map[string]cty.Value, string) {
	text := func(name string) cty.Value {
		if v := os.Getenv(name); v != "" {
			return cty.StringVal(v)
		}
		return cty.NullVal(cty.String)
	}
	switch kind {
	case dnsservice.Route53: // credentials as AWS's tools find them: AWS_PROFILE, AWS_ACCESS_KEY_ID …
		return map[string]cty.Value{"profile": text("AWS_PROFILE")}, os.Getenv("HYBRID_LIVE_ROUTE53_ZONE")
	case dnsservice.Azure: // as who has signed in with az login
		return map[string]cty.Value{"subscription_id": text("HYBRID_LIVE_AZURE_SUBSCRIPTION"), "tenant_id": text("HYBRID_LIVE_AZURE_TENANT"), "sign_in": cty.StringVal("cli")},
			os.Getenv("HYBRID_LIVE_AZURE_ZONE")
	}
	return map[string]cty.Value{"api_token": text("HYBRID_LIVE_CLOUDFLARE_TOKEN").Mark(schema.Sensitive)}, os.Getenv("HYBRID_LIVE_CLOUDFLARE_ZONE")
}

// TestLiveServices walks record sets of every type through a real zone, below a name that nobody else has, and takes all of them
// away again.
func TestLiveServices(t *testing.T) {
	t.Parallel()
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		own, zone := liveBlock(kind)
		if zone == "" {
			t.Skipf("SKIPPED: no zone at %s is named in the environment, so the provider is held against recorded answers only (docs/dns-services.md says how)", kind.Title())
		}
		p := openAt(t, providers.Settings{Name: "dns.live", Values: block(map[string]cty.Value{"type": cty.StringVal(string(kind)), string(kind): ofBlock(kind, own)})})
		at := fmt.Sprintf("hybrid-test-%x.%s", time.Now().UnixNano(), zone)
		sets := []struct{ name, rtype, first, second, third string }{
			{"sip." + at, "A", "192.0.2.1", "192.0.2.2", "192.0.2.3"},
			{"sip." + at, "AAAA", "2001:db8::1", "2001:DB8::0002", "2001:db8:0::3"},
			{"_sip._tls." + at, "SRV", "0 0 443 sip." + at, "10 5 443 SIP." + at + ".", "100 1 443 sipdir.online.lync.com."},
			{"txt." + at, "TXT", "v=spf1 -all", `"a \"quoted\" word and a back\\slash"`, `"in two " "parts"`},
			{"*.wild." + at, "A", "192.0.2.1", "192.0.2.2", "192.0.2.3"},
		}
		for _, s := range sets {
			defer func() { // also where the test has failed
				if c := plan(t, p, set(s.name, s.rtype, -1)); c.Action == planner.Delete {
					_ = p.Apply(t.Context(), c)
				}
			}()
			converge(t, p, set(s.name, s.rtype, 300, s.first), planner.Create)
			converge(t, p, set(s.name, s.rtype, 300, s.first, s.second), planner.Update)
			converge(t, p, set(s.name, s.rtype, 600, s.second, s.third), planner.Update)
			converge(t, p, set(s.name, s.rtype, -1), planner.Delete)
		}
		converge(t, p, set("alias."+at, "CNAME", 300, "sip."+at), planner.Create)
		converge(t, p, set("alias."+at, "CNAME", 300, "webdir.online.lync.com"), planner.Update)
		converge(t, p, set("alias."+at, "CNAME", -1), planner.Delete)
	})
}
