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

const (
	// internalAuthority has signed what the servers show one another.
	internalAuthority = "CN=Contoso Internal CA, DC=contoso, DC=com"
	// unheardOf has signed what nobody trusts.
	unheardOf = "CN=An Authority That Nobody Knows"
)

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
		o := Object{
			"Use": use, "Subject": "CN=" + host, "Issuer": internalAuthority, "AlternativeNames": e.namesIn(host), "NotAfter": netTime(now.AddDate(1, 0, 0)),
			"Thumbprint": storeName(host + use), "SerialNumber": storeName(use)[:16], "SourceScope": "Global", "PreviousThumbprint": "", "UpdateTime": "",
			"NotBefore": netTime(now.AddDate(-1, 0, 0)), "EffectiveDate": netTime(now.AddDate(-1, 0, 0)),
		}
		if use == "OAuthTokenIssuer" {
			own, there := e.oauthCertificate()
			if !there {
				continue
			}
			o = own
		}
		switch setOf(e.Servers.Certificates, use) {
		case unassigned:
			continue
		case expired:
			o["NotAfter"] = netTime(now.AddDate(0, 0, -10))
		case expiring:
			o["NotAfter"] = netTime(now.AddDate(0, 0, 10))
		case wrongName:
			o["AlternativeNames"] = []any{"other." + domain}
		case untrusted:
			o["Issuer"] = unheardOf
		}
		all = append(all, o)
	}
	return all
}

// namesIn are the names in the certificates of a host. An Edge's has those by which clients and partners call it in every SIP domain.
func (e *Estate) namesIn(host string) []any {
	if !e.isEdge(host) {
		return []any{host, "sip." + e.defaultSipDomain()}
	}
	names := []any{host}
	for domain := range e.of("CsSipDomain").all() {
		names = append(names, "sip."+domain.Text("Identity"))
	}
	return names
}

// storeName is a thumbprint made of a text.
func storeName(text string) string {
	sum := sha1.Sum([]byte(text))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// getAssignedCertificates is Get-CsCertificate.
func getAssignedCertificates(c *hostCall) error {
	if c.given("Identity") {
		return c.unsimulated("Identity")
	}
	types, _ := c.params["Type"].([]any)
	wanted := textsOf(types)
	for _, o := range c.estate.assigned(c.host) {
		if len(wanted) == 0 || slices.ContainsFunc(wanted, func(one string) bool { return strings.EqualFold(one, o.Text("Use")) }) {
			c.objects = append(c.objects, o)
		}
	}
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
		if own, there := c.estate.oauthCertificate(); there && own.Text("Issuer") != internalAuthority {
			c.objects = append(c.objects, stored(storeName(own.Text("Issuer")), own.Text("Issuer"), own.Text("Issuer"), false))
		}
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
