package entra

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

func TestTheDeclarationsAreSound(t *testing.T) {
	t.Parallel()
	s := System()
	if found := schema.Lint(s.Kinds, []*schema.System{s.Schema}); len(found) > 0 {
		t.Fatal(strings.Join(found, "\n"))
	}
}

func TestCertificatesInEveryForm(t *testing.T) {
	t.Parallel()
	c := public(t, "lync-oauth")
	for name, text := range map[string]string{"PEM": c.pem, "base64": c.base64(), "base64 in lines": c.base64()[:64] + "\r\n" + c.base64()[64:], "with a byte order mark": "\ufeff" + c.base64()} {
		got, err := parseCertificate(text)
		if err != nil || thumbprint(got) != thumbprint(c.Certificate) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNoCertificateIsRefusedAndNotShown(t *testing.T) {
	t.Parallel()
	c := public(t, "lync-oauth")
	key := strings.Join(strings.Split(strings.TrimSpace(c.key), "\n")[1:], "")
	key = strings.TrimSuffix(key, "-----END PRIVATE KEY-----")
	for name, x := range map[string]struct{ text, want string }{
		"key":                 {c.key, "there is a private key here"},
		"certificate and key": {c.pem + c.key, "there is a private key here"},
		"key in base64":       {key, "there is a private key here"},
		"torn key":            {"-----BEGIN PRIVATE KEY-----\nMIIB", "there is a private key here"},
		"two":                 {c.pem + public(t, "ca").pem, "more than one certificate"},
		"request":             {strings.ReplaceAll(c.pem, "CERTIFICATE", "CERTIFICATE REQUEST"), "PEM of the type CERTIFICATE REQUEST"},
		"text":                {"hello, world", "neither in PEM nor in base64"},
		"base64":              {base64.StdEncoding.EncodeToString([]byte("hello, world")), "no X.509 certificate"},
		"nothing":             {"", "no X.509 certificate"},
	} {
		_, err := parseCertificate(x.text)
		mustSay(t, err, x.want, "")
		if err != nil && x.text != "" && strings.Contains(err.Error(), x.text) {
			t.Errorf("%s: the error shows what was there: %v", name, err)
		}
	}
}

// decode reads a block of the kind for an application.
func decode(t *testing.T, id, body string) string {
	t.Helper()
	file, diags := hclparse.NewParser().ParseHCL([]byte(body), "main.hcl")
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	_, _, diags = servicePrincipal(time.Now).DecodeGiven(file.Body, nil, schema.Given{Values: map[string]cty.Value{"identity": cty.StringVal(id)}})
	var texts []string
	for _, d := range diags {
		texts = append(texts, d.Detail)
	}
	return strings.Join(texts, "\n")
}

func TestRulesOfTheBlock(t *testing.T) {
	t.Parallel()
	good := public(t, "lync-oauth").base64()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	expired := certificate(t, "old", key, time.Now().AddDate(-2, 0, 0), time.Now().AddDate(0, 0, -1)).base64()
	id := "22222222-0000-4000-8000-000000000001"
	for name, x := range map[string]struct{ app, body, want string }{
		"good":               {skypeOnline, `key_credential { certificate = "` + good + `" }`, ""},
		"expired":            {skypeOnline, `key_credential { certificate = "` + expired + `" }`, "The certificate CN=old (thumbprint "},
		"expired and absent": {skypeOnline, "key_credential {\n certificate = \"" + expired + "\"\n ensure = \"absent\"\n}", ""},
		"twice":              {skypeOnline, `key_credential { certificate = "` + good + "\" }\nkey_credential { certificate = \"" + good + `" }`, "There are two key_credential blocks for "},
		"empty":              {skypeOnline, `key_credential {}`, "A key_credential without a certificate"},
		"id present":         {skypeOnline, `key_credential { key_id = "` + id + `" }`, "A key can be removed by its key_id, not added"},
		"id absent":          {skypeOnline, "key_credential {\n key_id = \"" + id + "\"\n ensure = \"absent\"\n}", ""},
		"id and certificate": {skypeOnline, "key_credential {\n key_id = \"" + id + "\"\n certificate = \"" + good + "\"\n}", "key_id follows from the certificate"},
		"Exchange":           {exchangeOnline, `key_credential { certificate = "` + good + `" }`, "CVE-2025-53786"},
		"Exchange, removing": {exchangeOnline, "key_credential {\n certificate = \"" + good + "\"\n ensure = \"absent\"\n}", ""},
		"Exchange, allowed":  {exchangeOnline, "allow_shared_principal_key = true\nkey_credential { certificate = \"" + good + `" }`, ""},
		"no id":              {"lync", `account_enabled = true`, `"lync" is no application id`},
		"computed":           {skypeOnline, `key_credential { thumbprint = "AB" }`, "can only be read"},
	} {
		got := decode(t, x.app, x.body)
		if x.want == "" && got != "" || !strings.Contains(got, x.want) {
			t.Errorf("%s: %q is not in %q", name, x.want, got)
		}
	}
}

func TestRulesOfTheProviderBlock(t *testing.T) {
	t.Parallel()
	const who = "tenant_id = \"contoso.com\"\nclient_id = \"6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11\"\n"
	for name, x := range map[string]struct{ body, want string }{
		"certificate":      {who + `certificate = "x"`, ""},
		"cli":              {"tenant_id = \"contoso.com\"\nauth = \"cli\"", ""},
		"nothing":          {who, "certificate is missing"},
		"no secret":        {who + `auth = "secret"`, "client_secret is missing"},
		"no client":        {"tenant_id = \"contoso.com\"\nauth = \"secret\"\nclient_secret = \"x\"", "client_secret` and `client_id`"},
		"both":             {who + "certificate = \"x\"\nclient_secret = \"x\"", "`client_secret` and `client_id`, and no certificate"},
		"no tenant":        {"tenant_id = \"contoso\"\nauth = \"cli\"", `"contoso" is no tenant`},
		"graph over HTTP":  {who + "certificate = \"x\"\ngraph_url = \"http://graph.microsoft.com\"", "write https:// and a host"},
		"SHA-1":            {who + "certificate = \"x\"\nfingerprint = \"AB:CD\"", "no SHA-256 fingerprint"},
		"a timeout of 1.5": {who + "certificate = \"x\"\ntimeout = 1.5", "whole number of seconds"},
	} {
		file, diags := hclparse.NewParser().ParseHCL([]byte(x.body), "main.hcl")
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		_, _, diags = block().Decode(file.Body, nil)
		got := ""
		for _, d := range diags {
			got += d.Detail + "\n"
		}
		if x.want == "" && got != "" || !strings.Contains(got, x.want) {
			t.Errorf("%s: %q is not in %q", name, x.want, got)
		}
	}
}

func TestIdentifiersInEveryForm(t *testing.T) {
	t.Parallel()
	hex := "3F8A9B0C1D2E3F405162738495A6B7C8D9EAFB0C"
	for _, text := range []string{hex, strings.ToLower(hex), base64.StdEncoding.EncodeToString([]byte(hex)), "P4qbDB0uP0BRYnOElaa3yNnq+ww="} {
		if got := identifier(text); got != hex {
			t.Errorf("%s: %q", text, got)
		}
	}
	if got := identifier("something else"); got != "" {
		t.Errorf("%q", got)
	}
}
