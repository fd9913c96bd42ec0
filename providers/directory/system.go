// Package directory carries what is changed in Active Directory on to the tenant: synchronisation cycles of Entra Connect,
// run on the server that it is installed on.
package directory

import (
	"errors"
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/providers"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// System is the provider block "directory", its kinds, and how to get to the server with Entra Connect.
func System() providers.System {
	return providers.System{Schema: block(), Kinds: kinds(), Commands: commands, Part: part, Forest: true, Lacks: lacks, Open: open}
}

func kinds() []*schema.Kind { return []*schema.Kind{directorySync()} }

func block() *schema.System {
	return &schema.System{
		Name: "directory",
		Doc: "Active Directory and its synchronisation with the tenant.\n\n" +
			"`sync_host` is the server with Entra Connect (Azure AD Connect): cycles are run there by `Start-ADSyncSyncCycle`, under an account of its group ADSyncOperators. " +
			"Without it nobody can be asked to run one, and `directory_sync` waits for somebody to do it by hand.\n\n" +
			"With `ldap`, the domain controller in `url` is asked itself, over LDAP and always encrypted: lists of more than a thousand users, and what checks of users need of the forest, come from there in a fraction of the time that cmdlets take. " +
			"What Active Directory does not have, such as the names of pools, is still asked of the servers, a few users each, and compared on the way. " +
			"Of `hosted_voicemail` no source says which attribute it is in: lists of users with it, and those of `hybrid import`, which writes it down, always come from the cmdlets. " +
			"Where the domain controller cannot be read, or does not agree with the servers, the cmdlets are used as without `ldap`, and it is told.",
		Example: `provider "directory" {
  sync_host = "sync01.contoso.com"
  username  = "svc-hybrid"
  password  = env("HYBRID_SYNC_PASSWORD")
}`,
		Attrs: append(append(append([]schema.Attr{
			{
				Name: "url", Type: cty.String, Check: checkURL,
				Doc: "A domain controller by its full name: `ldaps://dc01.contoso.com`. With `ldap://` encryption is begun by StartTLS; nothing is ever sent in the clear.",
			},
			{
				Name: "base_dn", Type: cty.String, Check: checkDN,
				Doc: "The domain: `DC=contoso,DC=com`. Without it the domain controller says which one it has. All of the forest's domains are read, since users may be in any.",
			},
			{
				Name: "sync_host", Type: cty.String, Check: shell.CheckHost,
				Doc: "The server with Entra Connect. Its name or address, without port.",
			},
			{
				Name: "module", Type: cty.String, Default: cty.StringVal(module),
				Doc: "The PowerShell module there: a name, or the path where it was installed without being made known (`C:\\Program Files\\Microsoft Azure AD Sync\\Bin\\ADSync`).",
			},
			{
				Name: "transport", Type: cty.String, OneOf: []string{"winrm", "local"}, Default: cty.StringVal("winrm"),
				Doc: "`winrm` runs PowerShell on the server; `local` runs it on this machine, which then is the server.",
			},
		}, append(shell.ListenerAttrs(), shell.AuthAttrs()...)...),
			schema.Attr{
				Name: "username", Type: cty.String,
				Doc: "The account that signs in to the server.",
			},
			schema.Attr{
				Name: "password", Type: cty.String, Sensitive: true,
				Doc: "Its password: `env(\"…\")` or `secret_file(\"…\")`.",
			},
		), shell.SessionAttrs(1)...),
		Blocks: []schema.Block{ldapBlock()},
		Rules: append(shell.AuthRules(), []schema.Rule{
			{Attrs: []string{"url", "ldap"}, Doc: "`ldap` only with `url`.", Check: whereToRead},
			{Attrs: []string{"sync_host", "transport"}, Doc: "`sync_host` and `transport = \"local\"` exclude one another.", Check: onePlace},
			{Attrs: []string{"auth", "username", "password"}, Doc: "`username` and `password` go together: write both, or neither.", Check: shell.Together},
		}...),
	}
}

func onePlace(v map[string]cty.Value) string {
	if shell.IsText(v["transport"], "local") && !v["sync_host"].IsNull() {
		return `No host is used with transport = "local": take sync_host out, or take out transport.`
	}
	return ""
}

// checkURL accepts the address of an LDAP server.
func checkURL(v cty.Value) error {
	scheme, host, ok := strings.Cut(shell.TextOf(v), "://")
	if !ok || scheme != "ldaps" && scheme != "ldap" || host == "" || strings.ContainsAny(host, " /") {
		return fmt.Errorf("%q is no address of a domain controller: write ldaps://dc01.contoso.com", shell.TextOf(v))
	}
	return nil
}

// checkDN accepts a distinguished name.
func checkDN(v cty.Value) error {
	for part := range strings.SplitSeq(shell.TextOf(v), ",") {
		if name, value, ok := strings.Cut(part, "="); !ok || strings.TrimSpace(name) == "" || strings.TrimSpace(value) == "" {
			return errors.New("This is no distinguished name: write it as Active Directory does, DC=contoso,DC=com.")
		}
	}
	return nil
}

// A command is what is issued, or what somebody is asked to do.
type command string

func (c command) String() string { return string(c) }

// commands gives the call that starts a cycle, or says who has to do what where no host is declared.
func commands(c planner.Change) ([]providers.Command, error) {
	switch {
	case c.Action != planner.Run:
		return nil, nil
	case shell.TextOf(c.Before.GetAttr("host")) == "":
		return []providers.Command{command("# by hand, on the server with Entra Connect: " + start(c.After.AsValueMap()).String())}, nil
	}
	return []providers.Command{command(start(c.After.AsValueMap()).String())}, nil
}
