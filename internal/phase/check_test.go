package phase

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

const (
	cloudSRV  = "dns_record _sipfederationtls._tcp.contoso.com type=SRV values=100 1 5061 sipfed.online.lync.com."
	serverSRV = "dns_record _sipfederationtls._tcp.contoso.com type=SRV values=0 0 5061 sip.contoso.com."
)

// What contradicts which phase: o stands for phases that a line is well in, x for those that it contradicts.
func TestWhatPhasesDemand(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{ // onprem, hybrid, teams_only, decommissioned
		cloudSRV: "xxoo", serverSRV: "ooxx",
		"dns_record _sipfederationtls._tcp.contoso.com type=SRV absent":                                                  "oxxx",
		"dns_record _sipfederationtls._tcp.contoso.com type=SRV values=?":                                                "oooo",
		"dns_record _SIPFederationTLS._tcp.contoso.com. type=srv values=100 1 5061 SIPFED.online.lync.com":               "xxoo",
		"dns_record _sipfederationtls._tcp.contoso.com type=SRV values=0 0 5061 sipfed.online.lync.com.":                 "xxxx",
		"dns_record _sipfederationtls._tcp.contoso.com type=SRV values=100 1 5061 sipfed.online.gov.skypeforbusiness.us": "xxxx",
		"dns_record _sipfederationtls._tcp.contoso.com type=TXT values=anything":                                         "oooo",
		"dns_record _sipfederationtls._tcp.fabrikam.com type=SRV values=0 0 5061 sip.fabrikam.com.":                      "oooo",
		"dns_record _sip._tls.contoso.com type=SRV values=100 1 443 sipdir.online.lync.com.":                             "xxoo",
		"dns_record _sip._tls.contoso.com type=SRV values=0 0 443 sip.contoso.com.":                                      "ooxx",
		"dns_record _sip._tls.contoso.com type=SRV absent":                                                               "oooo",
		"dns_record lyncdiscover.contoso.com type=CNAME values=webdir.online.lync.com.":                                  "xxoo",
		"dns_record lyncdiscover.contoso.com type=CNAME values=webdir0a.online.lync.com.":                                "xxxx",
		"dns_record lyncdiscover.contoso.com type=CNAME values=proxy.contoso.com.":                                       "ooxx",
		"dns_record lyncdiscover.contoso.com type=A values=203.0.113.10":                                                 "ooxx",
		"dns_record lyncdiscover.contoso.com type=A absent":                                                              "oooo",
		"dns_record sip.contoso.com type=AAAA values=2001:db8::1":                                                        "ooxx",
		"dns_record sip.contoso.com type=CNAME values=sipdir.online.lync.com":                                            "xxoo",
		"dns_record lyncdiscoverinternal.contoso.com type=A values=10.20.0.11":                                           "ooox",
		"dns_record lyncdiscoverinternal.contoso.com type=A absent":                                                      "oooo",
		"dns_record _sipinternaltls._tcp.contoso.com type=SRV values=0 0 5061 pool01.contoso.com.":                       "ooox",
		"dns_record meet.contoso.com type=A values=203.0.113.10":                                                         "ooox",
		"dns_record dialin.contoso.com type=CNAME values=webdir.online.lync.com.":                                        "xxox",
		"dns_record www.contoso.com type=A values=203.0.113.80":                                                          "oooo",
		"tenant_federation - shared_sip_address_space=true":                                                              "xoox",
		"tenant_federation - shared_sip_address_space=false":                                                             "oxxo",
		"tenant_federation - shared_sip_address_space=?":                                                                 "oooo",
		"tenant_federation - allow_federated_users=true":                                                                 "oooo",
		"hosting_provider LyncOnline proxy_fqdn=sipfed.online.lync.com enabled=true":                                     "ooox",
		"hosting_provider LyncOnline proxy_fqdn=SIPFED.online.lync.com. enabled=false":                                   "oxxo",
		"hosting_provider LyncOnline proxy_fqdn=sipfed.online.lync.com enabled_shared_address_space=false":               "oxxo",
		"hosting_provider LyncOnline proxy_fqdn=sipfed.online.lync.com hosts_ocs_users=false":                            "oxxo",
		"hosting_provider LyncOnline proxy_fqdn=sipfed.online.lync.com absent":                                           "oxxo",
		"hosting_provider Exchange proxy_fqdn=exap.um.outlook.com enabled=false":                                         "oooo",
		"hybrid_application_endpoint sip:reception@contoso.com":                                                          "ooox",
		"hybrid_application_endpoint sip:reception@contoso.com absent":                                                   "oooo",
		"hybrid_application_endpoint sip:reception@fabrikam.com":                                                         "oooo",
		"user_homing pilot target=pool01.contoso.com sip:ada@contoso.com":                                                "ooxx",
		"user_homing pilot target=pool01.contoso.com sip:ada@fabrikam.com":                                               "oooo",
		"user_homing pilot target=sipfed.online.lync.com sip:alan@fabrikam.com sip:ADA@Contoso.com":                      "xooo",
	} {
		for n, p := range All() {
			diags := Check(declared(t, "sip_domain contoso.com phase="+string(p), line), commercial())
			if wrong := want[n] == 'x'; wrong != diags.HasErrors() {
				t.Errorf("%s: %s: %v", p, line, diags)
			}
			for _, d := range diags {
				if d.Subject.Start.Line != 2 || !strings.Contains(d.Detail, "contoso.com (main.hcl:1) states the phase "+string(p)) && !strings.Contains(d.Detail, `sip_domain["contoso.com"] (main.hcl:1) states the phase `+string(p)) {
					t.Errorf("%s: %s: at %v: %s", p, line, d.Subject, d.Detail)
				}
			}
		}
		if diags := Check(declared(t, "sip_domain contoso.com", line), commercial()); diags.HasErrors() {
			t.Errorf("no phase: %s: %v", line, diags)
		}
	}
}

func TestPhasesOfSeveralDomains(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		lines []string
		wrong []int // lines at which something is refused
	}{
		"one in hybrid is enough to share":    {[]string{"sip_domain a.com phase=decommissioned", "sip_domain b.com phase=hybrid", "tenant_federation - shared_sip_address_space=true"}, nil},
		"and not to share is wrong":           {[]string{"sip_domain a.com phase=decommissioned", "sip_domain b.com phase=hybrid", "tenant_federation - shared_sip_address_space=false"}, []int{3}},
		"one without a phase may need it":     {[]string{"sip_domain a.com phase=decommissioned", "sip_domain b.com", "tenant_federation - shared_sip_address_space=true"}, nil},
		"a provider that another needs":       {[]string{"sip_domain a.com phase=decommissioned", "sip_domain b.com phase=onprem", "hosting_provider x proxy_fqdn=sipfed.online.lync.com enabled=true"}, nil},
		"the longest domain counts":           {[]string{"sip_domain a.com phase=hybrid", "sip_domain eu.a.com phase=teams_only", "dns_record lyncdiscover.eu.a.com type=A values=192.0.2.1", "dns_record lyncdiscover.a.com type=A values=192.0.2.1"}, []int{3}},
		"a name that merely ends alike":       {[]string{"sip_domain a.com phase=teams_only", "dns_record lyncdiscover.ba.com type=A values=192.0.2.1"}, nil},
		"records of old may be kept":          {[]string{"sip_domain a.com phase=teams_only legacy_cloud_records=keep", "dns_record sip.a.com type=CNAME values=sipdir.online.lync.com.", "dns_record sip.a.com type=A absent", "dns_record _sip._tls.a.com type=SRV absent"}, []int{4}},
		"records of old may have to go":       {[]string{"sip_domain a.com phase=teams_only legacy_cloud_records=remove", "dns_record sip.a.com type=CNAME values=sipdir.online.lync.com.", "dns_record _sip._tls.a.com type=SRV absent"}, []int{2}},
		"a domain that is given up has none":  {[]string{"sip_domain a.com phase=decommissioned absent", "dns_record _sipfederationtls._tcp.a.com type=SRV absent"}, nil},
		"everything is said in one go":        {[]string{"sip_domain contoso.com phase=teams_only", serverSRV, "tenant_federation - shared_sip_address_space=false", "user_homing x target=pool01.contoso.com sip:a@contoso.com"}, []int{2, 3, 4}},
		"an absent block says nothing of use": {[]string{"sip_domain a.com phase=teams_only", "user_homing x target=pool01.a.com absent sip:a@a.com"}, nil},
	} {
		var lines []int
		for _, d := range Check(declared(t, tt.lines...), commercial()) {
			lines = append(lines, d.Subject.Start.Line)
		}
		slices.Sort(lines)
		if !slices.Equal(lines, tt.wrong) {
			t.Errorf("%s: refused at %v, want %v", name, lines, tt.wrong)
		}
	}
}

func TestAnotherCloudHasAnotherProviderAndOtherRecords(t *testing.T) {
	t.Parallel()
	var lines []int
	for _, d := range Check(declared(t, "sip_domain contoso.com phase=teams_only", cloudSRV, "hosting_provider x proxy_fqdn=sipfed.online.lync.com enabled=false",
		"hosting_provider y proxy_fqdn=sipfed.online.gov.skypeforbusiness.us enabled=false"), under("gcc_high")) {
		lines = append(lines, d.Subject.Start.Line)
	}
	if !slices.Equal(lines, []int{2, 4}) {
		t.Error(lines)
	}
}

func TestWhatTakesHybridBack(t *testing.T) {
	t.Parallel()
	lines := []string{
		cloudSRV, "dns_record www.contoso.com type=A values=192.0.2.1", "dns_record sip.fabrikam.com type=A values=192.0.2.1",
		"tenant_federation t shared_sip_address_space=true", "hosting_provider on enabled=true", "hosting_provider off enabled=false",
		"hosting_provider gone absent", "access_edge e allow_federated_users=true", "sip_domain old.com absent", "user_homing u target=x sip:a@contoso.com",
	}
	for phases, want := range map[string]string{
		"hybrid":         "hosting_provider.gone hosting_provider.off",
		"teams_only":     `dns_record["_sipfederationtls._tcp.contoso.com"] dns_record["www.contoso.com"] hosting_provider.gone hosting_provider.off`,
		"decommissioned": `access_edge.e dns_record["_sipfederationtls._tcp.contoso.com"] dns_record["www.contoso.com"] hosting_provider.gone hosting_provider.off hosting_provider.on tenant_federation.t`,
	} {
		got, diags := Leaving(declared(t, append(lines, "sip_domain contoso.com phase="+phases)...))
		var names []string
		for _, name := range slices.Sorted(maps.Keys(got)) {
			if name != `sip_domain["old.com"]` {
				names = append(names, name)
			}
		}
		if fmt.Sprint(names) != "["+want+"]" || !got[`sip_domain["old.com"]`] || len(diags) > 0 {
			t.Errorf("%s: %v %v", phases, names, diags)
		}
	}
}

func TestABlockOfSeveralPhasesIsWarnedOf(t *testing.T) {
	t.Parallel()
	objects := declared(t, "sip_domain a.com phase=teams_only", "sip_domain b.com phase=hybrid", "dns_record sip.a.com type=A absent", "dns_record sip.b.com type=A values=192.0.2.1", "dns_record meet.b.com type=A values=192.0.2.1")
	for i := range objects[2:] {
		objects[2+i].Address = objects[2].Address.Block().At(objects[2+i].Identity)
	}
	leaving, diags := Leaving(objects)
	if len(leaving) != 1 || len(diags) != 1 || diags.HasErrors() {
		t.Errorf("%v %v", leaving, diags)
	}
}
