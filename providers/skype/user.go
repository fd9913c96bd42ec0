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
		Name:   "user",
		System: "skype",
		Doc: "Users who are enabled for the servers (`Enable-CsUser`), whether they are homed there or online. Each needs an account in Active Directory and a SIP address of one of the deployment's SIP domains.\n\n" +
			"`registrar_pool` and `hosting_provider_proxy_fqdn` say where a new user is homed, and nothing about one who exists: where users are homed afterwards is said by `user_homing`. " +
			"Users who were first enabled online get `hosting_provider_proxy_fqdn` before they can be brought home.\n\n" +
			"`ensure = \"absent\"` means `Disable-CsUser`: it wipes the users' contacts and scheduled conferences for good. To keep them, disable users temporarily instead (`Set-CsUser -Enabled $false`).",
		Remote: schema.Cmdlet{Noun: "CsUser", Create: "Enable", Update: "-", Delete: "Disable"},
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
			{Name: "registrar_pool", Type: cty.String, Initial: true, Check: checkFQDN, Norm: normFQDN,
				Doc: "The pool on which new users are homed."},
			{Name: "hosting_provider_proxy_fqdn", Type: cty.String, Initial: true, Check: checkFQDN, Norm: normFQDN,
				Doc: "The proxy FQDN of the hosting provider with which new users are homed: `hosting_provider.LyncOnline.proxy_fqdn`."},
			{Name: "proxy_pool", Type: cty.String, Initial: true, Check: checkFQDN, Norm: normFQDN,
				Doc: "The Front End pool through which users are enabled. Rarely needed."},
		},
		Rules: []schema.Rule{{
			Attrs: []string{"registrar_pool", "hosting_provider_proxy_fqdn"},
			Doc:   "Exactly one of `registrar_pool` and `hosting_provider_proxy_fqdn`.",
			Check: oneHome,
		}},
		Rows:  &schema.Rows{Columns: userColumns(), Created: enabledCells},
		Notes: userNotes,
	}
}

// usersAttr is the table of users of a block. The loader reads it; it never becomes a value.
func usersAttr() schema.Attr {
	return schema.Attr{Name: "users", Type: cty.DynamicPseudoType, Mode: schema.Required, Settings: true,
		Doc: "The users: a list of objects with `sip_address` and, where it is not the same, `identity` (user principal name, `DOMAIN\\logon` or distinguished name), or `users_csv(\"….csv\")` where there are many."}
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
	return []string{"Disable-CsUser wipes contacts and conferences: the contact lists, scheduled conferences and policy assignments of these users are lost and cannot be restored"}
}

// home is where a user is homed: the pool's or the hosting provider's FQDN in lower case, "" where neither is known.
func home(cells []string) string {
	provider := cells[cellHostingProvider]
	if provider == "" || strings.EqualFold(provider, onServers) {
		return strings.ToLower(strings.TrimSuffix(cells[cellRegistrarPool], "."))
	}
	return strings.ToLower(strings.TrimSuffix(provider, "."))
}
