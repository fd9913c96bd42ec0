package lab

import (
	"path/filepath"
	"testing"

	"hybrid/internal/lab/graph"
)

func TestATenantIsThereWhereServicePrincipalsAreNeeded(t *testing.T) {
	t.Parallel()
	if l := start(t, Seed(Needs{}, SeedOptions{})); l.Directory() != nil || l.Endpoints().Graph != (GraphEndpoint{}) {
		t.Error("there is a tenant that nothing asks for")
	}
	l := start(t, Seed(Needs{Principals: []string{skypeOnline}}, SeedOptions{}))
	e := l.Endpoints().Graph
	if e.URL == "" || e.TenantID == "" || e.Certificate == "" || l.Directory().Directory().Clients[0].ID != e.ClientID {
		t.Fatalf("%+v", e)
	}
}

func TestATenantSurvivesBeingKilled(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lab.json")
	l := startAt(t, Seed(Needs{Principals: []string{skypeOnline}}, SeedOptions{}), path)
	l.Directory().Change(func(d *graph.Directory) { d.Principal(skypeOnline).Names = []string{"a", "b"} })
	client := l.Endpoints().Graph.Certificate
	killed, err := Load(path) // from the file and the log beside it, while nothing has been saved
	if err != nil {
		t.Fatal(err)
	}
	if p := killed.Directory.Principal(skypeOnline); p == nil || len(p.Names) != 2 {
		t.Fatalf("%+v", p)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	saved, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	again := startAt(t, saved, path)
	if again.Endpoints().Graph.Certificate != client || len(again.Directory().Directory().Clients) != 1 {
		t.Error("the application signs in with another certificate the next day")
	}
}

func TestAConfigurationThatGrowsFindsItsServicePrincipals(t *testing.T) {
	t.Parallel()
	e := Seed(Needs{Principals: []string{skypeOnline}, SipDomains: []string{"contoso.com"}}, SeedOptions{})
	id := e.Directory.TenantID
	e.Provide(Needs{Principals: []string{skypeOnline, "00000002-0000-0ff1-ce00-000000000000"}, SipDomains: []string{"fabrikam.com"}})
	if d := e.Directory; len(d.Principals) != 2 || d.TenantID != id || len(d.Domains) != 2 {
		t.Fatalf("%+v", d)
	}
}
