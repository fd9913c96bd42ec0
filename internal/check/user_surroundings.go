package check

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"hybrid/schema"
)

// Surroundings are what users are held against, the same for all of them.
type Surroundings struct {
	Read      time.Time
	Alone     bool              // one user was asked for, who was read with everything there is
	ToOnline  bool              // all are to be homed online, whatever the configuration says
	Homes     map[string]string // by SIP address: where a plan homes them, which goes before what the configuration says; nil without a plan
	Waived    map[string]string // by the ID of a check: why it is not asked
	ListsTell bool              // readings of the tenant show what came from Active Directory, so that what is empty has not arrived
	Counted   Count

	Domains   names // SIP domains of the servers
	Hosts     names // proxy FQDNs of the servers' hosting providers
	Endpoints names // SIP addresses of hybrid application endpoints
	estate    *Estate
	exchange  known // an Exchange server is trusted to keep contacts
	policies  map[string]string
	policyErr error
	places    []string // Active Directory domains of the hosts that run the cmdlets
}

// A Count is how many users the servers list, and how many they should: as many as at the last run, or as Active Directory has
// enabled for them, whichever is more.
type Count struct {
	Now, Was int
	When     string // of the last run; "" where Active Directory says how many there are
}

// source is who says how many there should be.
func (c Count) source() string {
	if c.When == "" {
		return "Active Directory"
	}
	return "the journal"
}

// shortest is what part of a list must be there for it to be whole.
const shortest = 0.98

// short says that a list lacks so much of what it held that it must have been cut short.
func (c Count) short() bool { return c.Was >= 10 && float64(c.Now) < shortest*float64(c.Was) }

// names are texts that were read, or why they were not.
type names struct {
	names []string
	err   error
}

func (n names) has(name string) bool {
	return slices.ContainsFunc(n.names, func(own string) bool { return strings.EqualFold(own, name) })
}

// known is a Boolean that was read, or why it was not.
type known struct {
	is  bool
	err error
}

// exchangeID is the application identifier of Exchange, on-premises and online (procedure of the partner applications).
const exchangeID = "00000002-0000-0ff1-ce00-000000000000"

// surroundings reads what users are held against.
func (c *Crowd) surroundings(ctx context.Context, e *Estate) {
	c.Domains = e.named(ctx, "Get-CsSipDomain", "Name")
	c.Hosts = e.named(ctx, "Get-CsHostingProvider", "ProxyFqdn")
	c.Endpoints = e.named(ctx, "Get-CsHybridApplicationEndpoint", "SipAddress")
	c.exchange = e.trustsExchange(ctx)
	c.policies, c.policyErr = e.contactPolicies(ctx)
	c.places = e.domainsOfHosts()
}

// consult runs a cmdlet on the servers, once.
func (e *Estate) consult(ctx context.Context, cmdlet string) ([]map[string]any, error) {
	if _, err := e.needed("skype"); err != nil {
		return nil, err
	}
	return e.Cmdlet(ctx, "skype", Cmdlet{Name: cmdlet})
}

// named are the texts of one property of all objects of a cmdlet.
func (e *Estate) named(ctx context.Context, cmdlet, property string) names {
	objects, err := e.consult(ctx, cmdlet)
	list := names{err: err}
	for _, o := range objects {
		if text := member(o, property); text != "" {
			list.names = append(list.names, text)
		}
	}
	return list
}

func (e *Estate) trustsExchange(ctx context.Context) known {
	objects, err := e.consult(ctx, "Get-CsPartnerApplication")
	trusted := slices.ContainsFunc(objects, func(o map[string]any) bool {
		enabled, _ := o["Enabled"].(bool)
		return enabled && strings.EqualFold(member(o, "ApplicationIdentifier"), exchangeID)
	})
	return known{trusted, err}
}

// contactPolicies are UcsAllowed of the policies of user services, by identity in lower case.
func (e *Estate) contactPolicies(ctx context.Context) (map[string]string, error) {
	objects, err := e.consult(ctx, "Get-CsUserServicesPolicy")
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, o := range objects {
		allowed, told := o["UcsAllowed"].(bool)
		if !told {
			return nil, fmt.Errorf("Get-CsUserServicesPolicy does not show UcsAllowed of %q", member(o, "Identity"))
		}
		all[strings.ToLower(member(o, "Identity"))] = fmt.Sprint(allowed)
	}
	return all, nil
}

// domainsOfHosts are the domains of the hosts that run the servers' cmdlets, by their names; none where they have only addresses.
func (e *Estate) domainsOfHosts() []string {
	var all []string
	for _, p := range e.Config.Providers {
		if p.System.Name != "skype" || !p.Values.Type().IsObjectType() || !p.Values.Type().HasAttribute("hosts") {
			continue
		}
		for _, host := range schema.Texts(p.Values.GetAttr("hosts")) {
			_, domain, full := strings.Cut(host, ".")
			if full && net.ParseIP(host) == nil {
				all = append(all, strings.ToLower(domain))
			}
		}
	}
	return all
}
