package entra

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// principalFields are what is read of a service principal. keyCredentials carries the certificates only where it is
// selected, and only of a single object (https://learn.microsoft.com/graph/api/resources/keycredential).
const principalFields = "id,appId,displayName,accountEnabled,servicePrincipalNames,keyCredentials"

// A principal is a service principal as Graph gives it. Keys stay as they came: an entry is echoed untouched or not at all.
type principal struct {
	ID          string            `json:"id"`
	AppID       string            `json:"appId"`
	DisplayName string            `json:"displayName"`
	Enabled     *bool             `json:"accountEnabled"`
	Names       []string          `json:"servicePrincipalNames"`
	Keys        []json.RawMessage `json:"keyCredentials"`
}

// A credential is what is looked at of an entry of keyCredentials.
type credential struct {
	KeyID       string `json:"keyId"`
	Identifier  string `json:"customKeyIdentifier"`
	DisplayName string `json:"displayName"`
	Key         string `json:"key"`
	Start       string `json:"startDateTime"`
	End         string `json:"endDateTime"`
}

// value is the principal as a value of the kind.
func (p *principal) value(identity string) (cty.Value, error) {
	keys := make([]cty.Value, 0, len(p.Keys))
	for _, raw := range p.Keys {
		var c credential
		if err := json.Unmarshal(raw, &c); err != nil || c.KeyID == "" {
			return cty.DynamicVal, fmt.Errorf("service principal %s: an entry of keyCredentials has no keyId", identity)
		}
		keys = append(keys, c.value())
	}
	enabled := cty.UnknownVal(cty.Bool)
	if p.Enabled != nil {
		enabled = cty.BoolVal(*p.Enabled)
	}
	return cty.ObjectVal(map[string]cty.Value{
		"identity": cty.StringVal(identity), "account_enabled": enabled, "names": schema.TextSet(p.Names), "key_credential": schema.Collection(cty.List(keyType()), keys),
		"display_name": cty.StringVal(p.DisplayName), "object_id": cty.StringVal(p.ID),
		"allow_shared_principal_key": cty.NullVal(cty.Bool),
	}), nil
}

func keyType() cty.Type { return keyCredential().Type().ElementType() }

// value is a live key. Without its certificate the thumbprint is what customKeyIdentifier holds, which is that by default.
func (c credential) value() cty.Value {
	der, err := base64.StdEncoding.DecodeString(c.Key)
	if err == nil && len(der) > 0 {
		if certificate, err := x509.ParseCertificate(der); err == nil {
			return keyOf(certificate, c.KeyID, c.DisplayName, zoned(c.Start), zoned(c.End))
		}
	}
	return keyValue(cty.NullVal(cty.String), c.KeyID, identifier(c.Identifier), c.DisplayName, zoned(c.Start), zoned(c.End))
}

func keyOf(certificate *x509.Certificate, id, name, start, end string) cty.Value {
	return keyValue(cty.StringVal(base64.StdEncoding.EncodeToString(certificate.Raw)), id, thumbprint(certificate), name, start, end)
}

func keyValue(certificate cty.Value, id, thumbprint, name, start, end string) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{
		"certificate": certificate, "key_id": cty.StringVal(id), "ensure": cty.NullVal(cty.String), "thumbprint": cty.StringVal(thumbprint),
		"display_name": cty.StringVal(name), "start_date": cty.StringVal(start), "end_date": cty.StringVal(end),
	})
}

// identifier decodes customKeyIdentifier, which comes as base64 of the thumbprint or of its hex digits, or as those
// digits themselves; "" for anything else.
func identifier(text string) string {
	if sum, err := hex.DecodeString(text); err == nil && len(sum) == 20 {
		return strings.ToUpper(text)
	}
	decoded, err := base64.StdEncoding.DecodeString(text)
	switch {
	case err == nil && len(decoded) == 20:
		return strings.ToUpper(hex.EncodeToString(decoded))
	case err == nil && len(decoded) == 40:
		return identifier(string(decoded))
	}
	return ""
}

// zoned is a date in one form: Graph sometimes leaves the zone letter out.
func zoned(text string) string {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return moment(t)
		}
	}
	return text
}
