package config

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// underTheSky are options with a kind and a system that know of clouds.
func underTheSky() Options {
	o := testOptions()
	o.Kinds = append(o.Kinds, &schema.Kind{Name: "hosted", Doc: "Something hosted.", System: "skype", Remote: schema.Cmdlet{Noun: "CsHosted"}, Attrs: []schema.Attr{
		{Name: "proxy_fqdn", Type: cty.String, Cloud: "proxy_fqdn", Doc: "Where."},
		{Name: "cloud", Type: cty.String, Cloud: "name", Settings: true, Doc: "In which cloud."},
		{Name: "note", Type: cty.String, Doc: "Anything."},
	}})
	return o
}

const skypeBlock = "provider \"skype\" { hosts = [\"fe01.contoso.com\"] }\n"

// saidOf loads a configuration and gives what is said of it, errors and warnings by their summary.
func saidOf(t *testing.T, files string) (*Config, string) {
	t.Helper()
	dir := write(t, files)
	c, diags := Load(dir, underTheSky())
	return c, strings.Join(texts(dir, diags), "\n")
}

func attrOf(t *testing.T, c *Config, name string) string {
	t.Helper()
	for _, o := range c.Objects {
		if o.Kind.Name == "hosted" {
			return text(o.Want.GetAttr(name))
		}
	}
	t.Fatal("there is no such object")
	return ""
}

func TestEverythingTakesItsCloudFromTheConfiguration(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct{ files, cloud, note string }{
		"none":                 {skypeBlock + `hosted "x" { note = cloud.name }`, "commercial", "commercial"},
		"one":                  {skypeBlock + "hybrid { cloud = \"dod\" }\nhosted \"x\" { note = cloud.federation_srv }", "dod", "100 1 5061 sipfed.online.dod.skypeforbusiness.us."},
		"a variable":           {skypeBlock + "variable \"c\" { default = \"china\" }\nhybrid { cloud = var.c }\nhosted \"x\" { note = local.x }\nlocals { x = upper(cloud.login_host) }", "china", "LOGIN.PARTNER.MICROSOFTONLINE.CN"},
		"no environment":       {skypeBlock + `hosted "x" { note = cloud.teams_environment_name == null ? "omit" : "name" }`, "commercial", "omit"},
		"the same again":       {skypeBlock + "hybrid { cloud = \"gcc\" }\nhosted \"x\" { cloud = \"gcc\" }", "gcc", ""},
		"metadata":             {skypeBlock + `hosted "x" { note = metadata_url("contoso.com") }`, "commercial", "https://accounts.accesscontrol.windows.net/contoso.com/metadata/json/1"},
		"in JSON":              {skypeBlock + "-- x.hcl.json --\n" + `{"hybrid": {"cloud": "dod"}, "hosted": {"x": {"note": "${cloud.legacy_sip}"}}}`, "dod", "sipdir.online.dod.skypeforbusiness.us"},
		"its own proxy":        {skypeBlock + "hybrid { cloud = \"dod\" }\nhosted \"x\" { proxy_fqdn = \"sipfed.online.dod.skypeforbusiness.us\" }", "dod", ""},
		"shared by two clouds": {skypeBlock + "hybrid { cloud = \"gcc\" }\nhosted \"x\" { proxy_fqdn = \"sipfed.online.lync.com\" }", "gcc", ""},
		"nobody's proxy":       {skypeBlock + "hybrid { cloud = \"gcc\" }\nhosted \"x\" { proxy_fqdn = \"sip.fabrikam.com\" }", "gcc", ""},
	} {
		c, said := saidOf(t, x.files)
		if said != "" || c.Cloud.Name != x.cloud || attrOf(t, c, "cloud") != x.cloud || attrOf(t, c, "note") != x.note {
			t.Errorf("%s: %s, %q: %s", name, c.Cloud, attrOf(t, c, "note"), said)
		}
	}
}

func TestWhatContradictsTheCloudOrIsNotKnownOfIt(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct{ files, want string }{
		"another":          {skypeBlock + `hosted "x" { cloud = "gcc" }`, `hosted.cloud is "gcc", and the configuration is about the cloud commercial`},
		"no cloud":         {skypeBlock + `hosted "x" { cloud = "mars" }`, `hosted.cloud is "mars": there is no cloud "mars"`},
		"a closed one":     {skypeBlock + `hosted "x" { cloud = "germany" }`, "is closed, and nothing answers there any more"},
		"a secret":         {skypeBlock + `hosted "x" { cloud = sensitive("dod") }`, "hosted.cloud is sensitive, and not the cloud commercial"},
		"a secret host":    {skypeBlock + `hosted "x" { proxy_fqdn = sensitive("sipfed.online.dod.skypeforbusiness.us") }`, "hosted.proxy_fqdn is sensitive, the proxy_fqdn of the cloud dod"},
		"the whole":        {skypeBlock + `hosted "x" { note = jsonencode(cloud) }`, "Write which: cloud.name, cloud.proxy_fqdn"},
		"in a validation":  {"variable \"c\" {\n default = \"x\"\n validation {\n condition = cloud.name == \"gcc\"\n error_message = \"x\"\n }\n}", "From a validation only var.… can be referred to"},
		"no tenant":        {skypeBlock + `hosted "x" { note = metadata_url("https://x/y") }`, `"https://x/y" is no tenant`},
		"a secret cloud":   {`hybrid { cloud = sensitive("dod") }`, "hybrid.cloud is made of a sensitive value"},
		"no text":          {`hybrid { cloud = ["dod"] }`, "hybrid.cloud is a string, and this is a list"},
		"a cloud on order": {skypeBlock + "hosted \"x\" { depends_on = [cloud.name] }", "depends_on lists blocks as they are"},
	} {
		if _, said := saidOf(t, x.files); !strings.Contains(said, x.want) {
			t.Errorf("%s: %s\nwant %q", name, said, x.want)
		}
	}
}

// A cloud that could not be settled is reported once, and nothing that is made of it is.
func TestAnUnsettledCloudIsReportedOnce(t *testing.T) {
	t.Parallel()
	_, said := saidOf(t, skypeBlock+"hybrid { cloud = \"gcchigh\" }\nhosted \"x\" {\n proxy_fqdn = cloud.proxy_fqdn\n note = metadata_url(\"contoso.com\")\n cloud = \"dod\"\n}")
	if strings.Count(said, "main.hcl") != 1 || !strings.Contains(said, `there is no cloud "gcchigh"`) {
		t.Error(said)
	}
}

// What no source states outright is said once, at its first use, however often it is used.
func TestAnInferredFactIsToldOnce(t *testing.T) {
	t.Parallel()
	dir := write(t, "hybrid { cloud = \"gcc_high\" }\n"+skypeBlock+"locals {\n a = cloud.proxy_fqdn\n b = cloud.proxy_fqdn\n}\nhosted \"x\" {\n proxy_fqdn = cloud.proxy_fqdn\n note = cloud.federation_srv\n}")
	_, diags := Load(dir, underTheSky())
	if len(diags) != 1 || diags[0].Severity != hcl.DiagWarning || diags[0].Subject.Start.Line != 4 ||
		!strings.Contains(diags[0].Detail, "dns-records-for-office-365-gcc-high.md (2020-05-19)") {
		t.Errorf("%v", texts(dir, diags))
	}
}

func TestASystemWarnsOfACloud(t *testing.T) {
	t.Parallel()
	o := underTheSky()
	o.Systems[0].Warn = func(cloud map[string]string, v map[string]cty.Value) []string {
		if _, told := cloud["metadata_url"]; told || cloud["teams_environment_name"] != "TeamsDOD" || v["hosts"].LengthInt() != 1 {
			t.Errorf("%v, %v", cloud, v)
		}
		return []string{"Look out."}
	}
	dir := write(t, "hybrid { cloud = \"dod\" }\n"+skypeBlock)
	_, diags := Load(dir, o)
	if len(diags) != 1 || diags[0].Severity != hcl.DiagWarning || diags[0].Detail != "Look out." || diags[0].Subject.Start.Line != 2 {
		t.Errorf("%v", texts(dir, diags))
	}
}

// What becomes known later is held against the phases under the same sky: in a cloud of one's own, too.
func TestWhatIsKnownLaterIsOfTheSameCloud(t *testing.T) {
	t.Parallel()
	dir := write(t, skypeBlock+`
hybrid {
  cloud  = "sovereign"
  clouds = "clouds.json"
}
sip_domain "contoso.com" { phase = "teams_only" }
user_homing "all" {
  users  = [{ sip_address = "sip:ada@contoso.com" }]
  target = "sipfed.online.sovcloud.example"
}
-- clouds.json --
{ "clouds": { "sovereign": { "proxy_fqdn": { "value": "sipfed.online.sovcloud.example" } } } }
`)
	options := underTheSky()
	options.Kinds = append(options.Kinds, &schema.Kind{Name: "sip_domain", Doc: "A domain.", System: "skype", Remote: schema.Cmdlet{Noun: "CsSipDomain"}, Attrs: []schema.Attr{
		{Name: "phase", Type: cty.String, Settings: true, Doc: "Where it is on its way."},
	}})
	c, diags := Load(dir, options)
	if diags = append(diags, c.Check(c.Objects)...); len(diags) > 0 {
		t.Errorf("%q", texts(dir, diags))
	}
}
