// Package skype plans and changes Lync Server 2013 and Skype for Business Server 2015, 2019 and Subscription Edition
// through their management shell.
package skype

import (
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/providers"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// System is the provider block "skype", its kinds, and how to get to the servers.
func System() providers.System {
	t := newTranslator()
	return providers.System{
		Schema:   block(),
		Kinds:    kinds(),
		Commands: t.Commands,
		Part:     part,
		Open:     func(s providers.Settings) (providers.Provider, error) { return open(s, t) },
	}
}

func kinds() []*schema.Kind {
	return []*schema.Kind{
		sipDomain(), accessEdge(), allowedDomain(), blockedDomain(), hostingProvider(), publicProvider(),
		oauthServer(), partnerApplication(), oauthConfiguration(), externalAccessPolicy(), hostedVoicemailPolicy(),
		hybridApplicationEndpoint(), user(), userHoming(),
	}
}

func block() *schema.System {
	return &schema.System{
		Name: "skype",
		Doc: "A deployment of Lync Server 2013 or Skype for Business Server 2015, 2019 or Subscription Edition, reached over WinRM.\n\n" +
			"Without `endpoint` the cmdlets run on the host itself, where roles (`CsAdministrator` and the like) count for nothing: the account must be in " +
			"RTCUniversalServerAdmins for settings and in RTCUniversalUserAdmins for users, and reach the Central Management Store in SQL Server and Active Directory from there. " +
			"That is how `transport = \"local\"` works under the account that runs it.\n\n" +
			"With `endpoint` the host passes the cmdlets on to the pool's remote PowerShell, and roles decide: CsServerAdministrator for settings, CsUserAdministrator for users, CsAdministrator for both, CsViewOnlyAdministrator to plan. " +
			"WinRM's `basic` takes local accounts of the host only, which have no rights in the deployment: with it, name the `endpoint` and an account of the domain in `endpoint_username`.",
		Example: `provider "skype" {
  hosts    = ["fe01.contoso.com", "fe02.contoso.com"]
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
}`,
		Attrs: append(whereAttrs(), whoAttrs()...),
		Rules: blockRules(),
	}
}

func whereAttrs() []schema.Attr {
	attrs := []schema.Attr{
		{
			Name: "hosts", Type: cty.List(cty.String), Check: shell.CheckHosts,
			Doc: "The Windows hosts with the management shell, usually Front End Servers: sessions are spread over them, and one that cannot be reached is left out. Names or addresses, without port.",
		},
		{
			Name: "transport", Type: cty.String, OneOf: []string{"winrm", "local"}, Default: cty.StringVal("winrm"),
			Doc: "`winrm` runs PowerShell on `hosts`; `local` runs it on this machine, which then needs the management shell itself, or `endpoint`.",
		},
		{
			Name: "endpoint", Type: cty.String, Check: checkEndpoint,
			Doc: "The pool's remote PowerShell, `https://pool01.contoso.com/OcsPowershell`. Without it the module on the host is used.",
		},
	}
	attrs = append(attrs, shell.ListenerAttrs()...)
	return append(attrs, schema.Attr{
		Name: "domain_controller", Type: cty.String, Check: checkFQDN,
		Doc: "The domain controller that users and application endpoints are read from and written to, `dc01.contoso.com`: every cmdlet that has `-DomainController` is given it. " +
			"What has been written is then seen at once. Without it the servers choose one for each session, and reading back waits for replication (`read_back`). " +
			"While it is down nothing of users can be read or moved: name another one then, and apply again. Settings are in the Central Management store, whose cmdlets take none.",
	}, schema.Attr{
		Name: "module", Type: cty.String, Default: cty.StringVal("SkypeForBusiness"),
		Doc: "The PowerShell module with the cmdlets: `SkypeForBusiness`, and `Lync` for Lync Server 2013.",
	})
}

func whoAttrs() []schema.Attr {
	account := []schema.Attr{
		{
			Name: "username", Type: cty.String,
			Doc: "The account that signs in to `hosts`, and to `endpoint` where that has none of its own.",
		},
		{
			Name: "password", Type: cty.String, Sensitive: true,
			Doc: "Its password: `env(\"…\")` or `secret_file(\"…\")`.",
		},
		{
			Name: "endpoint_username", Type: cty.String,
			Doc: "The account of the domain under which the cmdlets run behind `endpoint`, `CONTOSO\\svc-hybrid`, where it is not `username`.",
		},
		{
			Name: "endpoint_password", Type: cty.String, Sensitive: true,
			Doc: "Its password: `env(\"…\")` or `secret_file(\"…\")`.",
		},
	}
	return append(append(shell.AuthAttrs(), account...), append(shell.SessionAttrs(defaultSessions), shell.ReadBackAttr())...)
}

func blockRules() []schema.Rule {
	return append(shell.AuthRules(), []schema.Rule{
		{Attrs: []string{"spn", "hosts"}, Doc: "`spn` with a host in it only for a single host.", Check: shell.OneService},
		{
			Attrs: []string{"hosts", "transport"}, Doc: "`hosts` unless `transport = \"local\"`.",
			Check: func(v map[string]cty.Value) string {
				switch local, none := isText(v["transport"], "local"), v["hosts"].IsNull(); {
				case local && !none:
					return `hosts are not used with transport = "local": take them out, or take out transport.`
				case !local && none:
					return `hosts is missing: name the Windows hosts with the management shell, such as ["fe01.contoso.com"], or write transport = "local" where this machine has it.`
				}
				return ""
			},
		},
		accountRule("username"),
		accountRule("password"),
		{
			Attrs: []string{"endpoint", "endpoint_username"}, Doc: "`endpoint_username` only with `endpoint`.",
			Check: func(v map[string]cty.Value) string {
				if !v["endpoint_username"].IsNull() && v["endpoint"].IsNull() {
					return "endpoint_username is the account behind endpoint: name the endpoint, https://POOL/OcsPowershell."
				}
				return ""
			},
		},
		{
			Attrs: []string{"endpoint_username", "endpoint_password"}, Doc: "`endpoint_username` and `endpoint_password` go together: write both, or neither.",
			Check: func(v map[string]cty.Value) string {
				if v["endpoint_username"].IsNull() != v["endpoint_password"].IsNull() {
					return "endpoint_username and endpoint_password go together: write both, or neither."
				}
				return ""
			},
		},
	}...)
}

// secondHop says why an endpoint needs a password.
const secondHop = `password is missing for the endpoint: the host signs in there anew, and a ticket, a key or a certificate with which hybrid signs in to the host does not go on to a second server. Write endpoint_username and endpoint_password, an account of the domain with the Cs role, or leave endpoint out and use the module on the host.`

// accountRule demands the name or password of the account that signs in to hosts, and to an endpoint without one of its
// own. Each has its rule, so that the secret of the one does not hide what is said of the other.
func accountRule(name string) schema.Rule {
	return schema.Rule{
		Attrs: []string{name, "auth", "transport", "endpoint", "endpoint_username"},
		Doc:   "`" + name + "` unless `transport = \"local\"` with no `endpoint`, or with one that has an account of its own; and unless `auth` needs none.",
		Check: func(v map[string]cty.Value) string {
			ownOrNone := v["endpoint"].IsNull() || !v["endpoint_username"].IsNull()
			if !v[name].IsNull() || ownOrNone && (isText(v["transport"], "local") || isText(v["auth"], "kerberos") || isText(v["auth"], "certificate")) {
				return ""
			}
			if name == "password" && (isText(v["auth"], "kerberos") || isText(v["auth"], "certificate")) {
				return secondHop
			}
			if name == "password" {
				return `password is missing: that of the account which signs in to the hosts and to the endpoint. Write env("…") or secret_file("…").`
			}
			return name + " is missing: the account that signs in to the hosts and to the endpoint, such as svc-hybrid@CONTOSO.COM."
		},
	}
}

func checkEndpoint(v cty.Value) error {
	u, err := parseURL(v.AsString())
	if err != nil {
		return err
	}
	if !strings.EqualFold(strings.TrimSuffix(u.Path, "/"), "/OcsPowershell") {
		return fmt.Errorf("%q is not a pool's remote PowerShell: write \"https://%s/OcsPowershell\".", v.AsString(), u.Host)
	}
	return nil
}
