// Package entra plans and changes what a hybrid deployment needs in Microsoft Entra ID, through Microsoft Graph.
package entra

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/providers"
	"hybrid/schema"
)

// System is the provider block "entra", its kinds, and how to get to the tenant. Commands are of type [Patch].
func System() providers.System {
	return providers.System{Schema: block(), Kinds: []*schema.Kind{servicePrincipal(time.Now), principalData(), tenantData(), forestData()}, Commands: commands, Part: part, Open: open}
}

func block() *schema.System {
	return &schema.System{
		Name: "entra",
		Doc: "The tenant in Microsoft Entra ID, reached through Microsoft Graph.\n\n" +
			"Sign in as an application of the tenant: register one, give it the application permission `Application.Read.All` to plan " +
			"and `Application.ReadWrite.All` to apply, and have an administrator grant consent. Microsoft's own service principals, " +
			"which hybrid deployments use, cannot be changed with the lesser `Application.ReadWrite.OwnedBy`.",
		Example: `provider "entra" {
  tenant_id   = data.tenant.contoso.id
  client_id   = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate = secret_file("hybrid.pem")
}`,
		Attrs: append(whoAttrs(), whereAttrs()...),
		Rules: []schema.Rule{
			{
				Attrs: []string{"auth", "certificate", "client_id"}, Check: ruleNeeds("certificate"),
				Doc: "`certificate` and `client_id`, and nothing of the other ways, with `auth = \"certificate\"` or without `auth`.",
			},
			{
				Attrs: []string{"auth", "client_secret", "client_id"}, Check: ruleNeeds("client_secret"),
				Doc: "`client_secret` and `client_id`, and no certificate, with `auth = \"secret\"`.",
			},
		},
	}
}

func whoAttrs() []schema.Attr {
	return []schema.Attr{
		{
			Name: "tenant_id", Type: cty.String, Mode: schema.Required, Check: checkTenant,
			Doc: "The tenant: its id, or a domain that is verified there.",
		},
		{
			Name: "auth", Type: cty.String, OneOf: []string{"certificate", "secret", "managed_identity", "cli"}, Default: cty.StringVal("certificate"),
			Doc: "How to sign in: `certificate`; `secret`; `managed_identity` on a machine in Azure that has one; `cli`, as who has signed in with `az login`, for a try from a desk.",
		},
		{
			Name: "client_id", Type: cty.String, Check: checkGUID,
			Doc: "The application (client) id; with `managed_identity` that of a user-assigned identity.",
		},
		{
			Name: "certificate", Type: cty.String, Sensitive: true,
			Doc: "The application's certificate with its private key, in PEM and unencrypted, key of type RSA: `secret_file(\"….pem\")` or `env(\"…\")`.",
		},
		{
			Name: "client_secret", Type: cty.String, Sensitive: true,
			Doc: "The application's secret, for `auth = \"secret\"`: `env(\"…\")` or `secret_file(\"…\")`.",
		},
	}
}

func whereAttrs() []schema.Attr {
	return []schema.Attr{
		{
			Name: "cloud", Type: cty.String, Cloud: "name",
			Doc: "The cloud that the tenant is in: it decides where to sign in and where Graph is. It is what `hybrid { cloud = … }` says, and cannot be another.",
		},
		{
			Name: "login_url", Type: cty.String, Check: checkURL,
			Doc: "Where to sign in, for a cloud that this version does not know.",
		},
		{
			Name: "graph_url", Type: cty.String, Check: checkURL,
			Doc: "Where Graph is, for a cloud that this version does not know.",
		},
		{
			Name: "ca_file", Type: cty.String,
			Doc: "A file with the certificates, in PEM, of the authorities that `login_url` and `graph_url` have theirs from, such as those of a proxy that opens TLS, relative to the configuration. Without it those that this machine trusts.",
		},
		{
			Name: "fingerprint", Type: cty.String, Check: checkFingerprint,
			Doc: "The SHA-256 fingerprint of the one certificate that is accepted, for a test environment.",
		},
		{
			Name: "timeout", Type: cty.Number, Default: cty.NumberIntVal(120), Check: checkSeconds,
			Doc: "How long one request may take, in seconds. What Graph asks to be waited for when it throttles does not count.",
		},
	}
}

// ruleNeeds demands what a way of signing in cannot do without. Each has its rule, so that the secret of the one does not
// hide what is said of the other.
func ruleNeeds(secret string) func(map[string]cty.Value) string {
	return func(v map[string]cty.Value) string {
		auth := text(v["auth"])
		if auth == "" {
			auth = "certificate"
		}
		mine := secret == "certificate" && auth == "certificate" || secret == "client_secret" && auth == "secret"
		switch {
		case mine && v[secret].IsNull():
			return fmt.Sprintf("%s is missing, and auth is %s: write secret_file(\"…\") or env(\"…\"), or name another way in auth.", secret, auth)
		case mine && v["client_id"].IsNull():
			return "client_id is missing: the application (client) id of the application that signs in."
		case !mine && !v[secret].IsNull():
			return fmt.Sprintf("%s is not used with auth = %q: take one of the two out.", secret, auth)
		}
		return ""
	}
}

var (
	guid   = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	domain = regexp.MustCompile(`^(?i)[a-z0-9-]+(\.[a-z0-9-]+)+$`)
	digest = regexp.MustCompile(`^(?i)[0-9a-f]{2}(:?[0-9a-f]{2}){31}$`)
)

func checkTenant(v cty.Value) error {
	if !guid.MatchString(v.AsString()) && !domain.MatchString(v.AsString()) {
		return fmt.Errorf("%q is no tenant: write its id, or a domain that is verified there, such as contoso.onmicrosoft.com", v.AsString())
	}
	return nil
}

func checkGUID(v cty.Value) error {
	if !guid.MatchString(v.AsString()) {
		return fmt.Errorf("%q is no id: write a GUID, such as 00000004-0000-0ff1-ce00-000000000000", v.AsString())
	}
	return nil
}

func checkURL(v cty.Value) error {
	u, err := url.Parse(v.AsString())
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || (u.Path != "" && u.Path != "/") || u.RawQuery != "" {
		return fmt.Errorf("%q is not usable: write https:// and a host, such as https://graph.microsoft.com", v.AsString())
	}
	return nil
}

func checkFingerprint(v cty.Value) error {
	if !digest.MatchString(v.AsString()) {
		return fmt.Errorf("%q is no SHA-256 fingerprint: write its 64 hexadecimal digits, with or without colons", v.AsString())
	}
	return nil
}

func checkSeconds(v cty.Value) error {
	if n, _ := v.AsBigFloat().Int64(); !v.AsBigFloat().IsInt() || n < 1 || n > 3600 {
		return errors.New("write a whole number of seconds from 1 to 3600")
	}
	return nil
}

// text is a text value, "" where there is none.
func text(v cty.Value) string { return schema.Text(v) }
