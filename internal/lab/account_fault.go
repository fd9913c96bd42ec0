package lab

import (
	"fmt"
	"strings"
)

// Where an account keeps the attributes of these names, which no cmdlet of the servers shows; proxyAddresses with commas between.
const (
	adminCount     = "ldap.adminCount"
	proxyAddresses = "ldap.proxyAddresses"
)

// hidden says whether something that an account has is an attribute which the servers' cmdlets do not show.
func hidden(name string) bool { return strings.HasPrefix(name, "ldap.") }

// isProtected says whether AdminSDHolder protects an account: the servers may not write to it.
func (a *Account) isProtected() bool {
	count := plainText(a.More[adminCount])
	return count != "" && count != "0"
}

// insufficient is the refusal of Active Directory to write to an account that is protected.
func (c *call) insufficient() *Failure {
	return c.fail("PermissionDenied", "ActiveDirectoryOperationFailed", "%s", c.refusal("protected-group").Message)
}

// SetAttributes writes attributes of an account in Active Directory as an administrator of the directory would, past the rules of
// the servers: "DeploymentLocator=", "Line=tel:+1". No value takes an attribute away.
func (e *Estate) SetAttributes(identity string, attributes []string) error {
	row := e.Account(identity)
	if row < 0 {
		return fmt.Errorf("there is no account %q", identity)
	}
	before := e.Accounts[row]
	after := before.settled()
	for _, text := range attributes {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("%q: write NAME=VALUE, with nothing behind the = to take the attribute away", text)
		}
		if err := after.set(name, value); err != nil {
			return err
		}
	}
	e.replace(row, after)
	e.unsynced(before, after)
	return nil
}

// set writes one attribute.
func (a *Account) set(name, value string) error {
	switch strings.ToLower(name) {
	case "deploymentlocator":
		a.HostingProvider = value
	case "primaryuseraddress":
		a.SIP = value
	case "userenabled":
		enabled, ok := map[string]Tristate{"": Unset, "true": True, "false": False}[strings.ToLower(value)]
		if !ok {
			return fmt.Errorf("UserEnabled is TRUE, FALSE or nothing, and not %q", value)
		}
		a.Enabled = enabled
	case "registrarpool":
		a.RegistrarPool = value
	case "line":
		a.LineURI = value
	case "userprincipalname":
		a.UPN = value
	case "distinguishedname":
		a.DN = value
	case "admincount":
		a.More = a.More.with(Object{adminCount: value})
	case "proxyaddresses":
		a.More = a.More.with(Object{proxyAddresses: value})
	default:
		return fmt.Errorf("the lab has no attribute %q; there are DeploymentLocator, PrimaryUserAddress, UserEnabled, RegistrarPool, Line, userPrincipalName, distinguishedName, adminCount and proxyAddresses", name)
	}
	return nil
}

// Double makes a further account with the SIP address of one that there is, as two administrators of two domains would.
func (e *Estate) Double(identity string) error {
	row := e.Account(identity)
	if row < 0 {
		return fmt.Errorf("there is no account %q", identity)
	}
	again := e.Accounts[row].settled()
	name, domain, _ := strings.Cut(again.UPN, "@")
	again.UPN, again.Sam, again.DisplayName = name+"2@"+domain, again.Sam+"2", again.DisplayName+" 2"
	again.DN, again.LineURI = "CN="+again.DisplayName+",OU=Users,"+domainDN(domain), ""
	e.Add(again)
	return nil
}

// KeepContacts grants a user a policy that lets contacts go to Exchange.
func (e *Estate) KeepContacts(identity string) error {
	row := e.Account(identity)
	if row < 0 {
		return fmt.Errorf("there is no account %q", identity)
	}
	e.Put("CsUserServicesPolicy", userServicesDefaults().with(Object{"Identity": "Tag:ContactsInExchange"}))
	after := *e.Accounts[row]
	after.More = after.More.with(Object{"UserServicesPolicy": "ContactsInExchange"})
	e.replace(row, &after)
	return nil
}
