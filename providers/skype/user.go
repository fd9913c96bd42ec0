package skype

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// The cells of a user, in the order in which [userColumns] asks for them.
const (
	cellSIP = iota
	cellIdentity
	cellUPN
	cellHostingProvider
	cellRegistrarPool
	cellEnabled
)

func userColumns() []string {
	return []string{"SipAddress", "Identity", "UserPrincipalName", "HostingProvider", "RegistrarPool", "Enabled"}
}

// onServers is the HostingProvider of a user who is homed on the servers. It is seen in both cases.
const onServers = "SRV:"

// user declares that users are enabled for the servers. Parameters are from the pages of Enable- and Disable-CsUser
// (MicrosoftDocs/office-docs-powershell).
func user() *schema.Kind {
	return &schema.Kind{
		Name:    "user",
		Concern: "users",
		System:  "skype",
		Doc: "Users who are enabled for the servers (`Enable-CsUser`), whether they are homed there or online. Each needs an account in Active Directory and a SIP address of one of the deployment's SIP domains.\n\n" +
			"`registrar_pool` and `hosting_provider_proxy_fqdn` say where a new user is homed, and nothing about one who exists: where users are homed afterwards is said by `user_homing`. " +
			"Users who were first enabled online get `hosting_provider_proxy_fqdn` before they can be brought home.\n\n" +
			"`enabled`, `enterprise_voice_enabled` and `hosted_voicemail` are said of all users of the block, `line_uri` of each in a column of the table. " +
			"What is declared is compared with every user and set where it differs (`Set-CsUser`); an argument that is not written and a cell that is empty leave it alone. " +
			"A new user is enabled first and then given what differs from a new user's: should the second call fail, the next run makes it alone.\n\n" +
			"Of users homed online, too, these are the values in Active Directory, which synchronisation takes along: a number that has a value there must be changed there, and one that never had is managed online.\n\n" +
			"`ensure = \"absent\"` means `Disable-CsUser`: it wipes the users' contacts and scheduled conferences for good. To keep them, disable users temporarily instead: `enabled = false`.",
		Example: `# Users who live online become known to the servers, and stay where they are.
user "pilot" {
  users                       = [{ sip_address = "sip:ada@contoso.com" }, { sip_address = "sip:alan@contoso.com" }]
  hosting_provider_proxy_fqdn = hosting_provider.LyncOnline.proxy_fqdn
}`,
		Lost:   lostUser,
		Remote: schema.Cmdlet{Noun: "CsUser", Create: "Enable", Delete: "Disable"},
		After: []schema.First{
			{Kind: "sip_domain", Why: "users can only have addresses in a SIP domain that exists"},
			{Kind: "online_sip_domain", Why: "the tenant must take users of a domain before there are any"},
			{Kind: "access_edge", Why: "who is enabled can be talked to, so what the Edge Servers let through is settled first"},
			{Kind: "allowed_domain", Why: "whom users may talk with is settled before there are users"},
			{Kind: "blocked_domain", Why: "whom users may not talk with is settled before there are users"},
			{Kind: "hosting_provider", Why: "a user is homed online with a provider that exists"},
			{Kind: "public_provider", Why: "whom users may talk with is settled before there are users"},
			{Kind: "external_access_policy", Why: "what users may do is settled before there are users"},
			{Kind: "hosted_voicemail_policy", Why: "where voice mail goes is settled before there are users"},
			{Kind: "tenant_federation", Why: "the tenant must share its address space before it is told of users of the servers"},
		},
		Attrs: []schema.Attr{
			usersAttr(),
			{
				Name: "registrar_pool", Type: cty.String, Initial: true, Home: true, Check: checkFQDN, Norm: normFQDN,
				Doc: "The pool on which new users are homed.",
			},
			{
				Name: "hosting_provider_proxy_fqdn", Type: cty.String, Initial: true, Home: true, Check: checkFQDN, Norm: normFQDN,
				Doc: "The proxy FQDN of the hosting provider with which new users are homed: `hosting_provider.LyncOnline.proxy_fqdn`.",
			},
			{
				Name: "proxy_pool", Type: cty.String, Initial: true, Check: checkFQDN, Norm: normFQDN,
				Doc: "The Front End pool through which users are enabled. Rarely needed.",
			},
			{
				Name: "enabled", Type: cty.Bool,
				Doc: "Whether the users can sign in. `false` disables them temporarily: they keep contacts, conferences, policies and number. A user whom the block enables for the servers can sign in unless this says otherwise.",
			},
			{
				Name: "enterprise_voice_enabled", Type: cty.Bool, Default: cty.False,
				Doc: "Whether the users make calls through the servers' Enterprise Voice. The server refuses it of users whose audio and video are disabled.",
			},
			{
				Name: "hosted_voicemail", Type: cty.Bool, Default: cty.False, Param: "HostedVoiceMail",
				Doc: "Whether voice mail is Exchange Online's. It needs a hosted voicemail policy with a destination: the server refuses `true` of users whose policy has none.",
			},
			{
				Name: "line_uri", Type: cty.String, Mode: schema.Column, Unique: "line URI", Param: "LineURI", Check: checkLine, Norm: normLine,
				Doc: "The user's number in E.164, with an extension where there is one: `tel:+14255550100` or `tel:+14255550100;ext=100`. Another extension makes it another number. A number that somebody else still has is refused by the server.",
			},
		},
		Rules: []schema.Rule{{
			Attrs: []string{"registrar_pool", "hosting_provider_proxy_fqdn"},
			Doc:   "Exactly one of `registrar_pool` and `hosting_provider_proxy_fqdn`.",
			Check: oneHome,
		}},
		Rows:  &schema.Rows{Columns: userColumns(), Named: "UserPrincipalName", Created: enabledCells, Other: otherThan, Mirror: tenantUsers, Origin: userOrigin},
		Notes: userNotes,
	}
}

// usersAttr is the table of users of a block. The loader reads it; it never becomes a value.
func usersAttr() schema.Attr {
	return schema.Attr{
		Name: "users", Type: cty.DynamicPseudoType, Mode: schema.Required, Settings: true,
		Doc: "The users: a list of objects with `sip_address` and, where it is not the same, `identity` (user principal name, `DOMAIN\\logon` or distinguished name), or `users_csv(\"….csv\")` where there are many. Commands go to the `identity`; nobody is changed where it is not that of the account with the SIP address.",
	}
}

func oneHome(v map[string]cty.Value) string {
	pool, provider := !v["registrar_pool"].IsNull(), !v["hosting_provider_proxy_fqdn"].IsNull()
	switch {
	case pool && provider:
		return "registrar_pool and hosting_provider_proxy_fqdn exclude one another: a user has one home. Keep one of them."
	case !pool && !provider:
		return "Nothing says where new users are homed: write registrar_pool for the servers, or hosting_provider_proxy_fqdn for online."
	}
	return ""
}

// enabledCells are the cells of a user whom Enable-CsUser has just enabled.
func enabledCells(v map[string]cty.Value, sip, identity string) []string {
	cells := make([]string, len(userColumns()))
	cells[cellSIP], cells[cellIdentity], cells[cellEnabled] = sip, identity, "True"
	cells[cellHostingProvider] = onServers
	cells[cellRegistrarPool] = textOf(v["registrar_pool"])
	if provider := textOf(v["hosting_provider_proxy_fqdn"]); provider != "" {
		cells[cellHostingProvider] = provider
	}
	return cells
}

// neverEnabled says that an account merely has a SIP address: Get-CsUser lists those too.
func neverEnabled(cells []string) bool {
	return cells[cellEnabled] == "" && cells[cellHostingProvider] == "" && cells[cellRegistrarPool] == ""
}

func userNotes(action string, _, _ map[string]cty.Value) []string {
	if action != "delete" {
		return nil
	}
	return []string{
		"Disable-CsUser wipes contacts and conferences: the contact lists, scheduled conferences and policy assignments of these users are lost and cannot be restored",
		"Disable-CsUser takes the number and the SIP address of proxyAddresses away and leaves msRTCSIP-DeploymentLocator behind: whoever goes on in the cloud alone needs the number noted before, the attribute cleared, and the address added again",
	}
}

// home is where a user is homed: the pool's or the hosting provider's FQDN in lower case, "" where neither is known.
func home(cells []string) string {
	provider := cells[cellHostingProvider]
	if provider == "" || strings.EqualFold(provider, onServers) {
		return strings.ToLower(strings.TrimSuffix(cells[cellRegistrarPool], "."))
	}
	return strings.ToLower(strings.TrimSuffix(provider, "."))
}
