package lab

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"hybrid/internal/cmdlets"
	"hybrid/internal/lab/nameserver"
	"hybrid/schema"
)

// A simulator carries out cmdlets on an estate.
type simulator struct {
	estate *Estate
	module string
	tables *cmdlets.Tables // of its module
	kinds  map[string]*schema.Kind
	names  map[string]string // of the nouns with a kind: under what their objects are kept
	rules  map[string]rules
	tenant *simulator // the tenant's module, in sessions of its own; set in the servers' only
	sync   *simulator // that of directory synchronisation; likewise

	dns       map[string]*nameserver.Server // by view, for the module DnsServer; likewise
	dnsTables *cmdlets.Tables               // of that module
}

// rules are what a noun has beyond the New, Set, Get and Remove that all have.
type rules struct {
	// defaults are the properties of a fresh object. Without them they come from the noun's Kind.
	defaults func(*Estate) Object
	// check completes an object before it is stored and refuses what must not be; before is nil for a new one.
	check func(c *call, before, after Object) error
	// verbs replace or add cmdlets.
	verbs map[string]handler
	// only restricts the cmdlets to those verbs.
	only []string
}

// newSimulator simulates the servers' module, and beside it the tenant's and that of directory synchronisation.
func newSimulator(e *Estate, kinds []*schema.Kind) (*simulator, error) {
	tables, err := cmdlets.Load()
	if err != nil {
		return nil, err
	}
	simulate := func(module string, own map[string]rules) *simulator {
		return &simulator{estate: e, module: module, tables: tables.Module(module), kinds: map[string]*schema.Kind{}, names: map[string]string{}, rules: own}
	}
	servers := simulate(serversModule, nounRules())
	servers.dnsTables = tables.Module(dnsModule)
	servers.tenant = simulate(teamsModule, tenantRules())
	servers.sync = simulate(syncModule, syncRules())
	for _, k := range kinds {
		of := servers
		if k.System == "teams" {
			of = servers.tenant
		}
		if remote, ok := k.Remote.(schema.Cmdlet); ok && of.kinds[remote.Noun] == nil {
			of.kinds[remote.Noun] = k
			of.names[remote.Noun] = Kept(kinds, k)
		}
	}
	return servers, nil
}

// provide adds the objects that every deployment has of a noun without rules of its own, as the noun's Kind tells: the one of a
// singleton, and those that are built in. What is there stays as it is, and a copy of a live estate has what was read.
func (s *simulator) provide() error {
	e := s.estate
	if s.module == teamsModule && e.Tenant.SignIn == (SignIn{}) {
		return nil // nobody asks for a tenant
	}
	return e.Do(func() error {
		at := e.Clock
		for _, noun := range slices.Sorted(maps.Keys(s.kinds)) {
			k := s.kinds[noun]
			if _, own := s.rules[noun]; own || e.Taken.has(k.System) {
				continue
			}
			for _, identity := range existing(k) {
				if _, there := e.Object(s.kept(noun), identity); !there {
					c := call{estate: e, kind: k, noun: noun}
					e.Put(s.kept(noun), c.defaults(rules{}).with(Object{"Identity": identity}))
				}
			}
		}
		e.Clock = at // nobody has changed anything
		return nil
	})
}

// kept is under what the estate keeps the objects of a noun.
func (s *simulator) kept(noun string) string {
	if name := s.names[noun]; name != "" {
		return name
	}
	return noun
}

// Kept is under what an estate keeps the objects of a kind behind cmdlets: by its noun, and where that is the noun of a kind of
// another system before it, with the system's name before it. The modules of servers and tenant have namesakes.
func Kept(kinds []*schema.Kind, k *schema.Kind) string {
	noun := k.Remote.(schema.Cmdlet).Noun
	for _, other := range kinds {
		if remote, ok := other.Remote.(schema.Cmdlet); ok && remote.Noun == noun {
			if other.System != k.System {
				return k.System + "." + noun
			}
			break
		}
	}
	return noun
}

// existing are the identities of the objects of a kind that every deployment has.
func existing(k *schema.Kind) []string {
	if k.Singleton {
		return []string{"Global"}
	}
	return k.BuiltIn
}

// beside finds the simulator of a module whose sessions have no other; nil where the lab's host has no such module. The
// module of directory synchronisation is installed below the service, off the module path, so it is found by its folder, too.
func (s *simulator) beside(module string) *simulator {
	path := strings.Split(strings.ReplaceAll(module, "/", `\`), `\`)
	name := path[len(path)-1]
	switch {
	case s.tenant != nil && strings.EqualFold(module, teamsModule):
		return s.tenant
	case s.sync != nil && strings.EqualFold(name, syncModule) && !s.estate.lacksSync():
		return s.sync
	}
	return nil
}

// nounRules are the nouns that have rules of their own, one file each.
func nounRules() map[string]rules {
	return map[string]rules{
		"CsHostingProvider":                  hostingProvider(),
		"CsPublicProvider":                   publicProvider(),
		"CsOAuthServer":                      oauthServer(),
		"CsPartnerApplication":               partnerApplication(),
		"CsOAuthConfiguration":               oauthConfiguration(),
		"CsAccessEdgeConfiguration":          accessEdge(),
		"CsUser":                             user(),
		"CsAdUser":                           adUser(),
		"CsManagementStoreReplicationStatus": replicationStatus(),
		"CsService":                          topologyService(),
		"CsSite":                             topologySite(),
		"CsComputer":                         topologyComputer(),
		"CsDatabaseMirrorState":              mirrorState(),
		"CsAdminRoleAssignment":              adminRoles(),
		"CsPool":                             {only: []string{"Get"}},
		"CsSipDomain":                        sipDomain(),
		"CsAllowedDomain":                    federatedDomain("CsBlockedDomain", Object{"ProxyFqdn": nil, "VerificationLevel": "UseSourceVerification", "Comment": nil, "MarkForMonitoring": false}),
		"CsBlockedDomain":                    federatedDomain("CsAllowedDomain", Object{"Comment": nil}),
		"CsExternalAccessPolicy":             policy(externalAccessDefaults()),
		"CsHostedVoicemailPolicy":            policy(hostedVoicemailDefaults()),
		"CsHybridApplicationEndpoint":        applicationEndpoint(),
		"CsUserServicesPolicy":               {only: []string{"Get"}},
	}
}

// handler finds what carries out a cmdlet; nil where the lab has no such cmdlet.
func (s *simulator) handler(cmdlet string) (*cmdlets.Cmdlet, handler) {
	published := s.tables.Cmdlet(cmdlet)
	if published == nil {
		return nil, nil
	}
	verb, noun, _ := strings.Cut(published.Name, "-")
	own, known := s.rules[noun]
	if !known && isPolicy(s.kinds[noun]) {
		own = policy((&call{kind: s.kinds[noun]}).defaults(rules{}))
	}
	if !known && s.kinds[noun] == nil || own.only != nil && !slices.Contains(own.only, verb) {
		return nil, nil
	}
	if h := own.verbs[verb]; h != nil {
		return published, h
	}
	return published, map[string]handler{"New": create(own), "Set": update(own), "Get": read, "Remove": remove}[verb]
}

// has says whether the host has a cmdlet.
func (s *simulator) has(cmdlet string) bool {
	_, h := s.handler(cmdlet)
	return h != nil && !s.lacks(cmdlet)
}

// lacks says whether what a host has of the servers' module is of a build without a cmdlet.
func (s *simulator) lacks(cmdlet string) (lacks bool) {
	if s.module == serversModule {
		_ = s.estate.Do(func() error { lacks = s.estate.lacksCmdlet(cmdlet); return nil })
	}
	return lacks
}

// lacked is the error of a call with a parameter that the servers' build has not; nil where it has all.
func (s *simulator) lacked(cmdlet string, params map[string]any) (lacked *Failure) {
	if s.module == serversModule {
		_ = s.estate.Do(func() error { lacked = s.estate.lackedParameter(cmdlet, params); return nil })
	}
	return lacked
}

// run carries out a call. The error is a *Failure, but for one of the lab itself, such as a full disk.
func (s *simulator) run(cmdlet string, params map[string]any, stale bool) (output, error) {
	published, handle := s.handler(cmdlet)
	if handle == nil {
		return output{}, unknownCmdlet(cmdlet)
	}
	if lacked := s.lacked(published.Name, params); lacked != nil {
		return output{}, lacked
	}
	bound, failed := published.Bind(params)
	if failed != nil {
		return output{}, bindFailure(failed)
	}
	verb, noun, _ := strings.Cut(published.Name, "-")
	c := &call{estate: s.estate, kind: s.kinds[noun], cmdlet: published, verb: verb, noun: noun, kept: s.kept(noun), set: bound.Set, params: bound.Params, stale: stale}
	if done, err := c.confirm(); done || err != nil {
		return c.output, err
	}
	err := s.estate.Do(func() error {
		c.count()
		s.estate.arrive()
		return c.noted(func() error {
			if err := handle(c); err != nil {
				return err
			}
			if s.module == serversModule {
				c.replicate()
			}
			return nil
		})
	})
	return c.output, err
}

// unknownCmdlet is PowerShell's error for a name that nothing has.
func unknownCmdlet(name string) *Failure {
	return &Failure{
		Message:  "The term '" + name + "' is not recognized as a name of a cmdlet, function, script file, or executable program.",
		Category: "ObjectNotFound", Kind: "CommandNotFoundException", Type: "System.Management.Automation.CommandNotFoundException",
	}
}

// confirm answers -WhatIf and refuses what would ask a question: a session has nobody to answer. Of the simulated
// cmdlets Move-CsUser is the one whose page says that it asks unless told otherwise.
func (c *call) confirm() (done bool, err error) {
	if c.on("WhatIf") {
		c.console = append(c.console, `What if: Performing the operation "`+c.name()+`" on target "`+c.text("Identity")+`".`)
		return true, nil
	}
	if c.on("Confirm") || c.name() == "Move-CsUser" && !c.given("Confirm") {
		return false, c.prompts()
	}
	return false, nil
}

// prompts is the error of a cmdlet that asks a question in a session.
func (c *call) prompts() *Failure {
	return &Failure{
		Message:  nonInteractive,
		Category: "InvalidOperation", Kind: "InvalidOperation," + c.name(), Type: "System.Management.Automation.PSInvalidOperationException",
	}
}

// asFailure gives the error of a call as the agent reports it.
func asFailure(err error) *Failure {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure
	}
	return &Failure{Message: err.Error(), Kind: "LabFailure", Category: "ResourceUnavailable", Type: "System.IO.IOException"}
}
