package main

// connectionPlants are faults of hosts, sessions, sign-in and clocks, that `check` is held to.
func connectionPlants() []plant {
	return []plant{
		{"C-WRM", "the servers' host is down", "", "", func(b *board) { b.fault("--kind", "down", "--host", b.FrontEnd) }},
		{"C-HOP", "sessions reach no domain controller", "", "", func(b *board) { b.set("windows.no_second_hop=*") }},
		{"C-MOD", "a module that is too old, broken, or not there", "", "", func(b *board) { b.set("windows.teams_module=" + b.any([]string{"5.9.0", "7.8.0", "none"})) }},
		{"C-TLS", "no TLS 1.2", "", "", func(b *board) { b.set(b.any([]string{"windows.no_tls12=*", "windows.tls12_off=*"})) }},
		{"C-URL", "an address of one's own for the hosted migration service", "", "", func(b *board) { b.override("https://admin0a." + b.Domains[0] + migrationPath) }},
		{"C-URL", "another certificate at the hosted migration service", "", "", func(b *board) {
			b.override("https://admin0a.online.lync.com" + migrationPath)
			b.set("tls.shows=admin0a.online.lync.com=" + b.any([]string{"wrong_name", "dead_root"}))
		}},
		{"C-AUTH", "the sign-in service refuses the application", "", "", func(b *board) { b.set("graph.refused=" + b.any([]string{"90002", "700016", "700027", "7000222"})) }},
		{"C-AUTH", "conditional access for Teams alone", "", "", func(b *board) { b.set("graph.refused=53003:teams") }},
		{"C-AUTH", "whoever signs in by a cmdlet is refused", "", "", func(b *board) {
			b.set("tenant.refuses=" + b.any([]string{"50076", "50126", "50057", "53003"}))
		}},
		{"C-AUTH", "nobody has consented", "", "", func(b *board) {
			b.set(b.any([]string{"graph.unconsented=true", "graph.permissions=Application.Read.All"}))
		}},
		{"C-ROLE", "the application has no role", "", "", func(b *board) { b.set(b.any([]string{"tenant.roles=none", "tenant.roleless=true"})) }},
		{"C-ROLE", "the account may only look at the servers", "endpoint", "", func(b *board) { b.set("server.roles=" + b.any([]string{"CsViewOnlyAdministrator", "none"})) }},
		{"C-CLK", "the hosts' clocks are wrong", "", "", func(b *board) { b.set("skew.hosts=" + b.any([]string{"10m", "-10m"})) }},
		{"C-CLK", "this machine's clock is wrong", "", "", func(b *board) { b.set("skew.cloud=" + b.any([]string{"10m", "-10m"})) }},
	}
}

// migrationPath is that of the hosted migration service.
const migrationPath = "/HostedMigration/hostedmigrationService.svc"

// override writes an address of the hosted migration service into the configuration.
func (b *board) override(address string) {
	b.t.Helper()
	b.edit("  target = \"sipfed.online.lync.com\"\n", "  target = \"sipfed.online.lync.com\"\n  hosted_migration_override_url = \""+address+"\"\n")
}

// serverPlants are faults of the servers, that `check` is held to.
func serverPlants() []plant {
	return []plant{
		{"H-BUILD", "a host without its updates", "", "", func(b *board) { b.set("servers.builds=" + b.FrontEnd + "=7.0.2046.252") }},
		{"H-TOPO", "an Edge of 2010", "", "", func(b *board) { b.set("servers.versions=" + b.Edge + "=5") }},
		{"P-SVC", "a service that does not run", "", "", func(b *board) { b.set("servers.stopped=" + b.Pool + "=RTCSRV") }},
		{"P-CMS", "the Edge gets nothing of the Central Management store", "", "", func(b *board) {
			b.set("replication.stuck=" + b.Edge)
			b.cmdlet("Set-CsAccessEdgeConfiguration", "-AllowOutsideUsers", "true")
		}},
		{"P-UREP", "User Replicator has not finished", "", "", func(b *board) { b.set("servers.unsynced=" + b.FrontEnd + "=" + b.any([]string{"old", "never"})) }},
		{"P-LOG", "a mirror that is out of step", "", "", func(b *board) { b.set("servers.mirrors=" + b.Pool + "=suspended") }},
		{"E-FED1", "a second Edge pool that federates", "", "", func(b *board) { b.set("servers.edges=edge02." + b.Domains[0]) }},
		{"E-ROOT", "a root that the Edge lacks", "edge", "", func(b *board) { b.set("servers.rootless=DigiCert Global Root G2") }},
		{"E-CERT", "a bad certificate on a Front End Server", "", "", func(b *board) {
			b.set("servers.certificates=" + b.any([]string{"Default", "WebServicesInternal", "WebServicesExternal"}) + "=" + b.any([]string{"expired", "expiring", "no_key", "untrusted", "not_stored"}))
		}},
		{"E-CERT", "a certificate of the Access Edge with other names", "edge", "", func(b *board) { b.set("servers.certificates=AccessEdgeExternal=wrong_name") }},
		{"E-NET", "the Edge is not reached from inside", "", "", func(b *board) { b.set("servers.closed=" + b.Edge + "=" + b.any([]string{"5061", "4443"})) }},
	}
}

// trustPlants are faults of the trust between servers and tenant, that `check` is held to.
func trustPlants() []plant {
	return []plant{
		{"O-STS", "bad metadata of the token server", "", "", func(b *board) {
			b.set("oauth.metadata=" + b.any([]string{"not_found", "garbage", "no_keys", "expired", "other_realm", "other_issuer"}))
		}},
		{"O-STS", "another tenant's token server", "", "", func(b *board) {
			b.cmdlet("Set-CsOAuthServer", "-Identity", "microsoft.sts", "-MetadataUrl", "https://accounts.accesscontrol.windows.net/5e1f0a52-0000-4000-8000-000000000000/metadata/json/1")
		}},
		{"O-PART", "Exchange is trusted less than it must be", "exchange", "", func(b *board) {
			b.cmdlet("Set-CsPartnerApplication", "-Identity", "microsoft.exchange", "-ApplicationTrustLevel", "User")
		}},
		{"O-SP", "the tenant does not know the pool", "", "", func(b *board) { b.set("graph.names=00000004-0000-0ff1-ce00-000000000000") }},
		{"O-KEY", "another certificate than the tenant knows, or none", "", "", func(b *board) {
			b.set("oauth.certificate=" + b.any([]string{"expired", "expiring", "other", "none"}))
		}},
		{"O-EXKEY", "a key on Exchange Online", "", "", func(b *board) { b.set("graph.exchange_key=true") }},
		{"T-ONE", "a domain of another forest", "", "", func(b *board) { b.inTenant("Enable-CsOnlineSipDomain", "-Domain", b.Forest) }},
	}
}
