package graph

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// site is a served directory with a client that has a token.
type site struct {
	*Server
	t      *testing.T
	client *http.Client
	der    []byte
	until  time.Time
}

func serve(t *testing.T, d Directory) *site {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	until := time.Now().AddDate(1, 0, 0).Truncate(time.Second)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "x"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	d.TenantID, d.Domains = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42", []string{"contoso.com"}
	server, err := Start(Options{Listen: "127.0.0.1:0", TLS: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, Directory: d})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	server.tokens["t"] = Client{Permissions: []string{"Application.ReadWrite.All"}}
	return &site{server, t, &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}, der, until}
}

func (s *site) send(method, address, body string) (int, string) {
	s.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = s.URL() + address
	}
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer t")
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// key is an entry of keyCredentials with some fields replaced.
func (s *site) key(replace map[string]any) string {
	entry := map[string]any{
		"type": "AsymmetricX509Cert", "usage": "Verify", "key": base64.StdEncoding.EncodeToString(s.der),
		"startDateTime": time.Now().UTC().Format(time.RFC3339), "endDateTime": s.until.UTC().Format(time.RFC3339),
	}
	for name, v := range replace {
		entry[name] = v
	}
	text, err := json.Marshal(map[string]any{"keyCredentials": []any{entry}})
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

func one() Directory {
	return Directory{Principals: []Principal{{ID: "11111111-0000-4000-8000-000000000004", AppID: "00000004-0000-0ff1-ce00-000000000000", Names: []string{"n"}}}}
}

const address = "/v1.0/servicePrincipals(appId='00000004-0000-0ff1-ce00-000000000000')"

func TestKeysAreHeldToGraphsRules(t *testing.T) {
	t.Parallel()
	s := serve(t, one())
	for name, x := range map[string]struct{ body, want string }{
		"usage":      {s.key(map[string]any{"usage": "verify"}), "Acceptable values are Sign, Verify."},
		"end":        {s.key(map[string]any{"endDateTime": s.until.AddDate(1, 0, 0).UTC().Format(time.RFC3339)}), "Key credential end date is invalid."},
		"past":       {s.key(map[string]any{"endDateTime": "2020-01-01T00:00:00Z"}), "Key credential end date is invalid."},
		"key":        {s.key(map[string]any{"key": "aGVsbG8="}), "Key credential is not a valid certificate."},
		"password":   {`{"passwordCredentials":[]}`, "New password credentials must be generated using service actions."},
		"null":       {`{"keyCredentials":null}`, "Invalid value specified for property 'keyCredentials'"},
		"no JSON":    {`{`, "Unable to read JSON request payload."},
		"unknown":    {`{"trustedForDelegation":true}`, "does not exist or cannot be updated"},
		"not a list": {`{"servicePrincipalNames":"x"}`, "Invalid value specified for property 'servicePrincipalNames'"},
	} {
		if code, text := s.send("PATCH", address, x.body); code != 400 || !strings.Contains(strings.ReplaceAll(text, `\"`, `"`), x.want) {
			t.Errorf("%s: %d %s", name, code, text)
		}
	}
	if p := s.Directory().Principals[0]; len(p.Keys) != 0 || len(p.Names) != 1 {
		t.Fatalf("a refused request has changed something: %+v", p)
	}
}

func TestAKeyIsNeverEditedAndOneThatIsNotSentIsGone(t *testing.T) {
	t.Parallel()
	s := serve(t, one())
	if code, text := s.send("PATCH", address, s.key(nil)); code != 204 || text != "" {
		t.Fatalf("%d %s", code, text)
	}
	k := s.Directory().Principals[0].Keys[0]
	if k.KeyID == "" || k.Identifier == "" {
		t.Fatalf("%+v", k)
	}
	entry := map[string]any{"keyId": k.KeyID, "type": k.Type, "usage": k.Usage, "customKeyIdentifier": k.Identifier, "displayName": "renamed", "startDateTime": k.Start, "endDateTime": k.End}
	if code, text := s.send("PATCH", address, s.key(entry)); code != 400 || !strings.Contains(text, "Update to existing credential with KeyId '"+k.KeyID+"' is not allowed.") {
		t.Fatalf("%d %s", code, text)
	}
	entry["displayName"], entry["key"] = "", nil // an echo without the certificate, as a read without $select gives it
	if code, text := s.send("PATCH", address, s.key(entry)); code != 204 || s.Directory().Principals[0].Keys[0].Key == nil {
		t.Fatalf("%d %s", code, text)
	}
	if code, _ := s.send("PATCH", address, `{"keyCredentials":[]}`); code != 204 || len(s.Directory().Principals[0].Keys) != 0 {
		t.Fatalf("%d, %+v", code, s.Directory().Principals[0].Keys)
	}
}

func TestCertificatesAreShownWhereTheyAreSelected(t *testing.T) {
	t.Parallel()
	s := serve(t, one())
	s.send("PATCH", address, s.key(nil))
	certificate := base64.StdEncoding.EncodeToString(s.der)
	for query, want := range map[string]bool{"": false, "?$select=" + url.QueryEscape("id,keyCredentials"): true} {
		if _, text := s.send("GET", address+query, ""); strings.Contains(text, certificate) != want {
			t.Errorf("%q: %s", query, text)
		}
	}
	if _, text := s.send("GET", "/v1.0/servicePrincipals?$select=keyCredentials", ""); strings.Contains(text, certificate) {
		t.Error("a list shows certificates")
	}
}

func TestListsArePaged(t *testing.T) {
	t.Parallel()
	var d Directory
	for n := range 250 {
		d.Principals = append(d.Principals, Principal{ID: fmt.Sprint(n)})
	}
	s := serve(t, d)
	count, pages := 0, 0
	for next := "/v1.0/servicePrincipals"; next != ""; pages++ {
		_, text := s.send("GET", next, "")
		var page struct {
			Value []Principal
			Next  string `json:"@odata.nextLink"`
		}
		if err := json.Unmarshal([]byte(text), &page); err != nil {
			t.Fatal(err)
		}
		count += len(page.Value)
		next = page.Next
	}
	if count != 250 || pages != 3 {
		t.Fatalf("%d in %d pages", count, pages)
	}
}

func TestDiscoveryKnowsTheTenantByDomainAndID(t *testing.T) {
	t.Parallel()
	s := serve(t, one())
	for name, want := range map[string]int{"contoso.com": 200, "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42": 200, "fabrikam.com": 400} {
		code, text := s.send("GET", "/"+name+"/v2.0/.well-known/openid-configuration", "")
		if code != want || want == 400 && !strings.Contains(text, "[90002]") {
			t.Errorf("%s: %d %s", name, code, text)
		}
	}
}

func TestWithoutATokenThereIsNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, one())
	delete(s.tokens, "t")
	if code, text := s.send("GET", address, ""); code != 401 || !strings.Contains(text, "InvalidAuthenticationToken") {
		t.Fatalf("%d %s", code, text)
	}
}
