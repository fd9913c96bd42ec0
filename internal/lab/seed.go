package lab

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Seed makes an estate as found in the wild before hybrid: servers with pools, SIP domains and users, an Access Edge
// that federates with nobody, global policies and public providers as shipped, no hosting provider for the online service, no OAuth server,
// and name servers with records of old. Equal needs and options give equal estates.
func Seed(needs Needs, options SeedOptions) *Estate {
	e := NewEstate()
	e.Seed = options.Seed
	e.Put("CsAccessEdgeConfiguration", freshAccessEdge())
	for _, p := range [][2]string{{"Yahoo!", "lcsap.msg.yahoo.com"}, {"AOL", "sip.oscar.aol.com"}, {"MSN", "federation.messenger.msn.com"}} {
		e.Put("CsPublicProvider", publicProvider().defaults(e).with(Object{"Identity": p[0], "Name": p[0], "ProxyFqdn": p[1]}))
	}
	e.Tenant.SharedSipAddressSpace = needs.Tenant == nil || needs.Begun != nil
	e.begin(needs.Begun)
	e.Provide(needs)
	e.Put("CsOAuthConfiguration", freshOAuthConfiguration(e.defaultSipDomain()))
	e.Generate(options.Users, options.Home)
	e.Clock = NewEstate().Clock
	e.last = lastChange{}
	return e
}

// Provide adds what an estate lacks of the needs: SIP domains, pools, accounts, views and zones, the tenant. What is there stays as
// it is, so that a configuration can grow on the same estate. Views are served from the next [Start] on.
func (e *Estate) Provide(needs Needs) {
	if e.Taken != nil {
		needs = needs.beside(e.Taken)
	}
	if !e.Taken.has("skype") {
		needs = needs.complete(e)
		e.provideGlobalPolicies()
	}
	for _, domain := range needs.SipDomains {
		if _, ok := e.Object("CsSipDomain", domain); !ok {
			e.Put("CsSipDomain", Object{"Identity": domain, "Name": domain, "IsDefault": e.defaultSipDomain() == ""})
		}
	}
	e.provideTenant(needs)
	for _, fqdn := range needs.Pools {
		if _, ok := e.Object("CsPool", fqdn); !ok {
			e.Put("CsPool", freshPool(fqdn))
		}
	}
	for _, view := range slices.Sorted(maps.Keys(needs.Views)) {
		zones := freshZones(needs.Views[view], needs.Zones[view], needs.SipDomains, needs.Begun)
		maps.Copy(zones, e.Views[view])
		e.SetView(view, zones)
	}
	e.provideDirectory(needs)
	e.provideIssuer(needs)
	if e.Taken != nil {
		e.provideAccounts(needs)
		return
	}
	e.index()
	for _, u := range needs.Users {
		made := u.account(needs)
		_, named := e.byUPN[strings.ToLower(made.UserPrincipalName())]
		if !named && e.withSIP(u.SIP) < 0 {
			e.Add(made)
			e.provideAddress(made, u)
		}
	}
}

// provideAddress gives a user who was never enabled the address in the tenant that the configuration knows, where it is not
// the user principal name.
func (e *Estate) provideAddress(made *Account, u NeededUser) {
	if sip := "sip:" + bare(u.SIP); made.SIP == "" && !sameAddress(sip, "sip:"+made.UserPrincipalName()) {
		e.SetOnline(made.UserPrincipalName(), OnlineUser{SIP: sip})
	}
}

// complete fills what an estate cannot be without.
func (n Needs) complete(e *Estate) Needs {
	if len(n.SipDomains) == 0 && e.of("CsSipDomain").count == 0 {
		n.SipDomains = []string{"contoso.com"}
	}
	if len(n.Pools) == 0 && e.of("CsPool").count == 0 {
		n.Pools = []string{"pool01." + n.SipDomains[0]}
	}
	for pool := range e.of("CsPool").all() {
		n.Pools = append(n.Pools, pool.Text("Identity"))
	}
	pools, domains := newNames(n.Pools), newNames(n.SipDomains)
	for _, u := range n.Users {
		pools.add(u.RegistrarPool)
		_, domain, _ := strings.Cut(u.SIP, "@")
		domains.add(domain)
	}
	n.Pools, n.SipDomains = pools.list, domains.list
	return n
}

// names keeps the first of each name, whatever the case.
type names struct {
	list []string
	seen map[string]bool
}

func newNames(list []string) *names {
	n := &names{seen: map[string]bool{}}
	for _, name := range list {
		n.add(name)
	}
	return n
}

func (n *names) add(name string) {
	if key := strings.ToLower(name); name != "" && !n.seen[key] {
		n.seen[key] = true
		n.list = append(n.list, name)
	}
}

// freshPool is a pool of one server.
func freshPool(fqdn string) Object {
	return Object{
		"Identity": fqdn, "Fqdn": fqdn, "BackupPoolFqdn": nil, "Site": "Site:Redmond",
		"Services": []any{"Registrar:" + fqdn, "UserServer:" + fqdn, "WebServer:" + fqdn}, "Computers": []any{fqdn},
	}
}

// account makes the account of a needed user.
func (u NeededUser) account(needs Needs) *Account {
	sip := bare(u.SIP)
	name, _, _ := strings.Cut(sip, "@")
	a := &Account{UPN: sip, Sam: name, DisplayName: displayName(name)}
	switch identity := bare(u.Identity); {
	case identity == "":
	case strings.Contains(identity, "="):
		a.DN = identity
	case strings.Contains(identity, `\`):
		_, a.Sam, _ = strings.Cut(identity, `\`)
	case strings.Contains(identity, "@"):
		a.UPN = identity
	default:
		a.DisplayName = identity
	}
	if !u.Enabled {
		a.DN = a.DistinguishedName()
		return a
	}
	a.SIP, a.Enabled = "sip:"+sip, True
	if a.UPN == sip && a.Sam == name {
		a.UPN, a.Sam = "", "" // follow from the address
	}
	switch {
	case u.HostingProvider != "" && !strings.EqualFold(u.HostingProvider, onServers):
		a.HostingProvider = u.HostingProvider
	case u.RegistrarPool != "":
		a.HostingProvider, a.RegistrarPool = onServers, u.RegistrarPool
	default:
		a.HostingProvider, a.RegistrarPool = onServers, needs.Pools[0]
	}
	return a
}

// bare takes the prefix off a SIP address, which may be written in any case.
func bare(address string) string {
	if len(address) > 4 && strings.EqualFold(address[:4], "sip:") {
		return address[4:]
	}
	return address
}

// displayName turns ada.lovelace into Ada Lovelace.
func displayName(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '_' || r == '-' })
	for n, word := range words {
		first, size := utf8.DecodeRuneInString(word)
		words[n] = string(unicode.ToUpper(first)) + word[size:]
	}
	return strings.Join(words, " ")
}

// The names of invented users.
var (
	firstNames = []string{"Ada", "Alan", "Barbara", "Claude", "Donald", "Edsger", "Frances", "Grace", "Hedy", "John", "Karen", "Leslie", "Margaret", "Niklaus", "Radia", "Tony"}
	lastNames  = []string{"Lovelace", "Turing", "Liskov", "Shannon", "Knuth", "Dijkstra", "Allen", "Hopper", "Lamarr", "Backus", "Jones", "Lamport", "Hamilton", "Wirth", "Perlman", "Hoare"}
)

// Generate adds users, "sip:user000000@domain" and on, with names drawn under the estate's seed. They live at home, a
// pool or a hosting provider's proxy FQDN; "" spreads them over the pools.
func (e *Estate) Generate(users int, home string) {
	random := rand.New(rand.NewPCG(uint64(e.Seed), 0x6c616221))
	domain := e.defaultSipDomain()
	pools := e.Objects("CsPool")
	e.Accounts = slices.Grow(e.Accounts, users)
	e.bySIP, e.byUPN = nil, nil // made anew by the next look-up
	for n := range users {
		a := &Account{Enabled: True, HostingProvider: onServers, RegistrarPool: home}
		a.DisplayName = firstNames[random.IntN(len(firstNames))] + " " + lastNames[random.IntN(len(lastNames))] + " " + padded(n)
		a.SIP = "sip:user" + padded(n) + "@" + domain
		if home == "" {
			a.RegistrarPool = pools[n%len(pools)].Text("Identity")
		} else if _, ok := e.Object("CsPool", home); !ok {
			a.HostingProvider, a.RegistrarPool = home, ""
		}
		e.Add(a)
	}
}

// padded writes a number with six digits at least.
func padded(n int) string {
	text := string(appendInt(nil, int64(n)))
	return strings.Repeat("0", max(0, 6-len(text))) + text
}
