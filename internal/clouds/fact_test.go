package clouds

import (
	"strings"
	"testing"
)

func TestFactsAsExpressionsHaveThem(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ cloud, fact, want, mark string }{
		{"commercial", "federation_srv", "100 1 5061 sipfed.online.lync.com.", Seen},
		{"commercial", "federation_target", "sipfed.online.lync.com", Seen},
		{"commercial", "legacy_sip_tls_srv", "100 1 443 sipdir.online.lync.com.", Seen},
		{"commercial", "teams_environment_name", "", Seen},
		{"gcc", "proxy_fqdn", "sipfed.online.lync.com", Inferred},
		{"gcc_high", "proxy_fqdn", "sipfed.online.gov.skypeforbusiness.us", Inferred},
		{"gcc_high", "federation_srv", "100 1 5061 sipfed.online.gov.skypeforbusiness.us.", Seen},
		{"gcc_high", "metadata_url", "", Unknown},
		{"dod", "graph_host", "dod-graph.microsoft.us", Seen},
		{"china", "login_host", "login.partner.microsoftonline.cn", Seen},
		{"china", "legacy_lyncdiscover", "webdir.online.partner.lync.cn", Seen},
		{"china", "legacy_sip", "sipdir.online.partner.lync.cn", Seen},
		{"china", "teams_environment_name", "TeamsChina", Seen},
		{"germany", "proxy_fqdn", "", Unknown},
		{"commercial", "no such fact", "", Unknown},
	} {
		c := BuiltIn()[x.cloud]
		if f := c.Fact(x.fact); f.Mark != x.mark || c.Text(x.fact) != x.want {
			t.Errorf("%s of %s: %q (%s), want %q (%s)", x.fact, x.cloud, c.Text(x.fact), f.Mark, x.want, x.mark)
		}
	}
}

func TestEveryFactOfTheTableSaysWhatItRestsOn(t *testing.T) {
	t.Parallel()
	for _, c := range BuiltIn().All() {
		for name, f := range c.facts {
			switch {
			case f.Source == "" || f.Mark == "":
				t.Errorf("%s of %s rests on nothing: %+v", name, c.Name, f)
			case f.Mark != Unknown && f.Mark != Memory && f.AsOf == "":
				t.Errorf("%s of %s has no date", name, c.Name)
			case f.Source == strings.ToUpper(f.Source):
				t.Errorf("%s of %s has a source that nobody can look up: %s", name, c.Name, f.Source)
			}
		}
	}
}

func TestWhatAFactRestsOn(t *testing.T) {
	t.Parallel()
	high := BuiltIn()["gcc_high"].Fact("proxy_fqdn")
	if got := high.Basis(); !strings.Contains(got, "it is inferred from microsoft-365-docs ") || !strings.HasSuffix(got, "(2020-05-19): from the federation SRV target") {
		t.Error(got)
	}
	if got := (Fact{Mark: Memory}).Basis(); got != "it was not verified against any source" {
		t.Error(got)
	}
	if china := BuiltIn()["china"]; !strings.Contains(china.facts["login_hosts"].Source, " and ") {
		t.Errorf("two sources are one: %q", china.facts["login_hosts"].Source)
	}
}
