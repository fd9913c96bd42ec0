package check

import (
	"context"
	"fmt"

	"github.com/zclconf/go-cty/cty"
)

// tenantChecks are those of what the tenant's own configuration says.
func tenantChecks() []Check {
	return []Check{{
		ID: "T-SIP", Group: Tenant, Title: "The tenant shares its SIP address space", Blocks: true,
		Reads:   "Get-CsTenantFederationConfiguration",
		Remedy:  "Declare tenant_federation { shared_sip_address_space = true } and apply, or Set-CsTenantFederationConfiguration -SharedSipAddressSpace $true; then wait until it has taken effect.",
		Source:  "Microsoft support article on Move-CsUser and HostedMigration fault 510",
		Systems: []string{"teams"}, Asks: map[string][]string{"teams": {"Get-CsTenantFederationConfiguration"}}, Kinds: []string{"user_homing", "user"}, Run: sharedAddressSpace,
	}}
}

func sharedAddressSpace(ctx context.Context, e *Estate) Result {
	listing, err := e.List(ctx, "teams", "tenant_federation")
	if err != nil {
		return Unread(err)
	}
	for _, found := range listing.Objects {
		shared := found.Value.GetAttr("shared_sip_address_space")
		saw := e.Saw("SharedSipAddressSpace", fmt.Sprint(shared.True()), "the tenant")
		if shared.RawEquals(cty.True) {
			return Passed(saw)
		}
		return Failed("the tenant does not share its SIP address space, so nobody can be moved", saw)
	}
	return Unread(fmt.Errorf("Get-CsTenantFederationConfiguration returned nothing"))
}
