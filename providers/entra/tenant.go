package entra

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/clouds"
	"hybrid/internal/graph"
	"hybrid/internal/rest"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// tenantData declares what can be known of a tenant without signing in (OpenID Connect Discovery 1.0).
func tenantData() *schema.Kind {
	return &schema.Kind{
		Name: "data.tenant", System: "entra", Data: true, Anonymous: true, Remote: schema.REST{},
		Doc: "The tenant that a domain belongs to, found by OpenID discovery. Nobody signs in for it, so provider blocks can take their `tenant_id` from it.\n\n" +
			"The same domain can exist in two clouds: the one that is meant is what `hybrid { cloud = … }` says. Another one that knows the domain is named in the error, and never taken.",
		Example: `data "tenant" "contoso" {
  domain = "contoso.com"
}`,
		Attrs: []schema.Attr{
			{
				Name: "domain", Type: cty.String, Mode: schema.Required, Check: checkTenant,
				Doc: "A domain that is verified in the tenant, such as the SIP domain.",
			},
			{
				Name: "cloud", Type: cty.String, Cloud: "name",
				Doc: "The cloud in which to look. It is what `hybrid { cloud = … }` says, and cannot be another.",
			},
			{Name: "id", Type: cty.String, Mode: schema.Computed, Doc: "The tenant's id, a GUID in lower case."},
			{Name: "issuer", Type: cty.String, Mode: schema.Computed, Doc: "Who issues the tenant's tokens, a URL."},
			{Name: "region", Type: cty.String, Mode: schema.Computed, Doc: "The region that the tenant is in, as discovery has it: `EU`."},
		},
	}
}

// A finder answers data "tenant" and "forest". It signs in nowhere.
type finder struct {
	http  *http.Client
	table clouds.Table
	login string // where to ask instead of the cloud's own host; "" in a cloud that is known
	trips atomic.Int64
}

func newFinder(s providers.Settings) (*finder, error) {
	values := plainMap(s.Values)
	client, err := rest.Client(s.Dir, text(values["ca_file"]), text(values["fingerprint"]))
	if err != nil {
		return nil, err
	}
	return &finder{http: client, table: s.Clouds, login: text(values["login_url"])}, nil
}

// Describe says where the finder looks.
func (f *finder) Describe() string { return "discovery in the cloud" }

// RoundTrips counts the tenants and forests that were looked for.
func (f *finder) RoundTrips() int64 { return f.trips.Load() }

// Close ends idle connections.
func (f *finder) Close() error {
	f.http.CloseIdleConnections()
	return nil
}

// Apply refuses: a tenant is only read.
func (f *finder) Apply(context.Context, planner.Change) error {
	return errors.New("a tenant is only read")
}

// Read finds the tenants or forests asked for. One that does not exist is an error: something is to be made of it.
func (f *finder) Read(ctx context.Context, k *schema.Kind, want []planner.Object) planner.Listing {
	facts := f.tenant
	if k.Name == "data.forest" {
		facts = f.forest
	}
	listing := planner.Listing{Objects: map[string]planner.Found{}}
	for _, o := range want {
		if text(o.Want.GetAttr("domain")) == "" {
			return planner.Listing{Err: fmt.Errorf("%s: the domain is not known before apply, and data is read before", o.Address)}
		}
		f.trips.Add(1)
		told, err := facts(ctx, o)
		if err != nil {
			return planner.Listing{Err: fmt.Errorf("%s: %w", o.Address, err)}
		}
		values := o.Want.AsValueMap()
		maps.Copy(values, told)
		listing.Objects[o.LiveID()] = planner.Found{Identity: o.Identity, Value: cty.ObjectVal(values)}
	}
	return listing
}

// tenant finds what data "tenant" tells.
func (f *finder) tenant(ctx context.Context, o planner.Object) (map[string]cty.Value, error) {
	found, err := f.find(ctx, text(o.Want.GetAttr("domain")), cmp.Or(text(o.Want.GetAttr("cloud")), clouds.Commercial))
	if err != nil {
		return nil, err
	}
	return map[string]cty.Value{"id": cty.StringVal(found.ID), "issuer": cty.StringVal(found.Issuer), "region": cty.StringVal(found.Region)}, nil
}

func (f *finder) find(ctx context.Context, domain, name string) (graph.Tenant, error) {
	if f.login == "" {
		return graph.Discover(ctx, f.table, domain, name)
	}
	u, err := url.Parse(f.login)
	if err != nil {
		return graph.Tenant{}, err
	}
	cloud, err := f.table.Named(name)
	if err != nil {
		return graph.Tenant{}, err
	}
	cloud.LoginHosts = []string{u.Host}
	return graph.Discovery{HTTP: f.http, Table: f.table, Cloud: cloud}.Tenant(ctx, domain)
}

// anonymous says whether settings are of the kinds that need no provider block.
func anonymous(s providers.Settings) bool { return strings.HasPrefix(s.Name, planner.Anonymous) }
