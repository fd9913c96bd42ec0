package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"hybrid/schema"
)

// everywhere is provider blocks alone, one of each system.
const everywhere = `
locals {
  tenant_id = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
}

provider "skype" {
  hosts    = ["fe01.contoso.com"]
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
}

provider "teams" {
  host                   = "admin01.contoso.com"
  username               = "svc-hybrid"
  password               = env("HYBRID_TEAMS_PASSWORD")
  tenant_id              = local.tenant_id
  client_id              = "1d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
  certificate_thumbprint = "0123456789ABCDEF0123456789ABCDEF01234567"
}

provider "entra" {
  tenant_id   = local.tenant_id
  client_id   = "1d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
  certificate = env("HYBRID_ENTRA_CERTIFICATE")
}

provider "directory" {
  sync_host = "sync01.contoso.com"
  username  = "svc-hybrid"
  password  = env("HYBRID_SYNC_PASSWORD")
}

provider "dns" "external" {
  type   = "rfc2136"
  server = "ns1.contoso.com"
  zones  = ["contoso.com"]
}
`

// Every kind of which there are live objects is read behind every block, though nothing is declared, and of users everything
// that a block can say.
func TestEverythingIsListed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(everywhere), 0o600); err != nil {
		t.Fatal(err)
	}
	hybrid(t, 0, "lab", "reset", "--users", "5", dir)
	a := &app{out: os.Stdout, err: os.Stderr, warned: map[string]bool{}, lab: true}
	s, err := a.open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	s.engine.ReadOnly, s.engine.Surveys = true, true
	seen := map[string]int{}
	listed, _ := s.engine.ListEverything(t.Context(), func(string, *schema.Kind) bool { return true })
	for _, one := range listed {
		if one.Listing.Err != nil {
			t.Errorf("%s behind %s: %v", one.Kind.Name, one.Provider, one.Listing.Err)
		}
		seen[one.Kind.Name] = len(one.Listing.Objects) + one.Listing.Users.Len()
		if one.Kind.Name == "user" && one.Listing.Users.Cell(0, "SipAddress") == "" {
			t.Errorf("the users have no address: %v", one.Listing.Users.Columns())
		}
		if one.Kind.Rows == nil {
			continue
		}
		for _, attr := range one.Kind.OfUsers() {
			if !slices.Contains(one.Listing.Users.Columns(), attr.ReadName()) {
				t.Errorf("%s of the users was not read: %v", attr.Name, one.Listing.Users.Columns())
			}
		}
	}
	all, kinds := declarations()
	if len(all) != 5 {
		t.Errorf("there are %d systems; add the new one to the configuration above", len(all))
	}
	for _, k := range kinds {
		if _, read := seen[k.Name]; !read && !k.Data && k.Task == nil {
			t.Errorf("%s was not read", k.Name)
		}
	}
	for _, name := range []string{"user", "user_homing", "public_provider", "access_edge", "dns_record", "online_sip_domain", "online_user"} {
		if seen[name] == 0 {
			t.Errorf("of %s there is nothing: %v", name, seen)
		}
	}
}
