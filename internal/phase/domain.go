package phase

import (
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
}

// Domains are the SIP domains among the objects of a configuration, whether they state a phase or not.
func Domains(objects []planner.Object, sky *Sky) []Domain {
	var all []Domain
	for i := range objects {
		o := &objects[i]
		if o.Kind.Name != "sip_domain" {
			continue
		}
		all = append(all, Domain{
			Name: strings.ToLower(strings.TrimSuffix(o.Identity, ".")), Phase: Phase(strings.ToLower(textOf(o, "phase"))), Sky: sky,
			Legacy: strings.ToLower(textOf(o, "legacy_cloud_records")), Gone: o.Absent, Object: o,
		})
	}
	return all
}

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
func (d *Domain) Where() hcl.Range { return rangeOf(d.Object, "phase") }

// says is "sip_domain["contoso.com"] (main.hcl:3) states the phase hybrid".
func (d *Domain) says() string {
	return fmt.Sprintf("%s (%s) states the phase %s", d.Object.Address, schema.Place(d.Where()), d.Phase)
}

// of finds the domain that a name lies in, the longest that fits; nil for none.
func of(domains []Domain, name string) *Domain {
	var found *Domain
	for i := range domains {
		d := &domains[i]
		if (name == d.Name || strings.HasSuffix(name, "."+d.Name)) && (found == nil || len(d.Name) > len(found.Name)) {
			found = d
		}
	}
	return found
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

func rangeOf(o *planner.Object, attr string) hcl.Range {
	if r, ok := o.Ranges[attr]; ok {
		return r
	}
	return o.Range
}
