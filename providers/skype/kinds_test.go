package skype

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/cmdlets"
	"hybrid/providers/dns"
	"hybrid/providers/entra"
	"hybrid/providers/teams"
	"hybrid/schema"
)

func TestKindsAreWellDeclared(t *testing.T) {
	t.Parallel()
	tenant, directory, names := teams.System(), entra.System(), dns.System() // whose kinds come before some of these
	all := slices.Concat(System().Kinds, tenant.Kinds, directory.Kinds, names.Kinds)
	for _, mistake := range schema.Lint(all, []*schema.System{System().Schema, tenant.Schema, directory.Schema, names.Schema}) {
		t.Error(mistake)
	}
}

// notOffered names the published parameters that no attribute sets, with the reason.
var notOffered = map[string]string{
	"Confirm":                      "always sent as $false by the program itself",
	"WhatIf":                       "a plan is what would happen",
	"Force":                        "suppresses errors, and with Move-CsUser loses contacts and meetings",
	"InMemory":                     "stores nothing",
	"Instance":                     "takes an object, not values",
	"Tenant":                       "not for deployments on-premises",
	"DomainController":             "the provider block's domain_controller, of all kinds alike",
	"PassThru":                     "what is written is read back",
	"Identity":                     "the block's label or the user",
	"UseDefaultRouting":            "routing",
	"SipAddress":                   "the user's row, or the label",
	"SipAddressType":               "the address is in the row",
	"SipDomain":                    "the address is in the row",
	"Credential":                   "a block of its own",
	"UserList":                     "waves move users one by one",
	"Report":                       "the journal is the report; side by side, calls would overwrite one file",
	"TenantAdminUserName":          "fills in a prompt that cannot be shown",
	"MoveToTeams":                  "has no effect any more",
	"BypassAudioConferencingCheck": "deprecated",
	"AccessTokens":                 "undocumented",
	"UseLegacyMode":                "undocumented",
	"Domain":                       "the block's label, which -Identity sets as well",
	"MarkForMonitoring":            "deprecated",
	"AlternateAudienceUrl":         "reserved for Microsoft",
	"AdditionalAudienceUrls":       "reserved for Microsoft",
	"EnableAcsFederationAccess":    "of the tenant's policies only",
	"EnableTeamsConsumerAccess":    "of the tenant's policies only",
	"EnableTeamsConsumerInbound":   "of the tenant's policies only",
	"IgnoreBackendStoreException":  "undocumented",

	"AcpInfo":                           "of audio conferencing providers, which are no more",
	"AudioVideoDisabled":                "not a matter of where users are homed",
	"ExchangeArchivingPolicy":           "not a matter of where users are homed",
	"LineServerURI":                     "of remote call control, which is no more",
	"RemoteCallControlTelephonyEnabled": "of remote call control, which is no more",
	"OnPremLineURI":                     "writes what -LineURI writes",
	"PrivateLine":                       "a second number that no directory shows",
}

func published(t *testing.T) *cmdlets.Tables {
	t.Helper()
	tables, err := cmdlets.Load()
	if err != nil {
		t.Fatal(err)
	}
	return tables.Module("SkypeForBusiness")
}

// writers are the published cmdlets that create and update objects of a kind; nil where there is none.
func writers(t *testing.T, k *schema.Kind) (create, update *cmdlets.Cmdlet) {
	t.Helper()
	remote := k.Remote.(schema.Cmdlet)
	find := func(step string) *cmdlets.Cmdlet {
		verb := remote.Verb(step)
		if verb == "" {
			return nil
		}
		c := published(t).Cmdlet(verb + "-" + remote.Noun)
		if c == nil {
			t.Fatalf("%s: %s-%s is not published", k.Name, verb, remote.Noun)
		}
		return c
	}
	find("delete")
	return find("create"), find("update")
}

func has(c *cmdlets.Cmdlet, param string) bool { return c != nil && c.HasParam(param) }

func TestKindsMatchThePublishedParameters(t *testing.T) {
	t.Parallel()
	for _, k := range kinds() {
		create, update := writers(t, k)
		for i := range k.Attrs {
			a := &k.Attrs[i]
			if a.Settings || a.Mode == schema.Computed {
				continue
			}
			t.Run(k.Name+"."+a.Name, func(t *testing.T) { matchAttr(t, a, create, update) })
		}
	}
}

func matchAttr(t *testing.T, a *schema.Attr, create, update *cmdlets.Cmdlet) {
	param := a.WriteName()
	if !has(create, param) && !has(update, param) {
		t.Fatalf("no cmdlet has -%s", param)
	}
	if createOnly := has(create, param) && !has(update, param); !a.Initial && a.ForceNew != createOnly {
		t.Errorf("ForceNew is %t, but create-only is %t", a.ForceNew, createOnly)
	}
	maker := create
	if !has(create, param) {
		maker = update
	}
	p := maker.Param(param)
	if required := p.MandatoryInAll(maker); required != (a.Mode == schema.Required) {
		t.Errorf("Required is %t, but -%s is mandatory in every set of %s: %t", a.Mode == schema.Required, param, maker.Name, required)
	}
	for _, c := range []*cmdlets.Cmdlet{create, update} {
		if has(c, param) {
			matchType(t, a, c.Param(param))
		}
	}
}

func matchType(t *testing.T, a *schema.Attr, p *cmdlets.Param) {
	if len(p.Values) > 0 || (len(a.OneOf) > 0 && a.Name != "routing") {
		if diff := cmp.Diff(slices.Sorted(slices.Values(p.Values)), slices.Sorted(slices.Values(a.OneOf))); diff != "" {
			t.Errorf("accepted values (published - declared +):\n%s", diff)
		}
		return
	}
	want := map[string]cty.Type{
		"Boolean": cty.Bool, "SwitchParameter": cty.Bool, "UInt32": cty.Number, "UInt64": cty.Number,
		"String": cty.String, "Fqdn": cty.String, "XdsGlobalRelativeIdentity": cty.String,
		"Guid": cty.String, "OUIdParameter": cty.String,
	}[p.Type]
	switch {
	case a.Name == "routing":
		want = cty.String
	case a.Join != "" && want == cty.String: // one text on the far end
		want = cty.Set(cty.String)
	}
	if want == cty.NilType {
		t.Fatalf("-%s is a %s, which this test does not know", p.Name, p.Type)
	}
	if !a.Type.Equals(want) {
		t.Errorf("the attribute is a %s, -%s a %s", a.Type.FriendlyName(), p.Name, p.Type)
	}
}

func TestEveryPublishedParameterIsOfferedOrLeftOutForAReason(t *testing.T) {
	t.Parallel()
	for _, k := range kinds() {
		offered := map[string]bool{}
		for i := range k.Attrs {
			offered[k.Attrs[i].WriteName()] = true
		}
		create, update := writers(t, k)
		for _, c := range []*cmdlets.Cmdlet{create, update} {
			if c == nil {
				continue
			}
			for _, p := range c.Params() {
				if offered[p.Name] || isCommon(c, p) {
					continue
				}
				if notOffered[p.Name] == "" && k.Remote.(schema.Cmdlet).Leaves[p.Name] == "" {
					t.Errorf("-%s of %s is neither offered nor left out for a reason: give %s an attribute, or the reason in its Leaves", p.Name, c.Name, k.Name)
				}
			}
		}
	}
}

// isCommon says whether every cmdlet has the parameter: it is in no set of this one.
func isCommon(c *cmdlets.Cmdlet, p *cmdlets.Param) bool {
	return !slices.ContainsFunc(c.Sets, func(s cmdlets.Set) bool { return p.In(s.Name) })
}

func TestSummariesAreSentences(t *testing.T) {
	t.Parallel()
	for _, k := range kinds() {
		if s := k.Summary(); len(s) < 20 || s[len(s)-1] != '.' {
			t.Errorf("%s: the summary is %q", k.Name, s)
		}
	}
}
