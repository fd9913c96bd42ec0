package skype

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// keySources names the attributes that say where a partner application's keys come from. They exclude one another.
func keySources() []string {
	return []string{"use_oauth_server", "metadata_url", "certificate", "certificate_file"}
}

// partnerApplication declares an application that exchanges tokens with the servers. Its parameter sets are from the
// pages of New- and Set-CsPartnerApplication (MicrosoftDocs/office-docs-powershell); that the key sources come back as
// one AuthToken text was seen in the fixtures of Microsoft's diagnostic tool for servers on-premises.
func partnerApplication() *schema.Kind {
	return &schema.Kind{
		Name:      "partner_application",
		Concern:   "trust",
		System:    "skype",
		Everybody: true,
		Doc: "An application that exchanges security tokens with the servers directly, such as Exchange. Lync Server 2013 and later.\n\n" +
			"Its keys come from exactly one of four sources: a trusted OAuth server (`use_oauth_server`), its own metadata (`metadata_url`), " +
			"or a certificate (`certificate`, `certificate_file`). The source can be changed in place.\n\n" +
			"`enabled = false` cuts the application off and keeps its record.",
		Example: `partner_application "microsoft.exchange" {
  application_identifier  = "00000002-0000-0ff1-ce00-000000000000"
  application_trust_level = "Full"
  use_oauth_server        = true
  depends_on              = [oauth_server["microsoft.sts"]]
}`,
		Lost:   lostPartnerApplication,
		Remote: schema.Cmdlet{Noun: "CsPartnerApplication", Arrange: arrangePartnerApplication},
		After: []schema.First{
			{Kind: "oauth_server", Why: "an application that relies on a token server needs it to exist"},
		},
		Attrs: append(keySourceAttrs(), partnerAttrs()...),
		Rules: partnerRules(),
		Notes: func(action string, _, _ map[string]cty.Value) []string {
			switch action {
			case "delete":
				return []string{"the application can no longer authenticate to the servers"}
			case "replace":
				return []string{"the application is removed before it is made again: what it does with the servers fails in between"}
			}
			return nil
		},
		FromLive: readKeySource,
	}
}

func keySourceAttrs() []schema.Attr {
	const group = "key_source"
	return []schema.Attr{
		{
			Name: "use_oauth_server", Type: cty.Bool, Group: group, Param: "UseOAuthServer", Check: checkOnlyTrue,
			Doc: "Set to `true` where the keys come from the trusted OAuth servers, which must exist first (`oauth_server`).",
		},
		{
			Name: "metadata_url", Type: cty.String, Group: group, Check: checkURL, Norm: normURL,
			Doc: "Where the application publishes its keys, such as `https://autodiscover.contoso.com/autodiscover/metadata/json/1`. Its identifier comes from there too.",
		},
		{
			Name: "certificate", Type: cty.String, Group: group, Param: "CertificateRawData", Check: checkCertificate, Norm: normCertificate,
			Doc: "The application's certificate in base64, with or without the lines that begin and end it: `file(\"exchange.cer\")`. Needs `realm`. The servers do not show it, so a change of it cannot be noticed.",
		},
		{
			Name: "certificate_file", Type: cty.String, Group: group, Param: "CertificateFileData",
			Doc: "The path of the application's certificate on the server where the cmdlet runs. Needs `realm`. Neither path nor certificate are shown by the servers, so a change cannot be noticed.",
		},
	}
}

func partnerAttrs() []schema.Attr {
	return []schema.Attr{
		{
			Name: "application_identifier", Type: cty.String, ForceNew: true, Norm: normCaseless,
			Doc: "The id by which the application calls itself; for Exchange `00000002-0000-0ff1-ce00-000000000000`. Needed unless it comes from `metadata_url`. It cannot be changed: another one means that the application is removed and made again.",
		},
		{
			Name: "application_trust_level", Type: cty.String, Mode: schema.Required, OneOf: []string{"Full", "Application", "User"}, Default: cty.StringVal("Full"),
			Doc: "What the application may do: `Full` speak for itself and for any user, `Application` speak for itself, `User` neither without consent. Exchange needs `Full`.",
		},
		{
			Name: "realm", Type: cty.String, ForceNew: true, Norm: normCaseless,
			Doc: "The security realm; where it is not said, the default SIP domain. Needed with a certificate, impossible with `metadata_url`. It cannot be changed: another one means that the application is removed and made again.",
		},
		{
			Name: "enabled", Type: cty.Bool, Default: cty.True,
			Doc: "Whether the application may authenticate.",
		},
		{
			Name: "accept_security_identifier_information", Type: cty.Bool, Default: cty.False,
			Doc: "Whether security identifiers (SIDs) may be used for authentication.",
		},
	}
}

func partnerRules() []schema.Rule {
	return []schema.Rule{
		{Attrs: keySources(), Doc: "Exactly one of `use_oauth_server`, `metadata_url`, `certificate` and `certificate_file`.", Check: oneKeySource},
		{
			Attrs: []string{"application_identifier", "metadata_url"}, Doc: "`application_identifier` unless `metadata_url`.",
			Check: func(v map[string]cty.Value) string {
				switch {
				case v["metadata_url"].IsNull() && v["application_identifier"].IsNull():
					return "application_identifier is missing: write the id by which the application calls itself, or let it come from metadata_url."
				case !v["metadata_url"].IsNull() && !v["application_identifier"].IsNull():
					return "application_identifier comes from the metadata: take it out, or name another source of keys than metadata_url."
				}
				return ""
			},
		},
		{
			Attrs: []string{"realm", "metadata_url", "certificate", "certificate_file"}, Doc: "`realm` with a certificate, never with `metadata_url`.",
			Check: func(v map[string]cty.Value) string {
				switch {
				case !v["realm"].IsNull() && !v["metadata_url"].IsNull():
					return "realm cannot be set together with metadata_url: take it out."
				case v["realm"].IsNull() && (!v["certificate"].IsNull() || !v["certificate_file"].IsNull()):
					return "realm is missing: an application with a certificate needs one, usually the default SIP domain."
				}
				return ""
			},
		},
	}
}

func oneKeySource(v map[string]cty.Value) string {
	var set []string
	for _, name := range keySources() {
		if !v[name].IsNull() {
			set = append(set, name)
		}
	}
	switch len(set) {
	case 1:
		return ""
	case 0:
		return "Nothing says where the application's keys come from: write one of " + strings.Join(keySources(), ", ") + "."
	}
	return strings.Join(set, " and ") + " exclude one another: an application's keys come from one source. Keep one of them."
}

func checkOnlyTrue(v cty.Value) error {
	if v.True() {
		return nil
	}
	return errors.New("It can only be switched on: leave it out, and name another source of keys.")
}

// checkCertificate accepts an X.509 certificate in base64, bare or in PEM armour.
func checkCertificate(v cty.Value) error {
	der, err := base64.StdEncoding.DecodeString(bareCertificate(v.AsString()))
	if err == nil {
		_, err = x509.ParseCertificate(der)
	}
	if err != nil {
		return fmt.Errorf("This is no certificate in base64 (%s): write file(\"….cer\") of a certificate exported as Base-64 encoded X.509, without its private key.", err)
	}
	return nil
}

func normCertificate(v cty.Value) cty.Value { return cty.StringVal(bareCertificate(v.AsString())) }

// bareCertificate is the base64 text that -CertificateRawData takes.
func bareCertificate(text string) string {
	if block, _ := pem.Decode([]byte(text)); block != nil && block.Type == "CERTIFICATE" {
		return base64.StdEncoding.EncodeToString(block.Bytes)
	}
	return strings.Join(strings.Fields(text), "")
}

// metadataToken is the AuthToken text of an application whose keys come from metadata: the URL, alone or as Value=URL.
var metadataToken = regexp.MustCompile(`(?i)^(?:.*Value=)?(https?://\S+)$`)

// readKeySource takes the AuthToken text apart, in which all four sources come back. A text that is neither the OAuth
// server's nor a URL stands for a certificate, of which nothing more is known.
func readKeySource(live map[string]cty.Value, props map[string]any) {
	unknown := func(names ...string) {
		for _, name := range names {
			live[name] = cty.UnknownVal(live[name].Type())
		}
	}
	for _, name := range keySources() {
		live[name] = cty.NullVal(live[name].Type())
	}
	said, _ := schema.Property(props, "AuthToken")
	token, _ := said.(string)
	url := metadataToken.FindStringSubmatch(token)
	switch {
	case token == "":
		unknown(keySources()...)
	case strings.HasSuffix(strings.ToLower(token), "useoauthserver"):
		live["use_oauth_server"] = cty.True
	case url != nil:
		live["metadata_url"] = cty.StringVal(url[1])
	default:
		unknown("certificate", "certificate_file")
	}
}

// arrangePartnerApplication sees to it that a call names at most one source of keys, and what goes with it. The undo of
// a changed source names the one that was there before, although that attribute itself did not change.
func arrangePartnerApplication(verb string, args []schema.Arg, _, after map[string]cty.Value) []schema.Arg {
	params := map[string]string{}
	for _, attr := range keySourceAttrs() {
		params[attr.WriteName()] = attr.Name
	}
	isSource := func(a schema.Arg) bool { return params[a.Name] != "" }
	if slices.ContainsFunc(args, isSource) {
		if source, ok := sourceOf(after); ok {
			args = slices.DeleteFunc(args, isSource)
			args = append(args, source)
		}
	}
	fromMetadata := slices.ContainsFunc(args, func(a schema.Arg) bool { return a.Name == "MetadataUrl" })
	if verb == "New" && fromMetadata {
		args = slices.DeleteFunc(args, func(a schema.Arg) bool { return a.Name == "ApplicationIdentifier" || a.Name == "Realm" })
	}
	return args
}

// sourceOf gives the one source of keys that is set, as the argument that names it.
func sourceOf(v map[string]cty.Value) (schema.Arg, bool) {
	for _, attr := range keySourceAttrs() {
		value := v[attr.Name]
		if value.IsNull() {
			continue
		}
		if attr.Name == "certificate" && value.IsKnown() {
			value = normCertificate(value)
		}
		return schema.Arg{Name: attr.WriteName(), Value: value}, true
	}
	return schema.Arg{}, false
}
