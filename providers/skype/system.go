// Package skype plans and changes Lync Server 2013 and Skype for Business Server 2015, 2019 and Subscription Edition
// through their management shell.
package skype

import (
	"errors"
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/providers"
	"hybrid/schema"
)

// System is the provider block "skype", its kinds, and how to get to the servers.
func System() providers.System {
	t := newTranslator()
	return providers.System{
		Schema:   block(),
		Kinds:    kinds(),
		Commands: t.Commands,
		Open:     func(s providers.Settings) (providers.Provider, error) { return open(s, t) },
	}
}

func kinds() []*schema.Kind {
	return []*schema.Kind{
		sipDomain(), accessEdge(), allowedDomain(), blockedDomain(), hostingProvider(), publicProvider(),
		oauthServer(), partnerApplication(), oauthConfiguration(), externalAccessPolicy(), hostedVoicemailPolicy(),
		user(), userHoming(),
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
		Attrs: append(whereAttrs(), whoAttrs()...),
		Rules: blockRules(),
	}
}

func whereAttrs() []schema.Attr {
	return []schema.Attr{
		{Name: "hosts", Type: cty.List(cty.String), Check: checkHosts,
			Doc: "The Windows hosts with the management shell, usually Front End Servers: sessions are spread over them, and one that cannot be reached is left out. Names or addresses, without port."},
		{Name: "transport", Type: cty.String, OneOf: []string{"winrm", "local"}, Default: cty.StringVal("winrm"),
			Doc: "`winrm` runs PowerShell on `hosts`; `local` runs it on this machine, which then needs the management shell itself, or `endpoint`."},
		{Name: "endpoint", Type: cty.String, Check: checkEndpoint,
			Doc: "The pool's remote PowerShell, `https://pool01.contoso.com/OcsPowershell`. Without it the module on the host is used."},
		{Name: "port", Type: cty.Number, Default: cty.NumberIntVal(5986), Check: checkCount(1, 65535),
			Doc: "The port of the WinRM listener; where it is not said, 5986, or 5985 with `https = false`."},
		{Name: "https", Type: cty.Bool, Default: cty.True,
			Doc: "Whether WinRM is protected by TLS. Without it the network can read the password: only for a laboratory."},
		{Name: "ca_file", Type: cty.String,
			Doc: "A file with the certificates, in PEM, of the authorities that the hosts' certificates come from, relative to the configuration. Without it those that this machine trusts."},
		{Name: "fingerprint", Type: cty.String, Check: checkFingerprint,
			Doc: "The SHA-256 fingerprint of the hosts' certificate: no other is accepted, and without `ca_file` it alone decides. Where each host has a certificate of its own, use `ca_file`."},
		{Name: "server_name", Type: cty.String, Check: checkFQDN,
			Doc: "The name that the hosts' certificate bears, where it is not the host's."},
		{Name: "module", Type: cty.String, Default: cty.StringVal("SkypeForBusiness"),
			Doc: "The PowerShell module with the cmdlets: `SkypeForBusiness`, and `Lync` for Lync Server 2013."},
	}
}

func whoAttrs() []schema.Attr {
	return []schema.Attr{
		{Name: "auth", Type: cty.String, OneOf: []string{"basic", "kerberos", "ntlm", "certificate"}, Default: cty.StringVal("basic"),
			Doc: "How the account signs in to WinRM. For now only `basic` works, over TLS and for local accounts of the hosts, which must permit it (`winrm set winrm/config/service/auth @{Basic=\"true\"}`)."},
		{Name: "username", Type: cty.String,
			Doc: "The account that signs in to `hosts`, and to `endpoint` where that has none of its own."},
		{Name: "password", Type: cty.String, Sensitive: true,
			Doc: "Its password: `env(\"…\")` or `secret_file(\"…\")`."},
		{Name: "endpoint_username", Type: cty.String,
			Doc: "The account of the domain under which the cmdlets run behind `endpoint`, `CONTOSO\\svc-hybrid`, where it is not `username`."},
		{Name: "endpoint_password", Type: cty.String, Sensitive: true,
			Doc: "Its password: `env(\"…\")` or `secret_file(\"…\")`."},
		{Name: "timeout", Type: cty.Number, Default: cty.NumberIntVal(300), Check: checkCount(1, 86400),
			Doc: "How long one cmdlet may take, in seconds. One that takes longer is given up, and what became of it is read before anything else is done."},
		{Name: "sessions", Type: cty.Number, Default: cty.NumberIntVal(defaultSessions), Check: checkCount(1, 100),
			Doc: "How many PowerShell sessions may be open at once, over all hosts. They are opened when they are needed. Windows permits an account 30 on a host (`MaxShellsPerUser`), Windows Server 2008 R2 only 5."},
	}
}

func blockRules() []schema.Rule {
	return []schema.Rule{
		{Attrs: []string{"hosts", "transport"}, Doc: "`hosts` unless `transport = \"local\"`.",
			Check: func(v map[string]cty.Value) string {
				switch local, none := isText(v["transport"], "local"), v["hosts"].IsNull(); {
				case local && !none:
					return `hosts are not used with transport = "local": take them out, or take out transport.`
				case !local && none:
					return `hosts is missing: name the Windows hosts with the management shell, such as ["fe01.contoso.com"], or write transport = "local" where this machine has it.`
				}
				return ""
			}},
		accountRule("username"),
		accountRule("password"),
		{Attrs: []string{"endpoint", "endpoint_username"}, Doc: "`endpoint_username` only with `endpoint`.",
			Check: func(v map[string]cty.Value) string {
				if !v["endpoint_username"].IsNull() && v["endpoint"].IsNull() {
					return "endpoint_username is the account behind endpoint: name the endpoint, https://POOL/OcsPowershell."
				}
				return ""
			}},
		{Attrs: []string{"endpoint_username", "endpoint_password"}, Doc: "`endpoint_username` and `endpoint_password` go together: write both, or neither.",
			Check: func(v map[string]cty.Value) string {
				if v["endpoint_username"].IsNull() != v["endpoint_password"].IsNull() {
					return "endpoint_username and endpoint_password go together: write both, or neither."
				}
				return ""
			}},
	}
}

// accountRule demands the name or password of the account that signs in to hosts, and to an endpoint without one of its
// own. Each has its rule, so that the secret of the one does not hide what is said of the other.
func accountRule(name string) schema.Rule {
	return schema.Rule{
		Attrs: []string{name, "transport", "endpoint", "endpoint_username"},
		Doc:   "`" + name + "` unless `transport = \"local\"` with no `endpoint`, or with one that has an account of its own.",
		Check: func(v map[string]cty.Value) string {
			ownOrNone := v["endpoint"].IsNull() || !v["endpoint_username"].IsNull()
			if !v[name].IsNull() || isText(v["transport"], "local") && ownOrNone {
				return ""
			}
			return name + ` is missing: the account that signs in to the hosts and to the endpoint; for the password write env("…") or secret_file("…").`
		},
	}
}

// checkHosts accepts a list of names or addresses without ports.
func checkHosts(v cty.Value) error {
	if v.LengthInt() == 0 {
		return errors.New("The list is empty: name at least one host.")
	}
	for it := v.ElementIterator(); it.Next(); {
		_, host := it.Element()
		name := textOf(host)
		if strings.Count(name, ":") == 1 || strings.ContainsAny(name, "/[] \t") || name == "" {
			return fmt.Errorf("%q is no host: write its name or address alone; the port has an argument of its own.", name)
		}
	}
	return nil
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

// checkFingerprint accepts 32 bytes in hex, with or without colons.
func checkFingerprint(v cty.Value) error {
	hex := strings.ReplaceAll(strings.ToLower(v.AsString()), ":", "")
	if len(hex) == 40 && strings.Trim(hex, "0123456789abcdef") == "" {
		return errors.New("This is a SHA-1 thumbprint, as Windows shows it: write the SHA-256 fingerprint of the certificate.")
	}
	if len(hex) != 64 || strings.Trim(hex, "0123456789abcdef") != "" {
		return fmt.Errorf("%q is no SHA-256 fingerprint: write its 64 hexadecimal digits, with or without colons.", v.AsString())
	}
	return nil
}
