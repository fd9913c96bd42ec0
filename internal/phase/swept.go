package phase

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
)

// swept refuses to delete what the phase of the domain needs and no block declares. What a block says has been held against
// the phase already; what goes because its kind is exclusive stands nowhere in the configuration.
func (j *judge) swept() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, c := range j.counted.swept {
		if why := j.needs(c); why != "" {
			diags = append(diags, refusal(j.domain, "The phase needs what would be deleted", fmt.Sprintf(
				"%s is to be %s, and %s; no block declares it, and %s is exclusive, so it would be deleted. Declare it, or name it in ignore.",
				j.domain.Name, j.domain.Phase, why, c.Kind.Name)))
		}
	}
	return diags
}

// needs says what an object that goes is needed for; "" where it is not.
func (j *judge) needs(c *planner.Change) string {
	d := j.domain
	switch name := canonical(c.Identity); {
	case c.Kind.Name == "hosting_provider" && d.Phase.shared() && sameHost(text(c.Before, "proxy_fqdn"), d.Sky.proxy):
		return "users online are reached through hosting_provider " + c.Identity
	case c.Kind.Name == "dns_record" && d.Phase == Hybrid && name == federation+"."+d.Name && strings.EqualFold(text(c.Before, "type"), "SRV"):
		return "servers and tenant find one another by " + name
	}
	return ""
}
