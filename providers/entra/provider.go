package entra

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/clouds"
	"hybrid/internal/graph"
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
	client, err := httpClient(s.Dir, text(values["ca_file"]), text(values["fingerprint"]))
	if err != nil {
		return nil, err
	}
	credential, err := graph.Identity{
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
	return &provider{name: s.Name, tenant: text(values["tenant_id"]), graph: g, http: client, log: log,
		pauses: []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}}, nil
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

func httpClient(dir, caFile, fingerprint string) (*http.Client, error) {
	var ca []byte
	if caFile != "" {
		if !filepath.IsAbs(caFile) {
			caFile = filepath.Join(dir, caFile)
		}
		var err error
		if ca, err = os.ReadFile(caFile); err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
	}
	config, err := graph.TLS(ca, fingerprint)
	if err != nil {
		return nil, err
	}
	return graph.HTTP(config), nil
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
		return p.readData(ctx, k, want)
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

// Apply changes one service principal: it is read, compared with what the plan was made from, changed and read back.
func (p *provider) Apply(ctx context.Context, c planner.Change) error {
	todo, err := commands(c)
	if err != nil || len(todo) == 0 {
		return err
	}
	patch := todo[0].(Patch)
	now, err := p.get(ctx, patch.AppID)
	if err != nil {
		return fmt.Errorf("%w; nothing was changed", err)
	}
	if err := conflict(patch, plainMap(c.Before), now); err != nil {
		return err
	}
	body, err := patch.body(func(k Key) (json.RawMessage, error) { return now.raw(k.ID) }, false)
	if err != nil {
		return err
	}
	if err := p.graph.Patch(ctx, patch.Path(), body); err != nil {
		if graph.Lost(err) {
			return &providers.DoubtError{Err: err}
		}
		return explainKeys(err)
	}
	return p.shown(ctx, patch)
}

// raw is the entry of a key as it came.
func (p *principal) raw(id string) (json.RawMessage, error) {
	for _, entry := range p.Keys {
		var c credential
		if json.Unmarshal(entry, &c) == nil && strings.EqualFold(c.KeyID, id) {
			return entry, nil
		}
	}
	return nil, fmt.Errorf("the key %s is no longer there; nothing was changed", id)
}

func (p *principal) keyIDs() []string {
	var ids []string
	for _, entry := range p.Keys {
		var c credential
		_ = json.Unmarshal(entry, &c) // an entry without an id counts as one with ""
		ids = append(ids, strings.ToLower(c.KeyID))
	}
	slices.Sort(ids)
	return ids
}

// conflict says what somebody else has changed since the plan was made, of the lists that are about to be replaced.
func conflict(patch Patch, before map[string]cty.Value, now *principal) error {
	var what []string
	if patch.Keys != nil {
		var planned []string
		for _, key := range keysOf(before["key_credential"]) {
			planned = append(planned, strings.ToLower(text(key.GetAttr("key_id"))))
		}
		what = append(what, differences("key", planned, now.keyIDs())...)
	}
	if patch.Names != nil {
		what = append(what, differences("name", namesOf(before["names"]), slices.Sorted(slices.Values(now.Names)))...)
	}
	if len(what) == 0 {
		return nil
	}
	return fmt.Errorf("the service principal %s was changed by somebody else after the plan was made: %s; nothing was changed; run plan again",
		patch.AppID, strings.Join(what, ", "))
}

// differences says which entries have come and gone.
func differences(of string, before, now []string) []string {
	var what []string
	for _, entry := range now {
		if !slices.Contains(before, entry) {
			what = append(what, "the "+of+" "+entry+" has come")
		}
	}
	for _, entry := range before {
		if !slices.Contains(now, entry) {
			what = append(what, "the "+of+" "+entry+" has gone")
		}
	}
	return what
}

// explainKeys adds what to do to refusals that concern keys.
func explainKeys(err error) error {
	var refused *graph.Error
	if !errors.As(err, &refused) || refused.Status != http.StatusBadRequest {
		return err
	}
	switch {
	case strings.Contains(refused.Message, "end date is invalid"):
		return fmt.Errorf("%w; the certificate is valid for longer than the tenant's policy for applications permits: have one made with a shorter life", err)
	case strings.Contains(refused.Message, "is not allowed") && strings.Contains(refused.Message, "KeyId"):
		return fmt.Errorf("%w; an existing key was changed meanwhile: run plan again", err)
	}
	return err
}

// shown reads back until the change shows. Graph accepts a list without a condition, so that two writers at the same
// moment can undo one another: what was there and is lost is an error that names it.
func (p *provider) shown(ctx context.Context, patch Patch) error {
	var now *principal
	for _, pause := range p.pauses {
		if err := sleep(ctx, pause); err != nil {
			return &providers.DoubtError{Err: err}
		}
		live, err := p.get(ctx, patch.AppID)
		if err != nil {
			return &providers.DoubtError{Err: fmt.Errorf("reading back: %w", err)}
		}
		if now = live; patch.holds(now) {
			return nil
		}
	}
	if lost := patch.lost(now); len(lost) > 0 {
		return fmt.Errorf("the service principal %s was changed by somebody else at the same moment, and of what was to stay there is gone: %s; run plan again, and look at the directory's audit log for who it was",
			patch.AppID, strings.Join(lost, ", "))
	}
	p.log.Warn("the change was accepted and does not show yet", "application", patch.AppID)
	return nil // what is read next says what shows
}

// holds says whether a principal is as the patch leaves it.
func (patch Patch) holds(now *principal) bool {
	if patch.Enabled != nil && (now.Enabled == nil || *now.Enabled != *patch.Enabled) {
		return false
	}
	if patch.Names != nil && len(differences("name", patch.Names, now.Names)) > 0 {
		return false
	}
	return patch.Keys == nil || len(differences("key", patch.keyIDs(), now.keyIDs())) == 0
}

func (patch Patch) keyIDs() []string {
	ids := make([]string, len(patch.Keys))
	for n, k := range patch.Keys {
		ids[n] = strings.ToLower(k.ID)
	}
	return ids
}

// lost are the entries that were to stay and are gone.
func (patch Patch) lost(now *principal) []string {
	var lost []string
	ids := now.keyIDs()
	for _, k := range patch.Keys {
		if !k.New && !slices.Contains(ids, strings.ToLower(k.ID)) {
			lost = append(lost, "the key "+k.ID)
		}
	}
	return lost
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
