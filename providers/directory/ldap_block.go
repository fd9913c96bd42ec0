package directory

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/bounded"
	"hybrid/internal/kerberos"
	"hybrid/internal/ldap"
	"hybrid/providers"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// ldapBlock says how the domain controllers are signed in to.
func ldapBlock() schema.Block {
	return schema.Block{
		Name: "ldap",
		Doc: "Reading Active Directory itself, over LDAP. The account needs no rights beyond those that everybody in the domain has.\n\n" +
			"Everything goes over TLS. A sign-in by Kerberos is bound to the domain controller's certificate, as `LdapEnforceChannelBinding` demands: something in between that decrypts the connection is refused.",
		Attrs: slices.Concat(ldapSignIn(), shell.KerberosAttrs("With `kerberos`"), ldapConnection()),
	}
}

// ldapSignIn says as whom the domain controllers are read, and how that is proved.
func ldapSignIn() []schema.Attr {
	return []schema.Attr{
		{
			Name: "auth", Type: cty.String, OneOf: []string{"simple", "kerberos"}, Default: cty.StringVal("simple"),
			Doc: "`simple` sends name and password over TLS; `kerberos` shows a ticket, got with `password`, `keytab` or `credential_cache`.",
		},
		{
			Name: "username", Type: cty.String,
			Doc: "The account: `svc-hybrid@contoso.com`.",
		},
		{
			Name: "password", Type: cty.String, Sensitive: true,
			Doc: "Its password: `env(\"…\")` or `secret_file(\"…\")`.",
		},
	}
}

// ldapConnection says whom the connection is trusted to lead to, and how long is waited for it.
func ldapConnection() []schema.Attr {
	return []schema.Attr{
		{
			Name: "ca_file", Type: cty.String,
			Doc: "A file with the certificates, in PEM, of the authorities that the domain controllers' certificates come from, relative to the configuration. Without it those that this machine trusts.",
		},
		{
			Name: "fingerprint", Type: cty.String, Check: shell.CheckFingerprint,
			Doc: "The SHA-256 fingerprint of the domain controller's certificate: no other is accepted, and without `ca_file` it alone decides.",
		},
		{
			Name: "server_name", Type: cty.String, Check: shell.CheckFQDN,
			Doc: "The name that the certificate of the domain controller in `url` bears, where it is not the one there.",
		},
		{
			Name: "timeout", Type: cty.String, Default: cty.StringVal("1m"), Check: shell.CheckDuration,
			Doc: "How long to wait for a connection, and for each page of a thousand entries.",
		},
	}
}

// whereToRead demands the domain controller that an ldap block is about.
func whereToRead(v map[string]cty.Value) string {
	if !v["ldap"].IsNull() && v["url"].IsNull() {
		return "ldap says how a domain controller is read, and url is missing: write url = \"ldaps://dc01.contoso.com\", or take the block out."
	}
	return ""
}

// openForest prepares reading over LDAP, where the block says how.
func openForest(s providers.Settings) (*forest, error) {
	block, _ := s.Values.UnmarkDeep()
	values := block.AsValueMap()
	inner, told := values["ldap"]
	if !told || inner.IsNull() || !inner.IsWhollyKnown() {
		return &forest{}, nil
	}
	v := shell.ArgumentsOfBlock(inner)
	o, err := optionsOf(v, s.Dir)
	if err != nil {
		return nil, fmt.Errorf("ldap: %w", err)
	}
	o.URL = shell.TextOf(values["url"])
	o.Timeout = shell.DurationOf(inner.GetAttr("timeout"), 0)
	f := &forest{options: o, base: shell.TextOf(values["base_dn"]), reach: s.Reach, name: v.Text("server_name")}
	if v.Text("auth") == "kerberos" {
		f.account = &account{make: func() (*kerberos.Identity, error) { return v.Identity(s.Dir) }}
	}
	return f, nil
}

// optionsOf is how the block signs in, and what it trusts.
func optionsOf(v shell.Arguments, dir string) (o ldap.Options, err error) {
	o.Trust = ldap.Trust{Fingerprint: v.Text("fingerprint")}
	if name := v.Text("ca_file"); name != "" {
		if o.CA, err = bounded.PEM(inFolder(dir, name)); err != nil {
			return o, fmt.Errorf("ca_file: %w", err)
		}
	}
	o.Username, o.Password = v.Text("username"), v.Text("password")
	if v.Text("auth") != "kerberos" {
		if o.Username == "" || o.Password == "" {
			return o, errors.New("username and password are missing: without them a domain controller shows nothing. Write both, or auth = \"kerberos\"")
		}
		return o, nil
	}
	cache, proof := cmp.Or(v.Text("credential_cache"), os.Getenv("KRB5CCNAME")), cmp.Or(v.Text("keytab"), o.Password)
	if cache == "" && (o.Username == "" || proof == "") {
		return o, errors.New("nothing proves who signs in: write credential_cache, or username with keytab or password, or run kinit and set KRB5CCNAME to the file that it fills")
	}
	o.Username, o.Password = "", ""
	return o, nil
}

// inFolder is a file's path, relative to the configuration's folder; "" stays.
func inFolder(dir, name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}
