package lab

import (
	"slices"
	"strconv"
	"strings"
)

// getADForest is Get-ADForest.
func getADForest(c *hostCall) error {
	root := c.estate.defaultSipDomain()
	if err := c.reaches(root); err != nil {
		return err
	}
	var domains []any
	for _, domain := range c.estate.domains() {
		domains = append(domains, domain)
	}
	c.objects = []Object{{
		"Name": root, "RootDomain": root, "Domains": domains, "ForestMode": "Windows2016Forest",
		"GlobalCatalogs": []any{"dc01." + root}, "SchemaMaster": "dc01." + root, "DomainNamingMaster": "dc01." + root,
	}}
	return nil
}

// reaches says whether the session reaches a domain controller of a domain. A session that was signed in to over the network has
// nothing to show to one, and the cmdlets take that for one that is not there.
func (c *hostCall) reaches(domain string) error {
	if !lists(c.estate.Windows.NoHop, c.host) && !lists(c.estate.Forest.Silent, domain) && slices.Contains(c.estate.domains(), domain) {
		return nil
	}
	return &Failure{
		Message:  "Unable to contact the server. This may be because this server does not exist, it is currently down, or it does not have the Active Directory Web Services running.",
		Category: "ResourceUnavailable", Kind: "ActiveDirectoryServer:0," + c.source(), Type: "Microsoft.ActiveDirectory.Management.ADServerDownException",
	}
}

// getADObject is Get-ADObject -LDAPFilter, in one domain.
func getADObject(c *hostCall) error {
	domain := strings.ToLower(c.text("Server"))
	if domain == "" {
		domain = c.estate.defaultSipDomain()
	}
	if err := c.reaches(domain); err != nil {
		return err
	}
	filter, err := parseLDAP(c.text("LDAPFilter"))
	if err != nil {
		return c.unusable("LDAPFilter", "%v", err)
	}
	for _, text := range c.estate.Forest.Contacts {
		c.find(c.estate.contact(text), domain, filter)
	}
	for _, a := range c.estate.Accounts {
		c.find(a.inDirectory(), domain, filter)
	}
	return nil
}

// find adds an object to the answer where it is in the domain and the filter keeps it.
func (c *hostCall) find(o directoryObject, domain string, filter *ldapFilter) {
	if !filter.keeps(o) || o.domain() != domain {
		return
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(o.dn, "CN="), ",")
	shown := Object{"DistinguishedName": o.dn, "Name": name, "ObjectClass": o.class}
	for _, property := range c.names("Properties") {
		shown[property] = directoryValue(o, property)
	}
	c.objects = append(c.objects, shown)
}

// names is a parameter that is a list of texts.
func (c *call) names(param string) (all []string) {
	list, _ := c.params[param].([]any)
	for _, item := range list {
		text, _ := item.(string)
		all = append(all, text)
	}
	return all
}

// directoryValue is an attribute as the cmdlet shows it: a list where it may have several values, a number where it is one.
func directoryValue(o directoryObject, property string) any {
	values, _ := o.values(strings.ToLower(property))
	switch {
	case strings.EqualFold(property, "proxyAddresses"):
		list := []any{}
		for _, value := range values {
			list = append(list, value)
		}
		return list
	case len(values) == 0:
		return nil
	case strings.EqualFold(property, "adminCount"):
		if n, err := strconv.ParseInt(values[0], 10, 64); err == nil {
			return n
		}
	}
	return values[0]
}
