package phase

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
)

// endpointsKind is the kind of the accounts on the servers that stand for auto attendants and call queues online. Clients
// find them through the servers: from the day on which DNS leads to the cloud they are found no more, until resource accounts
// of the tenant have taken their place, and those can be made only from that day on. So they stand in the way of the end of
// hybrid, and of Teams alone they are a warning. Source: MicrosoftDocs/OfficeDocs-SkypeForBusiness,
// decommission-move-on-prem-endpoints.md.
const endpointsKind = "hybrid_application_endpoint"

// Endpoints is where the hybrid application endpoints of a domain that leaves the servers are read; false for other domains.
func Endpoints(d Domain) (planner.Source, bool) {
	return planner.Source{Provider: d.Object.Provider, Kind: endpointsKind}, d.Phase.cloudy()
}

// endpoints says which endpoints of the domain the plan leaves on the servers.
func (j *judge) endpoints() hcl.Diagnostics {
	source, asked := Endpoints(j.domain)
	if !asked {
		return nil
	}
	listing, d := j.live[source], j.domain
	switch {
	case listing.Err != nil:
		return j.unlisted(strings.TrimSuffix(listing.Err.Error(), "."))
	case !listing.Complete:
		return j.unlisted("the list of them was not read to its end")
	}
	left := j.counted.endpointsOf(d, source)
	switch {
	case len(left) == 0:
		return nil
	case d.Phase == Decommissioned:
		return hcl.Diagnostics{refusal(d, "Endpoints would be left on the servers", fmt.Sprintf(
			"%s is to be decommissioned, but %d of its hybrid application endpoints %s left on the servers:%s\nMake resource accounts of the tenant in their place and declare them with ensure = \"absent\", or state the phase teams_only until that is done.",
			d.Name, len(left), be(len(left)), few(left)))}
	}
	return hcl.Diagnostics{warning(d, "Endpoints are left on the servers", fmt.Sprintf(
		"%d of the hybrid application endpoints of %s %s left on the servers:%s\nFrom the moment DNS leads to the cloud nobody finds them, until resource accounts of the tenant have taken their place, which can be made only then: do both in one maintenance window, with the numbers noted before.",
		len(left), d.Name, be(len(left)), few(left)))}
}

// unlisted says that the endpoints could not be listed.
func (j *judge) unlisted(why string) hcl.Diagnostics {
	d := j.domain
	detail := fmt.Sprintf("Whether hybrid application endpoints of %s are left on the servers could not be read: %s.", d.Name, why)
	if d.Phase == Decommissioned {
		return hcl.Diagnostics{refusal(d, "The phase the estate is in is not known", detail+"\nNothing is planned from what is not known.")}
	}
	return hcl.Diagnostics{warning(d, "Endpoints may be left on the servers", detail+" Nobody finds them once DNS leads to the cloud: look for them with Get-CsHybridApplicationEndpoint.")}
}

// endpoint: none is declared in a domain that is past hybrid.
func (c *check) endpoint(o *planner.Object) {
	d := c.by[domainOf(strings.ToLower(o.Identity))]
	if d == nil || o.Absent || d.Phase != Decommissioned {
		return
	}
	c.refuse(o, "", d, "it is an account of the servers, which are no longer used. Make a resource account of the tenant in its place and write ensure = \"absent\"")
}

func warning(d Domain, summary, detail string) *hcl.Diagnostic {
	w := refusal(d, summary, detail)
	w.Severity = hcl.DiagWarning
	return w
}

// few lists the first names, each on a line of its own, and counts the others.
func few(names []string) string {
	more := ""
	if len(names) > shownUsers {
		more = fmt.Sprintf("\n  … and %d more", len(names)-shownUsers)
		names = names[:shownUsers]
	}
	return "\n  " + strings.Join(names, "\n  ") + more
}

func be(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
