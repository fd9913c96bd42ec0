package lab

import (
	"slices"
	"strings"
	"time"
)

// Replication is how far the replicas of the Central Management store are behind it, and readers of users behind Active
// Directory.
type Replication struct {
	Lag   Duration `json:"lag,omitempty"`   // how long a write takes to every replica
	Stuck []string `json:"stuck,omitempty"` // FQDNs of replicas that get nothing
	Users Duration `json:"users,omitempty"` // how long a change of a user takes to the domain controller that is read from
	// Written is when the store was last written to, and Providers when a hosting provider was, by the clock on the wall;
	// zero: long ago. They are kept only where replicas can be behind.
	Written   time.Time `json:"written,omitzero"`
	Providers time.Time `json:"providers_written,omitzero"`
}

// SetReplication replaces the state of replication.
func (e *Estate) SetReplication(r Replication) {
	e.Replication = r
	e.changed(change{Replication: &r})
}

// isCentral says whether a noun of the servers is kept in the Central Management store. Users are in Active Directory.
func isCentral(noun string) bool {
	switch noun {
	case "CsUser", "CsAdUser", "CsHybridApplicationEndpoint", "CsManagementStoreReplicationStatus":
		return false
	}
	return true
}

// replicate notes that a call has written to the store.
func (c *call) replicate() {
	r := c.estate.Replication
	if !isWrite(c.verb, c.noun) || !isCentral(c.noun) || r.Lag == 0 && len(r.Stuck) == 0 {
		return
	}
	r.Written = c.estate.now().UTC()
	if c.noun == "CsHostingProvider" {
		r.Providers = r.Written
	}
	c.estate.SetReplication(r)
}

// behind says whether a replica lacks what was written at a time.
func (e *Estate) behind(replica string, written time.Time) bool {
	if written.IsZero() {
		return false
	}
	stuck := slices.ContainsFunc(e.Replication.Stuck, func(fqdn string) bool { return strings.EqualFold(fqdn, replica) })
	return stuck || e.now().Before(written.Add(time.Duration(e.Replication.Lag)))
}

// edge is the FQDN of the Edge Server.
func (e *Estate) edge() string { return "edge01." + e.defaultSipDomain() }

// replicas are the FQDNs of all replicas: one a pool, and one an Edge Server.
func (e *Estate) replicas() []string {
	var fqdns []string
	for pool := range e.of("CsPool").all() {
		fqdns = append(fqdns, pool.Text("Identity"))
	}
	return append(fqdns, e.edges()...)
}

// replicationStatus: Get-CsManagementStoreReplicationStatus.
func replicationStatus() rules {
	return rules{verbs: map[string]handler{"Get": getReplicationStatus}, only: []string{"Get"}}
}

func getReplicationStatus(c *call) error {
	if c.given("CentralManagementStoreStatus") {
		return c.unsimulated("CentralManagementStoreStatus")
	}
	e, wanted := c.estate, c.text("ReplicaFqdn")
	created := e.Replication.Written
	if created.IsZero() {
		created = NewEstate().Clock
	}
	for _, fqdn := range e.replicas() {
		if wanted == "" || strings.EqualFold(wanted, fqdn) {
			c.objects = append(c.objects, Object{
				"UpToDate": !e.behind(fqdn, e.Replication.Written), "ReplicaFqdn": fqdn, "LastStatusReport": netTime(e.now()),
				"LastUpdateCreation": netTime(created), "ProductVersion": "7.0.2046.0",
			})
		}
	}
	if wanted != "" && len(c.objects) == 0 {
		return c.fail("ObjectNotFound", "ReplicaNotFound", "Cannot find a replica with the FQDN %q.", wanted)
	}
	return nil
}

// lacksProvider refuses a move before the Edge Server has got the hosting providers. The text is the lab's own.
func (c *call) lacksProvider(proxyFqdn string) error {
	e := c.estate
	if !e.behind(e.edge(), e.Replication.Providers) {
		return nil
	}
	return c.refused("The Edge Server %s has not got the hosting provider with the proxy FQDN %q yet: replication of the Central Management store is behind.", e.edge(), proxyFqdn)
}
