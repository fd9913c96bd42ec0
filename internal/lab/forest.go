package lab

import (
	"fmt"
	"slices"
	"strings"
)

// Forest is what Active Directory has beside accounts.
type Forest struct {
	// Contacts are contacts with an address of their own, as NAME=ADDRESS: "Ada at home=sip:ada@contoso.com".
	Contacts []string `json:"contacts,omitempty"`
	Silent   []string `json:"silent,omitempty"` // domains whose domain controllers do not answer: "eu.contoso.com"
	LDAP     string   `json:"ldap,omitempty"`   // what goes wrong with LDAP: "referral"; "" for nothing
}

// SetForest replaces what Active Directory has beside accounts.
func (e *Estate) SetForest(f Forest) {
	e.Forest = f
	e.changed(change{Forest: &f})
}

// forestSettings are the settings that are fields of Forest.
func forestSettings() []Setting {
	return []Setting{
		ofForest("forest.contacts", "contacts in Active Directory that have an address in proxyAddresses, as NAME=ADDRESS with commas between", func(f *Forest) *[]string { return &f.Contacts }),
		ofForest("forest.silent", "domains of the forest whose domain controllers do not answer, with commas between", func(f *Forest) *[]string { return &f.Silent }),
		{
			Name: "forest.ldap", Doc: "what goes wrong with LDAP, such as referral, limit, endless or cut; empty for nothing",
			Get: func(e *Estate) string { return e.Forest.LDAP },
			Set: func(e *Estate, text string) error {
				if err := checkLDAPFault(text); err != nil {
					return fmt.Errorf("forest.ldap: %w", err)
				}
				f := e.Forest
				f.LDAP = text
				e.SetForest(f)
				return nil
			},
		},
	}
}

func ofForest(name, doc string, field func(*Forest) *[]string) Setting {
	return Setting{
		Name: name, Doc: doc,
		Get: func(e *Estate) string { return settingText(field(&e.Forest)) },
		Set: func(e *Estate, text string) error {
			f := e.Forest
			if err := parseSetting(field(&f), text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			e.SetForest(f)
			return nil
		},
	}
}

// A directoryObject is an object of Active Directory as an LDAP search finds it.
type directoryObject struct {
	dn    string
	class string // "user", "contact"
	// values are those of an attribute that are set, by its name in lower case; known is false for one that the lab does not simulate.
	values func(attribute string) (values []string, known bool)
}

// domain is the domain that the object is in: "eu.contoso.com".
func (o directoryObject) domain() string { return dnDomain(o.dn) }

// dnDomain is the domain of a distinguished name.
func dnDomain(dn string) string {
	at := strings.Index(strings.ToUpper(dn), "DC=")
	if at < 0 {
		return ""
	}
	return strings.ToLower(strings.ReplaceAll(strings.ToUpper(dn[at+len("DC="):]), ",DC=", "."))
}

// inDirectory is an account as an LDAP search finds it.
func (a *Account) inDirectory() directoryObject {
	return directoryObject{dn: a.DistinguishedName(), class: "user", values: a.attribute}
}

// attribute gives the values of an attribute of an account.
func (a *Account) attribute(name string) ([]string, bool) {
	switch name {
	case "objectclass":
		return []string{"top", "person", "organizationalPerson", "user"}, true
	case "objectcategory":
		return []string{"person"}, true
	case "distinguishedname":
		return []string{a.DistinguishedName()}, true
	case "userprincipalname":
		return ifSet(a.UserPrincipalName()), true
	case "msrtcsip-primaryuseraddress":
		return ifSet(a.SIP), true
	case "admincount":
		return ifSet(plainText(a.More[adminCount])), true
	case "proxyaddresses":
		return a.proxies(), true
	case "samaccountname":
		return ifSet(a.SamAccountName()), true
	case "cn", "displayname":
		return ifSet(a.DisplayName), true
	}
	return a.serverAttribute(name)
}

// proxies are proxyAddresses of an account. The servers keep the SIP address there while the user has one.
func (a *Account) proxies() []string {
	if own, set := a.More[proxyAddresses]; set {
		return slices.DeleteFunc(strings.Split(plainText(own), ","), func(p string) bool { return p == "" })
	}
	return append(ifSet(a.SIP), "SMTP:"+a.UserPrincipalName())
}

// ifSet is a list of one value, of none where it is empty.
func ifSet(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

// contact is a contact as an LDAP search finds it.
func (e *Estate) contact(text string) directoryObject {
	name, address, _ := strings.Cut(text, "=")
	o := directoryObject{dn: "CN=" + name + ",OU=Contacts," + domainDN(e.defaultSipDomain()), class: "contact"}
	o.values = func(attribute string) ([]string, bool) {
		switch attribute {
		case "objectclass":
			return []string{"top", "person", "organizationalPerson", "contact"}, true
		case "objectcategory":
			return []string{"person"}, true
		case "distinguishedname":
			return []string{o.dn}, true
		case "proxyaddresses":
			return []string{address}, true
		}
		_, known := (&Account{}).attribute(attribute)
		return nil, known
	}
	return o
}

// domains are those of the forest: that of the servers, and those that accounts are in.
func (e *Estate) domains() []string {
	all, known := []string{e.defaultSipDomain()}, map[string]bool{e.defaultSipDomain(): true}
	for _, a := range e.Accounts {
		if domain := dnDomain(a.DistinguishedName()); domain != "" && !known[domain] {
			known[domain] = true
			all = append(all, domain)
		}
	}
	slices.Sort(all[1:])
	return all
}
