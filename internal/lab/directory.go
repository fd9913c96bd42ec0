package lab

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"hybrid/internal/lab/graph"
)

// labApplication is the application that signs in to the lab's tenant.
const labApplication = "6c616200-0000-4000-8000-000000000001"

// A GraphEndpoint is Microsoft Graph and the sign-in service, both behind one address over TLS.
type GraphEndpoint struct {
	URL         string // "https://127.0.0.1:1234"
	Fingerprint string // SHA-256 of the certificate: "AB:CD:…"
	TenantID    string
	ClientID    string
	Certificate string // of the application, with its key, in PEM
}

// Directory is the served tenant in Entra, nil where there is none: for its faults and counts.
func (l *Lab) Directory() *graph.Server { return l.graph }

// startGraph serves the tenant, where there is one, and lets the lab's application in.
func (l *Lab) startGraph(o Options) error {
	if l.estate.Directory == nil {
		return nil
	}
	der, err := l.client()
	if err != nil {
		return err
	}
	config, err := l.keys.tls()
	if err != nil {
		return err
	}
	d := l.estate.Directory.Clone()
	admit(&d, base64.StdEncoding.EncodeToString(der))
	if err := l.Change(func(e *Estate) error { e.SetDirectory(d); return nil }); err != nil {
		return err
	}
	l.graph, err = graph.Start(graph.Options{
		Listen: net.JoinHostPort(o.Listen.Host, strconv.Itoa(o.Listen.GraphPort)), TLS: config, Directory: d, Changed: l.keepDirectory, Called: l.countRequest, Log: l.log.Named("graph"),
		Refused: l.estate.Trust.refusedTokens(), Roles: l.estate.directoryRoles(),
	})
	if err != nil {
		return err
	}
	l.endpoints.Graph = GraphEndpoint{URL: l.graph.URL(), Fingerprint: l.keys.fingerprint(), TenantID: d.TenantID, ClientID: labApplication, Certificate: l.keys.Client}
	return nil
}

// keepDirectory takes over what a request has changed, before it is answered.
func (l *Lab) keepDirectory(d graph.Directory) {
	err := l.Change(func(e *Estate) error {
		same := reflect.DeepEqual(e.Directory.Principals, d.Principals) // then only a fault has been counted
		e.SetDirectory(d)
		if same {
			return nil
		}
		return e.note(Write{Call: "Graph PATCH", Changed: true})
	})
	if err != nil {
		l.log.Error("a change of the tenant is not kept", "error", err)
	}
}

// countRequest counts a request to Graph.
func (l *Lab) countRequest(method string) {
	err := l.Change(func(e *Estate) error {
		if method == http.MethodGet {
			e.read("Graph GET")
			return nil
		}
		e.wrote("Graph " + method)
		return nil
	})
	if err != nil {
		l.log.Error("a request to Graph is not counted", "error", err)
	}
}

// admit registers the lab's application with its certificate. Permissions that somebody has taken away stay away.
func admit(d *graph.Directory, certificate string) {
	for n := range d.Clients {
		if d.Clients[n].ID == labApplication {
			d.Clients[n].Certificate = certificate
			return
		}
	}
	d.Clients = append(d.Clients, graph.Client{ID: labApplication, Certificate: certificate, Permissions: usualPermissions()})
}

// client gives the certificate of the lab's application, made at first use.
func (l *Lab) client() ([]byte, error) {
	if l.keys.Client == "" {
		made, err := makeClient()
		if err != nil {
			return nil, err
		}
		l.keys.Client = made
		if err := l.keys.save(l.path); err != nil {
			return nil, err
		}
	}
	block, _ := pem.Decode([]byte(l.keys.Client))
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, fmt.Errorf("the certificate of the lab's application cannot be read. Remove %s, and the lab makes new keys", keysPath(l.path))
	}
	return block.Bytes, nil
}

func makeClient() (string, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", err
	}
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(random(16)), Subject: pkix.Name{CommonName: "hybrid lab application"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return "", err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	return pemText("CERTIFICATE", der) + pemText("PRIVATE KEY", private), nil
}

// provideDirectory makes the tenant that service principals need, and those of them that it lacks. Each is as a
// subscription brings it: enabled, with its own name, without keys.
func (e *Estate) provideDirectory(needs Needs) {
	if len(needs.Principals) == 0 && !needs.Discovered {
		return
	}
	d := graph.Directory{TenantID: e.tenantID()}
	if e.Directory != nil {
		d = e.Directory.Clone()
	}
	before := len(d.Principals) + len(d.Domains)
	for _, domain := range needs.SipDomains {
		if !slices.ContainsFunc(d.Domains, func(known string) bool { return strings.EqualFold(known, domain) }) {
			d.Domains = append(d.Domains, domain)
		}
	}
	for _, id := range needs.Principals {
		if d.Principal(id) == nil {
			d.Principals = append(d.Principals, freshPrincipal(id))
		}
	}
	if e.Directory == nil || len(d.Principals)+len(d.Domains) > before {
		e.SetDirectory(d)
	}
}

// freshPrincipal is a service principal as it is before hybrid.
func freshPrincipal(appID string) graph.Principal {
	names := map[string]string{
		"00000002-0000-0ff1-ce00-000000000000": "Office 365 Exchange Online",
		"00000004-0000-0ff1-ce00-000000000000": "Skype for Business Online",
	}
	name := names[strings.ToLower(appID)]
	if name == "" {
		name = "Application " + appID
	}
	return graph.Principal{
		ID: uuid.NewSHA1(uuid.NameSpaceOID, []byte(strings.ToLower(appID))).String(), AppID: appID, DisplayName: name, Enabled: true,
		Names: []string{appID}, Keys: []graph.Key{},
	}
}
