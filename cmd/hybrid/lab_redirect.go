package main

import (
	"net"
	"strconv"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab"
	"hybrid/providers/teams"
	"hybrid/schema"
)

// redirect gives what a provider block says once it leads to the lab. What it says of sessions and time limits stays.
func redirect(e lab.Endpoints) func(string, *schema.System, cty.Value) cty.Value {
	return func(name string, s *schema.System, block cty.Value) cty.Value {
		values := sayings(s, block)
		switch s.Name {
		case "skype":
			skypeInLab(values, e)
		case "teams":
			teamsInLab(values, e)
		case "directory":
			directoryInLab(values, e)
		case "dns":
			dnsInLab(values, e, name)
		case "entra":
			entraInLab(values, e.Graph)
		}
		return cty.ObjectVal(values)
	}
}

// reach leads to the view's name server whatever a DNS provider asks, and to the lab's LDAP whichever domain controller it is: nobody
// outside is asked about the lab.
func reach(e lab.Endpoints) func(provider, address string) string {
	return func(provider, _ string) string {
		if provider == "directory" {
			return e.LDAP.Addr
		}
		return e.DNS[provider].Addr
	}
}

// sayings are the values of a provider block, all null where there is none.
func sayings(s *schema.System, block cty.Value) map[string]cty.Value {
	if !block.IsNull() {
		return block.AsValueMap()
	}
	values := map[string]cty.Value{}
	for name, t := range s.Type().AttributeTypes() {
		values[name] = cty.NullVal(t)
	}
	return values
}

func skypeInLab(values map[string]cty.Value, e lab.Endpoints) {
	shellInLab(values, e.WinRM)
	values["endpoint"] = cty.NullVal(cty.String)
	if names, _ := values["hosts"].UnmarkDeep(); names.IsNull() || !names.IsWhollyKnown() || names.LengthInt() == 0 {
		values["hosts"] = hostsInLab(e)
	}
}

// listener leads to the lab's one listener, whatever the host: it tells them apart by the names that they are called by.
func listener(e lab.Endpoints) func(host string) string {
	return func(string) string { return net.JoinHostPort(e.WinRM.Host, strconv.Itoa(e.WinRM.Port)) }
}

// hostsInLab is the host of blocks that name none, or whose host is no part of what is rehearsed.
func hostsInLab(e lab.Endpoints) cty.Value {
	return cty.ListVal([]cty.Value{cty.StringVal(e.WinRM.Host)})
}

// shellInLab leads what every block has that runs cmdlets to the lab's listener: all but which host it is.
func shellInLab(values map[string]cty.Value, e lab.WinRMEndpoint) {
	values["ca_file"], values["server_name"] = cty.NullVal(cty.String), cty.NullVal(cty.String)
	values["transport"] = cty.StringVal("winrm")
	values["auth"] = cty.StringVal("basic")
	for _, name := range []string{"keytab", "credential_cache", "realm", "krb5_conf", "spn", "certificate_file", "key_file"} {
		values[name] = cty.NullVal(cty.String)
	}
	values["kdc"] = cty.NullVal(cty.List(cty.String))
	values["https"] = cty.True
	values["port"] = cty.NumberIntVal(int64(e.Port))
	values["fingerprint"] = cty.StringVal(e.Fingerprint)
	values["username"] = cty.StringVal(e.Username)
	values["password"] = cty.StringVal(e.Password).Mark(schema.Sensitive)
}

func entraInLab(values map[string]cty.Value, e lab.GraphEndpoint) {
	for _, name := range []string{"cloud", "ca_file", "client_secret"} {
		values[name] = cty.NullVal(cty.String)
	}
	values["auth"] = cty.StringVal("certificate")
	values["tenant_id"] = cty.StringVal(e.TenantID)
	values["client_id"] = cty.StringVal(e.ClientID)
	values["certificate"] = cty.StringVal(e.Certificate).Mark(schema.Sensitive)
	values["login_url"], values["graph_url"] = cty.StringVal(e.URL), cty.StringVal(e.URL)
	values["fingerprint"] = cty.StringVal(e.Fingerprint)
}

// directoryInLab leads a directory block to the lab's host, which has the module under its own name. Where no server is
// named cycles are run by hand, in the lab as well: `hybrid lab run --sync`.
func directoryInLab(values map[string]cty.Value, e lab.Endpoints) {
	ldapInLab(values, e)
	if values["sync_host"].IsNull() && schema.Text(values["transport"]) != "local" {
		return
	}
	shellInLab(values, e.WinRM)
	values["module"] = cty.NullVal(cty.String)
	values["sync_host"] = cty.StringVal(e.WinRM.Host)
}

// ldapInLab signs in to the lab's LDAP where the block reads Active Directory itself. The domain controller keeps its name.
func ldapInLab(values map[string]cty.Value, e lab.Endpoints) {
	block := values["ldap"]
	if block == cty.NilVal || block.IsNull() {
		return
	}
	inner := map[string]cty.Value{}
	for name, t := range block.Type().AttributeTypes() {
		inner[name] = cty.NullVal(t)
	}
	inner["timeout"] = block.GetAttr("timeout")
	inner["username"] = cty.StringVal(e.LDAP.Username)
	inner["password"] = cty.StringVal(e.LDAP.Password).Mark(schema.Sensitive)
	inner["fingerprint"] = cty.StringVal(e.WinRM.Fingerprint)
	values["ldap"] = cty.ObjectVal(inner)
	if values["url"].IsNull() || !values["url"].IsKnown() {
		values["url"] = cty.StringVal("ldaps://dc01")
	}
}

// teamsInLab leads a teams block to the lab's host. How it signs in stays as far as it is known: the estate was made to
// know it, and a tenant or an application that is changed afterwards is refused.
func teamsInLab(values map[string]cty.Value, e lab.Endpoints) {
	own := teams.SignInOf(cty.ObjectVal(values))
	shellInLab(values, e.WinRM)
	values["host"], values["hosts"] = cty.NullVal(cty.String), hostsInLab(e)
	if account, _ := values["credential"].UnmarkDeep(); !account.IsNull() && account.IsWhollyKnown() {
		return
	}
	values["credential"] = cty.NullVal(values["credential"].Type())
	values["certificate"] = cty.NullVal(cty.String)
	for name, text := range map[string][2]string{
		"tenant_id":              {own.TenantID, e.Teams.TenantID},
		"client_id":              {own.ClientID, e.Teams.ClientID},
		"certificate_thumbprint": {own.Thumbprint, e.Teams.Thumbprint},
	} {
		if text[0] == "" {
			text[0] = text[1]
		}
		values[name] = cty.StringVal(text[0])
	}
}

// dnsInLab leads a dns block to the lab's name server of the same name, the way its type says: what is rehearsed is what
// will be issued.
func dnsInLab(values map[string]cty.Value, e lab.Endpoints, name string) {
	switch kind := schema.Text(values["type"]); kind {
	case "windows":
		windowsInLab(values, e, name)
		return
	case "route53", "azure", "cloudflare":
		serviceInLab(values, e.DNS[name].Service, kind)
		return
	}
	view := e.DNS[name]
	values["server"] = cty.StringVal(view.Addr)
	values["gss"] = cty.NullVal(values["gss"].Type())
	values["tsig"] = cty.ObjectVal(map[string]cty.Value{
		"name": cty.StringVal(view.TSIGName), "algorithm": cty.StringVal(view.Algorithm),
		"secret": cty.StringVal(view.Secret).Mark(schema.Sensitive),
	})
}

// windowsInLab leads the cmdlets to the lab's host. Which name server they are of is the account's to say, so that nothing
// of it stands in the calls.
func windowsInLab(values map[string]cty.Value, e lab.Endpoints, name string) {
	shellInLab(values, e.WinRM)
	values["host"] = cty.StringVal(e.WinRM.Host)
	values["username"] = cty.StringVal(e.DNS[name].Username)
}

// serviceInLab leads a block to the lab's services. Their zones are public, one of each name, and have ids of their own.
func serviceInLab(values map[string]cty.Value, e lab.DNSServiceEndpoint, kind string) {
	secret := cty.StringVal(e.Secret).Mark(schema.Sensitive)
	own := map[string]map[string]cty.Value{
		"route53":    {"access_key_id": cty.StringVal(e.KeyID), "secret_access_key": secret},
		"cloudflare": {"api_token": secret},
		"azure": {
			"subscription_id": cty.StringVal(e.KeyID), "tenant_id": cty.StringVal("lab"), "client_id": cty.StringVal(e.KeyID), "sign_in": cty.StringVal("secret"),
			"client_secret": secret, "login_url": cty.StringVal(e.URL),
		},
	}[kind]
	for name, t := range values[kind].Type().AttributeTypes() {
		if _, said := own[name]; !said {
			own[name] = cty.NullVal(t)
		}
	}
	values[kind] = cty.ObjectVal(own)
	values["service_url"], values["fingerprint"], values["ca_file"] = cty.StringVal(e.URL), cty.StringVal(e.Fingerprint), cty.NullVal(cty.String)
	values["private"], values["zone_ids"] = cty.False, cty.NullVal(values["zone_ids"].Type())
}
