// Package graph is the lab's Microsoft Entra: OpenID discovery, the token endpoint and the part of Microsoft Graph that
// hybrid speaks to, over HTTPS; and beside them the cloud's autodiscover service. It holds requests to the rules that Graph documents.
package graph

import (
	"slices"
	"strings"
)

// A Directory is the state of a tenant.
type Directory struct {
	TenantID   string      `json:"tenant_id"`
	Domains    []string    `json:"domains"`
	Forest     string      `json:"forest,omitempty"` // of the cloud that serves the tenant: "1e"; "0a" where nothing is said
	Clients    []Client    `json:"clients"`          // applications that may sign in
	Principals []Principal `json:"service_principals"`
	Faults     []Fault     `json:"faults,omitempty"`
	// Unconsented: nobody has consented to the permissions of any client, so tokens are issued and grant nothing.
	Unconsented bool `json:"unconsented,omitempty"`
}

// A Client is an application that may sign in, and the certificate that it does so with.
type Client struct {
	ID          string   `json:"client_id"`
	Certificate string   `json:"certificate"` // DER in base64
	Permissions []string `json:"permissions"`
}

// A Principal is a service principal.
type Principal struct {
	ID          string   `json:"id"`
	AppID       string   `json:"appId"`
	DisplayName string   `json:"displayName"`
	Enabled     bool     `json:"accountEnabled"`
	Names       []string `json:"servicePrincipalNames"`
	Keys        []Key    `json:"keyCredentials"`
}

// A Key is an entry of keyCredentials.
type Key struct {
	KeyID       string  `json:"keyId"`
	Type        string  `json:"type"`
	Usage       string  `json:"usage"`
	Identifier  string  `json:"customKeyIdentifier"`
	DisplayName string  `json:"displayName"`
	Start       string  `json:"startDateTime"`
	End         string  `json:"endDateTime"`
	Key         *string `json:"key"` // DER in base64; not shown unless it is selected
}

// A Fault is something that goes wrong on demand.
type Fault struct {
	Kind       FaultKind `json:"kind"`
	Method     string    `json:"method,omitempty"` // "" means any
	After      int       `json:"after,omitempty"`  // so many matching requests pass first
	Times      int       `json:"times,omitempty"`  // so many are struck; 0 means every one
	RetryAfter int       `json:"retry_after,omitempty"`
}

// FaultKind says what goes wrong.
type FaultKind string

// The kinds of faults.
const (
	Throttle    FaultKind = "throttle"     // 429, with Retry-After where one is given
	Unavailable FaultKind = "unavailable"  // 503
	Forbidden   FaultKind = "forbidden"    // 403
	Cut         FaultKind = "cut"          // the connection ends before the request has an effect
	CutAfter    FaultKind = "cut_after"    // the connection ends after the request had its effect
	Stranger    FaultKind = "stranger"     // somebody else adds a key before the request is looked at
	Overwritten FaultKind = "overwritten"  // somebody else replaces the keys right after the request by one of their own
	Astray      FaultKind = "astray"       // the link to the next page leads to another host
	TokenFails  FaultKind = "token_fails"  // the token is refused although it is good
	NoDiscovery FaultKind = "no_discovery" // the autodiscover service answers 404, whatever it is asked
	SignInFails FaultKind = "signin_fails" // no token is issued: the application is not in the tenant
)

// Clone is a copy that shares nothing that is changed in place.
func (d Directory) Clone() Directory {
	d.Domains, d.Clients, d.Faults = slices.Clone(d.Domains), slices.Clone(d.Clients), slices.Clone(d.Faults)
	d.Principals = slices.Clone(d.Principals)
	for n := range d.Principals {
		d.Principals[n].Names = slices.Clone(d.Principals[n].Names)
		d.Principals[n].Keys = slices.Clone(d.Principals[n].Keys)
	}
	return d
}

// Principal finds a service principal by its id or application id; nil where there is none.
func (d *Directory) Principal(id string) *Principal {
	for n := range d.Principals {
		if p := &d.Principals[n]; strings.EqualFold(p.ID, id) || strings.EqualFold(p.AppID, id) {
			return p
		}
	}
	return nil
}

// knows says whether a name is the tenant's.
func (d *Directory) knows(name string) bool {
	return strings.EqualFold(name, d.TenantID) || slices.ContainsFunc(d.Domains, func(domain string) bool { return strings.EqualFold(domain, name) })
}

// strike finds the fault of one of the kinds that strikes a request, and counts it.
func (d *Directory) strike(method string, kinds ...FaultKind) (Fault, bool) {
	for n := range d.Faults {
		f := &d.Faults[n]
		if !slices.Contains(kinds, f.Kind) || f.Method != "" && f.Method != method {
			continue
		}
		if f.After > 0 {
			f.After--
			continue
		}
		struck := *f
		if f.Times == 1 {
			d.Faults = slices.Delete(d.Faults, n, n+1)
		} else if f.Times > 1 {
			f.Times--
		}
		return struck, true
	}
	return Fault{}, false
}
