// Package teams plans and changes the tenant's side of a hybrid deployment through the MicrosoftTeams PowerShell module,
// in sessions of its own: several of its cmdlets have the names of the servers' cmdlets.
package teams

import (
	"github.com/zclconf/go-cty/cty"

	"hybrid/providers"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// System is the provider block "teams", its kinds, and how to get to the tenant.
func System() providers.System {
	t := shell.NewTranslator(module)
	return providers.System{
		Schema:   block(),
		Kinds:    kinds(),
		Views:    []*schema.Kind{onlineUser()},
		Commands: t.Commands,
		Part:     part,
		Lacks:    lacks,
		Open:     func(s providers.Settings) (providers.Provider, error) { return open(s, t) },
	}
}

func kinds() []*schema.Kind {
	return []*schema.Kind{tenantFederation(), onlineSipDomain(), onlineExternalAccessPolicy(), teamsUpgrade(), onlineUsers()}
}

func block() *schema.System {
	return &schema.System{
		Name: "teams",
		Doc: "The tenant, reached through the PowerShell module MicrosoftTeams on a Windows host or on this machine.\n\n" +
			"Sessions sign in as an application with a certificate (`Connect-MicrosoftTeams -CertificateThumbprint`): the host must have the certificate with its private key in the store of the account (`Cert:\\CurrentUser\\My`) " +
			"or of the computer, the application must have the certificate, and its service principal the role Teams Administrator. The private key never leaves the host. " +
			"Commercial tenants accept it. In a national cloud (`hybrid { cloud = … }`) it is tried as it is, since the cmdlet takes the name of an environment only with an account, and has not been seen to work; `credential` is given that name.\n\n" +
			"The sessions are never those of `skype`: the modules have cmdlets of the same names.",
		Example: `provider "teams" {
  host                   = "admin01.contoso.com"
  username               = "svc-hybrid"
  password               = env("HYBRID_ADMIN_PASSWORD")
  tenant_id              = data.tenant.contoso.id
  client_id              = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate_thumbprint = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567"
}`,
		Attrs: append(append(whereAttrs(), whoAttrs()...), append(shell.SessionAttrs(defaultSessions), shell.ReadBackAttr())...),
		Blocks: []schema.Block{{
			Name: "credential",
			Doc: "An account of the tenant in the place of the application, as the retired LyncOnlineConnector and SkypeOnlineConnector took it. " +
				"It works only for an account that is never asked for a second factor, which Microsoft is putting an end to: use a certificate.",
			Attrs: []schema.Attr{
				{Name: "username", Type: cty.String, Mode: schema.Required, Doc: "The user principal name."},
				{Name: "password", Type: cty.String, Mode: schema.Required, Sensitive: true, Doc: "The password: `env(\"…\")` or `secret_file(\"…\")`."},
			},
		}},
		Rules: blockRules(),
		Warn:  warnings,
	}
}

// warnings says of a sign-in that nobody has been seen to succeed with what to expect of it.
func warnings(cloud map[string]string, v map[string]cty.Value) []string {
	environment := cloud["teams_environment_name"]
	if credential, _ := v["credential"].UnmarkDeep(); environment == "" || !credential.IsNull() {
		return nil
	}
	return []string{"Sessions sign in with a certificate, which Connect-MicrosoftTeams takes without the name of an environment (" + environment + " would be this cloud's). " +
		"That it works outside of commercial tenants has not been evidenced: it is tried as it is. Run plan long before the maintenance window. Where the sign-in is refused, a block credential with an account that is not asked for a second factor is the other way."}
}

func whereAttrs() []schema.Attr {
	return append([]schema.Attr{
		{
			Name: "host", Type: cty.String, Check: shell.CheckHost,
			Doc: "The Windows host with the module MicrosoftTeams. Its name or address, without port.",
		},
		{
			Name: "hosts", Type: cty.List(cty.String), Check: shell.CheckHosts,
			Doc: "Several of them, in the place of `host`: one that cannot be reached is left out.",
		},
		{
			Name: "transport", Type: cty.String, OneOf: []string{"winrm", "local"}, Default: cty.StringVal("winrm"),
			Doc: "`winrm` runs PowerShell on the host; `local` runs it on this machine, which then needs the module itself.",
		},
	}, shell.ListenerAttrs()...)
}

func whoAttrs() []schema.Attr {
	return append(shell.AuthAttrs(), []schema.Attr{
		{
			Name: "username", Type: cty.String,
			Doc: "The account that signs in to the host. It has nothing to do with the tenant.",
		},
		{
			Name: "password", Type: cty.String, Sensitive: true,
			Doc: "Its password: `env(\"…\")` or `secret_file(\"…\")`.",
		},
		{
			Name: "tenant_id", Type: cty.String, Check: checkGUID,
			Doc: "The tenant's id, a GUID.",
		},
		{
			Name: "client_id", Type: cty.String, Check: checkGUID,
			Doc: "The application (client) id as which sessions sign in.",
		},
		{
			Name: "certificate_thumbprint", Type: cty.String, Check: checkThumbprint,
			Doc: "The SHA-1 thumbprint of the application's certificate in the host's store, as Windows shows it.",
		},
		{
			Name: "certificate", Type: cty.String, Sensitive: true, Check: checkCertificate,
			Doc: "The certificate itself, in PEM, in the place of `certificate_thumbprint`: `file(\"teams.cer\")` or `secret_file(\"teams.pem\")`. Only its thumbprint is used; a private key in the same file is never sent.",
		},
	}...)
}

func blockRules() []schema.Rule {
	return append(shell.AuthRules(), []schema.Rule{
		{Attrs: []string{"spn", "hosts"}, Doc: "`spn` with a host in it only for a single host.", Check: shell.OneService},
		{Attrs: []string{"host", "hosts", "transport"}, Doc: "One of `host` and `hosts`, or `transport = \"local\"`.", Check: onePlace},
		{Attrs: []string{"auth", "username", "password"}, Doc: "`username` and `password` go together: write both, or neither.", Check: shell.Together},
		{
			Attrs: []string{"certificate_thumbprint", "certificate", "credential"},
			Doc:   "Exactly one of `certificate_thumbprint`, `certificate` and the block `credential`.", Check: oneSignIn,
		},
		{
			Attrs: []string{"tenant_id", "credential"}, Doc: "`tenant_id` unless there is a block `credential`.",
			Check: neededFor("tenant_id", "the id of the tenant that sessions sign in to"),
		},
		{
			Attrs: []string{"client_id", "credential"}, Doc: "`client_id` unless there is a block `credential`.",
			Check: neededFor("client_id", "the application as which sessions sign in"),
		},
	}...)
}

func onePlace(v map[string]cty.Value) string {
	local, one, several := shell.IsText(v["transport"], "local"), !v["host"].IsNull(), !v["hosts"].IsNull()
	switch {
	case one && several:
		return "host and hosts exclude one another: put all of them in hosts."
	case local && (one || several):
		return `No host is used with transport = "local": take it out, or take out transport.`
	case !local && !one && !several:
		return `host is missing: name the Windows host with the module MicrosoftTeams, or write transport = "local" where this machine has it.`
	}
	return ""
}

func oneSignIn(v map[string]cty.Value) string {
	var ways []string
	for _, name := range []string{"certificate_thumbprint", "certificate", "credential"} {
		if !v[name].IsNull() {
			ways = append(ways, name)
		}
	}
	switch len(ways) {
	case 0:
		return "Nothing says how sessions sign in to the tenant: write certificate_thumbprint with the thumbprint of the application's certificate."
	case 1:
		return ""
	}
	return ways[0] + " and " + ways[1] + " exclude one another: sessions sign in in one way. Keep one of them."
}

// neededFor demands an argument of sign-in by certificate.
func neededFor(name, what string) func(map[string]cty.Value) string {
	return func(v map[string]cty.Value) string {
		if v[name].IsNull() && v["credential"].IsNull() {
			return name + " is missing: " + what + "."
		}
		return ""
	}
}
