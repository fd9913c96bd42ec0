package entra

import (
	"context"
	"fmt"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/graph"
	"hybrid/planner"
	"hybrid/schema"
)

// principalData declares what can be read of a service principal, whosever it is.
func principalData() *schema.Kind {
	return &schema.Kind{
		Name: "data.service_principal", System: "entra", Data: true, Remote: schema.REST{Collection: "servicePrincipals"},
		After: []schema.First{{Kind: "data.tenant", Why: "the tenant is known before it is asked"}},
		Doc: "A service principal of the tenant as it is: its names, and the keys that are registered on it with their dates. Nothing is changed.\n\n" +
			"`data.service_principal.exchange.keys` of `00000002-0000-0ff1-ce00-000000000000` shows what an Exchange hybrid setup has left there (CVE-2025-53786).",
		Example: `data "service_principal" "skype" {
  application_id = "00000004-0000-0ff1-ce00-000000000000"
}`,
		Attrs: []schema.Attr{
			{
				Name: "application_id", Type: cty.String, Mode: schema.Required, Check: checkGUID,
				Doc: "The application (client) id.",
			},
			{Name: "object_id", Type: cty.String, Mode: schema.Computed, Doc: "The service principal's own id in this tenant."},
			{Name: "display_name", Type: cty.String, Mode: schema.Computed, Doc: "What the portal calls it."},
			{Name: "account_enabled", Type: cty.Bool, Mode: schema.Computed, Doc: "Whether it may sign in."},
			{Name: "names", Type: cty.Set(cty.String), Mode: schema.Computed, Doc: "Its service principal names."},
			{
				Name: "keys", Type: cty.List(registeredKey()), Mode: schema.Computed,
				Doc: "Its keys: `key_id`, `thumbprint`, `display_name`, `start_date` and `end_date`, the dates in UTC.",
			},
		},
	}
}

// keyFacts are what is told of a registered key.
func keyFacts() []string {
	return []string{"key_id", "thumbprint", "display_name", "start_date", "end_date"}
}

func registeredKey() cty.Type {
	types := map[string]cty.Type{}
	for _, name := range keyFacts() {
		types[name] = cty.String
	}
	return cty.Object(types)
}

// readData answers data "service_principal". One that does not exist is an error: something is to be made of it.
func (p *provider) readData(ctx context.Context, want []planner.Object) planner.Listing {
	listing := planner.Listing{Objects: map[string]planner.Found{}}
	for _, o := range want {
		id := text(o.Want.GetAttr("application_id"))
		if id == "" {
			return planner.Listing{Err: fmt.Errorf("%s: application_id is not known before apply, and data is read before", o.Address)}
		}
		live, err := p.get(ctx, id)
		if graph.NotFound(err) {
			return planner.Listing{Err: fmt.Errorf("%s: the tenant has no service principal %s: the application has not been used or consented to there", o.Address, id)}
		}
		if err != nil {
			return planner.Listing{Err: fmt.Errorf("%s: %w", o.Address, err)}
		}
		v, err := live.facts(o)
		if err != nil {
			return planner.Listing{Err: fmt.Errorf("%s: %w", o.Address, err)}
		}
		listing.Objects[o.LiveID()] = planner.Found{Identity: o.Identity, Value: v}
	}
	return listing
}

// facts is the principal as a value of the data block that asks for it.
func (p *principal) facts(o planner.Object) (cty.Value, error) {
	live, err := p.value(p.AppID)
	if err != nil {
		return cty.DynamicVal, err
	}
	values := o.Want.AsValueMap()
	for _, name := range []string{"object_id", "display_name", "account_enabled", "names"} {
		values[name] = live.GetAttr(name)
	}
	var keys []cty.Value
	for _, key := range keysOf(live.GetAttr("key_credential")) {
		facts := map[string]cty.Value{}
		for _, name := range keyFacts() {
			facts[name] = key.GetAttr(name)
		}
		keys = append(keys, cty.ObjectVal(facts))
	}
	values["keys"] = schema.Collection(cty.List(registeredKey()), keys)
	return cty.ObjectVal(values), nil
}
