package phase

import (
	"cmp"
	"slices"

	"hybrid/planner"
)

// A Needed source is one that must be read to judge a phase.
type Needed struct {
	planner.Source
	What    string           // as messages call it
	Objects []planner.Object // to be read; nil for all there are
}

// Sources lists what must be read to judge the phases of these domains besides the users ([Everyone]), each source once.
// Of the tenant's settings nothing is asked where no provider leads there: tenant names one, "" for none, for
// configurations that declare none of them.
func Sources(domains []Domain, tenant string) []Needed {
	var all []Needed
	at := map[planner.Source]int{}
	for _, d := range domains {
		for _, s := range d.sources(tenant) {
			n, seen := at[s.Source]
			if !seen {
				n = len(all)
				at[s.Source], all = n, append(all, Needed{Source: s.Source, What: s.What})
			}
			all[n].Objects = append(all[n].Objects, s.Objects...)
		}
	}
	return all
}

// sources are those of one domain.
func (d *Domain) sources(tenant string) []Needed {
	all := []Needed{{Source: planner.Source{Provider: d.Object.Provider, Kind: "hosting_provider"}, What: "the hosting providers"}}
	for _, o := range d.Federation {
		all = append(all, Needed{Source: planner.Source{Provider: o.Provider, Kind: o.Kind.Name}, What: "the federation record", Objects: []planner.Object{*o}})
	}
	if from := cmp.Or(d.tenant, tenant); from != "" {
		all = append(all, Needed{Source: planner.Source{Provider: from, Kind: "tenant_federation"}, What: "the tenant's federation settings"})
	}
	return all
}

// Everyone is where every user of the servers is read for a domain.
func Everyone(d Domain) planner.Source {
	return planner.Source{Provider: d.Object.Provider, Kind: usersKind}
}

func everyone(d Domain) Needed { return Needed{Source: Everyone(d), What: "the users of the servers"} }

// Kinds names the kinds that are read to judge phases; nil where no domain states one.
func Kinds(objects []planner.Object) []string {
	if len(Stated(objects, nil)) == 0 {
		return nil
	}
	kinds := []string{usersKind, "hosting_provider", "tenant_federation"}
	if slices.ContainsFunc(Stated(objects, nil), func(d Domain) bool { return d.Phase.cloudy() }) {
		kinds = append(kinds, endpointsKind)
	}
	return kinds
}

// Touched says whether a plan changes anything that phases are about.
func Touched(plan *planner.Plan) bool {
	return slices.ContainsFunc(plan.Changes, func(c planner.Change) bool {
		switch c.Kind.Name {
		case "sip_domain", "access_edge", "dns_record", "tenant_federation", "hosting_provider", "user", usersKind, endpointsKind:
			return c.Action != planner.NoOp
		}
		return false
	})
}
