package lab

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hybrid/internal/lab/https"
)

// startDocuments serves what the cloud publishes for everybody, over HTTPS at whatever name it is asked for.
func (l *Lab) startDocuments(o Options) error {
	if l.ends == nil { // they have failed, and that is told
		return nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		return l.ends.config(strings.ToLower(hello.ServerName))
	}}
	server, err := https.Serve(net.JoinHostPort(o.Listen.Host, "0"), config, documents{l.estate, l.ends}, l.log.Named("documents"))
	if err != nil {
		return fmt.Errorf("the lab's documents: %w", err)
	}
	l.ends.stop = append(l.ends.stop, server.Close)
	l.endpoints.Documents = server.Address()
	return nil
}

// documents answers by path: metadata in both forms, and OpenID discovery, which hybrid asks for the time of it.
type documents struct {
	estate *Estate
	ends   *tlsEnds
}

func (d documents) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	trust, now, tenant := d.trust()
	w.Header().Set("Date", now.UTC().Add(offset(trust.Cloud)).Format(http.TimeFormat))
	path := strings.ToLower(r.URL.Path)
	json, xml := strings.HasSuffix(path, "/metadata/json/1"), strings.HasSuffix(path, "/federationmetadata.xml")
	switch {
	case strings.HasSuffix(path, "/.well-known/openid-configuration"):
		writeJSON(w, map[string]any{"issuer": "https://" + r.Host + "/" + tenant + "/v2.0"})
	case !json && !xml || trust.Metadata == "not_found":
		http.NotFound(w, r)
	case trust.Metadata == "unavailable":
		w.WriteHeader(http.StatusServiceUnavailable)
	case trust.Metadata == "redirect":
		w.Header().Set("Location", "https://elsewhere.example.net/metadata")
		w.WriteHeader(http.StatusFound)
	case trust.Metadata == "garbage":
		_, _ = w.Write([]byte("<html><body>Sign in to the proxy</body></html>"))
	case xml:
		d.federation(w, r, trust, now, tenant)
	default:
		d.metadata(w, r, trust, now)
	}
}

// trust is what is set, the time, and which tenant there is.
func (d documents) trust() (t Trust, now time.Time, tenant string) {
	_ = d.estate.Do(func() error {
		t, now, tenant = d.estate.Trust, d.estate.now(), d.estate.tenantID()
		return nil
	})
	return t, now, tenant
}

// metadata is the form that the servers' own token service and Access Control have.
func (d documents) metadata(w http.ResponseWriter, r *http.Request, t Trust, now time.Time) {
	address := &url.URL{Scheme: "https", Host: r.Host, Path: r.URL.Path}
	realm, named := strings.ToLower(tenantID.FindString(r.URL.Path)), issuer(address)
	switch t.Metadata {
	case "other_realm":
		realm = "5e1f0a52-0000-4000-8000-000000000000"
	case "other_issuer":
		named = "0000000b-0000-0000-c000-000000000000"
	}
	keys := []any{}
	for _, der := range d.signing(t, now) {
		keys = append(keys, map[string]any{
			"usage": "signing", "keyinfo": map[string]string{"x5t": thumbprintOf(der)},
			"keyvalue": map[string]string{"type": "x509Certificate", "value": base64.StdEncoding.EncodeToString(der)},
		})
	}
	writeJSON(w, map[string]any{"version": "1.0", "issuer": named + "@" + realm, "realm": realm, "keys": keys})
}

// federation is federation metadata, which token servers for clients have.
func (d documents) federation(w http.ResponseWriter, _ *http.Request, t Trust, now time.Time, tenant string) {
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?><EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://sts.windows.net/%s/"><RoleDescriptor>`, tenant)
	for _, der := range d.signing(t, now) {
		fmt.Fprintf(w, `<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>%s</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`, base64.StdEncoding.EncodeToString(der))
	}
	fmt.Fprint(w, `</RoleDescriptor></EntityDescriptor>`)
}

// signing are the certificates that tokens are signed with: one that is good, beside one that is not any more.
func (d documents) signing(t Trust, now time.Time) (all [][]byte) {
	ends := []time.Time{now.AddDate(1, 0, 0), now.AddDate(0, 0, -40)}
	switch t.Metadata {
	case "no_keys":
		return nil
	case "expired":
		ends = ends[1:]
	}
	for _, end := range ends {
		made, err := d.ends.root.issue(&x509.Certificate{Subject: pkix.Name{CommonName: "accounts.accesscontrol.windows.net"}, NotBefore: end.AddDate(-1, 0, 0), NotAfter: end})
		if err == nil {
			all = append(all, made.certificate.Raw)
		}
	}
	return all
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v) // who has hung up gets nothing
}
