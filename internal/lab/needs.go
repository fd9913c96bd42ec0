package lab

// Needs is what a configuration needs to find in the estate that it is rehearsed on.
type Needs struct {
	Users      []NeededUser
	Pools      []string // FQDNs
	SipDomains []string // the first is the default one; contoso.com without any
	// Views are the name servers: for each the owner names of its records ("_sip._tls.contoso.com"), each with its type
	// behind it where known ("lyncdiscover.contoso.com A"), or zones.
	Views map[string][]string
	// Zones are zones of views, by view. A name that is in none of them, nor in a SIP domain, is in the zone of its last two
	// labels.
	Zones map[string][]string
	// Tenant is how the configuration signs in to the tenant, where it does. What is "" takes the lab's own. An estate
	// that is seeded with it does not share its SIP address space yet.
	Tenant *SignIn
	// Sync says that the configuration runs directory synchronisation: changes in Active Directory then reach the tenant
	// by cycles only. An estate that is found without such a need synchronises by itself, at once.
	Sync bool
	// OnlineDomains are SIP domains of the tenant besides those of the servers.
	OnlineDomains []string
	// Principals are the application ids of service principals in Entra. With any there is a tenant.
	Principals []string
	// Discovered says that somebody asks which tenant the SIP domains belong to: then there is one, too.
	Discovered bool
	// OAuthCertificate is the certificate, DER in base64, that the tenant is told the servers sign tokens with; "" where it is told of none.
	OAuthCertificate string
	// Movers are the accounts of the tenant under which users are moved.
	Movers []string
	// Begun says that hybrid is there already, since the configuration is about taking it back; nil where it is not.
	Begun *Begun
}

// Begun is a hybrid deployment as found before it is taken back: a federated edge, a tenant that shares its address
// space, hosting providers that are on.
type Begun struct {
	Providers []NeededProvider
	Servers   []string // SIP domains whose records lead to the servers
	Cloud     []string // SIP domains whose records lead to the cloud, but for those inside and of meetings
}

// A NeededProvider is a hosting provider that is on, for shared address space too.
type NeededProvider struct{ Name, ProxyFQDN string }

// A NeededUser is an account that must exist.
type NeededUser struct {
	SIP      string // "sip:ada@contoso.com"; the prefix may be missing
	Identity string // UPN, logon name, DN or display name, where it is not the SIP address
	// Enabled users are homed where the next two say, by default on the first pool. Others are accounts that were
	// never enabled and have no address.
	Enabled         bool
	HostingProvider string // proxy FQDN: homed online
	RegistrarPool   string // pool FQDN: homed on the servers
}

// SeedOptions says what else an estate holds.
type SeedOptions struct {
	Seed  int64
	Users int    // generated users beside the needed ones
	Home  string // of the generated users: a pool or a proxy FQDN; "" spreads them over the pools
}
