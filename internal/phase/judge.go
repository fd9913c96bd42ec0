package phase

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
	"hybrid/schema"
)

// Judge says what stands between the estate and the phases that these domains state: steps that skip a phase, and
// users who would be left on the wrong side. The live state holds what [Sources] asks for. What could not be read is
// never taken for the better case.
func Judge(domains []Domain, plan *planner.Plan, live planner.Live) hcl.Diagnostics {
	var diags hcl.Diagnostics
	counted := count(domains, plan, live)
	for _, d := range domains {
		j := &judge{domain: d, counted: counted, live: live}
		if b := j.unread(); b != nil {
			d := refusal(d, unknown, fmt.Sprintf("The phase of %s depends on %s, which could not be read: %s.\nNothing is planned from what is not known.",
				b.Domain, b.What, strings.TrimSuffix(b.Err.Error(), ".")))
			d.Extra = b
			diags = append(diags, d)
			continue
		}
		if why := j.blind(); why != "" {
			diags = append(diags, refusal(d, unknown, why+"\nNothing is planned from what is not known."))
			continue
		}
		users := counted.of(d)
		e := j.evidence(users)
		if why := closedTo(e, d); why != "" {
			diags = append(diags, refusal(d, "The phase cannot be reached in one step", why))
		}
		diags = append(append(diags, users.inTheWay(d)...), append(j.endpoints(), j.swept()...)...)
	}
	return diags
}

func refusal(d Domain, summary, detail string) *hcl.Diagnostic {
	where := d.Where()
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &where}
}

// closedTo says why no phase that the estate may be in leads to the one that is wanted; "" where one does.
func closedTo(e Evidence, d Domain) string {
	var reasons []string
	for _, from := range e.Phases() {
		why := transition(from, d.Phase)
		if why == "" {
			return ""
		}
		reasons = append(reasons, fmt.Sprintf("%s is in the phase %s, and %s is to be next: %s.", d.Name, from, d.Phase, why))
	}
	return strings.Join(reasons, "\nOr: ") + "\nWhat was read: " + e.String() + "."
}

// String tells the evidence in a line.
func (e Evidence) String() string {
	var parts []string
	switch e.DNS {
	case Nowhere:
		parts = append(parts, "there is no federation record")
	case ToServers:
		parts = append(parts, "the federation record leads to the servers")
	case ToCloud:
		parts = append(parts, "the federation record leads to the cloud")
	}
	switch e.Sharing {
	case No:
		parts = append(parts, "the tenant does not share its address space")
	case Yes:
		parts = append(parts, "the tenant shares its address space")
	}
	switch e.Provider {
	case Missing:
		parts = append(parts, "the servers have no hosting provider for the tenant")
	case Off:
		parts = append(parts, "the tenant's hosting provider is off")
	case On:
		parts = append(parts, "the tenant's hosting provider is on")
	}
	switch e.OnServers {
	case No:
		parts = append(parts, "nobody is homed on the servers")
	case Yes:
		parts = append(parts, "there are users on the servers")
	}
	return strings.Join(parts, ", ")
}

// judge looks at one domain.
type judge struct {
	domain  Domain
	counted *census
	live    planner.Live
}

const unknown = "The phase the estate is in is not known"

// Unread says that the phase of a domain is not known because something could not be read. It is the Extra of the
// diagnostic that says so, for whoever has said already why it could not be read.
type Unread struct {
	Domain string // "contoso.com"
	What   string // "the hosting providers"
	Err    error
}

// unread is the first source that the phase turns on and that could not be read, nil where all could.
func (j *judge) unread() *Unread {
	for _, s := range append(j.domain.sources(""), everyone(j.domain)) {
		if err := j.live[s.Source].Err; err != nil {
			return &Unread{Domain: j.domain.Name, What: s.What, Err: err}
		}
	}
	return nil
}

// blind says what is nowhere declared or was not read to its end, though the phase turns on it; "" where all is known.
func (j *judge) blind() string {
	if j.domain.Sky.proxy == "" || j.domain.Sky.federation == "" {
		return fmt.Sprintf("The phase of %s depends on where the cloud %s is found, and of that no source tells: give it proxy_fqdn and dns.federation_srv in a file of clouds.", j.domain.Name, j.domain.Sky.name)
	}
	if users := j.live[Everyone(j.domain)]; !users.Complete && j.needsUsers() {
		return fmt.Sprintf("The phase of %s depends on every user of the servers, and the list of them was not read to its end.", j.domain.Name)
	}
	if j.domain.Phase.cloudy() && !j.domain.Gone && j.way() == Unlooked {
		return fmt.Sprintf("Where partners are led decides whether %s is %s, and no block declares the record. Declare it: dns_record \"%s.%s\" \"SRV\".",
			j.domain.Name, j.domain.Phase, federation, j.domain.Name)
	}
	return ""
}

func (j *judge) evidence(users *users) Evidence {
	e := j.settings()
	if j.live[Everyone(j.domain)].Complete {
		e.OnServers = answer(users.onServers > 0)
	}
	return e
}

// settings is the evidence without the users.
func (j *judge) settings() Evidence {
	return Evidence{Sharing: j.sharing(), Provider: j.provider(), DNS: j.way()}
}

// needsUsers says whether the phase cannot be judged without every user. For hybrid, where users may be on either side,
// they matter only where the estate is past hybrid if nobody is on the servers.
func (j *judge) needsUsers() bool {
	e := j.settings()
	e.OnServers = No
	return j.domain.Phase != Hybrid || closedTo(e, j.domain) != ""
}

// NeedsUsers says whether the phase of a domain cannot be judged without every user of the servers, given what else has
// been read.
func NeedsUsers(d Domain, live planner.Live) bool {
	j := &judge{domain: d, live: live}
	return j.needsUsers()
}

func (j *judge) sharing() Answer {
	for source, listing := range j.live {
		if source.Kind != "tenant_federation" {
			continue
		}
		for _, found := range listing.Objects {
			switch {
			case isValue(found.Value, "shared_sip_address_space", true):
				return Yes
			case isValue(found.Value, "shared_sip_address_space", false):
				return No
			}
		}
	}
	return Unasked
}

func (j *judge) provider() State {
	listing, read := j.live[planner.Source{Provider: j.domain.Object.Provider, Kind: "hosting_provider"}]
	if !read || !listing.Complete {
		return Unseen
	}
	for _, found := range listing.Objects {
		proxy, _ := value(found.Value, "proxy_fqdn")
		if !sameHost(schema.Text(proxy), j.domain.Sky.proxy) {
			continue
		}
		if isValue(found.Value, "enabled", true) && isValue(found.Value, "enabled_shared_address_space", true) {
			return On
		}
		return Off
	}
	return Missing
}

// way is where the federation record leads in every view that declares it: to the servers where one view still does.
func (j *judge) way() Way {
	way := Unlooked
	for _, o := range j.domain.Federation {
		listing, read := j.live[planner.Source{Provider: o.Provider, Kind: o.Kind.Name}]
		if !read || listing.Refused[o.LiveID()] != nil {
			continue
		}
		if at := j.leads(listing.Objects[o.LiveID()]); way == Unlooked || at == ToServers || way == Nowhere {
			way = at
		}
	}
	return way
}

func (j *judge) leads(found planner.Found) Way {
	values, ok := value(found.Value, "values")
	if !ok || values.LengthInt() == 0 {
		return Nowhere
	}
	for _, v := range values.AsValueSlice() {
		if !j.domain.Sky.Leads(target("SRV", v.AsString())) {
			return ToServers
		}
	}
	return ToCloud
}
