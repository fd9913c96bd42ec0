package entra

import (
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab/graph"
	"hybrid/planner"
	"hybrid/providers"
)

// forest asks for the forest of a domain, as a configuration without a provider block does.
func (e *estate) forest(domain, cloud string) (map[string]cty.Value, error) {
	e.t.Helper()
	values := map[string]cty.Value{}
	for name, of := range block().Type().AttributeTypes() {
		values[name] = cty.NullVal(of)
		if v, ok := e.settings[name]; ok {
			values[name] = v
		}
	}
	opened, err := open(providers.Settings{Name: planner.Anonymous + "entra", Values: cty.ObjectVal(values)})
	if err != nil {
		e.t.Fatal(err)
	}
	defer opened.Close()
	k := forestData()
	want := map[string]cty.Value{"identity": cty.StringVal("x"), "domain": cty.StringVal(domain), "cloud": cty.NullVal(cty.String)}
	for _, name := range []string{"name", "webdir", "hosted_migration_url"} {
		want[name] = cty.UnknownVal(cty.String)
	}
	if cloud != "" {
		want["cloud"] = cty.StringVal(cloud)
	}
	o := planner.Object{Address: planner.Address{Kind: k.Name, Labels: []string{"x"}}, Kind: k, Identity: "x", Want: cty.ObjectVal(want)}
	listing := opened.Read(e.t.Context(), k, []planner.Object{o})
	if listing.Err != nil {
		return nil, listing.Err
	}
	if n := opened.(*finder).RoundTrips(); n != 1 {
		e.t.Errorf("%d round trips", n)
	}
	return listing.Objects[o.LiveID()].Value.AsValueMap(), nil
}

func TestTheForestOfADomain(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	tests := []struct{ forest, cloud, name, webdir, migration string }{
		{"", "", "0a", "webdir0a.online.lync.com", "https://admin0a.online.lync.com/HostedMigration/hostedmigrationService.svc"},
		{"au1", "", "au1", "webdirau1.online.lync.com", "https://adminau1.online.lync.com/HostedMigration/hostedmigrationService.svc"},
		{"0e", "", "0e", "webdir0e.online.lync.com", "https://admin0e.online.lync.com/HostedMigration/hostedmigrationService.svc"}, // that which answers for all
		{"1a", "gcc_high", "1a", "webdir1a.online.gov.skypeforbusiness.us", ""},
	}
	for _, test := range tests {
		e.Change(func(d *graph.Directory) { d.Forest = test.forest })
		got, err := e.forest("contoso.com", test.cloud)
		if err != nil {
			t.Fatal(err)
		}
		if text(got["name"]) != test.name || text(got["webdir"]) != test.webdir || text(got["hosted_migration_url"]) != test.migration {
			t.Errorf("%+v: %#v", test, got)
		}
	}
}

func TestAForestThatIsNotFound(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	_, err := e.forest("fabrikam.com", "")
	mustSay(t, err, "data.forest.x: ", "does not know fabrikam.com: check the spelling")
	_, err = e.forest("", "")
	mustSay(t, err, "the domain is not known before apply")
	_, err = e.forest("contoso.com", "germany")
	mustSay(t, err, "is closed")
	e.fault(graph.Fault{Kind: graph.NoDiscovery})
	_, err = e.forest("contoso.com", "")
	mustSay(t, err, "is gone from webdir.online.lync.com", "moves do without where the hosting provider's autodiscover_url is right")
}
