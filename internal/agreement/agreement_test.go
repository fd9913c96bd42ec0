package agreement

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// object is one of a kind with these values.
func object(kind, identity string, values map[string]cty.Value) planner.Object {
	return planner.Object{Kind: &schema.Kind{Name: kind}, Address: planner.Address{Kind: kind, Labels: []string{identity}}, Identity: identity, Want: cty.ObjectVal(values)}
}

func set(texts ...string) cty.Value {
	var all []cty.Value
	for _, text := range texts {
		all = append(all, cty.StringVal(text))
	}
	if all == nil {
		return cty.SetValEmpty(cty.String)
	}
	return cty.SetVal(all)
}

func TestWhatBothSidesSay(t *testing.T) {
	t.Parallel()
	edge := func(users, discovery cty.Value) planner.Object {
		return object("access_edge", "", map[string]cty.Value{"allow_federated_users": users, "enable_partner_discovery": discovery})
	}
	tenant := func(users, allowed, blocked cty.Value) planner.Object {
		return object("tenant_federation", "", map[string]cty.Value{"allow_federated_users": users, "allowed_domains": allowed, "blocked_domains": blocked})
	}
	unset, none, later := cty.NullVal(cty.Bool), cty.NullVal(cty.Set(cty.String)), cty.UnknownVal(cty.Bool)
	gone := object("sip_domain", "Contoso.com", nil)
	gone.Absent = true
	tests := map[string]struct {
		objects []planner.Object
		want    []string
	}{
		"nothing for the servers":   {[]planner.Object{tenant(cty.False, set("a.com"), none)}, nil},
		"nothing for the tenant":    {[]planner.Object{edge(cty.True, cty.True), object("allowed_domain", "a.com", nil)}, nil},
		"alike":                     {[]planner.Object{edge(cty.True, cty.True), tenant(cty.True, set("all"), set()), object("allowed_domain", "a.com", nil)}, nil},
		"not said":                  {[]planner.Object{edge(unset, unset), tenant(cty.True, set("all"), none)}, nil},
		"not known":                 {[]planner.Object{edge(later, later), tenant(cty.True, set("all"), cty.UnknownVal(cty.Set(cty.String))), object("blocked_domain", "a.com", nil)}, nil},
		"open on one side":          {[]planner.Object{edge(cty.True, cty.False), tenant(cty.True, set("all"), none)}, []string{"enable_partner_discovery = false"}},
		"federation on one side":    {[]planner.Object{edge(cty.False, unset), tenant(cty.True, none, none)}, []string{"allow_federated_users is true for the tenant and false"}},
		"blocked on one side":       {[]planner.Object{object("blocked_domain", "A.com", nil), tenant(cty.True, set("all"), set("b.com"))}, []string{"blocked_domain has blocks for a.com", "names b.com"}},
		"four of them":              {[]planner.Object{object("blocked_domain", "z.com", nil), tenant(cty.True, none, set("z.com", "a.com", "b.com", "c.com", "d.com"))}, []string{"a.com, b.com and 2 more"}},
		"absent on the servers":     {[]planner.Object{gone, object("online_sip_domain", "contoso.com", map[string]cty.Value{"enabled": cty.True})}, []string{"is to be absent on the servers"}},
		"disabled in the tenant":    {[]planner.Object{object("sip_domain", "contoso.com", nil), object("online_sip_domain", "contoso.com", map[string]cty.Value{"enabled": cty.False})}, []string{"a forest that is not in hybrid"}},
		"a domain of the tenant":    {[]planner.Object{object("online_sip_domain", "contoso.onmicrosoft.com", map[string]cty.Value{"enabled": cty.True})}, nil},
		"push notifications of old": {[]planner.Object{object("allowed_domain", "push.lync.com", nil), tenant(cty.True, set("a.com"), none)}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diags := Check(test.objects)
			if len(diags) != len(test.want) {
				t.Fatalf("got %v", diags)
			}
			for n, want := range test.want {
				if diags[n].Severity != hcl.DiagWarning || !strings.Contains(diags[n].Detail, want) {
					t.Errorf("got %s, want %s", diags[n].Detail, want)
				}
			}
		})
	}
}
