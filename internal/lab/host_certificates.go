package lab

import (
	"crypto/sha1"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"hybrid/internal/roots"
)

// What can be wrong with a certificate of the servers, as the setting servers.certificates names it. Those with the names of
// ends are the same.
const (
	noKey      = "no_key"     // its private key is not there
	notInStore = "not_stored" // it is assigned, and the store does not have it
	unassigned = "unassigned" // nothing is assigned to the use
)

var assignedDefects = []string{expired, expiring, wrongName, untrusted, noKey, notInStore, unassigned}

// internalAuthority has signed what the servers show one another.
const internalAuthority = "CN=Contoso Internal CA, DC=contoso, DC=com"

// uses are what the certificates of a host are assigned to.
func (e *Estate) uses(host string) []string {
	if e.isEdge(host) {
		return []string{"AccessEdgeExternal", "DataEdgeExternal", "AudioVideoAuthentication", "Internal"}
	}
	return []string{"Default", "WebServicesInternal", "WebServicesExternal", "OAuthTokenIssuer"}
}

// assigned are the certificates of a host, with the properties of Get-CsCertificate.
func (e *Estate) assigned(host string) (all []Object) {
	now, domain := e.now(), e.defaultSipDomain()
	for _, use := range e.uses(host) {
		until, issuer, names := now.AddDate(1, 0, 0), internalAuthority, []any{host, "sip." + domain}
		switch setOf(e.Servers.Certificates, use) {
		case unassigned:
			continue
		case expired:
			until = now.AddDate(0, 0, -10)
		case expiring:
			until = now.AddDate(0, 0, 10)
		case wrongName:
			names = []any{"other." + domain}
		case untrusted:
			issuer = "CN=An Authority That Nobody Knows"
		}
		if use == "OAuthTokenIssuer" {
			names = []any{}
		}
		all = append(all, Object{
			"Use": use, "Subject": "CN=" + host, "Issuer": issuer, "NotBefore": netTime(until.AddDate(-2, 0, 0)), "NotAfter": netTime(until), "AlternativeNames": names,
			"Thumbprint": storeName(host + use), "SerialNumber": storeName(use)[:16], "SourceScope": "Global", "EffectiveDate": netTime(until.AddDate(-2, 0, 0)), "PreviousThumbprint": "", "UpdateTime": "",
		})
	}
	return all
}

// storeName is a thumbprint made of a text.
func storeName(text string) string {
	sum := sha1.Sum([]byte(text))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// getAssignedCertificates is Get-CsCertificate.
func getAssignedCertificates(c *hostCall) error {
	if c.given("Type") || c.given("Identity") {
		return c.unsimulated("Type and -Identity")
	}
	c.objects = c.estate.assigned(c.host)
	return nil
}

// getStore is Get-ChildItem, for the certificate stores of the computer.
func getStore(c *hostCall) error {
	path := c.text("Path")
	switch strings.ToLower(path) {
	case `cert:\localmachine\my`:
		for _, o := range c.estate.assigned(c.host) {
			if defect := setOf(c.estate.Servers.Certificates, o.Text("Use")); defect != notInStore {
				c.objects = append(c.objects, stored(o.Text("Thumbprint"), o.Text("Subject"), o.Text("Issuer"), defect != noKey))
			}
		}
	case `cert:\localmachine\root`:
		c.objects = append(c.estate.rootStore(), stored(storeName(internalAuthority), internalAuthority, internalAuthority, false))
	case `cert:\localmachine\ca`:
	default:
		return c.fail("ObjectNotFound", "PathNotFound", "Cannot find path '%s' because it does not exist.", path)
	}
	return nil
}

func stored(thumbprint, subject, issuer string, key bool) Object {
	return Object{"Thumbprint": thumbprint, "Subject": subject, "Issuer": issuer, "HasPrivateKey": key}
}

// rootStore are the authorities of Microsoft 365 and that of the lab, but for those that are set to be missing.
func (e *Estate) rootStore() (all []Object) {
	table := roots.BuiltIn()
	if e.authority != nil {
		table = table.With(e.authority)
	}
	for _, name := range slices.Sorted(maps.Keys(table.Roots)) {
		if root := table.Roots[name]; root.Use == roots.Current && !slices.Contains(e.Servers.Rootless, name) {
			all = append(all, stored(root.SHA1, "CN="+name, "CN="+name, false))
		}
	}
	return all
}
