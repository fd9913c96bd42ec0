package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// tenantChecks are those of what the tenant's own configuration says, and of whether the servers say the same.
func tenantChecks() []Check {
	federation := map[string][]string{"teams": {"Get-CsTenantFederationConfiguration"}}
	both := map[string][]string{
		"teams": {"Get-CsTenantFederationConfiguration", "Get-CsOnlineSipDomain"},
		"skype": {"Get-CsAccessEdgeConfiguration", "Get-CsAllowedDomain", "Get-CsBlockedDomain", "Get-CsSipDomain"},
	}
	return []Check{{
		ID: "T-SIP", Group: Tenant, Title: "The tenant shares its SIP address space", Blocks: true,
		Reads:   "Get-CsTenantFederationConfiguration",
		Remedy:  "Declare tenant_federation { shared_sip_address_space = true } and apply, or Set-CsTenantFederationConfiguration -SharedSipAddressSpace $true; then wait until it has taken effect.",
		Source:  "Microsoft support article on Move-CsUser and HostedMigration fault 510",
		Systems: []string{"teams"}, Asks: federation, Kinds: []string{"user_homing"}, After: []string{"C-AUTH"}, Mends: []string{"tenant_federation"}, Run: sharedAddressSpace,
	}, {
		ID: "T-FED", Group: Tenant, Title: "Servers and tenant let the same organisations in", Blocks: true,
		Reads:   "Get-CsAllowedDomain, Get-CsBlockedDomain, Get-CsAccessEdgeConfiguration, Get-CsTenantFederationConfiguration",
		Remedy:  "Declare the same list on both sides: what only one of them has is told above. With partner discovery on the servers, the tenant's list must be open.",
		Source:  "Microsoft, plan hybrid connectivity: federation settings that must match",
		Systems: []string{"skype", "teams"}, Asks: both, Kinds: []string{"user_homing"}, After: []string{"E-CFG", "E-ROUTE", "C-AUTH"},
		Mends: []string{"access_edge", "allowed_domain", "blocked_domain", "tenant_federation"}, Run: sameFederation,
	}, {
		ID: "T-DOM", Group: Tenant, Title: "Servers and tenant have the same SIP domains", Blocks: true,
		Reads:   "Get-CsSipDomain, Get-CsOnlineSipDomain",
		Remedy:  "Declare each domain that is missing on the servers as sip_domain, and enable each online one that is the deployment's as online_sip_domain { enabled = true }.",
		Source:  "Microsoft support article on online users who cannot send messages (ms-diagnostics 1017)",
		Systems: []string{"skype", "teams"}, Asks: both, Kinds: []string{"user_homing", "sip_domain"}, After: []string{"T-ONE", "C-AUTH"},
		Mends: []string{"sip_domain", "online_sip_domain"}, Run: sameDomains,
	}}
}

// federation is the tenant's one federation configuration.
func (e *Estate) federation(ctx context.Context) (live, error) {
	all, err := e.objects(ctx, "teams", "tenant_federation")
	if err == nil && len(all) != 1 {
		err = errors.New("Get-CsTenantFederationConfiguration did not return one object")
	}
	if err != nil {
		return live{}, err
	}
	return all[0], nil
}

func sharedAddressSpace(ctx context.Context, e *Estate) Result {
	tenant, err := e.federation(ctx)
	if err != nil {
		return Unread(err)
	}
	saw := e.Saw("SharedSipAddressSpace", tenant.text("shared_sip_address_space"), "the tenant")
	if tenant.is("shared_sip_address_space") {
		return Passed(saw)
	}
	return Failed("the tenant does not share its SIP address space, so nobody can be moved", saw)
}

// only are the elements of a list that another one lacks.
func only(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}

func sameDomains(ctx context.Context, e *Estate) Result {
	servers, err := e.objects(ctx, "skype", "sip_domain")
	if err != nil {
		return Unread(err)
	}
	tenant, err := e.objects(ctx, "teams", "online_sip_domain")
	if err != nil {
		return Unread(err)
	}
	var here, there []string
	for _, d := range servers {
		here = append(here, hostName(d.identity))
	}
	for _, d := range tenant {
		// The tenant's own first domain is nobody's on the servers.
		if d.is("enabled") && !strings.HasSuffix(hostName(d.identity), "."+hostName(e.Config.Cloud.Text("tenant_suffix"))) {
			there = append(there, hostName(d.identity))
		}
	}
	seen := []Evidence{
		e.Saw("SIP domains", strings.Join(here, ", "), "the servers"),
		e.Saw("enabled SIP domains", strings.Join(there, ", "), "the tenant"),
	}
	missing, more := only(here, there), only(there, here)
	switch {
	case len(missing) > 0:
		return Failed("the tenant does not have, or has not enabled: "+strings.Join(missing, ", "), seen...)
	case len(more) > 0:
		return Failed("the servers do not have: "+strings.Join(more, ", "), seen...)
	}
	return Passed(seen...)
}

func sameFederation(ctx context.Context, e *Estate) Result {
	edge, err := e.edge(ctx)
	if err != nil {
		return Unread(err)
	}
	tenant, err := e.federation(ctx)
	if err != nil {
		return Unread(err)
	}
	seen := []Evidence{
		e.Saw("AllowFederatedUsers", edge.text("allow_federated_users"), "the servers"),
		e.Saw("AllowFederatedUsers", tenant.text("allow_federated_users"), "the tenant"),
	}
	if edge.is("allow_federated_users") != tenant.is("allow_federated_users") {
		r := Failed("one side talks to other organisations, and the other does not", seen...)
		r.Do = "Set allow_federated_users to the same in access_edge and in tenant_federation, and apply."
		return r
	}
	for _, list := range []struct{ kind, attr, what string }{{"allowed_domain", "allowed_domains", "allowed"}, {"blocked_domain", "blocked_domains", "blocked"}} {
		r, err := e.sameList(ctx, list.kind, tenant, list.attr, list.what, edge)
		if err != nil {
			return Unread(err)
		}
		seen = append(seen, r.Evidence...)
		if r.Verdict == Fail {
			return Failed(r.Text, seen...)
		}
	}
	return Passed(seen...)
}

// sameList holds one list of domains of the servers against the tenant's.
func (e *Estate) sameList(ctx context.Context, kind string, tenant live, attr, what string, edge live) (Result, error) {
	servers, err := e.objects(ctx, "skype", kind)
	if err != nil {
		return Result{}, err
	}
	var here, there []string
	for _, d := range servers {
		if name := hostName(d.identity); name != "push.lync.com" { // push notifications, which only servers have
			here = append(here, name)
		}
	}
	if list := tenant.value.GetAttr(attr); !list.IsNull() && list.IsKnown() {
		for it := list.ElementIterator(); it.Next(); {
			_, d := it.Element()
			there = append(there, hostName(d.AsString()))
		}
	}
	open := what == "allowed" && slices.Equal(there, []string{"all"})
	saw := []Evidence{e.Saw(what+" domains", orNone(here), "the servers"), e.Saw(what+" domains", orNone(there), "the tenant")}
	missing, more := only(here, there), only(there, here)
	switch {
	case open && edge.is("enable_partner_discovery"):
		return Passed(e.Saw("allowed domains", "all (discovery on the servers, an open list in the tenant)", "both")), nil
	case open:
		return Failed("the tenant talks to everybody, and the servers only to those on their list", saw[0]), nil
	case what == "allowed" && edge.is("enable_partner_discovery"):
		return Failed("the servers discover partners who are on no list, and the tenant talks only to those on its list", saw...), nil
	case len(missing) > 0:
		return Failed(fmt.Sprintf("%s on the servers and not in the tenant: %s", what, strings.Join(missing, ", ")), saw...), nil
	case len(more) > 0:
		return Failed(fmt.Sprintf("%s in the tenant and not on the servers: %s", what, strings.Join(more, ", ")), saw...), nil
	}
	return Passed(saw...), nil
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
