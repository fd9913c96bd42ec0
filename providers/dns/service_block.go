package dns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/dnsservice"
	"hybrid/internal/token"
	"hybrid/schema"
)

// serviceTypes are the DNS services, as type names them.
func serviceTypes() (names []string) {
	for _, kind := range dnsservice.Kinds() {
		names = append(names, string(kind))
	}
	return names
}

func isService(v cty.Value) bool { return dnsservice.Known(text(v)) }

// trustAttrs are arguments that hosts and services share: which certificate to take for theirs.
var trustAttrs = []string{"ca_file", "fingerprint"}

func serviceAttrs() []schema.Attr {
	return []schema.Attr{
		{
			Name: "private", Type: cty.Bool, Default: cty.False,
			Doc: "With `route53`, `azure` and `cloudflare`: whether the private zones are meant, which are seen in networks only that they are linked to, " +
				"instead of the public ones. One account may have both of one name.",
		},
		{
			Name: "zone_ids", Type: cty.Set(cty.String), Check: checkZoneIDs,
			Doc: "With `route53`, `azure` and `cloudflare`: the ids of the zones that are meant, where an account has several of one name. Unset, zones are found by name.",
		},
		{
			Name: "service_url", Type: cty.String, Check: checkServiceURL,
			Doc: "With `route53`, `azure` and `cloudflare`: where the service's API is, for a cloud that this version does not know.",
		},
	}
}

func serviceBlocks() []schema.Block {
	return []schema.Block{
		{
			Name: "route53",
			Doc: "With `type = \"route53\"`: who signs in to AWS. Without the block, or without keys in it, credentials are looked for where all of AWS's tools do: " +
				"environment, shared configuration, the machine's role.",
			Attrs: []schema.Attr{
				{Name: "access_key_id", Type: cty.String, Doc: "The id of the access key."},
				{Name: "secret_access_key", Type: cty.String, Sensitive: true, Doc: "Its secret: `env(\"…\")` or `secret_file(\"…\")`."},
				{Name: "session_token", Type: cty.String, Sensitive: true, Doc: "The token that belongs to temporary keys."},
				{Name: "profile", Type: cty.String, Doc: "A profile of this machine's shared AWS configuration, instead of a key."},
				{Name: "region", Type: cty.String, Doc: "A region of the partition that the account is in, such as `cn-north-1` or `us-gov-west-1`. Unset, the commercial partition."},
			},
		},
		{
			Name: "azure",
			Doc:  "With `type = \"azure\"`: the subscription, and who signs in to it.",
			Attrs: []schema.Attr{
				{Name: "subscription_id", Type: cty.String, Mode: schema.Required, Check: checkUUID, Doc: "The id of the subscription that the zones are in."},
				{Name: "resource_group", Type: cty.String, Doc: "The resource group that the zones are in. Unset, all of the subscription."},
				{Name: "tenant_id", Type: cty.String, Mode: schema.Required, Doc: "The tenant of Microsoft Entra that the subscription trusts: its id, or a domain of it."},
				{
					Name: "sign_in", Type: cty.String, OneOf: []string{"certificate", "secret", "managed_identity", "cli"}, Default: cty.StringVal("certificate"),
					Doc: "How to sign in: `certificate`; `secret`; `managed_identity` on a machine in Azure that has one; `cli`, as who has signed in with `az login`.",
				},
				{Name: "client_id", Type: cty.String, Check: checkUUID, Doc: "The application (client) id; with `managed_identity` that of a user-assigned identity."},
				{
					Name: "certificate", Type: cty.String, Sensitive: true,
					Doc: "The application's certificate with its private key, in PEM and unencrypted: `secret_file(\"….pem\")` or `env(\"…\")`.",
				},
				{Name: "client_secret", Type: cty.String, Sensitive: true, Doc: "The application's secret, for `sign_in = \"secret\"`: `env(\"…\")` or `secret_file(\"…\")`."},
				{
					Name: "cloud", Type: cty.String, OneOf: []string{"public", "us_government", "china"}, Default: cty.StringVal("public"),
					Doc: "The cloud of Azure that the subscription is in, which need not be that of Microsoft 365.",
				},
				{Name: "login_url", Type: cty.String, Check: checkServiceURL, Doc: "Where to sign in, for a cloud that this version does not know."},
			},
		},
		{
			Name: "cloudflare",
			Doc:  "With `type = \"cloudflare\"`: who signs in.",
			Attrs: []schema.Attr{
				{
					Name: "api_token", Type: cty.String, Mode: schema.Required, Sensitive: true,
					Doc: "An API token with the permissions Zone.Zone Read and Zone.DNS Read, and Zone.DNS Edit to apply: `env(\"…\")` or `secret_file(\"…\")`.",
				},
				{Name: "account_id", Type: cty.String, Doc: "The id of the account that the zones are of. Unset, all that the token shows."},
			},
		},
	}
}

// serviceRules hold arguments against the type. Who signs in is looked at only for what is there, so that a secret that is not known
// yet hides nothing.
func serviceRules() []schema.Rule {
	var rules []schema.Rule
	for _, name := range []string{"private", "zone_ids", "service_url"} {
		rules = append(rules, schema.Rule{
			Attrs: []string{name, "type"}, Doc: "`" + name + "` with `route53`, `azure` or `cloudflare` only.",
			Check: func(v map[string]cty.Value) string {
				if v[name].IsNull() || text(v["type"]) == "" || isService(v["type"]) || v[name].RawEquals(cty.False) {
					return ""
				}
				return fmt.Sprintf("%s has no meaning with type = %q, which is no DNS service: take it out.", name, text(v["type"]))
			},
		})
	}
	for _, kind := range serviceTypes() {
		rules = append(rules, schema.Rule{
			Attrs: []string{"type"}, Doc: "A block `" + kind + "` with `type = \"" + kind + "\"`, and only then.",
			Check: func(v map[string]cty.Value) string { return ruleServiceBlock(kind, v) },
		})
	}
	return append(rules,
		schema.Rule{Attrs: []string{"type"}, Doc: "In `route53`, `access_key_id` and `secret_access_key` go together, and without `profile`.", Check: ruleRoute53},
		schema.Rule{Attrs: []string{"type"}, Doc: "In `azure`, what its `sign_in` needs.", Check: ruleAzure},
	)
}

func ruleServiceBlock(kind string, v map[string]cty.Value) string {
	written, is := !v[kind].IsNull(), text(v["type"]) == kind
	switch {
	case text(v["type"]) == "":
		return ""
	case written && !is:
		return fmt.Sprintf("The block %s has no meaning with type = %q: take it out.", kind, text(v["type"]))
	case is && !written && kind != string(dnsservice.Route53):
		return fmt.Sprintf("The block %s is missing: it says who signs in.", kind)
	}
	return ""
}

func ruleRoute53(v map[string]cty.Value) string {
	b := v["route53"]
	if b.IsNull() || !b.IsKnown() {
		return ""
	}
	id, secret := !b.GetAttr("access_key_id").IsNull(), !b.GetAttr("secret_access_key").IsNull()
	switch {
	case id != secret:
		return "access_key_id and secret_access_key go together: write both, or neither."
	case id && !b.GetAttr("profile").IsNull():
		return "profile names a key in this machine's AWS configuration, and access_key_id another: take one of the two out."
	case !id && !b.GetAttr("session_token").IsNull():
		return "session_token belongs to temporary keys: write access_key_id and secret_access_key as well."
	}
	return ""
}

func ruleAzure(v map[string]cty.Value) string {
	b := v["azure"]
	if b.IsNull() || !b.IsKnown() {
		return ""
	}
	method := cmp.Or(text(b.GetAttr("sign_in")), "certificate")
	needs := map[string]string{"certificate": "certificate", "secret": "client_secret"}
	for _, name := range []string{"certificate", "client_secret"} {
		written := !b.GetAttr(name).IsNull()
		switch {
		case needs[method] == name && !written:
			return fmt.Sprintf("%s is missing in azure, and sign_in is %s: write secret_file(\"…\") or env(\"…\"), or name another way in sign_in.", name, method)
		case needs[method] != name && written:
			return fmt.Sprintf("%s is not used with sign_in = %q: take one of the two out.", name, method)
		}
	}
	if needs[method] != "" && b.GetAttr("client_id").IsNull() {
		return "client_id is missing in azure: the application (client) id of the application that signs in."
	}
	return ""
}

var uuidForm = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func checkUUID(v cty.Value) error {
	if !uuidForm.MatchString(v.AsString()) {
		return fmt.Errorf("%q is no id: write a GUID, such as 11111111-2222-3333-4444-555555555555", v.AsString())
	}
	return nil
}

func checkZoneIDs(v cty.Value) error {
	if slices.ContainsFunc(v.AsValueSlice(), func(id cty.Value) bool { return id.IsNull() || strings.TrimSpace(id.AsString()) == "" }) {
		return errors.New("one of the ids is empty; write ids as the service shows them, or leave zone_ids out")
	}
	return nil
}

func checkServiceURL(v cty.Value) error {
	u, err := url.Parse(v.AsString())
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || (u.Path != "" && u.Path != "/") || u.RawQuery != "" {
		return fmt.Errorf("%q is not usable: write https:// and a host, such as https://api.cloudflare.com", v.AsString())
	}
	return nil
}

// newService prepares the service that a block is about.
func newService(kind dnsservice.Kind, block cty.Value, o dnsservice.Options, private bool) (dnsservice.Service, error) {
	own := map[string]string{}
	if b := block.GetAttr(string(kind)); !b.IsNull() {
		for name, v := range b.AsValueMap() {
			if v.Type() == cty.String {
				own[name] = text(v)
			}
		}
	}
	switch kind {
	case dnsservice.Azure:
		return newAzure(own, o, private)
	case dnsservice.Cloudflare:
		return dnsservice.NewCloudflare(dnsservice.CloudflareOptions{Options: o, Token: own["api_token"], Account: own["account_id"]})
	}
	return dnsservice.NewRoute53(dnsservice.Route53Options{Options: o, Region: own["region"], Credentials: awsCredentials(own)})
}

// awsCredentials are the key of the block, or what AWS's tools on this machine find. Nothing is looked for before it is needed.
func awsCredentials(own map[string]string) aws.CredentialsProvider {
	if own["access_key_id"] != "" {
		return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: own["access_key_id"], SecretAccessKey: own["secret_access_key"], SessionToken: own["session_token"], Source: "hybrid"}, nil
		})
	}
	return aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		region := cmp.Or(own["region"], "us-east-1")
		config, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithSharedConfigProfile(own["profile"]), awsconfig.WithRegion(region))
		if err != nil {
			return aws.Credentials{}, err
		}
		return config.Credentials.Retrieve(ctx)
	}))
}

// azureHosts are where to sign in to a cloud of Azure, and where its Resource Manager is
// (https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure).
var azureHosts = map[string][2]string{
	"public":        {"https://login.microsoftonline.com", "https://management.azure.com"},
	"us_government": {"https://login.microsoftonline.us", "https://management.usgovcloudapi.net"},
	"china":         {"https://login.partner.microsoftonline.cn", "https://management.chinacloudapi.cn"},
}

func newAzure(own map[string]string, o dnsservice.Options, private bool) (dnsservice.Service, error) {
	hosts := azureHosts[cmp.Or(own["cloud"], "public")]
	credential, err := token.Identity{
		Method: cmp.Or(own["sign_in"], "certificate"), TenantID: own["tenant_id"], ClientID: own["client_id"],
		Certificate: own["certificate"], Secret: own["client_secret"],
		LoginURL: cmp.Or(own["login_url"], hosts[0]), Private: own["login_url"] != "", HTTP: o.HTTP,
	}.Credential()
	if err != nil {
		return nil, err
	}
	o.URL = cmp.Or(o.URL, hosts[1])
	return dnsservice.NewAzure(dnsservice.AzureOptions{Options: o, Credential: credential, Subscription: own["subscription_id"], Group: own["resource_group"], Private: private})
}
