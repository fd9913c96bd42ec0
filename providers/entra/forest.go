package entra

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/autodiscover"
	"hybrid/planner"
	"hybrid/schema"
)

// worldwideDiscovery is where the forest of a tenant of Microsoft 365 worldwide is asked for ("Configure federation with
// Skype for Business Online", Microsoft's Skype for Business Server documentation).
const worldwideDiscovery = "https://webdir.online.lync.com" + autodiscover.Path

// forestData declares what can be known of the part of the cloud that serves a domain. It is no matter of Entra; it stands
// here with the other things that the cloud tells of a tenant before anybody signs in.
func forestData() *schema.Kind {
	return &schema.Kind{
		Name: "data.forest", System: "entra", Data: true, Anonymous: true, Remote: schema.REST{},
		Doc: "The forest of the cloud that serves a SIP domain, found by the cloud's autodiscover service. Nobody signs in for it. " +
			"It tells the address of the hosted migration service, which an administrator otherwise reads off the address of the admin centre.\n\n" +
			"`user_homing` needs that address only where the hosting provider's `autodiscover_url` does not lead there. Whether the service answers for tenants of today is not documented: " +
			"where it is gone the error says so, and the block can be left out.",
		Attrs: []schema.Attr{
			{Name: "domain", Type: cty.String, Mode: schema.Required, Check: checkDomain,
				Doc: "A SIP domain of the tenant."},
			{Name: "autodiscover_url", Type: cty.String, Default: cty.StringVal(worldwideDiscovery), Check: checkDiscovery,
				Doc: "The cloud's autodiscover service, the same as the hosting provider's. It is followed only to hosts of the same cloud."},
			{Name: "name", Type: cty.String, Mode: schema.Computed, Doc: "The forest, such as `0a`."},
			{Name: "webdir", Type: cty.String, Mode: schema.Computed, Doc: "Its autodiscover host, such as `webdir0a.online.lync.com`."},
			{Name: "hosted_migration_url", Type: cty.String, Mode: schema.Computed,
				Doc: "Its hosted migration service, for `hosted_migration_override_url`. Unset in national clouds, for which no address is documented."},
		},
	}
}

func checkDomain(v cty.Value) error {
	if !domain.MatchString(v.AsString()) {
		return fmt.Errorf("%q is no domain: write a SIP domain, such as contoso.com", v.AsString())
	}
	return nil
}

// checkDiscovery accepts the root of a cloud, since it says which hosts are trusted to lead on.
func checkDiscovery(v cty.Value) error {
	u, err := url.Parse(v.AsString())
	if err != nil || u.Scheme != "https" || !strings.HasPrefix(strings.ToLower(u.Host), "webdir.online.") || u.Port() != "" || u.User != nil || !strings.EqualFold(u.Path, autodiscover.Path) {
		return fmt.Errorf("%q is not the autodiscover service of a cloud: write %q, or that of the tenant's own cloud", v.AsString(), worldwideDiscovery)
	}
	return nil
}

// forest finds what data "forest" tells.
func (f *finder) forest(ctx context.Context, o planner.Object) (map[string]cty.Value, error) {
	root := cmp.Or(text(o.Want.GetAttr("autodiscover_url")), worldwideDiscovery)
	client, err := f.everywhere()
	if err != nil {
		return nil, err
	}
	found, err := autodiscover.Finder{HTTP: client, Root: root}.Forest(ctx, text(o.Want.GetAttr("domain")))
	if err != nil {
		return nil, err
	}
	told := map[string]cty.Value{"name": cty.StringVal(found.Name), "webdir": cty.StringVal(found.Host), "hosted_migration_url": cty.NullVal(cty.String)}
	if migration := found.MigrationURL(); migration != "" {
		told["hosted_migration_url"] = cty.StringVal(migration)
	}
	return told, nil
}

// everywhere is a client that gets to every host of the cloud. Where another address stands in for the sign-in service it
// stands in for all of them: names stay as they are, connections go there.
func (f *finder) everywhere() (*http.Client, error) {
	if f.login == "" {
		return f.http, nil
	}
	stand, err := url.Parse(f.login)
	if err != nil {
		return nil, err
	}
	transport := f.http.Transport.(*http.Transport).Clone()
	transport.Proxy = nil
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, stand.Host)
	}
	client := *f.http
	client.Transport = transport
	return &client, nil
}
