package lab

import (
	"strconv"
	"strings"
)

// topologyService: Get-CsService, for the services of Edge Servers and registrars, and for the web services of pools.
func topologyService() rules {
	return rules{verbs: map[string]handler{"Get": getService}, only: []string{"Get"}}
}

func getService(c *call) error {
	switch {
	case c.on("EdgeServer"):
		for _, edge := range c.estate.edges() {
			c.objects = append(c.objects, c.estate.edgeService(edge))
		}
	case c.on("Registrar"):
		for pool := range c.estate.of("CsPool").all() {
			c.objects = append(c.objects, c.estate.service("Registrar", pool.Text("Identity")))
		}
	case c.on("WebServer"):
		for pool := range c.estate.of("CsPool").all() {
			fqdn := pool.Text("Identity")
			c.objects = append(c.objects, c.estate.service("WebServer", fqdn).with(Object{"InternalFqdn": fqdn, "ExternalFqdn": webOutside(fqdn)}))
		}
	default:
		return c.unsimulated("anything but EdgeServer, Registrar and WebServer")
	}
	return nil
}

// service is what all services of a pool have. A version of 8 is what servers of 2019 show.
func (e *Estate) service(role, pool string) Object {
	version := int64(8)
	if set, err := strconv.ParseInt(setOf(e.Servers.Versions, pool), 10, 64); err == nil {
		version = set
	}
	return Object{"Identity": role + ":" + pool, "ServiceId": "1-" + role + "-1", "SiteId": "Site:Site1", "PoolFqdn": pool, "Version": version, "Role": role}
}

// edgeService is that of an Edge Server. The external names of those beside the first begin with their own.
func (e *Estate) edgeService(edge string) Object {
	domain, prefix := e.defaultSipDomain(), ""
	if edge != e.edge() {
		name, _, _ := strings.Cut(edge, ".")
		prefix = name + "-"
	}
	return e.service("EdgeServer", edge).with(Object{
		"AccessEdgeInternalSipPort": int64(5061), "AccessEdgeExternalSipPort": int64(5061), "AccessEdgeClientSipPort": int64(443),
		"AccessEdgeExternalFqdn": prefix + "sip." + domain, "DataEdgeExternalFqdn": prefix + "webconf." + domain, "AVEdgeExternalFqdn": prefix + "av." + domain,
	})
}

// topologySite: Get-CsSite. Each Edge pool has a site that federates by it.
func topologySite() rules {
	return rules{verbs: map[string]handler{"Get": getSite}, only: []string{"Get"}}
}

func getSite(c *call) error {
	if c.given("Identity") || c.given("Filter") {
		return c.unsimulated("Identity and -Filter")
	}
	for n, edge := range c.estate.edges() {
		name := "Site" + strconv.Itoa(n+1)
		c.objects = append(c.objects, Object{
			"Identity": "Site:" + name, "SiteId": int64(n + 1), "DisplayName": name, "SiteType": "CentralSite", "ParentSite": nil, "Description": "",
			"FederationRoute": "EdgeServer:" + edge, "XmppFederationRoute": nil,
		})
	}
	return nil
}

// topologyComputer: Get-CsComputer.
func topologyComputer() rules {
	return rules{verbs: map[string]handler{"Get": getComputer}, only: []string{"Get"}}
}

func getComputer(c *call) error {
	if c.given("Identity") || c.given("Filter") || c.given("Local") {
		return c.unsimulated("Identity, -Filter and -Local")
	}
	add := func(pool, fqdn string) {
		if wanted := c.text("Pool"); wanted == "" || strings.EqualFold(wanted, pool) {
			c.objects = append(c.objects, Object{"Identity": fqdn, "Pool": pool, "Fqdn": fqdn})
		}
	}
	for pool := range c.estate.of("CsPool").all() {
		computers, _ := pool["Computers"].([]any)
		for _, one := range textsOf(computers) {
			add(pool.Text("Identity"), one)
		}
	}
	for _, edge := range c.estate.edges() {
		add(edge, edge)
	}
	return nil
}

// mirrorState: Get-CsDatabaseMirrorState, for the databases of users.
func mirrorState() rules {
	return rules{verbs: map[string]handler{"Get": getMirrorState}, only: []string{"Get"}}
}

func getMirrorState(c *call) error {
	if c.text("DatabaseType") != "User" {
		return c.unsimulated("DatabaseType of anything but User")
	}
	pool := c.text("PoolFqdn")
	if _, ok := c.estate.Object("CsPool", pool); !ok {
		return c.fail("ObjectNotFound", "PoolNotFound", "The pool %q cannot be found.", pool)
	}
	o := Object{"DatabaseName": "rtcxds", "StateOnPrimary": noMirror, "StateOnMirror": noMirror, "MirroringStatusOnPrimary": "", "MirroringStatusOnMirror": ""}
	if status := setOf(c.estate.Servers.Mirrors, pool); status != "" {
		o = o.with(Object{"StateOnPrimary": "Principal", "StateOnMirror": "Mirror", "MirroringStatusOnPrimary": status, "MirroringStatusOnMirror": status})
	}
	c.objects = append(c.objects, o)
	return nil
}

// noMirror is the state of a database that has none.
const noMirror = "DatabaseInaccessibleOrMirroringNotEnabled"
