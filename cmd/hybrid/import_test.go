package main

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An estate that breaks its own rules is imported as far as it can be: each thing that cannot be declared is told with its reason,
// stands in a comment, and is in no block.
func TestImportOfABrokenEstate(t *testing.T) {
	t.Parallel()
	g := grow(t, 2) // every third is broken, and so is this
	told := strings.Join(strings.Fields(hybrid(t, 0, "import", "--lab", g.dir)), " ")
	files := contents(t, g.dir)
	var all strings.Builder
	for name, text := range files {
		if strings.HasSuffix(name, ".hcl") {
			all.WriteString(text)
		}
	}
	comments := strings.Join(strings.Fields(strings.ReplaceAll(all.String(), "\n#", " ")), " ")
	for _, sentence := range []string{
		`Not declared: hosting_provider "Twin \"of\" First", behind skype: `,
		`both have the proxy_fqdn "sip.twins.example", and the server takes it only once.`,
		`Not declared: public_provider "Relic", behind skype: `,
		`Not declared: partner_application "by certificate", behind skype: Nothing says where the application's keys come from`,
		`The user sip:twin0@contoso.com has an empty cell, and what is there is left alone: line_uri is "tel:+14255559999", which 2 users have.`,
		`The user sip:twin2@contoso.com has an empty cell, and what is there is left alone: line_uri is "the old desk": `,
		`The user sip:two words@contoso.com is in no table: "sip:two words@contoso.com" has a space in it`,
		`The user sip:nowhere@contoso.com is in no table: no home known`,
		`Not declared: dns_record "_sipfederationtls._tcp.contoso.com" "SRV", behind dns.external: `,
	} {
		if !strings.Contains(told, sentence) {
			t.Errorf("not told: %s\nin: %s", sentence, told)
		}
		if !strings.Contains(comments, sentence) {
			t.Errorf("in no comment: %s", sentence)
		}
	}
	if !strings.Contains(all.String(), `hosting_provider "First"`) {
		t.Error("the first of the twins is not declared")
	}
	if planned := hybrid(t, 0, "plan", "--lab", "--detailed-exitcode", g.dir); !strings.Contains(planned, "No changes.") {
		t.Error(planned)
	}
}

// Users by the ten thousand go into tables, and what is asked of each is asked once.
func TestImportOfManyUsers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "providers.hcl"), []byte(everywhere), 0o600); err != nil {
		t.Fatal(err)
	}
	hybrid(t, 0, "lab", "reset", "--users", "20000", dir)
	if told := hybrid(t, 0, "import", "--lab", "--kind", "user,user_homing", dir); !strings.Contains(told, "Imported into "+dir+": 0 objects and 20000 users in 2 blocks.") {
		t.Error(told)
	}
	if lines := strings.Count(contents(t, dir)["users/pool01.csv"], "\n"); lines != 20001 {
		t.Errorf("the table has %d lines", lines)
	}
	if planned := hybrid(t, 0, "plan", "--lab", "--detailed-exitcode", dir); !strings.Contains(planned, "No changes.") {
		t.Error(planned)
	}
}

// Whoever sits at a terminal is asked block by block; what is not answered is left out.
func TestBlocksAreAskedFor(t *testing.T) {
	t.Parallel()
	a := &app{err: io.Discard}
	answers := "y\nfe01.contoso.com\nsvc-hybrid\n\n\nno\nyes\n9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42\n6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11\ny\ninternal\nwindows\n\ndc01.contoso.com\nsvc-dns\ncontoso.com\n"
	blocks, err := a.askBlocks(bufio.NewScanner(strings.NewReader(answers)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := providersFile(blocks)
	if err != nil {
		t.Fatal(err)
	}
	want := `locals {
  tenant_id = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
}

provider "skype" {
  hosts    = ["fe01.contoso.com"]
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
}

provider "entra" {
  tenant_id   = local.tenant_id
  client_id   = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate = env("HYBRID_ENTRA_CERTIFICATE")
}

provider "dns" "internal" {
  type     = "windows"
  zones    = ["contoso.com"]
  host     = "dc01.contoso.com"
  username = "svc-dns"
  password = env("HYBRID_DNS_INTERNAL_PASSWORD")
}
`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Error(diff)
	}
	if _, err := a.askBlocks(bufio.NewScanner(strings.NewReader("n\n\n\n\n"))); err == nil {
		t.Error("nothing was asked for, and that is no error")
	}
}
