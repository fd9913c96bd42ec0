package entra

import (
	"slices"
	"strings"
	"testing"

	"hybrid/internal/lab/graph"
	"hybrid/providers"
)

var _ providers.GraphReader = (*provider)(nil)

func TestTokensAreAskedForByResource(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	own, err := e.provider.SignIn(t.Context(), "")
	if err != nil || !own.Readable || !slices.Equal(own.Permissions, []string{"Application.ReadWrite.All"}) {
		t.Fatalf("%+v %v", own, err)
	}
	other, err := e.provider.SignIn(t.Context(), "48ac35b8-9aa8-4d74-927d-1f4a14a0b239")
	if err != nil || !other.Readable || len(other.Permissions) > 0 {
		t.Fatalf("%+v %v", other, err)
	}
	e.Change(func(d *graph.Directory) { d.Clients = nil })
	if _, err := e.open().SignIn(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "provider entra: signing in to Entra: AADSTS700016") {
		t.Fatal(err)
	}
}

func TestCollectionsAreRead(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	all, err := e.provider.GraphList(t.Context(), "servicePrincipals")
	if err != nil || len(all) != 2 || all[0]["appId"] != skypeOnline {
		t.Fatalf("%v %v", all, err)
	}
	if _, err := e.provider.GraphList(t.Context(), "users/ada@contoso.com/transitiveMemberOf"); err == nil || !strings.Contains(err.Error(), "the application permission User.Read.All") {
		t.Fatal(err)
	}
	e.Change(func(d *graph.Directory) { d.Clients[0].Permissions = []string{"User.Read.All"} })
	if _, err := e.open().GraphList(t.Context(), "users/ada@contoso.com/transitiveMemberOf"); err == nil || !strings.Contains(err.Error(), "404 Request_ResourceNotFound") {
		t.Fatal(err)
	}
}
