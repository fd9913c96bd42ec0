package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hybrid/internal/config"
)

// BenchmarkLoad loads configurations with the kinds there are: SIP domains that state a phase, with the record sets that
// rules of names and phases look at, and partners whom servers and tenant must agree about. What a block costs must not
// grow with how many there are.
func BenchmarkLoad(b *testing.B) {
	for _, blocks := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("blocks=%d", blocks), func(b *testing.B) {
			dir := b.TempDir()
			write(b, filepath.Join(dir, "main.hcl"), manyDomains(blocks))
			systems, kinds := declarations()
			for b.Loop() {
				c, diags := config.Load(dir, config.Options{Systems: systems, Kinds: kinds, Version: version, LookupEnv: os.LookupEnv, UnknownSecrets: true})
				if len(diags) > 0 || len(c.Objects) != blocks+2 {
					b.Fatalf("%d objects, %v", len(c.Objects), diags)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*blocks), "ns/block")
		})
	}
}

// mostPartners is how many domains a tenant keeps in a list.
const mostPartners = 4000

// manyDomains is a configuration of so many blocks: ten a SIP domain, besides the settings of servers and tenant.
func manyDomains(blocks int) string {
	var b strings.Builder
	var partners []string
	b.WriteString(`
provider "skype" {
  hosts    = ["fe01.contoso.com"]
  username = "svc-hybrid"
  password = env("HYBRID_PASSWORD")
}
provider "teams" {
  host                   = "admin01.contoso.com"
  username               = "svc-hybrid"
  password               = env("HYBRID_PASSWORD")
  tenant_id              = "3f2c9d1e-7a54-4c0b-9e86-1d2b5a7c4e90"
  client_id              = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate_thumbprint = "0123456789ABCDEF0123456789ABCDEF01234567"
}
provider "dns" "external" {
  type   = "rfc2136"
  server = "ns1.contoso.com"
}
access_edge {
  allow_federated_users = true
}
`)
	for n := range blocks / 10 {
		domain := fmt.Sprintf("d%06d.com", n)
		fmt.Fprintf(&b, "sip_domain %q {\n  phase = \"hybrid\"\n}\n", domain)
		fmt.Fprintf(&b, "dns_record \"_sipfederationtls._tcp.%s\" \"SRV\" {\n  values = [\"0 0 5061 sip.%s.\"]\n}\n", domain, domain)
		fmt.Fprintf(&b, "dns_record \"_sip._tls.%s\" \"SRV\" {\n  values = [\"0 0 443 sip.%s.\"]\n}\n", domain, domain)
		fmt.Fprintf(&b, "dns_record \"lyncdiscover.%s\" \"CNAME\" {\n  values = [\"web.%s.\"]\n}\n", domain, domain)
		for i := range 6 {
			if i < 4 || len(partners) == mostPartners {
				fmt.Fprintf(&b, "dns_record \"host%d.%s\" \"A\" {\n  values = [\"192.0.2.1\"]\n}\n", i, domain)
				continue
			}
			fmt.Fprintf(&b, "allowed_domain \"partner%d.%s\" {}\n", i, domain)
			partners = append(partners, fmt.Sprintf("%q", fmt.Sprintf("partner%d.%s", i, domain)))
		}
	}
	fmt.Fprintf(&b, "tenant_federation {\n  allow_federated_users    = true\n  shared_sip_address_space = true\n  allowed_domains          = [%s]\n}\n", strings.Join(partners, ", "))
	return b.String()
}

func TestManyDomainsLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "main.hcl"), manyDomains(100))
	systems, kinds := declarations()
	if c, diags := config.Load(dir, config.Options{Systems: systems, Kinds: kinds, Version: version, LookupEnv: os.LookupEnv, UnknownSecrets: true}); len(diags) > 0 || len(c.Objects) != 102 {
		t.Errorf("%d objects, %v", len(c.Objects), diags)
	}
}

// write makes a file that only its owner may read.
func write(t testing.TB, path, content string) {
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
