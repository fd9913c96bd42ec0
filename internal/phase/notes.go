package phase

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
)

// Annotate adds to the changes of a plan what an administrator must know of the phases, stated by these domains, that
// they lead to.
func Annotate(domains []Domain, plan *planner.Plan) {
	by := indexed(domains)
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if c.Kind.Name != "dns_record" || c.Action == planner.NoOp || c.Action == planner.Unknown {
			continue
		}
		name := canonical(c.Identity)
		d := by.of(name)
		if d == nil {
			continue
		}
		switch label := strings.TrimSuffix(name, "."+d.Name); {
		case label == federation && d.Phase.cloudy():
			c.Notes = append(c.Notes,
				"partners who reach "+d.Name+" by a fixed server, and those without an enabled hosting provider for the cloud, can no longer talk to its users: tell them to find it through DNS",
				"the tenant as a whole can become Teams Only when the records of every verified domain lead to the cloud or are gone; until then the tenant refuses it")
		case label == federation && d.Phase == Hybrid && c.Action != planner.Delete:
			c.Notes = append(c.Notes,
				"from then on everybody is led to the servers, and each user's HostingProvider decides: whoever has SRV: there is served by the servers, whoever has the cloud's proxy FQDN is passed on to the cloud")
		case label == "lyncdiscover" && !d.Phase.cloudy() && fromCloud(c, d.Sky):
			c.Notes = append(c.Notes,
				"a new tenant starts in Teams Only where this record is missing or leads to the cloud when the domain is verified: it should exist before")
		}
	}
}

// fromCloud says whether a change makes a record that was not there, or leads one away from the cloud.
func fromCloud(c *planner.Change, sky *Sky) bool {
	if c.Action == planner.Create || c.Action == planner.Delete {
		return c.Action == planner.Create
	}
	values, ok := value(c.Before, "values")
	if !ok {
		return false
	}
	rtype, _ := value(c.Before, "type")
	return slices.ContainsFunc(values.AsValueSlice(), func(v cty.Value) bool {
		return sky.Leads(target(strings.ToUpper(rtype.AsString()), v.AsString()))
	})
}
