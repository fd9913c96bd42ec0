package lab

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"hybrid/internal/lab/ldapserver"
)

// An LDAPEndpoint is Active Directory over LDAP: every domain of the forest at one address, for LDAPS and StartTLS.
type LDAPEndpoint struct {
	Addr     string // host:port
	Username string
	Password string
}

// startLDAP serves accounts and contacts to LDAP clients, with the certificate and the account of WS-Management.
func (l *Lab) startLDAP(o Options) error {
	config, err := l.keys.tls()
	if err != nil {
		return err
	}
	l.ldap, err = ldapserver.Start(ldapserver.Options{
		Listen: net.JoinHostPort(o.Listen.Host, strconv.Itoa(o.Listen.LDAPPort)), TLS: config,
		Admit: func(name, password string) bool {
			return strings.EqualFold(name, username) && password == l.keys.Password
		},
		Find: l.inForest, Fault: l.ldapFault,
	})
	if err != nil {
		return fmt.Errorf("the lab's LDAP: %w", err)
	}
	l.endpoints.LDAP = LDAPEndpoint{Addr: l.ldap.Addr(), Username: username, Password: l.keys.Password}
	return nil
}

func (l *Lab) ldapFault() (fault ldapserver.Fault) {
	l.estate.mu.Lock()
	defer l.estate.mu.Unlock()
	return ldapserver.Fault(l.estate.Forest.LDAP)
}

// inForest answers a search.
func (l *Lab) inForest(r ldapserver.Request) (found []ldapserver.Object, err error) {
	filter, err := parseLDAP(r.Filter)
	if err != nil {
		return nil, &ldapserver.Refusal{Code: ldapserver.Unwilling, Text: err.Error()}
	}
	err = l.Change(func(e *Estate) error {
		e.read("LDAP search")
		all, err := e.below(r)
		if err != nil {
			return err
		}
		for _, o := range all {
			if filter.keeps(o) {
				found = append(found, o.overLDAP())
			}
		}
		return nil
	})
	return found, err
}

// below are the objects that a search is over, whatever its filter.
func (e *Estate) below(r ldapserver.Request) ([]directoryObject, error) {
	root := domainDN(e.defaultSipDomain())
	switch {
	case r.Base == "" && r.Scope == 0:
		return []directoryObject{e.rootOfTree(root)}, nil
	case strings.EqualFold(r.Base, "CN=Partitions,CN=Configuration,"+root):
		return e.partitions(root), nil
	}
	if !slices.Contains(e.domains(), dnDomain(r.Base)) {
		return nil, &ldapserver.Refusal{Code: ldapserver.NoSuchObject, Text: "0000208D: NameErr: DSID-03100241, problem 2001 (NO_OBJECT)"}
	}
	if lists(e.Forest.Silent, dnDomain(r.Base)) {
		return nil, &ldapserver.Refusal{Code: ldapserver.Unavailable, Text: "no domain controller of " + dnDomain(r.Base) + " answers"}
	}
	return e.within(r), nil
}

// rootOfTree is what a directory says of itself (RFC 4512, 5.1).
func (e *Estate) rootOfTree(root string) directoryObject {
	return fixed("", map[string][]string{
		"objectclass": {"top"}, "defaultnamingcontext": {root}, "rootdomainnamingcontext": {root}, "configurationnamingcontext": {"CN=Configuration," + root},
		"dnshostname": {"dc01." + e.defaultSipDomain()}, "namingcontexts": {root}, "supportedldapversion": {"3"},
		"supportedcontrol": {ldapserver.Paging}, "supportedextension": {ldapserver.StartTLS},
	})
}

// partitions are the domains of the forest as its configuration lists them (systemFlags 3: a domain of this forest).
func (e *Estate) partitions(root string) (all []directoryObject) {
	for _, domain := range e.domains() {
		name, _, _ := strings.Cut(domain, ".")
		all = append(all, fixed("CN="+strings.ToUpper(name)+",CN=Partitions,CN=Configuration,"+root, map[string][]string{
			"objectclass": {"top", "crossRef"}, "ncname": {domainDN(domain)}, "dnsroot": {domain}, "systemflags": {"3"},
		}))
	}
	return all
}

// fixed is an object with these attributes, of which others are unset.
func fixed(dn string, values map[string][]string) directoryObject {
	return directoryObject{dn: dn, values: func(name string) ([]string, bool) { return values[name], true }}
}

// within are the accounts and contacts that a search is over, of the domain of its base.
func (e *Estate) within(r ldapserver.Request) (all []directoryObject) {
	numbers := e.poolNumbers()
	take := func(o directoryObject) {
		if o.domain() == dnDomain(r.Base) && reaches(r, o.dn) {
			all = append(all, o)
		}
	}
	for _, text := range e.Forest.Contacts {
		take(e.contact(text))
	}
	root := domainDN(e.defaultSipDomain())
	for _, a := range e.Accounts {
		o := a.inDirectory()
		o.values = func(name string) ([]string, bool) {
			if name == "msrtcsip-primaryhomeserver" && a.RegistrarPool != "" {
				return []string{fmt.Sprintf("CN=Lc Services,CN=Microsoft,CN=1:%d,CN=Pools,CN=RTC Service,CN=Services,CN=Configuration,%s", numbers[strings.ToLower(a.RegistrarPool)], root)}, true
			}
			return a.attribute(name)
		}
		take(o)
	}
	return all
}

// reaches says whether an object is the base of a search, right below it, or anywhere below it, as far as the search goes.
func reaches(r ldapserver.Request, dn string) bool {
	if strings.EqualFold(dn, r.Base) {
		return r.Scope != 1
	}
	above := len(dn) - len(r.Base) - 1
	if above < 1 || dn[above] != ',' || !strings.EqualFold(dn[above+1:], r.Base) {
		return false
	}
	names := strings.ReplaceAll(dn[:above], `\,`, "")
	return r.Scope == 2 || r.Scope == 1 && !strings.Contains(names, ",")
}

// poolNumbers are those under which Active Directory knows pools: it has no names of them.
func (e *Estate) poolNumbers() map[string]int {
	var names []string
	known := map[string]int{}
	for _, a := range e.Accounts {
		if name := strings.ToLower(a.RegistrarPool); name != "" && known[name] == 0 {
			known[name] = 1
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for n, name := range names {
		known[name] = n + 1
	}
	return known
}

// overLDAP is the object as it goes over the wire.
func (o directoryObject) overLDAP() ldapserver.Object {
	return ldapserver.Object{DN: o.dn, Names: attributeNames, Values: func(name string) []string {
		values, _ := o.values(name)
		return values
	}}
}

// attributeNames are the attributes that a search gives where it names none.
var attributeNames = []string{
	"objectClass", "cn", "distinguishedName", "displayName", "sAMAccountName", "userPrincipalName", "proxyAddresses", "adminCount", "systemFlags", "nCName", "dnsRoot",
	"defaultNamingContext", "rootDomainNamingContext", "configurationNamingContext", "namingContexts", "supportedControl", "supportedExtension", "supportedLDAPVersion", "dnsHostName",
	"msRTCSIP-PrimaryUserAddress", "msRTCSIP-UserEnabled", "msRTCSIP-PrimaryHomeServer", "msRTCSIP-DeploymentLocator", "msRTCSIP-Line", "msRTCSIP-OptionFlags",
}

// serverAttribute gives what the servers write into an account.
func (a *Account) serverAttribute(name string) ([]string, bool) {
	switch name {
	case "msrtcsip-userenabled":
		return ifSet([...]string{Unset: "", True: "TRUE", False: "FALSE"}[a.Enabled]), true
	case "msrtcsip-deploymentlocator":
		return ifSet(a.HostingProvider), true
	case "msrtcsip-line":
		return ifSet(a.LineURI), true
	case "msrtcsip-optionflags":
		if a.Enabled == Unset {
			return nil, true
		}
		flags := 257 // enhanced presence, public networks
		if voice, _ := a.derived("EnterpriseVoiceEnabled").(bool); voice {
			flags += 128
		}
		return []string{strconv.Itoa(flags)}, true
	case "msrtcsip-primaryhomeserver", "msrtcsip-applicationoptions", "msrtcsip-ownerurn", "msrtcsip-originatorsid":
		return nil, true
	}
	return nil, false
}

// checkLDAPFault accepts what can go wrong with LDAP, and nothing.
func checkLDAPFault(text string) error {
	if text == "" || slices.Contains(ldapserver.Faults(), ldapserver.Fault(text)) {
		return nil
	}
	names := make([]string, 0, len(ldapserver.Faults()))
	for _, f := range ldapserver.Faults() {
		names = append(names, string(f))
	}
	return fmt.Errorf("%q: it is one of %s, or nothing", text, strings.Join(names, ", "))
}
