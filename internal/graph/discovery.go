package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"hybrid/internal/bounded"
	"hybrid/internal/clouds"
	"hybrid/internal/rest"
)

// A Tenant is what the sign-in service tells of a domain without anybody signing in.
type Tenant struct {
	ID        string // GUID, in lower case
	Cloud     string // "commercial"
	Issuer    string
	Region    string // tenant_region_scope: "EU"
	GraphHost string // msgraph_host
	Instance  string // cloud_instance_name: "microsoftonline.com"
}

// Discover finds the tenant that a domain, or a tenant id, belongs to, by OpenID discovery in one cloud. The same name
// can be known in several clouds, so the declared one is asked and no other wins: others are asked only to say what is
// wrong. The error says whether there is no such tenant, or where it is.
func Discover(ctx context.Context, table clouds.Table, domain, cloud string) (Tenant, error) {
	declared, err := table.Named(cloud)
	if err != nil {
		return Tenant{}, err
	}
	if len(declared.LoginHosts) == 0 {
		return Tenant{}, fmt.Errorf("nothing says where tenants of the cloud %s sign in: write login_hosts into the file of clouds", declared.Name)
	}
	var others []clouds.Cloud
	for _, other := range table.All() {
		if !other.Closed && len(other.LoginHosts) > 0 && other.LoginHosts[0] != declared.LoginHosts[0] {
			others = append(others, other)
		}
	}
	return Discovery{HTTP: rest.HTTP(nil), Table: table, Cloud: declared, Others: others}.Tenant(ctx, domain)
}

// How long the sign-in service may take for one answer, and how large that may be, in bytes: it is some two thousand.
const (
	documentTimeout = 30 * time.Second
	maxDocument     = 1 << 20
)

// A Discovery is where to look for tenants.
type Discovery struct {
	HTTP   *http.Client
	Table  clouds.Table   // nil for the clouds that this program knows
	Cloud  clouds.Cloud   // the declared one
	Others []clouds.Cloud // asked where the declared one does not know the name
}

// Tenant finds the tenant of a domain; see [Discover].
func (d Discovery) Tenant(ctx context.Context, domain string) (Tenant, error) {
	t, err := d.ask(ctx, d.Cloud, domain)
	if err != nil {
		if _, unknown := err.(*unknownTenant); unknown {
			return Tenant{}, d.elsewhere(ctx, domain, err)
		}
		return Tenant{}, err
	}
	if t.Cloud != d.Cloud.Name {
		return Tenant{}, fmt.Errorf("the tenant of %s is in another cloud than %s (%s): write hybrid { cloud = %q }", domain, d.Cloud.Name, d.Cloud.DisplayName, t.Cloud)
	}
	return t, nil
}

// elsewhere says where a name is known that the declared cloud does not know.
func (d Discovery) elsewhere(ctx context.Context, domain string, unknown error) error {
	silent := ""
	for _, other := range d.Others {
		t, err := d.ask(ctx, other, domain)
		if err == nil {
			return fmt.Errorf("%w. It exists in another cloud: write hybrid { cloud = %q }, if that is meant", unknown, t.Cloud)
		}
		if _, known := err.(*unknownTenant); !known {
			silent = ", as far as they answer"
		}
	}
	if len(d.Others) == 0 {
		return fmt.Errorf("%w: check the spelling, and that the domain is verified in the tenant", unknown)
	}
	return fmt.Errorf("%w, nor in the other clouds%s: check the spelling, and that the domain is verified in the tenant", unknown, silent)
}

// unknownTenant is the sign-in service's word that it does not know a name.
type unknownTenant struct{ domain, cloud, code string }

func (e *unknownTenant) Error() string {
	return fmt.Sprintf("no tenant has %s in the cloud %s (%s)", e.domain, e.cloud, e.code)
}

// ask asks the hosts of a cloud in turn, until one answers.
func (d Discovery) ask(ctx context.Context, cloud clouds.Cloud, domain string) (t Tenant, err error) {
	for _, host := range cloud.LoginHosts {
		var body []byte
		var status int
		if status, body, err = d.fetch(ctx, host, domain); err != nil {
			continue
		}
		return d.read(host, cloud, domain, status, body)
	}
	return Tenant{}, fmt.Errorf("finding the tenant of %s: %w; check the network and any proxy in between", domain, err)
}

func (d Discovery) fetch(ctx context.Context, host, domain string) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, documentTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+host+"/"+url.PathEscape(domain)+"/v2.0/.well-known/openid-configuration", nil)
	if err != nil {
		return 0, nil, err
	}
	resp, err := d.HTTP.Do(req)
	if err != nil {
		return 0, nil, fmt.Errorf("%s does not answer: %w", host, rest.Bare(err))
	}
	defer resp.Body.Close()
	body, err := bounded.Read(resp.Body, maxDocument)
	if err != nil {
		return 0, nil, fmt.Errorf("the answer of %s ended early: %w", host, err)
	}
	if resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
		return 0, nil, fmt.Errorf("%s answers %s", host, resp.Status)
	}
	return resp.StatusCode, body, nil
}

var guid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// read takes an answer apart. An unknown name is a 400 with the code 90002, never a 404; what is no name at all is 900023.
func (d Discovery) read(host string, cloud clouds.Cloud, domain string, status int, body []byte) (Tenant, error) {
	var answer struct {
		Issuer        string `json:"issuer"`
		TokenEndpoint string `json:"token_endpoint"`
		Region        string `json:"tenant_region_scope"`
		SubScope      string `json:"tenant_region_sub_scope"`
		Instance      string `json:"cloud_instance_name"`
		GraphHost     string `json:"msgraph_host"`
		Codes         []int  `json:"error_codes"`
		Description   string `json:"error_description"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return Tenant{}, fmt.Errorf("finding the tenant of %s: the answer of %s is not JSON (status %d); is there a proxy in between?", domain, host, status)
	}
	switch {
	case slices.Contains(answer.Codes, 90002):
		return Tenant{}, &unknownTenant{domain, cloud.Name, "AADSTS90002"}
	case slices.Contains(answer.Codes, 900023):
		return Tenant{}, fmt.Errorf("%q is neither a domain nor the id of a tenant (AADSTS900023); write a SIP domain, such as contoso.com", domain)
	case status != http.StatusOK:
		text, _, _ := strings.Cut(answer.Description, "\r\n")
		return Tenant{}, fmt.Errorf("finding the tenant of %s: %s answers %d %s", domain, host, status, text)
	}
	endpoint, err := url.Parse(answer.TokenEndpoint)
	if err != nil {
		return Tenant{}, fmt.Errorf("finding the tenant of %s: the token endpoint of %s is no URL", domain, host)
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(endpoint.Path), "/"), "/")
	if !guid.MatchString(id) {
		return Tenant{}, fmt.Errorf("%q belongs to no single tenant; write a SIP domain, such as contoso.com", domain)
	}
	return Tenant{ID: id, Cloud: cloudOf(d.Table, cloud, answer.SubScope), Issuer: answer.Issuer, Region: answer.Region, GraphHost: answer.GraphHost, Instance: answer.Instance}, nil
}

// cloudOf is the cloud of a tenant that a host of some cloud knows: clouds that share a host tell their tenants apart by
// the sub-scope.
func cloudOf(table clouds.Table, asked clouds.Cloud, subScope string) string {
	if strings.EqualFold(asked.SubScope, subScope) {
		return asked.Name
	}
	for _, other := range table.All() {
		shared := slices.ContainsFunc(other.LoginHosts, func(h string) bool { return slices.Contains(asked.LoginHosts, h) })
		if shared && strings.EqualFold(other.SubScope, subScope) {
			return other.Name
		}
	}
	return asked.Name
}
