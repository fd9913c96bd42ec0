package check

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hybrid/internal/config"
	"hybrid/schema"
)

// accountChecks are those of the account in Active Directory and of its attributes.
func accountChecks() []UserCheck {
	return []UserCheck{
		judged(Check{
			ID: "U-SIPFMT", Title: "The SIP address is one, in a SIP domain of the servers", Blocks: true, Reads: "Get-CsSipDomain",
			Remedy: "Correct the address where it is written.", Source: "the procedures' own misspelt addresses (\"sip: user@\")",
		}, wellFormed).by("sip_domain"),
		judged(Check{
			ID: "U-AD", Title: "The user has an account in Active Directory that is enabled for the servers", Blocks: true, Reads: "Get-CsAdUser",
			Remedy: "Create the account in Active Directory, then enable it: declare it in a block user, or Enable-CsUser.", Source: "KB 2757450: the user is not enabled for Lync in the on-premises deployment", After: []string{"U-HYB"},
		}, hasAccount).by("user"),
		judged(Check{
			ID: "U-DUP", Title: "Nobody else has the SIP address", Blocks: true, Reads: "Get-CsAdUser, Get-CsUser; proxyAddresses by Get-ADObject, in each domain that Get-ADForest names",
			Remedy: "Take the address from the accounts that it is not meant for (Set-CsUser -SipAddress, or proxyAddresses), then synchronise.", Source: "Microsoft support article on msRTCSIP-PrimaryUserAddress and ProxyAddresses that are not unique; Microsoft's page of Get-ADObject",
		}, isUnique),
		judged(Check{
			ID: "U-ATTR", Title: "DeploymentLocator, PrimaryUserAddress and UserEnabled fit together", Blocks: true, Reads: "Get-CsUser, Get-CsAdUser; Get-CsHostingProvider",
			Remedy: "Set the attribute that is wrong with the cmdlets of the servers.", Source: "the procedure's attributes of users on both sides; Microsoft's page on managing attributes when decommissioning",
			After: []string{"H-PROV"},
		}, attributesFit).by("user", "hosting_provider"),
		judged(Check{
			ID: "U-PROX", Title: "User principal name and proxyAddresses agree with the SIP address", Reads: "Get-CsAdUser; proxyAddresses by Get-ADObject",
			Remedy: "Set both to the SIP address, without the prefix in the user principal name, then synchronise.", Source: "Microsoft's schema reference of msRTCSIP-PrimaryUserAddress; its page on managing attributes",
		}, agreesWithPrincipal),
		judged(Check{
			ID: "U-ADM", Title: "The account is not protected by AdminSDHolder", Reads: "adminCount by Get-ADObject",
			Remedy: "Change the user with an account of a domain administrator in the Management Shell, or take the user out of the protected groups and let permissions inherit again.", Source: "Microsoft support article on \"Insufficient access rights\" when a user is moved or enabled; the schema's page of Admin-Count, which is not in the global catalogue",
		}, isUnprotected),
	}
}

func wellFormed(u *User) Result {
	seen := u.saw("SIP address", u.Asked, cmp.Or(u.Place, "as it was asked for"))
	if problem := config.SIPProblem(u.SIP); problem != "" || strings.TrimSpace(u.Asked) != u.Asked {
		return u.misspelt(Failed("the SIP address is none", seen))
	}
	if u.Domains.err != nil {
		return Unread(u.Domains.err, seen)
	}
	_, domain, _ := strings.Cut(u.SIP, "@")
	domains := u.saw("Get-CsSipDomain", strings.Join(u.Domains.names, ", "), "the servers")
	if !u.Domains.has(domain) {
		r := Failed("the SIP domain is none of the servers'", seen, domains)
		r.Do = "Declare sip_domain \"" + domain + "\" and apply (New-CsSipDomain), or correct the address."
		return r
	}
	return Passed(domains)
}

// misspelt says what to write in the place of a misspelt address.
func (u *User) misspelt(r Result) Result {
	r.Do = "Write sip:user@domain."
	if problem := config.SIPProblem(u.Asked); problem != "" {
		r.Do = "Correct it: " + problem + "."
	}
	return r
}

func hasAccount(u *User) Result {
	d := u.Directory
	if d.Err != nil {
		return Unread(d.Err)
	}
	if d.absent() && u.Tenant.here() {
		r := Failed("the user is in the tenant only and has no account in Active Directory", u.saw("accounts with the address", "none", d.Where))
		r.Do = "A user of the cloud alone needs nothing of the servers. To make it a hybrid user, create the account in Active Directory with this user principal name, synchronise, and enable it with hosting_provider_proxy_fqdn."
		return r
	}
	if d.absent() {
		return Failed("there is no account with the SIP address or user principal name", u.saw("accounts with the address", "none", d.Where))
	}
	seen := slices.Concat(u.seen(d, "DistinguishedName"), u.seen(d, "SipAddress"), u.seen(d, "Enabled"))
	if own, known := d.Text("SipAddress"); known && own != "" && !isUser(own, u.SIP) {
		r := Failed("the account with this user principal name has another SIP address", seen...)
		r.Do = "Ask for that address, or give the account this one: Set-CsUser -SipAddress."
		return r
	}
	enabled, known := d.Text("Enabled")
	locator, _ := d.Text("HostingProvider")
	switch {
	case !known:
		return d.untold("Enabled")
	case enabled == "" && locator == "":
		return u.notEnabled(seen)
	}
	return Passed(seen...)
}

// notEnabled says how an account is to be enabled: by the block that does so already, unless it would cut off who is at work online.
func (u *User) notEnabled(seen []Evidence) Result {
	r := Failed("the account is not enabled for the servers", seen...)
	r.Do = "Enable it: declare the user in a block user and apply, or Enable-CsUser -Identity."
	hosted, _ := u.Tenant.Text("HostingProvider")
	atWork := home(hosted) == "online"
	if atWork {
		r.Do = "The user is at work online: enable it with hosting_provider_proxy_fqdn in a block user (Enable-CsUser -HostingProviderProxyFqdn). With registrar_pool the user would be cut off from there."
		r.Evidence = append(r.Evidence, u.seen(u.Tenant, "HostingProvider")...)
	}
	for _, d := range u.Declared {
		if d.Kind == "user" && (d.online || !atWork && u.Tenant.Err == nil) {
			r.Do = "Apply " + d.Address + " (" + schema.Place(d.Range) + "), which enables the account."
		}
	}
	return r
}

func isUnique(u *User) Result {
	if len(u.SameSIP) > 1 {
		return Failed("several accounts have the SIP address", u.saw("accounts with the address", strings.Join(u.SameSIP, "; "), "Active Directory"))
	}
	for _, s := range []Side{u.Directory, u.Servers} {
		if s.Err != nil {
			return Unread(s.Err)
		}
	}
	return u.aloneInForest()
}

// aloneInForest says whether nothing else in the forest has the address: another account, a contact, a group.
func (u *User) aloneInForest() Result {
	var names []string
	for _, n := range u.forest.others(u.SIP, u.Directory) {
		names = append(names, u.forest.named(n))
	}
	if len(names) > 0 {
		return Failed("something else in Active Directory has the SIP address, as its own or in proxyAddresses", u.saw("others with the address", strings.Join(names, "; "), "Active Directory"))
	}
	if err := u.forest.gap(); err != nil {
		return Unread(fmt.Errorf("no other account that the servers show has it; whether something has it in proxyAddresses is not known: %w", err))
	}
	if own := u.forest.account(u.Directory); u.Directory.here() && own.Err != nil {
		return Unread(own.Err)
	}
	return Passed(u.saw("others with the address", "none in "+u.forest.names(), "Active Directory, by "+u.forest.host))
}

// attributesFit holds the three attributes against the two states that are legal: homed on the servers, or with a hosting
// provider, and enabled with an address in both.
func attributesFit(u *User) Result {
	s := u.Servers
	if s.absent() {
		s = u.Directory
	}
	if !s.here() {
		return u.without(s)
	}
	locator, told := s.Text("HostingProvider")
	enabled, toldEnabled := s.Text("Enabled")
	sip, toldSIP := s.Text("SipAddress")
	if !told || !toldEnabled || !toldSIP {
		return s.untold("HostingProvider, Enabled or SipAddress")
	}
	seen := slices.Concat(u.seen(s, "HostingProvider"), u.seen(s, "SipAddress"), u.seen(s, "Enabled"), u.seen(s, "RegistrarPool"))
	return u.triple(locator, enabled, sip, s, seen)
}

func (u *User) triple(locator, enabled, sip string, s Side, seen []Evidence) Result {
	failed := func(text, do string) Result {
		r := Failed(text, seen...)
		r.Do = do
		return r
	}
	pool, toldPool := s.Text("RegistrarPool")
	switch {
	case locator == "" && enabled == "":
		return Absent("the account is not enabled for the servers: see U-AD")
	case sip == "":
		return failed("msRTCSIP-DeploymentLocator is left behind, and there is no SIP address", "Clear msRTCSIP-DeploymentLocator in Active Directory, or enable the user again: Enable-CsUser.")
	case locator == "":
		return failed("the user is enabled, and msRTCSIP-DeploymentLocator is empty", "Disable-CsUser wipes contacts, so do not: move the user to a pool with Move-CsUser, which writes the attribute.")
	case enabled == "":
		return failed("msRTCSIP-UserEnabled is not set", "Enable the user: Enable-CsUser.")
	case enabled == "False":
		return failed("the user is disabled temporarily (msRTCSIP-UserEnabled is FALSE)", "Enable the user: enabled = true in the block user and apply, or Set-CsUser -Enabled $true.")
	case home(locator) == "on the servers" && toldPool && pool == "":
		return failed("the user is homed on the servers, and on no pool", "Give the user a pool: Move-CsUser -Target with the pool's FQDN.")
	case home(locator) == "on the servers":
		return Passed(seen...)
	case u.Hosts.err != nil:
		return Unread(u.Hosts.err, seen...)
	case !u.Hosts.has(locator):
		return failed("msRTCSIP-DeploymentLocator names a hosting provider that the servers do not have", "Declare the hosting_provider with this proxy_fqdn and apply, or move the user to one that there is.")
	}
	return Passed(seen...)
}

// without is the result of a check that needs a side which does not have the user, or was not read. Who is enabled in Active
// Directory and not listed by the servers is not known to be gone: lists end early.
func (u *User) without(s Side) Result {
	if s.Err != nil {
		return Unread(s.Err)
	}
	if enabled, _ := u.Directory.Text("Enabled"); enabled != "" && s.Where == "the servers" {
		return Unread(errors.New("Get-CsUser does not list the user, whom Get-CsAdUser shows as enabled: check again, since its list may have ended early"))
	}
	return Absent(strings.ToUpper(s.Where[:1]) + s.Where[1:] + " has no such user: see U-AD and U-SYNC")
}

func agreesWithPrincipal(u *User) Result {
	d := u.Directory
	if !d.here() {
		return u.without(d)
	}
	upn, known := d.Text("UserPrincipalName")
	if !known {
		return d.untold("UserPrincipalName")
	}
	seen := u.seen(d, "UserPrincipalName")
	if !isUser(upn, u.SIP) {
		return Failed("the user principal name is not the SIP address", append(seen, u.saw("SIP address", u.SIP, d.Where))...)
	}
	if own, known := d.Text("SipAddress"); known && own == "" {
		return Absent("the account has no SIP address yet: see U-AD")
	}
	forest := u.forest.account(d)
	if forest.Err != nil {
		return Unread(fmt.Errorf("the user principal name agrees; proxyAddresses are not known: %w", forest.Err), seen...)
	}
	proxies, told := forest.list("proxyAddresses")
	if !told {
		return forest.untold("proxyAddresses")
	}
	seen = append(seen, u.saw("proxyAddresses", strings.Join(proxies, ", "), d.Where))
	if !slices.ContainsFunc(proxies, func(p string) bool { return hasSIP(p) && isUser(p, u.SIP) }) {
		return Failed("proxyAddresses does not have the SIP address", seen...)
	}
	if slices.ContainsFunc(proxies, func(p string) bool { return hasSIP(p) && !isUser(p, u.SIP) }) {
		return Failed("proxyAddresses has another SIP address", seen...)
	}
	return Passed(seen...)
}

func hasSIP(proxy string) bool { return len(proxy) > 4 && strings.EqualFold(proxy[:4], "sip:") }

func isUnprotected(u *User) Result {
	if !u.Directory.here() {
		return u.without(u.Directory)
	}
	forest := u.forest.account(u.Directory)
	if forest.Err != nil {
		return Unread(fmt.Errorf("adminCount is not known: %w", forest.Err))
	}
	count, told := forest.Text("adminCount")
	if !told {
		return forest.untold("adminCount")
	}
	seen := u.saw("adminCount", count, "Active Directory")
	if count != "" && count != "0" {
		return Failed("the account is, or was, in a protected group: changes of it are refused (\"Insufficient access rights\")", seen)
	}
	return Passed(seen)
}
