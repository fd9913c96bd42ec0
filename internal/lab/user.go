package lab

import (
	"strings"

	"hybrid/internal/roster"
)

// onServers is the HostingProvider of users homed on the servers.
const onServers = "SRV:"

// user: Get-, Enable-, Disable-, Set- and Move-CsUser.
func user() rules {
	return rules{
		verbs: map[string]handler{"Get": getUser, "Enable": enableUser, "Disable": disableUser, "Set": setUser, "Move": moveUser},
		only:  []string{"Get", "Enable", "Disable", "Set", "Move"},
	}
}

// adUser: Get-CsAdUser gives all accounts, enabled or not.
func adUser() rules {
	return rules{verbs: map[string]handler{"Get": getAdUser}, only: []string{"Get"}}
}

// enableUser is Enable-CsUser: an account that exists in Active Directory gets an address and one home.
func enableUser(c *call) error {
	row := c.estate.Account(c.text("Identity"))
	if row < 0 {
		return c.noAccount(c.text("Identity"))
	}
	before := c.estate.Accounts[row]
	if before.Enabled != Unset {
		return c.refused("The user %q is already enabled.", before.UserPrincipalName())
	}
	after := before.settled()
	var err error
	if after.SIP, err = c.address(before); err != nil {
		return err
	}
	if err := c.admitAddress(row, after.SIP); err != nil {
		return err
	}
	if after.HostingProvider, after.RegistrarPool, err = c.firstHome(); err != nil {
		return err
	}
	after.Enabled = True
	c.store(row, after)
	return nil
}

// firstHome is the one target that Enable-CsUser is given.
func (c *call) firstHome() (provider, pool string, err error) {
	switch {
	case c.given("RegistrarPool") == c.given("HostingProviderProxyFqdn"):
		return "", "", c.refused("Exactly one of -RegistrarPool and -HostingProviderProxyFqdn must be given.")
	case c.given("RegistrarPool"):
		pool, err := c.pool(c.text("RegistrarPool"))
		return onServers, pool, err
	}
	provider, err = c.provider(c.text("HostingProviderProxyFqdn"))
	return provider, "", err
}

// pool finds a pool by FQDN.
func (c *call) pool(fqdn string) (string, error) {
	if pool, ok := c.estate.Object("CsPool", fqdn); ok {
		return pool.Text("Identity"), nil
	}
	return "", c.fail("ObjectNotFound", "PoolNotFound", "Cannot find Registrar pool. Verify that %q is a valid registrar pool.", fqdn)
}

// provider finds an enabled hosting provider by proxy FQDN.
func (c *call) provider(proxyFqdn string) (string, error) {
	o, ok := c.estate.objectWith("CsHostingProvider", "ProxyFqdn", proxyFqdn)
	switch {
	case !ok:
		return "", c.fail("ObjectNotFound", "HostingProviderNotFound", "Cannot find a hosting provider with the proxy FQDN %q.", proxyFqdn)
	case !o.Is("Enabled"):
		return "", c.refused("The hosting provider %q with the proxy FQDN %q is not enabled.", o.Text("Identity"), proxyFqdn)
	}
	return o.Text("ProxyFqdn"), nil
}

// address is the SIP address that Enable-CsUser is given or is to make.
func (c *call) address(a *Account) (string, error) {
	if c.given("SipAddress") == c.given("SipAddressType") {
		return "", c.refused("Exactly one of -SipAddress and -SipAddressType must be given.")
	}
	if c.given("SipAddress") {
		return c.text("SipAddress"), nil
	}
	kind, domain := c.text("SipAddressType"), c.text("SipDomain")
	switch kind {
	case "UserPrincipalName", "EmailAddress":
		return "sip:" + a.UserPrincipalName(), nil
	}
	if domain == "" {
		return "", c.refused("-SipAddressType %s needs -SipDomain.", kind)
	}
	if kind == "SamAccountName" {
		return "sip:" + a.SamAccountName() + "@" + domain, nil
	}
	return "sip:" + strings.ReplaceAll(a.DisplayName, " ", ".") + "@" + domain, nil
}

// admitAddress refuses an address that is malformed, outside the SIP domains, or somebody else's.
func (c *call) admitAddress(row int, sip string) error {
	name, domain, ok := strings.Cut(strings.TrimPrefix(sip, "sip:"), "@")
	if !strings.HasPrefix(sip, "sip:") || !ok || name == "" || strings.ContainsAny(sip, " \t,;") {
		return c.unusable("SipAddress", "%q is not of the form sip:user@domain.", sip)
	}
	if _, ok := c.estate.Object("CsSipDomain", domain); !ok {
		return c.unusable("SipAddress", "%q is not a SIP domain of this deployment.", domain)
	}
	if other := c.estate.withSIP(sip); other >= 0 && other != row {
		return c.refused("The SIP address %q is already in use by %q.", sip, c.estate.Accounts[other].DistinguishedName())
	}
	return nil
}

// disableUser is Disable-CsUser: every attribute goes, contacts and conferences with them. What stays is the account.
func disableUser(c *call) error {
	row, before, err := c.enabledUser()
	if err != nil {
		return err
	}
	after := before.settled()
	after.SIP, after.Enabled, after.HostingProvider, after.RegistrarPool, after.LineURI, after.More = "", Unset, "", "", "", nil
	c.store(row, after)
	return nil
}

// enabledUser is the user that a call means; one that was never enabled is none.
func (c *call) enabledUser() (int, *Account, error) {
	row := c.estate.Account(c.text("Identity"))
	if row < 0 || c.estate.Accounts[row].SIP == "" {
		return 0, nil, c.noAccount(c.text("Identity"))
	}
	if a := c.estate.Accounts[row]; a.isProtected() {
		return 0, nil, c.insufficient()
	} else if a.Enabled != Unset {
		return row, a, nil
	}
	return 0, nil, c.refused("The user %q is not enabled. Run Enable-CsUser first.", c.estate.Accounts[row].SIP)
}

// store puts the new state of an account and returns it where -PassThru asks for it.
func (c *call) store(row int, a *Account) {
	before := c.estate.Accounts[row]
	c.estate.age(row, c.controller())
	c.estate.replace(row, a)
	c.estate.last.at = c.controller()
	c.estate.unsynced(before, a)
	if c.on("PassThru") {
		c.accounts = []*Account{a}
	}
}

// setUser is Set-CsUser: it changes attributes but neither home nor policies.
func setUser(c *call) error {
	row, before, err := c.enabledUser()
	if err != nil {
		return err
	}
	after := before.settled()
	more := Object{}
	for param, value := range c.params {
		switch {
		case param == "Identity" || steers(param):
		case param == "Enabled":
			after.Enabled = tristate(c.on("Enabled"))
		case param == "SipAddress":
			after.SIP = c.text("SipAddress")
			err = c.admitAddress(row, after.SIP)
		case param == "LineURI":
			after.LineURI = c.text("LineURI")
			err = c.admitLine(row, after.LineURI)
		default:
			more[param] = value
		}
		if err != nil {
			return err
		}
	}
	if len(more) > 0 {
		after.More = before.More.with(more)
	}
	if after.More.Is("AudioVideoDisabled") && after.More.Is("EnterpriseVoiceEnabled") {
		return c.refused("AudioVideoDisabled cannot be True for a user who is enabled for Enterprise Voice.")
	}
	c.store(row, after)
	return nil
}

// admitLine refuses a line that is no telephone URI, or somebody else's; "" takes it away.
func (c *call) admitLine(row int, uri string) error {
	if uri == "" {
		return nil
	}
	if !strings.HasPrefix(strings.ToLower(uri), "tel:") {
		return c.unusable("LineURI", "%q does not start with tel:.", uri)
	}
	for other, a := range c.estate.Accounts {
		if other != row && strings.EqualFold(a.LineURI, uri) {
			return c.refused("The line URI %q is already in use by %q.", uri, a.DistinguishedName())
		}
	}
	return nil
}

// sameAddress compares SIP addresses in any spelling.
func sameAddress(a, b string) bool { return roster.Canonical(a) == roster.Canonical(b) }
