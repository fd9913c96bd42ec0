package config

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// testKinds are small kinds of every shape: one label, two labels, none, users.
func testKinds() []*schema.Kind {
	users := schema.Attr{Name: "users", Type: cty.DynamicPseudoType, Mode: schema.Required, Settings: true, Doc: "Who."}
	providerNames := &schema.Set{Name: "provider", Why: "a name is taken once"}
	return []*schema.Kind{
		{
			Name: "access_edge", Doc: "The edge.", System: "skype", Singleton: true, Remote: schema.Cmdlet{Noun: "CsAccessEdgeConfiguration"},
			Attrs: []schema.Attr{{Name: "allow_federated_users", Type: cty.Bool, Doc: "Federation."}},
		},
		{
			Name: "hosting_provider", Doc: "A provider.", System: "skype", Remote: schema.Cmdlet{Noun: "CsHostingProvider"}, After: []schema.First{{Kind: "access_edge", Why: "it is needed"}}, Names: providerNames,
			Attrs: []schema.Attr{
				{Name: "proxy_fqdn", Type: cty.String, Mode: schema.Required, Unique: "proxy_fqdn", Doc: "The proxy's FQDN."},
				{Name: "enabled", Type: cty.Bool, Doc: "Whether it is used."},
				{Name: "verification_level", Type: cty.String, OneOf: []string{"AlwaysVerifiable", "UseSourceVerification"}, Doc: "How."},
				{Name: "state", Type: cty.String, Mode: schema.Computed, Doc: "What it is."},
			},
		},
		{
			Name: "public_provider", Doc: "A provider.", System: "skype", Remote: schema.Cmdlet{Noun: "CsPublicProvider"}, Names: providerNames,
			Attrs: []schema.Attr{{Name: "proxy_fqdn", Type: cty.String, Unique: "proxy_fqdn", Doc: "The proxy's FQDN."}},
		},
		{
			Name: "allowed_domain", Doc: "A domain.", System: "skype", Remote: schema.Cmdlet{Noun: "CsAllowedDomain"},
			Attrs: []schema.Attr{{Name: "proxy_fqdn", Type: cty.String, Barred: &schema.Set{Name: "proxy_fqdn", Why: "the edge does not start"}, Doc: "The proxy's FQDN."}},
		},
		{Name: "external_policy", Doc: "A policy.", System: "skype", Remote: schema.Cmdlet{Noun: "CsPolicy"}, BuiltIn: []string{"Global"}},
		{
			Name: "dns_record", Doc: "Records.", System: "dns", Labels: []string{"identity", "type"}, Remote: schema.RRset{},
			Attrs: []schema.Attr{
				{Name: "type", Type: cty.String, OneOf: []string{"A", "SRV"}, Doc: "The type."},
				{Name: "ttl", Type: cty.Number, Doc: "Seconds."},
				{Name: "values", Type: cty.List(cty.String), Mode: schema.Required, Doc: "The records."},
			},
			Rules: []schema.Rule{{Attrs: []string{"values", "type"}, Doc: "A holds addresses.", Check: aHoldsAddresses}},
		},
		{
			Name: "user", Doc: "Users.", System: "skype", Remote: schema.Cmdlet{Noun: "CsUser"}, Rows: &schema.Rows{Columns: []string{"SipAddress"}},
			Attrs: []schema.Attr{users, {Name: "hosting_provider_proxy_fqdn", Type: cty.String, Initial: true, Doc: "Home."}},
		},
		{
			Name: "user_homing", Doc: "Homes.", System: "skype", After: []schema.First{{Kind: "user", Why: "it is needed"}}, Remote: schema.Cmdlet{Noun: "CsUser"},
			Rows:   &schema.Rows{Columns: []string{"SipAddress"}, Attr: "target", State: func([]string) string { return "" }},
			Attrs:  []schema.Attr{users, {Name: "target", Type: cty.String, Mode: schema.Required, Doc: "Where to."}},
			Blocks: []schema.Block{{Name: "wave", Doc: "Waves.", Attrs: []schema.Attr{{Name: "batch", Type: cty.Number, Settings: true, Doc: "Size."}, {Name: "window", Type: cty.String, Settings: true, Doc: "When."}}}},
		},
	}
}

func aHoldsAddresses(v map[string]cty.Value) string {
	if v["type"].IsNull() || v["type"].AsString() != "A" || v["values"].IsNull() {
		return ""
	}
	for _, value := range v["values"].AsValueSlice() {
		if _, err := netip.ParseAddr(value.AsString()); err != nil {
			return "An A record holds addresses, and " + value.AsString() + " is a name. Write a CNAME record."
		}
	}
	return ""
}

func testSystems() []*schema.System {
	return []*schema.System{
		{Name: "skype", Doc: "The servers.", Attrs: []schema.Attr{
			{Name: "hosts", Type: cty.List(cty.String), Mode: schema.Required, Doc: "The servers."},
			{Name: "password", Type: cty.String, Sensitive: true, Doc: "The password, eight characters or more.", Check: func(v cty.Value) error {
				if len(v.AsString()) < 8 {
					return errors.New("the password " + v.AsString() + " is too short")
				}
				return nil
			}},
		}},
		{
			Name: "dns", Doc: "A name server.", Named: true, Attrs: []schema.Attr{{Name: "server", Type: cty.String, Mode: schema.Required, Doc: "The server."}},
			Blocks: []schema.Block{{Name: "tsig", Doc: "The key.", Attrs: []schema.Attr{{Name: "secret", Type: cty.String, Sensitive: true, Doc: "The secret."}}}},
		},
	}
}

func testOptions() Options {
	return Options{Systems: testSystems(), Kinds: testKinds(), Version: "0.3.0"}
}

// providers is what most test configurations begin with; it takes the first line.
const providers = `provider "skype" { hosts = ["fe01"] }
`

// write makes a folder of files given as in a txtar archive: "-- name --" lines before each, main.hcl where none is.
func write(t testing.TB, archive string) string {
	t.Helper()
	dir := t.TempDir()
	name, content := "main.hcl", strings.Builder{}
	flush := func() {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		content.Reset()
	}
	for line := range strings.Lines(archive) {
		if next, ok := strings.CutPrefix(strings.TrimSpace(line), "-- "); ok && strings.HasSuffix(next, " --") {
			flush()
			name = strings.TrimSuffix(next, " --")
			continue
		}
		content.WriteString(line)
	}
	flush()
	return dir
}

// texts gives diagnostics as "main.hcl:3:5: Summary: Detail".
func texts(dir string, diags hcl.Diagnostics) []string {
	var all []string
	for _, d := range diags {
		place := ""
		if d.Subject != nil {
			place = d.Subject.Filename + ":" + position(d.Subject.Start) + ": "
		}
		if d.Severity == hcl.DiagWarning {
			place = "warning: " + place
		}
		all = append(all, strings.ReplaceAll(place+d.Summary+": "+d.Detail, dir+string(filepath.Separator), ""))
	}
	return all
}
