package check

import (
	"context"
	"slices"
	"strings"

	"hybrid/planner"
)

// forestChecks are those of tenants that several forests share.
func forestChecks() []Check {
	return []Check{{
		ID: "T-ONE", Group: Tenant, Title: "The tenant serves SIP domains of one forest only",
		Reads:  "Get-CsOnlineSipDomain, Get-CsSipDomain",
		Remedy: "Look first whether users of the other forests' domains are homed online: they lose their addresses, contacts and meetings for good. Then Disable-CsOnlineSipDomain for each of these domains.",
		Source: "Disable-CsOnlineSipDomain's page", Systems: []string{"skype", "teams"},
		Asks:  map[string][]string{"teams": {"Get-CsOnlineSipDomain"}, "skype": {"Get-CsSipDomain"}},
		Kinds: []string{"tenant_federation"}, After: []string{"C-AUTH"}, Run: oneForest,
	}}
}

// oneForest is T-ONE. A domain that is declared disabled is another forest's; of one that is neither on the servers nor declared
// nobody says whose it is.
func oneForest(ctx context.Context, e *Estate) Result {
	tenant, err := e.objects(ctx, "teams", "online_sip_domain")
	if err != nil {
		return Unread(err)
	}
	servers, err := e.objects(ctx, "skype", "sip_domain")
	if err != nil {
		return Unread(err)
	}
	t := &trial{e: e}
	var open, strange []string
	for _, d := range tenant {
		name := hostName(d.identity)
		t.seen = append(t.seen, e.Saw("Status of "+name, map[bool]string{true: "Enabled", false: "Disabled"}[d.is("enabled")], "the tenant"))
		o := e.declaredAs("online_sip_domain", name)
		switch {
		case !d.is("enabled") || e.tenantsOwn(name):
		case declaredOff(o):
			open = append(open, name)
			t.blame(o)
		case o == nil && !among(servers, name):
			strange = append(strange, name)
		}
	}
	slices.Sort(strange)
	if len(open) > 0 {
		t.fault("Look whether users of it are homed online: they lose their addresses, contacts and meetings for good. Then apply, or Disable-CsOnlineSipDomain -Domain "+open[0]+".",
			"another forest's SIP domain is enabled in the tenant: %s", strings.Join(open, ", "))
	}
	if len(strange) > 0 {
		t.unknown("whose these domains are: %s; they are enabled in the tenant and not on these servers. Declare each as online_sip_domain: with enabled = false if another forest's servers have it, with enabled = true if all of its users are in the cloud", strings.Join(strange, ", "))
	}
	return t.result()
}

// tenantsOwn says whether a domain is one that every tenant of the cloud begins with.
func (e *Estate) tenantsOwn(domain string) bool {
	suffix := hostName(e.Config.Cloud.Text("tenant_suffix"))
	return initial(domain) || suffix != "" && strings.HasSuffix(domain, "."+suffix)
}

// declaredOff says whether a block declares a domain disabled.
func declaredOff(o *planner.Object) bool {
	if o == nil {
		return false
	}
	enabled := o.Want.GetAttr("enabled")
	return !enabled.IsNull() && enabled.IsKnown() && enabled.False()
}
