package clouds

import (
	"strings"
	"testing"
)

func TestAFileIsLaidOverTheTable(t *testing.T) {
	t.Parallel()
	const file = `{"sources": {"A": "a letter"}, "clouds": {
		"new": {"display_name": "A New One", "login_hosts": {"value": ["login.example", "login2.example"]}, "oidc": {"value": {"tenant_region_sub_scope": "GG2"}},
			"dns": {"federation_srv": {"value": {"priority": 1, "weight": 2, "port": 3, "target": "sip.example"}}}},
		"gcc_high": {"proxy_fqdn": {"value": "sip.gov.example", "mark": "i", "source": "A", "as_of": "2026-01-01"}},
		"germany": {"status": "open"}}}`
	table, diags := Table(nil).Read([]byte(file), "c.json")
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	added, high := table["new"], table["gcc_high"]
	if added.DisplayName != "A New One" || len(added.LoginHosts) != 2 || added.SubScope != "GG2" || added.Text("federation_srv") != "1 2 3 sip.example." || added.Fact("proxy_fqdn").Mark != Unknown {
		t.Errorf("%+v", added)
	}
	if high.Text("proxy_fqdn") != "sip.gov.example" || high.Fact("proxy_fqdn").Source != "a letter" || high.GraphHost != "graph.microsoft.us" {
		t.Errorf("%+v", high)
	}
	if _, err := table.Named("germany"); err != nil {
		t.Errorf("opened again: %v", err)
	}
	if own := BuiltIn()["gcc_high"]; own.Text("proxy_fqdn") != "sipfed.online.gov.skypeforbusiness.us" || !BuiltIn()["germany"].Closed {
		t.Error("the file has changed what the program knows")
	}
}

func TestWhatIsNoFileOfCloudsChangesNothing(t *testing.T) {
	t.Parallel()
	in := func(fact string) string { return `{"clouds": {"gcc": {` + fact + `}}}` }
	for _, x := range []struct{ file, want string }{
		{`{`, "c.json:1"},
		{`{}`, `holds them under "clouds"`},
		{`{"schema": 2, "clouds": {}}`, `"schema": 1`},
		{`{"clouds": []}`, "clouds is an object"},
		{`{"clouds": {"a": {}, "a": {}}}`, `"a" stands twice in clouds`},
		{`{"sources": {"A": 1}, "clouds": {}}`, "A is a text in quotes"},
		{in(`"status": "shut"`), `status is "open" or "closed"`},
		{in(`"dns": {"x": {"value": "y"}}`), `There is no fact "dns.x"`},
		{in(`"graph_host": {"mark": "v"}`), "graph_host has no value"},
		{in(`"graph_host": {"value": null}`), "is null, which says two things"},
		{in(`"graph_host": {"value": "a.b", "mark": "unknown"}`), "has a value and is marked unknown"},
		{in(`"graph_host": {"value": "https://a.b"}`), "a host is written by its full name"},
		{in(`"graph_host": {"value": ["a.b"]}`), "graph_host is a text in quotes"},
		{in(`"login_hosts": {"value": []}`), "no host is named"},
		{in(`"login_hosts": {"value": ["a.b", null]}`), "a host is written by its full name"},
		{in(`"autodiscover_url": {"value": "http://a.b/x"}`), "it is no https URL"},
		{in(`"dns": {"federation_srv": {"value": {"priority": 1, "weight": 1, "port": 65536, "target": "a.b"}}}`), "port is a whole number from 0 to 65535"},
		{in(`"dns": {"federation_srv": {"value": {"priority": 1, "weight": 1, "port": 1}}}`), "dns.federation_srv is a record"},
		{in(`"dns": {"federation_srv": {"value": {"priority": 1, "weight": 1, "port": 1, "target": "a.b."}}}`), "a host is written by its full name"},
		{in(`"graph_host": {"value": "a.b", "colour": "red"}`), `and no "colour"`},
	} {
		table, diags := Table(nil).Read([]byte(x.file), "c.json")
		if got := diags.Error(); !diags.HasErrors() || !strings.Contains(got, x.want) || !strings.Contains(got, "c.json:1") {
			t.Errorf("%s: %v, want %q", x.file, diags, x.want)
		}
		if table["gcc"].GraphHost != "graph.microsoft.com" {
			t.Errorf("%s was taken", x.file)
		}
	}
}
