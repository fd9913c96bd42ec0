package dns

import (
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/dnsservice"
	labservice "hybrid/internal/lab/dnsservice"
	"hybrid/planner"
	"hybrid/providers"
)

// actions are the rights that requests take, by what they look like: a method and a path.
var actions = map[dnsservice.Kind]map[string]string{
	dnsservice.Route53: {
		`^GET /2013-04-01/hostedzone$`:               "route53:ListHostedZones",
		`^GET /2013-04-01/hostedzone/[^/]+$`:         "route53:GetHostedZone",
		`^GET /2013-04-01/hostedzone/[^/]+/rrset$`:   "route53:ListResourceRecordSets",
		`^POST /2013-04-01/hostedzone/[^/]+/rrset/$`: "route53:ChangeResourceRecordSets",
	},
	dnsservice.Azure: {
		`^GET .*/dnsZones$`:                         "Microsoft.Network/dnsZones/read",
		`^GET .*/dnszones/[^/]+/recordsets$`:        "Microsoft.Network/dnsZones/recordsets/read",
		`^GET .*/dnszones/[^/]+/A/[^/]+$`:           "Microsoft.Network/dnsZones/A/read",
		`^GET .*/dnszones/[^/]+/[B-Z][A-Z]+/[^/]+$`: "of CNAME; where the new set is a CNAME record, of A, AAAA, SRV, TXT and MX",
		`^GET .*/dnszones/[^/]+/AAAA/[^/]+$`:        "of CNAME; where the new set is a CNAME record, of A, AAAA, SRV, TXT and MX",
		`^PUT .*/dnszones/[^/]+/A/[^/]+$`:           "Microsoft.Network/dnsZones/A/write",
		`^PUT .*/dnszones/[^/]+/CNAME/[^/]+$`:       "with A standing for each type of record that is declared",
		`^DELETE .*/dnszones/[^/]+/A/[^/]+$`:        "Microsoft.Network/dnsZones/A/delete",
	},
	dnsservice.Cloudflare: {
		`^GET /client/v4/zones$`:                          "Zone: Zone: Read",
		`^GET /client/v4/zones/[^/]+/dns_records$`:        "DNS: Read",
		`^POST /client/v4/zones/[^/]+/dns_records/batch$`: "Zone: DNS: Edit",
	},
}

// The page of permissions names the right for every request that is made of a service, and no other.
func TestRightsAtServices(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		_, section, _ := strings.Cut(string(page), map[dnsservice.Kind]string{dnsservice.Route53: "## DNS in Route 53\n", dnsservice.Azure: "## DNS in Azure\n", dnsservice.Cloudflare: "## DNS at Cloudflare\n"}[kind])
		section, _, _ = strings.Cut(section, "\n## ")
		used := map[string]bool{}
		for request := range everyRequest(t, kind) {
			right := rightOf(kind, request)
			if right == "" || !strings.Contains(section, right) {
				t.Errorf("the page does not name the right for %s (%s)", request, right)
			}
			used[right] = true
		}
		named := regexp.MustCompile(`route53:[A-Z]\w+|Microsoft\.Network/dnsZones/\w+(/\w+)?`).FindAllString(section, -1)
		named = slices.DeleteFunc(named, func(name string) bool { return used[name] || strings.HasSuffix(name, "RecordNames") }) // a key of conditions
		if diff := cmp.Diff([]string{}, append([]string{}, named...)); diff != "" {
			t.Errorf("the page names rights that nothing needs:\n%s", diff)
		}
	})
}

func rightOf(kind dnsservice.Kind, request string) string {
	for _, form := range slices.Sorted(maps.Keys(actions[kind])) {
		if regexp.MustCompile(form).MatchString(request) {
			return actions[kind][form]
		}
	}
	return ""
}

// everyRequest reads, asks for name servers, makes, changes and deletes, and gives what was asked of the service for it.
func everyRequest(t *testing.T, kind dnsservice.Kind) map[string]bool {
	t.Helper()
	var mu sync.Mutex
	seen := map[string]bool{}
	s := between(t, kind, labservice.Options{}, func(_ http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		seen[r.Method+" "+r.URL.Path] = true
		return false
	})
	p := openAt(t, s)
	for _, v := range []cty.Value{
		set("new.contoso.com", "A", 300, "192.0.2.1"), set("new.contoso.com", "A", 300, "192.0.2.2"), set("new.contoso.com", "A", -1), set("alias.contoso.com", "CNAME", 300, "sip.contoso.com"),
	} {
		if err := p.Apply(t.Context(), plan(t, p, v)); err != nil {
			t.Fatal(err)
		}
	}
	o := wanted(withPropagation(set("sip.contoso.com", "A", -1, "203.0.113.10", "203.0.113.11")))
	listing := p.Read(t.Context(), o.Kind, []planner.Object{o})
	p.(providers.Verifier).Verify(t.Context(), o.Kind, []planner.Object{o}, listing)
	return seen
}
