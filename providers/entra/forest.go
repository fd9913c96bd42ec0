package entra

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/autodiscover"
	"hybrid/internal/rest"
	"hybrid/planner"
	"hybrid/schema"
)

// forestData declares what can be known of the part of the cloud that serves a domain. It is no matter of Entra; it stands
// here with the other things that the cloud tells of a tenant before anybody signs in.
func forestData() *schema.Kind {
	return &schema.Kind{
		Name: "data.forest", System: "entra", Data: true, Anonymous: true, Remote: schema.REST{},
		Doc: "The forest of the cloud that serves a SIP domain, found by the cloud's autodiscover service. Nobody signs in for it. " +
			"It tells the address of the hosted migration service, which an administrator otherwise reads off the address of the admin centre.\n\n" +
			"`user_homing` needs that address only where the hosting provider's `autodiscover_url` does not lead there. Whether the service answers for tenants of today is not documented: " +
			"where it is gone the error says so, and the block can be left out.",
		Example: `data "forest" "contoso" {
  domain = "contoso.com"
}`,
		Attrs: []schema.Attr{
			{
				Name: "domain", Type: cty.String, Mode: schema.Required, Check: checkDomain,
				Doc: "A SIP domain of the tenant.",
			},
			{
				Name: "cloud", Type: cty.String, Cloud: "name",
				Doc: "The cloud whose autodiscover service is asked. It is what `hybrid { cloud = … }` says, and cannot be another.",
			},
			{Name: "name", Type: cty.String, Mode: schema.Computed, Doc: "The forest, such as `0a`."},
			{Name: "webdir", Type: cty.String, Mode: schema.Computed, Doc: "Its autodiscover host, such as `webdir0a.online.lync.com`."},
			{
				Name: "hosted_migration_url", Type: cty.String, Mode: schema.Computed,
				Doc: "Its hosted migration service, for `hosted_migration_override_url`. Unset in national clouds, for which no address is documented.",
			},
		},
	}
}

func checkDomain(v cty.Value) error {
	if !domain.MatchString(v.AsString()) {
		return fmt.Errorf("%q is no domain: write a SIP domain, such as contoso.com", v.AsString())
	}
	return nil
}

// forest finds what data "forest" tells.
func (f *finder) forest(ctx context.Context, o planner.Object) (map[string]cty.Value, error) {
	cloud, err := f.table.Named(text(o.Want.GetAttr("cloud")))
	if err != nil {
		return nil, err
	}
	root := cloud.Text("autodiscover_url")
	if root == "" {
		return nil, fmt.Errorf("nothing says where the autodiscover service of the cloud %s is: write autodiscover_url into the file of clouds", cloud.Name)
	}
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
	return rest.Redialled(f.http, func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, stand.Host)
	}), nil
}
