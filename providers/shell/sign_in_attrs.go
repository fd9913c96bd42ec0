package shell

import (
	"errors"
	"net"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// AuthAttrs are the arguments that say how the account of a provider block signs in to its hosts.
func AuthAttrs() []schema.Attr {
	return append([]schema.Attr{
		{
			Name: "auth", Type: cty.String, OneOf: []string{"basic", "kerberos", "ntlm", "certificate"}, Default: cty.StringVal("basic"),
			Doc: "How the account signs in to WinRM, always over TLS. `kerberos` is for accounts of the domain: by `password`, `keytab` or `credential_cache`, bound to the TLS connection; a plan warns where the ticket of a `credential_cache` ends soon. " +
				"`ntlm` is for what Kerberos does not reach: hosts outside of the domain or known by address only. `certificate` is for a client certificate that the host maps to a local account. " +
				"`basic` takes local accounts of the host only, which must permit it (`winrm set winrm/config/service/auth @{Basic=\"true\"}`).",
		},
	}, append(KerberosAttrs("With `kerberos`"),
		schema.Attr{
			Name: "spn", Type: cty.String, Check: checkService,
			Doc: "With `kerberos`: the service that tickets are for. A class alone (`HTTP`) is that class on each host; a whole name (`HTTP/fe01.contoso.com`) is for a single host. Without it `WSMAN`, which Windows registers by itself.",
		},
		schema.Attr{
			Name: "certificate_file", Type: cty.String,
			Doc: "With `certificate`: the file with the client certificate in PEM, relative to the configuration.",
		},
		schema.Attr{
			Name: "key_file", Type: cty.String,
			Doc: "With `certificate`: the file with its private key in PEM, not encrypted; `certificate_file` where it is not said.",
		},
	)...)
}

// KerberosAttrs are the arguments that say who signs in by Kerberos, beside `username` and `password`, as [Arguments.Identity]
// reads them. Their texts begin with when they count, such as "With `kerberos`"; "" where the block is about nothing else.
func KerberosAttrs(when string) []schema.Attr {
	const instead = "in the place of `password`"
	return []schema.Attr{
		{
			Name: "keytab", Type: cty.String,
			Doc: counting(when, instead, "a file with the key of `username`, as ktpass or ktutil make it, relative to the configuration. Tickets are got anew for as long as a run takes."),
		},
		{
			Name: "credential_cache", Type: cty.String,
			Doc: counting(when, instead, "the file that `kinit -c` has filled, relative to the configuration. Where nothing is said to sign in with, the file of the environment's `KRB5CCNAME`."),
		},
		{
			Name: "realm", Type: cty.String,
			Doc: counting(when, "", "the Active Directory domain in capitals, `CONTOSO.COM`, where `username` does not end in it."),
		},
		{
			Name: "krb5_conf", Type: cty.String,
			Doc: counting(when, "", "the file with Kerberos' configuration, relative to the configuration. Without it the environment's `KRB5_CONFIG`, or `/etc/krb5.conf`; none is needed where DNS names the domain's controllers."),
		},
		{
			Name: "kdc", Type: cty.List(cty.String), Check: checkKDCs,
			Doc: counting(when, "", "domain controllers that tickets are got from, such as `[\"dc01.contoso.com\"]`, in the place of those that `krb5_conf` or DNS name."),
		},
	}
}

// counting is the text of an argument, behind when it counts and what it takes the place of, where there is something to say of these.
func counting(when, instead, text string) string {
	before := when
	if instead != "" && when != "" {
		before += ", "
	}
	if before += instead; before != "" {
		text = before + ": " + text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// AuthRules hold the arguments of [AuthAttrs] against one another, and against `hosts` or `host`.
func AuthRules() []schema.Rule {
	rules := []schema.Rule{
		{Attrs: []string{"auth", "username", "keytab", "password", "credential_cache"}, Doc: "With `kerberos` only one of `password`, `keytab` and `credential_cache`, and `username` with the first two.", Check: oneCredential},
		{
			Attrs: []string{"auth", "certificate_file"}, Doc: "`certificate_file` with `auth = \"certificate\"`.",
			Check: func(v map[string]cty.Value) string {
				if IsText(v["auth"], "certificate") && v["certificate_file"].IsNull() {
					return `certificate_file is missing: with auth = "certificate", name the file with the client certificate and its key in PEM.`
				}
				return ""
			},
		},
		{
			Attrs: []string{"auth", "username", "password", "transport"}, Doc: "`username` and `password` with `auth = \"ntlm\"`.",
			Check: func(v map[string]cty.Value) string {
				if IsText(v["auth"], "ntlm") && !IsText(v["transport"], "local") && v["username"].IsNull() && v["password"].IsNull() {
					return `username and password are missing: auth = "ntlm" signs in with both.`
				}
				return ""
			},
		},
	}
	for _, a := range AuthAttrs() {
		switch {
		case a.Name == "auth":
		case strings.HasSuffix(a.Name, "_file"):
			rules = append(rules, only(a.Name, "certificate"))
		default:
			rules = append(rules, only(a.Name, "kerberos"))
		}
	}
	return rules
}

// only permits an argument with one way of signing in.
func only(name, auth string) schema.Rule {
	return schema.Rule{
		Attrs: []string{name, "auth"}, Doc: "`" + name + "` only with `auth = \"" + auth + "\"`.",
		Check: func(v map[string]cty.Value) string {
			if !v[name].IsNull() && !IsText(v["auth"], auth) {
				return name + ` is used with auth = "` + auth + `" only: write that, or take ` + name + ` out.`
			}
			return ""
		},
	}
}

func oneCredential(v map[string]cty.Value) string {
	if !IsText(v["auth"], "kerberos") {
		return ""
	}
	var given []string
	for _, name := range []string{"password", "keytab", "credential_cache"} {
		if !v[name].IsNull() {
			given = append(given, name)
		}
	}
	switch {
	case len(given) > 1:
		return schema.List(given, "and") + " exclude one another: write one of them."
	case len(given) == 1 && given[0] != "credential_cache" && v["username"].IsNull():
		return "username is missing: the account whose " + given[0] + " this is, such as svc-hybrid@CONTOSO.COM."
	case len(given) == 0 && !v["username"].IsNull():
		return `password is missing, or keytab or credential_cache in its place: with auth = "kerberos", username alone signs nobody in.`
	}
	return ""
}

// Together holds `username` and `password` against one another, where nothing else could take the place of the password.
func Together(v map[string]cty.Value) string {
	if v["username"].IsNull() != v["password"].IsNull() && !IsText(v["auth"], "kerberos") && !IsText(v["auth"], "certificate") {
		return "username and password go together: write both, or neither."
	}
	return ""
}

func checkHTTPS(v cty.Value) error {
	if v.False() {
		return errors.New("WinRM is spoken over TLS only: over HTTP Windows wants every message sealed by Kerberos or NTLM, which no well-kept library for Go does, and unsealed the network could read all of it. Give the host a listener for HTTPS: winrm quickconfig -transport:https.")
	}
	return nil
}

func checkService(v cty.Value) error {
	text := TextOf(v)
	if class, host, whole := strings.Cut(text, "/"); class == "" || whole && host == "" || strings.ContainsAny(text, " @:") {
		return errors.New("This is no service principal name: write a class such as \"HTTP\", or a whole one such as \"HTTP/fe01.contoso.com\".")
	}
	return nil
}

// checkKDCs looks at the names of domain controllers that tickets are got from.
func checkKDCs(v cty.Value) error {
	if v.LengthInt() == 0 {
		return errors.New("The list is empty: name at least one domain controller.")
	}
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		name := TextOf(element)
		if host, _, err := net.SplitHostPort(name); err == nil {
			name = host
		}
		if name == "" || strings.ContainsAny(name, "/ \t") {
			return errors.New("A domain controller is written as its name or address, with a port only where it is not 88.")
		}
	}
	return nil
}

// OneService permits a whole service principal name for a single host only: each has tickets of its own.
func OneService(v map[string]cty.Value) string {
	spn, hosts := v["spn"], v["hosts"]
	if spn.IsNull() || !spn.IsKnown() || !strings.Contains(TextOf(spn), "/") || hosts.IsNull() || !hosts.IsKnown() || hosts.LengthInt() < 2 {
		return ""
	}
	class, _, _ := strings.Cut(TextOf(spn), "/")
	return "spn names a single host, and there are several: write the class alone, \"" + class + "\", and each host is asked for by its own name."
}
