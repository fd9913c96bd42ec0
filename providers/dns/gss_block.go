package dns

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
	"hybrid/schema"
)

// gss is the block that says who signs updates by Kerberos, in the words that hosts' blocks have for it.
func gss() schema.Block {
	return schema.Block{
		Name: "gss",
		Doc: "With `rfc2136`, in place of `tsig`: the account that signs updates with its Kerberos ticket (GSS-TSIG, RFC 3645), for zones in Active " +
			"Directory that take secure updates only. Empty, it is whoever the credential cache is of (`KRB5CCNAME`), as kinit leaves it. " +
			"The account needs write access to the zone, and to records that others have made.",
		Attrs: slices.Concat([]schema.Attr{
			{
				Name: "username", Type: cty.String, Check: checkAccountName,
				Doc: "The account, as `hybrid@contoso.com`, or as `hybrid` with `realm`. Needs `password` or `keytab`.",
			},
			{
				Name: "password", Type: cty.String, Sensitive: true,
				Doc: "Its password: `env(\"…\")` or `secret_file(\"…\")`.",
			},
		}, shell.KerberosAttrs(""), []schema.Attr{
			{
				Name: "spn", Type: cty.String, Check: checkServicePrincipal,
				Doc: "The name that the server's tickets are made out to. Unset, `DNS/` and what `server` says, which then must be the server's own name.",
			},
		}),
	}
}

func ruleTicket(v map[string]cty.Value) string {
	block := v["gss"]
	if block.IsNull() {
		return ""
	}
	said := func(name string) bool { return !block.GetAttr(name).IsNull() }
	switch {
	case shell.IsText(v["type"], typeWindows):
		return `gss has no meaning with type = "windows", whose cmdlets run as the account that signs in: take it out; username and password say who that is.`
	case !v["tsig"].IsNull():
		return "tsig and gss both sign updates: write tsig for a server with shared keys, or gss for a zone in Active Directory."
	case several(said("password"), said("keytab"), said("credential_cache")):
		return "gss: password, keytab and credential_cache are ways to sign in; write one of them."
	case said("username") != (said("password") || said("keytab")) && !said("credential_cache"):
		return "gss: username goes with password, keytab or credential_cache; without all of them, the credential cache of KRB5CCNAME says who signs."
	case said("username") && !said("realm") && block.GetAttr("username").IsKnown() && !strings.Contains(text(block.GetAttr("username")), "@"):
		return "gss: realm is missing: write the name of the account's Active Directory domain in capitals, such as CONTOSO.COM."
	}
	return ""
}

// several says whether more than one of them holds.
func several(conditions ...bool) bool {
	held := 0
	for _, condition := range conditions {
		if condition {
			held++
		}
	}
	return held > 1
}

func checkAccountName(v cty.Value) error {
	if strings.ContainsAny(v.AsString(), "/ ") || v.AsString() == "" {
		return fmt.Errorf("%q is not the name of an account for Kerberos; write it as hybrid@contoso.com, or as hybrid with realm", v.AsString())
	}
	return nil
}

func checkServicePrincipal(v cty.Value) error {
	service, host, ok := strings.Cut(v.AsString(), "/")
	if !ok || service == "" || checkName(host) != nil {
		return fmt.Errorf("%q is not the name of a service; write it as DNS/dc01.contoso.com", v.AsString())
	}
	return nil
}
