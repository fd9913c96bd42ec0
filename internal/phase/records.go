package phase

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hybrid/planner"
)

// federation is the service record by which partners, and servers and tenant, find where a domain's traffic goes.
const federation = "_sipfederationtls._tcp"

// A record is a declared record set at one of the names that clients or partners look for.
type record struct {
	object *planner.Object
	domain *Domain
	label  string // the name without the domain: "_sip._tls"
	rtype  string // "SRV", "CNAME", "A", "AAAA"
	values []string
}

// clientNames are where clients look from outside; the cloud had names of its own there once.
var clientNames = []string{"lyncdiscover", "sip", "_sip._tls"}

// serverNames are where clients look inside, and where meetings are found; the cloud has nothing there.
var serverNames = []string{"lyncdiscoverinternal", "_sipinternaltls._tcp", "_sipinternal._tcp", "sipinternal", "ucupdates-r2", "meet", "dialin"}

// records are the declared record sets that the phase of a domain has something to say about. Those with values that are
// not known yet are left out.
func records(objects []planner.Object, domains []Domain) []record {
	var all []record
	by := indexed(domains)
	for i := range objects {
		o := &objects[i]
		if o.Kind.Name != "dns_record" {
			continue
		}
		name := canonical(o.Identity)
		d := by.of(name)
		if d == nil || d.Phase == "" {
			continue
		}
		r := record{object: o, domain: d, label: strings.TrimSuffix(strings.TrimSuffix(name, d.Name), "."), rtype: strings.ToUpper(textOf(o, "type"))}
		values, known := value(o.Want, "values")
		if known && values.CanIterateElements() {
			for _, v := range values.AsValueSlice() {
				r.values = append(r.values, v.AsString())
			}
		}
		if r.sought() && (known || o.Absent) {
			all = append(all, r)
		}
	}
	return all
}

// sought says whether clients or partners look for such a record.
func (r *record) sought() bool {
	if r.label != federation && !slices.Contains(clientNames, r.label) && !slices.Contains(serverNames, r.label) {
		return false
	}
	if strings.HasPrefix(r.label, "_") {
		return r.rtype == "SRV"
	}
	return r.rtype == "A" || r.rtype == "AAAA" || r.rtype == "CNAME"
}

// contradiction says what is wrong with a record in the phase of its domain, and what to write instead; "" for nothing.
func (r *record) contradiction() string {
	if r.domain.Phase.cloudy() {
		return r.inCloud()
	}
	return r.onServers()
}

// onServers holds a record against the phases in which DNS leads to the servers.
func (r *record) onServers() string {
	switch {
	case r.object.Absent && r.label == federation && r.domain.Phase == Hybrid:
		return fmt.Sprintf("hybrid does not work without it: servers and tenant find one another by it. Lead it to the Access Edge, values = [\"0 0 5061 sip.%s.\"]", r.domain.Name)
	case r.object.Absent:
		return ""
	}
	for _, v := range r.values {
		if host := target(r.rtype, v); host != "" && r.domain.Sky.Leads(host) {
			return fmt.Sprintf("it leads to the cloud (%s), and until teams_only everybody is led to the servers, which pass on what is for users online. Lead it to the servers", strings.TrimSuffix(host, "."))
		}
	}
	return ""
}

// inCloud holds a record against the phases in which DNS leads to the cloud.
func (r *record) inCloud() string {
	switch {
	case r.label == federation:
		return r.cloudFederation()
	case slices.Contains(clientNames, r.label):
		return r.cloudClient()
	case r.domain.Phase == Decommissioned && !r.object.Absent:
		return "it is a record of the servers, which are no longer used. Write ensure = \"absent\""
	}
	return ""
}

func (r *record) cloudFederation() string {
	want := r.domain.Sky.federation
	switch {
	case want == "":
		return ""
	case r.object.Absent && r.domain.Gone:
		return ""
	case r.object.Absent:
		return fmt.Sprintf("partners find the tenant by it. Write values = [%q]", want)
	case len(r.values) == 1 && sameSRV(r.values[0], want):
		return ""
	}
	return fmt.Sprintf("partners must be led to the cloud: the record is exactly that of %s. Write values = [%q]", r.domain.Sky.name, want)
}

func (r *record) cloudClient() string {
	old := r.legacy()
	switch asOfOld := !r.object.Absent && old != "" && len(r.values) == 1 && r.is(old); {
	case asOfOld && r.domain.Legacy == "remove":
		return "legacy_cloud_records = \"remove\" wants the cloud's records of old gone. Write ensure = \"absent\""
	case asOfOld, r.object.Absent && (old == "" || r.domain.Legacy != "keep"):
		return ""
	case r.object.Absent:
		return fmt.Sprintf("legacy_cloud_records = \"keep\" wants the cloud's record of old there. Write values = [%q]", old)
	case old == "" && (r.rtype == "CNAME" || r.rtype == "SRV"):
		return "" // nobody knows what the cloud had there
	case old == "":
		return "it leads to the servers, where nobody is left. Write ensure = \"absent\""
	}
	return fmt.Sprintf("it may not lead anywhere but to the cloud. Write ensure = \"absent\", or the cloud's record of old, values = [%q]", old)
}

// legacy is the cloud's record of old at a client's name, in zone file form; "" where the type has none.
func (r *record) legacy() string {
	switch sky := r.domain.Sky; {
	case r.label == "_sip._tls":
		return sky.sipTLS
	case r.rtype == "CNAME" && r.label == "lyncdiscover":
		return dotted(sky.lyncdiscover)
	case r.rtype == "CNAME" && r.label == "sip":
		return dotted(sky.sip)
	}
	return ""
}

func dotted(host string) string {
	if host == "" {
		return ""
	}
	return host + "."
}

// is says whether the record's first value is one in zone file form.
func (r *record) is(data string) bool {
	if r.rtype == "SRV" {
		return sameSRV(r.values[0], data)
	}
	return sameHost(r.values[0], data)
}

// target is the name that a record's data leads to, "" for an address.
func target(rtype, data string) string {
	switch fields := strings.Fields(data); {
	case rtype == "CNAME":
		return strings.TrimSpace(data)
	case rtype == "SRV" && len(fields) == 4:
		return fields[3]
	}
	return ""
}

// sameSRV compares service records' data by what they mean.
func sameSRV(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) != 4 || len(y) != 4 || !sameHost(x[3], y[3]) {
		return false
	}
	for n := range 3 {
		one, err := strconv.ParseUint(x[n], 10, 16)
		other, wrong := strconv.ParseUint(y[n], 10, 16)
		if err != nil || wrong != nil || one != other {
			return false
		}
	}
	return true
}
