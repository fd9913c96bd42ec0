package dns

import (
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab/nameserver"
	"hybrid/schema"
)

func TestServerAddress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"ns1.contoso.com": "ns1.contoso.com:53", "ns1.contoso.com:5353": "ns1.contoso.com:5353", "192.0.2.1": "192.0.2.1:53",
		"192.0.2.1:54": "192.0.2.1:54", "2001:db8::1": "[2001:db8::1]:53", "[2001:db8::1]": "[2001:db8::1]:53", "[2001:db8::1]:54": "[2001:db8::1]:54",
	} {
		if got, err := serverAddress(text); got != want || err != nil {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"ns1.contoso.com:dns": "is not a number from 1 to 65535", "ns1:0": "is not a number", "https://ns1.contoso.com": "is not a server",
		"": "the name is empty", "ns1 contoso": "holds a space",
	} {
		if got, err := serverAddress(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %s, %v, want %s", text, got, err, want)
		}
	}
}

func TestChecksOfTheProviderBlock(t *testing.T) {
	t.Parallel()
	s := systemSchema()
	tsig := map[string]func(cty.Value) error{}
	for _, a := range append(s.Attrs, s.Blocks[0].Attrs...) {
		tsig[a.Name] = a.Check
	}
	tests := []struct{ attr, text, want string }{
		{"algorithm", "HMAC-SHA256", ""},
		{"algorithm", "hmac-sha512.", ""},
		{"algorithm", "hmac-md5", "hmac-md5 must not be used any more (RFC 8945 section 6), because MD5 is broken; make a new key with hmac-sha256"},
		{"algorithm", "HMAC-MD5.SIG-ALG.REG.INT", "because MD5 is broken"},
		{"algorithm", "sha256", `"sha256" is no algorithm of a key; write hmac-sha256, hmac-sha512, hmac-sha384, hmac-sha224 or hmac-sha1`},
		{"name", "hybrid.contoso.com", ""},
		{"name", "my key", "is not the name of a key"},
		{"secret", "aHVzaA==", ""},
		{"secret", "hush hush", "the secret is not base64"},
		{"timeout", "1m", ""},
		{"timeout", "10", "write a number with a unit, such as 10s or 1m"},
		{"timeout", "-1s", "is not a length of time"},
	}
	for _, test := range tests {
		err := tsig[test.attr](cty.StringVal(test.text))
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s %q: %v", test.attr, test.text, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s %q: %v, want %s", test.attr, test.text, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("the secret stands in %v", err)
		}
	}
}

func TestOpenContactsNothingAndShowsNoSecret(t *testing.T) {
	t.Parallel()
	p := openAt(t, settings("ns1.contoso.com", labKey))
	if got := p.Describe(); got != "dns ns1.contoso.com" {
		t.Error(got)
	}
	if got := openAt(t, settings("127.0.0.1:5353", nameserver.Key{})).Describe(); got != "dns 127.0.0.1:5353" {
		t.Error(got)
	}
	bad := labKey
	bad.Secret = "hush hush"
	if _, err := System().Open(settings("ns1.contoso.com", bad)); err == nil || strings.Contains(err.Error(), "hush") ||
		!strings.Contains(err.Error(), "provider dns.external: tsig: the secret is not base64") {
		t.Error(err)
	}
	values := settings("ns1.contoso.com", labKey).Values
	if !schema.IsSensitive(values) || !values.Type().Equals(systemSchema().Type()) {
		t.Errorf("%#v", values.Type())
	}
}
