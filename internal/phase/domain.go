package phase

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// A Domain is a SIP domain that a configuration declares.
type Domain struct {
	Name   string // in lower case
	Phase  Phase  // "" where none is stated
	Sky    *Sky
	Legacy string // "keep" or "remove" the cloud's records of old; "" allows both
	Gone   bool   // the domain itself is to be absent
	Object *planner.Object

	Federation []*planner.Object // the declarations of its federation record, one for each view
	tenant     string            // the provider of the tenant's settings, where some are declared; otherwise ""
}

// Domains are the SIP domains among the objects of a configuration, whether they state a phase or not.
func Domains(objects []planner.Object, sky *Sky) []Domain {
	var all []Domain
	records, tenant := map[string][]*planner.Object{}, ""
	for i := range objects {
		switch o := &objects[i]; o.Kind.Name {
		case "sip_domain":
			all = append(all, Domain{
				Name: canonical(o.Identity), Phase: Phase(strings.ToLower(textOf(o, "phase"))), Sky: sky,
				Legacy: strings.ToLower(textOf(o, "legacy_cloud_records")), Gone: o.Absent, Object: o,
			})
		case "dns_record":
			if domain, ok := strings.CutPrefix(canonical(o.Identity), federation+"."); ok && strings.EqualFold(textOf(o, "type"), "SRV") {
				records[domain] = append(records[domain], o)
			}
		case "tenant_federation":
			tenant = cmp.Or(tenant, o.Provider)
		}
	}
	for i := range all {
		all[i].Federation, all[i].tenant = records[all[i].Name], tenant
	}
	return all
}

// canonical is a name in the form in which names are compared: without case, without the dot at the end.
func canonical(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// Stated are the domains that state a phase.
func Stated(objects []planner.Object, sky *Sky) []Domain { return stated(Domains(objects, sky)) }

func stated(domains []Domain) []Domain {
	var all []Domain
	for _, d := range domains {
		if d.Phase != "" {
			all = append(all, d)
		}
	}
	return all
}

// Where is the place of the phase in the configuration.
func (d *Domain) Where() hcl.Range { return d.Object.RangeOf("phase") }

// says is "sip_domain["contoso.com"] (main.hcl:3) states the phase hybrid".
func (d *Domain) says() string {
	return fmt.Sprintf("%s (%s) states the phase %s", d.Object.Address, schema.Place(d.Where()), d.Phase)
}

// An index finds domains by their names.
type index map[string]*Domain

func indexed(domains []Domain) index {
	by := make(index, len(domains))
	for i := range domains {
		if d := &domains[i]; by[d.Name] == nil {
			by[d.Name] = d
		}
	}
	return by
}

// of finds the domain that a canonical name lies in, the longest that fits; nil for none.
func (by index) of(name string) *Domain {
	for {
		if d := by[name]; d != nil {
			return d
		}
		_, parent, more := strings.Cut(name, ".")
		if !more {
			return nil
		}
		name = parent
	}
}

// textOf is an argument of an object; "" where it is not written, unknown, sensitive, or no text.
func textOf(o *planner.Object, attr string) string { return text(o.Want, attr) }

// text is the same of any object's value.
func text(object cty.Value, attr string) string {
	if v, ok := value(object, attr); ok && v.Type() == cty.String {
		return v.AsString()
	}
	return ""
}

// value is a known attribute of an object's value, free of marks; false where there is none.
func value(v cty.Value, attr string) (cty.Value, bool) {
	if v == cty.NilVal || v.IsNull() || !v.IsKnown() || !v.Type().IsObjectType() || !v.Type().HasAttribute(attr) {
		return cty.NilVal, false
	}
	a := v.GetAttr(attr)
	if a.ContainsMarked() || a.IsNull() || !a.IsWhollyKnown() {
		return cty.NilVal, false
	}
	return a, true
}

// is says whether an object declares a Boolean with this value.
func is(o *planner.Object, attr string, want bool) bool { return isValue(o.Want, attr, want) }

func isValue(v cty.Value, attr string, want bool) bool {
	a, ok := value(v, attr)
	return ok && a.Type() == cty.Bool && a.True() == want
}
