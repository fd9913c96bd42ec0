package phase

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
)

// Leaving names the blocks that take hybrid back, by address: records of SIP domains in teams_only or decommissioned;
// settings that switch hybrid off, or that belong to nothing but domains that are decommissioned. Of a block with
// several objects one is enough: what leads away from the servers must not come too early. The diagnostics warn of blocks
// that hold both.
func Leaving(objects []planner.Object) (map[string]bool, hcl.Diagnostics) {
	domains := Domains(objects, nil)
	by, over := indexed(domains), over(domains)
	leaving, staying, warned := map[string]bool{}, map[string]bool{}, map[string]bool{}
	var diags hcl.Diagnostics
	for i := range objects {
		o := &objects[i]
		block := o.Address.Block().String()
		if leaves(o, by, over) {
			leaving[block] = true
		} else if o.Kind.Name == "dns_record" {
			staying[block] = true
		}
		if leaving[block] && staying[block] && !warned[block] {
			diags = append(diags, mixed(o, block))
			warned[block] = true
		}
	}
	return leaving, diags
}

func mixed(o *planner.Object, block string) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagWarning,
		Summary:  "Records of different phases in one block",
		Detail:   fmt.Sprintf("%s holds records of SIP domains that go to the cloud and of others. All of it is applied after users have been moved; where users are moved to the servers, their records should come before. Write a block for each phase.", block),
		Subject:  o.Range.Ptr(),
	}
}

// over says whether every SIP domain that states a phase is decommissioned, and some does.
func over(domains []Domain) bool {
	all := stated(domains)
	for _, d := range all {
		if d.Phase != Decommissioned {
			return false
		}
	}
	return len(all) > 0
}

func leaves(o *planner.Object, by index, over bool) bool {
	switch o.Kind.Name {
	case "dns_record":
		d := by.of(canonical(o.Identity))
		return d != nil && d.Phase.cloudy()
	case "tenant_federation":
		return over || is(o, "shared_sip_address_space", false)
	case "hosting_provider":
		return over || o.Absent || is(o, "enabled", false)
	case "access_edge":
		return over || is(o, "allow_federated_users", false)
	case "sip_domain":
		return o.Absent
	}
	return false
}
