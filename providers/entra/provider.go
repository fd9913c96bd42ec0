package entra

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/hashicorp/go-hclog"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/clouds"
	"hybrid/internal/graph"
	"hybrid/internal/rest"
	"hybrid/internal/token"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// A provider is one tenant.
type provider struct {
	name   string
	tenant string
	graph  *graph.Client
	http   *http.Client
	log    hclog.Logger
	// credential is what tokens are asked for with.
	credential azcore.TokenCredential
	// pauses are how long is waited between reads until a change shows: a directory's copies lag behind one another.
	pauses []time.Duration
}

// open prepares a provider; it reads the CA file and contacts nothing.
func open(s providers.Settings) (providers.Provider, error) {
	if anonymous(s) {
		f, err := newFinder(s)
		if err != nil {
			return nil, fmt.Errorf("finding tenants: %w", err)
		}
		return f, nil
	}
	p, err := newProvider(s)
	if err != nil {
		return nil, fmt.Errorf("provider %s: %w", s.Name, err)
	}
	return p, nil
}

func newProvider(s providers.Settings) (*provider, error) {
	values := plainMap(s.Values)
	login, graphURL, err := hosts(s.Clouds, values)
	if err != nil {
		return nil, err
	}
	client, err := rest.Client(s.Dir, text(values["ca_file"]), text(values["fingerprint"]))
	if err != nil {
		return nil, err
	}
	credential, err := token.Identity{
		Method: cmp.Or(text(values["auth"]), "certificate"), TenantID: text(values["tenant_id"]), ClientID: text(values["client_id"]),
		Certificate: text(values["certificate"]), Secret: text(values["client_secret"]),
		LoginURL: login, Private: text(values["login_url"]) != "", HTTP: client,
	}.Credential()
	if err != nil {
		return nil, err
	}
	log := s.Log
	if log == nil {
		log = hclog.NewNullLogger()
	}
	g, err := graph.New(graph.Options{
		Endpoint: graphURL, Credential: credential, HTTP: client, Timeout: timeout(s, values["timeout"]), Log: log,
	})
	if err != nil {
		return nil, err
	}
	return &provider{
		name: s.Name, tenant: text(values["tenant_id"]), graph: g, http: client, log: log, credential: credential,
		pauses: []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second},
	}, nil
}

// hosts are where to sign in and where Graph is: what the block says, or those of its cloud.
func hosts(table clouds.Table, values map[string]cty.Value) (login, graph string, err error) {
	cloud, err := table.Named(text(values["cloud"]))
	if err != nil {
		return "", "", err
	}
	if login = text(values["login_url"]); login == "" && len(cloud.LoginHosts) > 0 {
		login = "https://" + cloud.LoginHosts[0]
	}
	if graph = text(values["graph_url"]); graph == "" && cloud.GraphHost != "" {
		graph = "https://" + cloud.GraphHost
	}
	if login == "" || graph == "" {
		return "", "", fmt.Errorf("nothing says where %s is: write login_hosts and graph_host into the file of clouds, or login_url and graph_url here", cloud.Name)
	}
	return login, graph, nil
}

func timeout(s providers.Settings, v cty.Value) time.Duration {
	if s.Timeout > 0 || v.IsNull() || !v.IsKnown() {
		return s.Timeout
	}
	seconds, _ := v.AsBigFloat().Int64()
	return time.Duration(seconds) * time.Second
}

// Describe says where the provider leads: "entra contoso.onmicrosoft.com".
func (p *provider) Describe() string { return p.name + " " + p.tenant }

// RoundTrips counts the requests that were sent to Graph; signing in is not among them.
func (p *provider) RoundTrips() int64 { return p.graph.RoundTrips() }

// Close ends idle connections.
func (p *provider) Close() error {
	p.http.CloseIdleConnections()
	return nil
}

// Read reads the wanted service principals one by one, since Graph gives keys of single objects only. A tenant has
// hundreds of them, most of them Microsoft's: to list all makes no sense.
func (p *provider) Read(ctx context.Context, k *schema.Kind, want []planner.Object) planner.Listing {
	if k.Data {
		return p.readData(ctx, want)
	}
	if want == nil {
		return planner.Listing{Err: fmt.Errorf("provider %s: service principals are never exclusive: a tenant has hundreds of others, Microsoft's own among them; take the exclusive block out", p.name)}
	}
	listing := planner.Listing{Objects: map[string]planner.Found{}}
	for _, o := range want {
		live, err := p.get(ctx, o.Identity)
		if graph.NotFound(err) {
			continue
		}
		if err != nil {
			return planner.Listing{Err: fmt.Errorf("provider %s: %w", p.name, err)}
		}
		v, err := live.value(o.Identity)
		if err != nil {
			return planner.Listing{Err: fmt.Errorf("provider %s: %w", p.name, err)}
		}
		listing.Objects[k.LiveID(o.Identity, v)] = planner.Found{Identity: o.Identity, Value: v}
	}
	return listing
}

// get reads one service principal by its application id.
func (p *provider) get(ctx context.Context, appID string) (*principal, error) {
	live := &principal{}
	err := p.graph.Get(ctx, "servicePrincipals(appId='"+url.PathEscape(strings.ToLower(appID))+"')", url.Values{"$select": {principalFields}}, live)
	if err == nil && live.ID == "" {
		err = errors.New("reading the service principal " + appID + ": the answer has no id")
	}
	return live, err
}
