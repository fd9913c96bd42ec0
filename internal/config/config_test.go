package config

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

func position(p hcl.Pos) string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

const whole = `
hybrid {
  required_version = ">= 0.1"
  guard { max_moves = 700 }
  window "saturday-night" {
    days     = ["sat", "Sunday"]
    start    = "22:00"
    duration = "6h"
    timezone = "Europe/Berlin"
  }
}

variable "sip_domain" {
  type    = string
  default = "contoso.com"
  validation {
    condition     = length(regexall("^[a-z0-9.-]+$", var.sip_domain)) > 0
    error_message = "A SIP domain is a lower-case DNS name."
  }
}

locals {
  target = local.pool
  pool   = "pool01.${var.sip_domain}"
  pilot  = csvdecode(file("users/pilot.csv"))
  online = hosting_provider.LyncOnline.proxy_fqdn
}

provider "skype" {
  hosts    = ["fe01.contoso.com"]
  password = env("SECRET")
}
provider "dns" "external" {
  server = "ns1.contoso.com"
  tsig { secret = secret_file("tsig.key") }
}

user_homing "pilot" {
  users  = local.pilot
  target = local.target
  wave {
    batch  = 100
    window = "saturday-night"
  }
  depends_on = [dns_record["_sip._tls.contoso.com"]["SRV"]]
}
user "pilot" {
  users                       = users_csv("users/pilot.csv")
  hosting_provider_proxy_fqdn = local.online
}
dns_record "_sip._tls.contoso.com" "SRV" {
  provider = dns.external
  ttl      = 300
  values   = ["0 0 443 sip.contoso.com."]
}
dns_record "all" "A" {
  for_each = { one = "192.0.2.1", two = "192.0.2.2" }
  identity = "${each.key}.contoso.com"
  values   = [each.value]
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [ttl]
  }
}
hosting_provider "LyncOnline" {
  proxy_fqdn         = "sipfed.online.lync.com"
  verification_level = "usesourceverification"
}
hosting_provider "Old" { ensure = "absent" }
access_edge { allow_federated_users = true }
exclusive "hosting_provider" { ignore = ["Exchange*"] }
-- tsig.key --
c2VjcmV0
-- users/pilot.csv --
identity;sip_address
ada;sip:Ada@contoso.com
;sip:alan@contoso.com
`

// with are options with an environment.
func with(env map[string]string) Options {
	o := testOptions()
	o.LookupEnv = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	return o
}

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := write(t, whole)
	c, diags := Load(dir, with(map[string]string{"SECRET": "hunter2hunter2"}))
	if len(diags) > 0 {
		t.Fatalf("diagnostics: %q", texts(dir, diags))
	}
	var order []string
	for _, n := range c.Nodes {
		order = append(order, n.Address.String())
	}
	want := []string{`dns_record["_sip._tls.contoso.com"]["SRV"]`, "access_edge", "hosting_provider.LyncOnline", "user.pilot", "user_homing.pilot", "dns_record.all.A", "hosting_provider.Old"}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	t.Run("settings", func(t *testing.T) { checkSettings(t, c.Settings) })
	t.Run("providers", func(t *testing.T) { checkProviders(t, c.Providers) })
	t.Run("objects", func(t *testing.T) { checkObjects(t, c.Objects) })
	t.Run("edges", func(t *testing.T) { checkEdges(t, c.Nodes) })
	if len(c.Exclusives) != 1 || c.Exclusives[0].Provider != "skype" || c.Exclusives[0].Ignore[0] != "Exchange*" {
		t.Errorf("exclusives: %+v", c.Exclusives)
	}
}

func checkSettings(t *testing.T, s Settings) {
	if s.Journal != "journal" || s.Guard.MaxDeletes != 0 || s.Guard.MaxMoves != 700 || s.Guard.MaxChangeRatio != 0.3 {
		t.Errorf("settings: %+v", s)
	}
	if r := s.Guard.Ranges["max_moves"]; r.Start.Line != 4 || len(s.Guard.Ranges) != 1 {
		t.Errorf("guard ranges: %v", s.Guard.Ranges)
	}
	w := s.Windows["saturday-night"]
	if diff := cmp.Diff([]time.Weekday{time.Saturday, time.Sunday}, w.Days); diff != "" {
		t.Errorf("days: %s", diff)
	}
	if w.Hour != 22 || w.Minute != 0 || w.Duration != 6*time.Hour || w.Location.String() != "Europe/Berlin" {
		t.Errorf("window: %+v", w)
	}
}

func checkProviders(t *testing.T, providers []Provider) {
	if len(providers) != 2 || providers[0].Name != "skype" || providers[1].Name != "dns.external" || providers[1].Label != "external" {
		t.Fatalf("providers: %+v", providers)
	}
	password := providers[0].Values.GetAttr("password")
	if !password.HasMark(schema.Sensitive) || text(password) != "hunter2hunter2" {
		t.Errorf("password is not marked, or another")
	}
	if secret := providers[1].Values.GetAttr("tsig").GetAttr("secret"); !secret.HasMark(schema.Sensitive) || text(secret) != "c2VjcmV0" {
		t.Errorf("tsig secret is not marked, or another")
	}
}

func find(t *testing.T, objects []planner.Object, address string) planner.Object {
	t.Helper()
	for _, o := range objects {
		if o.Address.String() == address {
			return o
		}
	}
	t.Fatalf("no object %s", address)
	return planner.Object{}
}

func checkObjects(t *testing.T, objects []planner.Object) {
	one := find(t, objects, `dns_record.all.A["one"]`)
	if one.Identity != "one.contoso.com" || one.Provider != "dns.external" || !one.PreventDestroy || !cmp.Equal(one.Ignore, []string{"ttl"}) || one.LiveID() != "one.contoso.com a" {
		t.Errorf("dns_record.all one: %+v", one)
	}
	online := find(t, objects, "hosting_provider.LyncOnline")
	if text(online.Want.GetAttr("verification_level")) != "UseSourceVerification" {
		t.Errorf("a text with OneOf keeps the spelling it was written in: %#v", online.Want)
	}
	if !online.Want.GetAttr("enabled").IsNull() || text(online.Want.GetAttr("identity")) != "LyncOnline" {
		t.Errorf("LyncOnline: %#v", online.Want)
	}
	if !find(t, objects, "hosting_provider.Old").Absent {
		t.Error("Old is not absent")
	}
	for _, address := range []string{"user.pilot", "user_homing.pilot"} {
		o := find(t, objects, address)
		if diff := cmp.Diff([][]string{{"sip:Ada@contoso.com", "ada"}, {"sip:alan@contoso.com", "sip:alan@contoso.com"}}, rows(o)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", address, diff)
		}
		if !o.Want.GetAttr("users").IsNull() {
			t.Errorf("%s: users are values", address)
		}
	}
	if got := text(find(t, objects, "user.pilot").Want.GetAttr("hosting_provider_proxy_fqdn")); got != "sipfed.online.lync.com" {
		t.Errorf("through a local value: %q", got)
	}
}

func rows(o planner.Object) [][]string {
	var all [][]string
	for _, row := range o.Users.Rows() {
		all = append(all, row)
	}
	return all
}

func checkEdges(t *testing.T, nodes []*planner.Node) {
	got := map[string][]string{}
	for _, n := range nodes {
		for _, e := range n.Needs {
			got[n.Address.String()] = append(got[n.Address.String()], e.Why+" "+e.To)
		}
	}
	want := map[string][]string{
		"user_homing.pilot": {`depends_on dns_record["_sip._tls.contoso.com"]["SRV"]`},
		"user.pilot":        {"refers to it hosting_provider.LyncOnline"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
}

func TestUnsetIsUnknownToOthersAndKnownLater(t *testing.T) {
	t.Parallel()
	dir := write(t, providers+`
hosting_provider "A" { proxy_fqdn = "a.example" }
user "x" {
  users                       = [{ sip_address = "sip:a@b.c" }]
  hosting_provider_proxy_fqdn = hosting_provider.A.state
}`)
	c, diags := Load(dir, testOptions())
	if len(diags) > 0 {
		t.Fatalf("diagnostics: %q", texts(dir, diags))
	}
	if v := c.Objects[1].Want.GetAttr("hosting_provider_proxy_fqdn"); v.IsKnown() {
		t.Errorf("a computed attribute is known offline: %#v", v)
	}
	objects, diags := c.Nodes[1].Evaluate(map[string]cty.Value{"hosting_provider.A": cty.ObjectVal(map[string]cty.Value{"state": cty.StringVal("ready")})})
	if len(diags) > 0 || text(objects[0].Want.GetAttr("hosting_provider_proxy_fqdn")) != "ready" {
		t.Errorf("evaluated again: %#v %q", objects[0].Want, texts(dir, diags))
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	base := map[string]string{"main.hcl": providers + `
variable "secret" {
  sensitive = true
  default   = ""
}
variable "plain" { default = "" }
user "x" { users = users_csv("u.csv") }`, "u.csv": "sip_address\nsip:a@b.c\n"}
	digest := func(change func(map[string]string, *Options)) string {
		t.Helper()
		files, o := map[string]string{}, testOptions()
		for name, text := range base {
			files[name] = text
		}
		o.Vars = map[string]string{}
		change(files, &o)
		archive := files["main.hcl"] + "\n-- u.csv --\n" + files["u.csv"]
		dir := write(t, archive)
		c, diags := Load(dir, o)
		if diags.HasErrors() { // a secret of --var is warned of
			t.Fatalf("diagnostics: %q", texts(dir, diags))
		}
		return c.Digest
	}
	same := digest(func(map[string]string, *Options) {})
	if again := digest(func(map[string]string, *Options) {}); again != same {
		t.Error("equal input in another folder gives another digest")
	}
	if other := digest(func(_ map[string]string, o *Options) { o.Vars["secret"] = "s" }); other != same {
		t.Error("a sensitive variable shows in the digest")
	}
	for name, change := range map[string]func(map[string]string, *Options){
		"variable": func(_ map[string]string, o *Options) { o.Vars["plain"] = "x" },
		"source":   func(f map[string]string, _ *Options) { f["main.hcl"] += "# x" },
		"table":    func(f map[string]string, _ *Options) { f["u.csv"] += "sip:d@b.c\n" },
	} {
		if digest(change) == same {
			t.Errorf("a changed %s gives the same digest", name)
		}
	}
}

func TestJSONConfiguration(t *testing.T) {
	t.Parallel()
	dir := write(t, `
-- main.hcl.json --
{
  "provider": {"skype": {"hosts": ["fe01"]}, "dns": {"external": {"server": "ns1", "tsig": {"secret": "x"}}}},
  "variable": {"domain": {"default": "contoso.com"}},
  "hosting_provider": {"LyncOnline": {"proxy_fqdn": "sipfed.${var.domain}", "lifecycle": {"prevent_destroy": true, "ignore_changes": ["enabled"]}}},
  "dns_record": {"a.contoso.com": {"A": {"provider": "dns.external", "values": ["192.0.2.1"]}}},
  "user": {"pilot": {"users": [{"sip_address": "sip:a@b.c"}], "hosting_provider_proxy_fqdn": "${hosting_provider.LyncOnline.proxy_fqdn}", "depends_on": ["dns_record[\"a.contoso.com\"][\"A\"]"]}},
  "hybrid": {"guard": {"max_deletes": 2}, "window": {"w": {"days": ["sat"], "start": "01:00", "duration": "1h", "timezone": "UTC"}}}
}`)
	c, diags := Load(dir, testOptions())
	if got := texts(dir, diags); diags.HasErrors() || len(got) != 1 || !strings.Contains(got[0], "A secret is written in the configuration: secret is written out") {
		t.Fatalf("diagnostics: %q", got)
	}
	if got := text(find(t, c.Objects, "user.pilot").Want.GetAttr("hosting_provider_proxy_fqdn")); got != "sipfed.contoso.com" {
		t.Errorf("reference: %q", got)
	}
	if o := find(t, c.Objects, "hosting_provider.LyncOnline"); !o.PreventDestroy || len(o.Ignore) != 1 {
		t.Errorf("lifecycle: %+v", o)
	}
	if c.Settings.Guard.MaxDeletes != 2 || len(c.Settings.Windows) != 1 || len(c.Providers) != 2 {
		t.Errorf("settings and providers: %+v %+v", c.Settings, c.Providers)
	}
}
