package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hybrid/internal/roster"
	"hybrid/providers"
)

// A forest is what Active Directory alone knows of users: proxyAddresses, adminCount, and what else holds a SIP address. It is read
// over LDAP where a provider block does that, else, or where that fails, by the module ActiveDirectory, which Front Ends have; either
// way domain by domain: a global catalogue carries no adminCount, and proxyAddresses
// only where Exchange has put it there, so that what it does not show would look like what is unset.
type forest struct {
	err     error // why nothing is known of any domain
	host    string
	whole   bool // everything was read that has an address or is protected
	domains []forestDomain
	rows    []row
	byDN    map[string]int   // by distinguished name in lower case
	holders map[string][]int // by SIP address: who has it, as its own or in proxyAddresses
}

// A forestDomain is one domain of the forest: "eu.contoso.com", and why it could not be read.
type forestDomain struct {
	name string
	err  error
}

// forestProperties are read of each object, under the names that Get-ADObject shows them by.
func forestProperties() []string {
	return []string{"DistinguishedName", "ObjectClass", "msRTCSIP-PrimaryUserAddress", "proxyAddresses", "adminCount"}
}

// everybodyInForest picks whatever has a SIP address, and whoever is protected.
const everybodyInForest = "(|(msRTCSIP-PrimaryUserAddress=*)(proxyAddresses=sip:*)(&(objectCategory=person)(adminCount=*)))"

// oneInForest picks whatever has one SIP address, and the account with that user principal name.
func oneInForest(sip string) string {
	sip = escaped(sip)
	return "(|(msRTCSIP-PrimaryUserAddress=" + sip + ")(proxyAddresses=" + sip + ")(userPrincipalName=" + strings.TrimPrefix(sip, "sip:") + "))"
}

// escaped is a text as it stands in an LDAP filter (RFC 4515).
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\5c`, "*", `\2a`, "(", `\28`, ")", `\29`, "\x00", `\00`).Replace(text)
}

// inForest reads what a filter picks in all domains of the forest: over LDAP, else by the first host of the servers that can.
func (e *Estate) inForest(ctx context.Context, filter string) *forest {
	straight := e.overLDAP(ctx, filter)
	if straight != nil && straight.gap() == nil {
		return straight
	}
	byHosts := e.byHosts(ctx, filter)
	switch {
	case straight == nil || byHosts.err == nil:
		return byHosts
	case straight.err == nil: // some domains are better than none
		return straight
	}
	return &forest{err: fmt.Errorf("Active Directory could not be read over LDAP: %w; nor by cmdlets: %w", straight.err, byHosts.err)}
}

// byHosts reads by the first host of the servers that has the module ActiveDirectory.
func (e *Estate) byHosts(ctx context.Context, filter string) *forest {
	block, err := e.needed("skype")
	if err != nil {
		return &forest{err: err}
	}
	hosts, err := e.Source.Hosts(block)
	if err == nil && len(hosts) == 0 {
		err = fmt.Errorf("provider %s has no hosts with the module ActiveDirectory", block)
	}
	for _, name := range hosts {
		h := windowsHost{block: block, name: name}
		domains, failed := e.domainsBy(ctx, h)
		if failed == nil {
			return e.inDomains(ctx, h, domains, filter)
		}
		if err == nil {
			err = failed
		}
	}
	return &forest{err: byOtherMeans(err)}
}

// byOtherMeans is an error and what an administrator does about it.
func byOtherMeans(err error) error {
	const run = "run Get-ADObject -LDAPFilter '(proxyAddresses=sip:ADDRESS)' -Properties proxyAddresses,adminCount -Server DOMAIN by hand, for each domain of the forest"
	var missing *providers.NoCmdletError
	switch {
	case !errors.As(err, &missing):
		return fmt.Errorf("%s: see C-HOP, or %s", sentence(err), run)
	case missing.Endpoint != "":
		return fmt.Errorf("%s: on a computer with the module ActiveDirectory, %s", sentence(err), run)
	}
	return fmt.Errorf("%s: Install-WindowsFeature RSAT-AD-PowerShell adds it there; or %s", sentence(err), run)
}

// domainsBy names the domains of the forest that a host is in.
func (e *Estate) domainsBy(ctx context.Context, h windowsHost) ([]string, error) {
	rows, err := e.askOn(ctx, h, Cmdlet{Name: "Get-ADForest"}, "Domains")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h.place(), err)
	}
	if len(rows) != 1 || len(rows[0]) != 1 {
		return nil, fmt.Errorf("Get-ADForest on %s shows no forest", h.place())
	}
	domains, told := Side{row: &row{places: map[string]int{"domains": 0}, cells: rows[0]}}.list("Domains")
	if !told || len(domains) == 0 {
		return nil, fmt.Errorf("Get-ADForest on %s shows no Domains", h.place())
	}
	return domains, nil
}

// inDomains reads what a filter picks in some domains. A domain that does not answer takes nothing from the others.
func (e *Estate) inDomains(ctx context.Context, h windowsHost, domains []string, filter string) *forest {
	f := &forest{host: h.place(), whole: filter == everybodyInForest}
	places := forestPlaces()
	for _, name := range domains {
		rows, err := e.Source.AskOn(ctx, h.block, h.name, Cmdlet{Name: "Get-ADObject", Params: map[string]any{
			"LDAPFilter": filter, "Server": name, "Properties": forestProperties()[2:], "ResultPageSize": 1000,
		}}, forestProperties())
		if err != nil {
			err = byOtherMeans(fmt.Errorf("domain %s could not be read on %s: %w", name, h.place(), err))
		}
		f.domains = append(f.domains, forestDomain{strings.ToLower(name), err})
		for _, cells := range rows {
			f.rows = append(f.rows, row{places, cells})
		}
	}
	f.index()
	return f
}

// index makes the look-ups.
func (f *forest) index() {
	f.byDN, f.holders = map[string]int{}, map[string][]int{}
	for n := range f.rows {
		name, _ := Side{row: &f.rows[n]}.Text("DistinguishedName")
		f.byDN[strings.ToLower(name)] = n
		for _, sip := range addresses(&f.rows[n]) {
			if !slices.Contains(f.holders[sip], n) {
				f.holders[sip] = append(f.holders[sip], n)
			}
		}
	}
}

// addresses are the SIP addresses that an object has: its own, and those in proxyAddresses.
func addresses(r *row) (all []string) {
	s := Side{row: r}
	if own, _ := s.Text("msRTCSIP-PrimaryUserAddress"); own != "" {
		all = append(all, roster.Canonical(own))
	}
	proxies, _ := s.list("proxyAddresses")
	for _, p := range proxies {
		if hasSIP(p) {
			all = append(all, roster.Canonical(p))
		}
	}
	return all
}

// gap is the first error that leaves something of the forest unread, nil where all was read.
func (f *forest) gap() error {
	if f.err != nil {
		return f.err
	}
	for _, d := range f.domains {
		if d.err != nil {
			return d.err
		}
	}
	return nil
}

// names are the domains of the forest, as evidence has them.
func (f *forest) names() string {
	all := make([]string, len(f.domains))
	for n, d := range f.domains {
		all[n] = d.name
	}
	return strings.Join(all, ", ")
}

// others are the objects that hold an address beside the account that it is meant for. Where the servers show no account, as with the
// endpoint of an application, that is the first whose own address it is.
func (f *forest) others(sip string, account Side) (all []int) {
	own, _ := account.Text("DistinguishedName")
	for _, n := range f.holders[sip] {
		s := Side{row: &f.rows[n]}
		name, _ := s.Text("DistinguishedName")
		if address, _ := s.Text("msRTCSIP-PrimaryUserAddress"); own == "" && isUser(address, sip) {
			own = name
		}
		if !strings.EqualFold(name, own) {
			all = append(all, n)
		}
	}
	return all
}

// named is an object by its name and class: "CN=Ada,OU=Partners,DC=contoso,DC=com (contact)".
func (f *forest) named(n int) string {
	s := Side{row: &f.rows[n]}
	name, _ := s.Text("DistinguishedName")
	if class, _ := s.Text("ObjectClass"); class != "" {
		name += " (" + class + ")"
	}
	return name
}

// account is what the forest has of an account that Get-CsAdUser shows. Its Err says why nothing is known of it: an account that the
// forest does not show is not one without attributes, unless everything that has some was read.
func (f *forest) account(account Side) Side {
	s := Side{Where: account.Where, Err: f.err}
	name, _ := account.Text("DistinguishedName")
	n, there := f.byDN[strings.ToLower(name)]
	switch {
	case s.Err != nil:
	case there:
		s.row = &f.rows[n]
	default:
		s.row, s.Err = f.unlisted(account, name)
	}
	return s
}

// unlisted is an account that was not among what was read: none of its attributes is set, or why that is not known.
func (f *forest) unlisted(account Side, name string) (*row, error) {
	at := slices.IndexFunc(f.domains, func(d forestDomain) bool { return d.name == domainOf(name) })
	sip, told := account.Text("SipAddress")
	switch {
	case at < 0:
		return nil, fmt.Errorf("the account's domain %q is not among those of the forest of %s, %s", domainOf(name), f.host, f.names())
	case f.domains[at].err != nil:
		return nil, f.domains[at].err
	case f.whole && told && sip == "":
		return &row{places: map[string]int{"proxyaddresses": 0, "admincount": 1}, cells: []any{nil, nil}}, nil
	}
	return nil, fmt.Errorf("Active Directory does not show %s, whom Get-CsAdUser shows: its domain controller may be behind; check again", name)
}
