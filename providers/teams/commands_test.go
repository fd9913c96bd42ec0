package teams

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// federation is the live object of a fresh tenant, as the host agent sends it.
func federation(more ...any) map[string]any {
	props := map[string]any{
		"Identity": "Global", "AllowedDomains": map[string]any{}, "BlockedDomains": []any{}, "AllowedTrialTenantDomains": []any{},
		"AllowFederatedUsers": true, "AllowTeamsConsumer": true, "AllowTeamsConsumerInbound": true,
		"TreatDiscoveredPartnersAsUnverified": false, "SharedSipAddressSpace": false, "BlockAllSubdomains": false,
		"ExternalAccessWithTrialTenants": "Blocked",
	}
	for i := 0; i < len(more); i += 2 {
		props[more[i].(string)] = more[i+1]
	}
	return props
}

// decoded is what a block's body says.
func decoded(t *testing.T, k *schema.Kind, body string) (cty.Value, hcl.Diagnostics) {
	t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(body), "main.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	context := &hcl.EvalContext{Variables: map[string]cty.Value{
		"when":   cty.UnknownVal(cty.Bool),
		"later":  cty.UnknownVal(cty.Set(cty.String)),
		"secret": cty.SetVal([]cty.Value{cty.StringVal("hunter2.com")}).Mark(schema.Sensitive),
	}}
	v, _, diags := k.Decode(file.Body, context)
	return v, diags
}

// lines are the commands of a change from a live object to what a body says, and those of its undo.
func lines(t *testing.T, kind, identity string, props map[string]any, body string) (do, undo string) {
	t.Helper()
	k := kindNamed(t, kind)
	live, err := k.Live(identity, props)
	if err != nil {
		t.Fatal(err)
	}
	want, diags := decoded(t, k, body)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	c := planner.Diff(k, live, want)
	c.Identity, c.Address = identity, planner.Address{Kind: kind}
	return texts(t, c), texts(t, c.Reverse())
}

func texts(t *testing.T, c planner.Change) string {
	t.Helper()
	commands, err := System().Commands(c)
	if err != nil {
		return "! " + err.Error()
	}
	var all []string
	for _, command := range commands {
		all = append(all, command.String())
	}
	return strings.Join(all, "\n")
}

func list(domains ...string) map[string]any {
	patterns := []any{}
	for _, domain := range domains {
		patterns = append(patterns, map[string]any{"Domain": domain})
	}
	return map[string]any{"AllowedDomain": patterns}
}

const (
	set      = "Set-CsTenantFederationConfiguration "
	sure     = " -Confirm:$false"
	everyOne = "-AllowedDomains:(New-CsEdgeAllowAllKnownDomains)"
	noOne    = "-AllowedDomains:(New-CsEdgeAllowList -AllowedDomain:$null)"
)

func TestCommandsOfTheTenant(t *testing.T) {
	t.Parallel()
	domain := map[string]any{"Name": "contoso.com", "Status": "Enabled"}
	for _, test := range []struct {
		name, kind string
		live       map[string]any
		body       string
		do, undo   string
	}{
		{
			"switches", "tenant_federation", federation(), "shared_sip_address_space = true\nallow_teams_consumer = false",
			set + "-SharedSipAddressSpace:$true -AllowTeamsConsumer:$false" + sure, set + "-SharedSipAddressSpace:$false -AllowTeamsConsumer:$true" + sure,
		},
		{
			"all to some", "tenant_federation", federation(), `allowed_domains = ["b.com", "a.com"]`,
			set + "-AllowedDomainsAsAList:@('a.com','b.com')" + sure, set + everyOne + sure,
		},
		{
			"some to all", "tenant_federation", federation("AllowedDomains", list("a.com")), `allowed_domains = "All"`,
			set + everyOne + sure, set + "-AllowedDomainsAsAList:@('a.com')" + sure,
		},
		{"all to nobody", "tenant_federation", federation(), `allowed_domains = []`, set + noOne + sure, set + everyOne + sure},
		{"nobody to all", "tenant_federation", federation("AllowedDomains", list()), `allowed_domains = "all"`, set + everyOne + sure, set + noOne + sure},
		{"the same domains", "tenant_federation", federation("AllowedDomains", list("A.com", "b.com")), `allowed_domains = ["B.com", "a.com"]`, "", ""},
		{"nobody stays nobody", "tenant_federation", federation("AllowedDomains", list()), `allowed_domains = []`, "", ""},
		{"all stays all", "tenant_federation", federation(), `allowed_domains = ["all"]`, "", ""},
		{"what is not told is not a difference", "tenant_federation", federation("AllowedDomains", ""), `allowed_domains = "all"`, "", ""},
		{
			"known after apply", "tenant_federation", federation(), `allowed_domains = later`,
			set + "-AllowedDomainsAsAList:(known after apply)" + sure, set + everyOne + sure,
		},
		{"a secret", "tenant_federation", federation(), `allowed_domains = secret`, set + "-AllowedDomainsAsAList:(sensitive)" + sure, set + "-AllowedDomains:(sensitive)" + sure},
		{"blocked", "tenant_federation", federation(), `blocked_domains = ["a.com"]`, set + "-BlockedDomains:@('a.com')" + sure, set + "-BlockedDomains:$null" + sure},
		{
			"trial", "tenant_federation", federation("ExternalAccessWithTrialTenants", "Allowed"), "external_access_with_trial_tenants = \"blocked\"\nallowed_trial_tenant_domains = [\"a.com\"]",
			set + "-ExternalAccessWithTrialTenants:'Blocked' -AllowedTrialTenantDomains:@('a.com')" + sure, set + "-ExternalAccessWithTrialTenants:'Allowed' -AllowedTrialTenantDomains:@()" + sure,
		},
		{"disable", "online_sip_domain", domain, "enabled = false", "Disable-CsOnlineSipDomain -Domain:'contoso.com'" + sure, "Enable-CsOnlineSipDomain -Domain:'contoso.com'" + sure},
		{"not known yet", "online_sip_domain", domain, "enabled = when", "! Enable- or Disable-CsOnlineSipDomain cannot be chosen yet: the value of enabled is not known", "Enable-CsOnlineSipDomain -Domain:'contoso.com'" + sure},
		{"as it is", "online_sip_domain", domain, "enabled = true", "", ""},
	} {
		identity := "Global"
		if test.kind == "online_sip_domain" {
			identity = "contoso.com"
		}
		if do, undo := lines(t, test.kind, identity, test.live, test.body); do != test.do || undo != test.undo {
			t.Errorf("%s:\n%s\nundo %s\nwant\n%s\nundo %s", test.name, do, undo, test.do, test.undo)
		}
	}
}

func TestADomainThatTheTenantLacksCannotBeMade(t *testing.T) {
	t.Parallel()
	k := kindNamed(t, "online_sip_domain")
	want, _ := decoded(t, k, "enabled = true")
	c := planner.Diff(k, cty.NullVal(k.Type()), want)
	c.Identity, c.Address = "adatum.com", planner.Address{Kind: k.Name, Labels: []string{"adatum.com"}}
	if got := texts(t, c); !strings.Contains(got, "there is none that would create it") {
		t.Error(got)
	}
	if notes := k.Notes("create", nil, want.AsValueMap()); len(notes) != 1 || !strings.Contains(notes[0], "verify the domain in Microsoft 365") {
		t.Errorf("%q", notes)
	}
}

func TestListsAreReadInEveryShape(t *testing.T) {
	t.Parallel()
	const rtc = "Microsoft.Rtc.Management.WritableConfig.Settings.Edge."
	for _, test := range []struct {
		property any
		want     string // "?" is unknown
	}{
		{map[string]any{}, "all"},
		{map[string]any{"Key": "x"}, "all"},
		{rtc + "AllowAllKnownDomains", "all"},
		{map[string]any{"AllowedDomain": []any{}}, ""},
		{list("b.com", "a.com"), "a.com b.com"},
		{map[string]any{"allowedDomain": map[string]any{"Domain": "a.com"}}, "a.com"},
		{map[string]any{"AllowedDomain": []any{"Domain=a.com", "b.com"}}, "a.com b.com"},
		{map[string]any{"Domain": "a.com"}, "a.com"},
		{[]any{map[string]any{"Domain": "a.com"}}, "a.com"},
		{"Domain=a.com,Domain=b.com", "a.com b.com"},
		{"", "?"},
		{nil, "?"},
		{true, "?"},
		{"something new", "?"},
		{map[string]any{"AllowedDomain": nil}, "?"},
		{map[string]any{"AllowedDomain": []any{"@{Domain=a.com}"}}, "?"},
		{map[string]any{"AllowedDomain": []any{map[string]any{"Name": "a.com"}}}, "?"},
	} {
		got := "?"
		if v := readAllowed(test.property); v.IsKnown() {
			var domains []string
			for _, domain := range v.AsValueSlice() {
				domains = append(domains, domain.AsString())
			}
			got = strings.Join(domains, " ")
		}
		if got != test.want {
			t.Errorf("%v: %q, want %q", test.property, got, test.want)
		}
	}
	for property, want := range map[any]cty.Value{"Enabled": cty.True, "disabled": cty.False, "Pending": cty.UnknownVal(cty.Bool), nil: cty.UnknownVal(cty.Bool)} {
		if got := enabledStatus(property); !got.RawEquals(want) {
			t.Errorf("%v: %#v", property, got)
		}
	}
}
