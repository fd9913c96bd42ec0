package config

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

var guid = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// twoTenants refuses provider blocks that sign in to different tenants: a deployment is in hybrid with one. Ids are
// compared with ids, and only where both are known: a domain says nothing about an id.
func twoTenants(providers []Provider) hcl.Diagnostics {
	var first *Provider
	var diags hcl.Diagnostics
	for i := range providers {
		p := &providers[i]
		id := tenantID(p)
		switch {
		case id == "":
		case first == nil:
			first = p
		case id != tenantID(first):
			where, ok := p.Ranges["tenant_id"]
			if !ok {
				where = p.Range
			}
			diags = append(diags, problem(where, "Two tenants", "provider %q signs in to this tenant, and provider %q (%s) to another one, %s. A deployment is in hybrid with one tenant: write the same tenant_id in both, or take it from data \"tenant\".",
				p.Name, first.Name, schema.Place(first.Range), tenantID(first)))
		}
	}
	return diags
}

// tenantID is the id of the tenant that a provider block signs in to, "" where there is none, or it is not known as an id.
func tenantID(p *Provider) string {
	if p.Values.IsNull() || !p.Values.Type().HasAttribute("tenant_id") {
		return ""
	}
	v, _ := p.Values.GetAttr("tenant_id").Unmark()
	if v.IsNull() || !v.IsKnown() || v.Type() != cty.String || !guid.MatchString(v.AsString()) {
		return ""
	}
	return strings.ToLower(v.AsString())
}
