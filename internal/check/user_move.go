package check

import (
	"errors"
	"slices"
	"strings"
)

// moveChecks are those of where a user is homed and of what stands in the way of a move.
func moveChecks() []UserCheck {
	return []UserCheck{
		judged(Check{
			ID: "U-HOME", Title: "The user is homed where the configuration says", Reads: "Get-CsUser: HostingProvider, RegistrarPool",
			Remedy: "Move the user: hybrid apply with the block that names the user.", Source: "KB 2757450: the user was not moved (the Control Panel shows LyncOnline as home)",
		}, isHomed).by("user_homing"),
		judged(Check{
			ID: "U-UCS", Title: "The user's contacts are not in the unified contact store", Blocks: true, Reads: "Get-CsUser: UserServicesPolicy; Get-CsUserServicesPolicy; Get-CsPartnerApplication",
			Remedy: "Grant a policy with UcsAllowed $false (Grant-CsUserServicesPolicy), then Invoke-CsUcsRollback -Identity, and move the user when the contacts are back.",
			Source: "Microsoft's page of Invoke-CsUcsRollback: contacts in the unified contact store do not follow a move",
		}, hasOwnContacts),
		judged(Check{
			ID: "U-DC", Title: "The servers' cmdlets find the user in their own Active Directory domain", Blocks: true, Reads: "Get-CsAdUser: DistinguishedName; hosts of the provider skype",
			Remedy: "Name a host of the user's domain in hosts of the provider skype, or move the user by hand with Move-CsUser -DomainController.",
			Source: "Microsoft support article on users of another domain who cannot be moved",
		}, isInOwnDomain),
		judged(Check{
			ID: "U-HYB", Title: "The address is not that of a hybrid application endpoint", Reads: "Get-CsHybridApplicationEndpoint",
			Remedy: "Treat it as a resource account: it is moved with its number before the servers go, not with Move-CsUser.", Source: "Microsoft's page on decommissioning: hybrid application endpoints are moved first",
		}, isNoEndpoint),
	}
}

func isHomed(u *User) Result {
	target := u.target()
	if target == "" {
		return Absent("no block user_homing names the user")
	}
	if !u.Servers.here() {
		return u.without(u.Servers)
	}
	locator, known := u.Servers.Text("HostingProvider")
	pool, knownPool := u.Servers.Text("RegistrarPool")
	if !known || !knownPool {
		return u.Servers.untold("HostingProvider or RegistrarPool")
	}
	seen := slices.Concat(u.seen(u.Servers, "HostingProvider"), u.seen(u.Servers, "RegistrarPool"), []Evidence{u.saw("target", target, "the configuration")})
	now := locator
	if home(locator) != "online" {
		now = pool
	}
	if !strings.EqualFold(strings.TrimSuffix(now, "."), target) {
		return Failed("the user has not been moved to where the configuration says", seen...)
	}
	return Passed(seen...)
}

// hasOwnContacts asks whether contacts may be kept in Exchange: only where a policy lets them and Exchange is trusted. No cmdlet
// shows of many users whether they are.
func hasOwnContacts(u *User) Result {
	switch {
	case !u.Servers.here():
		return u.without(u.Servers)
	case u.isOnline() || !u.moves() && !u.ToOnline:
		return Absent("nothing moves the user from the servers, where contacts may well be in the unified contact store")
	case u.exchange.err != nil:
		return Unread(u.exchange.err)
	case !u.exchange.is:
		return Passed(u.saw("partner application of Exchange", "none that is enabled", "the servers"))
	case u.policyErr != nil:
		return Unread(u.policyErr)
	}
	granted, known := u.Servers.Text("UserServicesPolicy")
	if !known {
		return u.Servers.untold("UserServicesPolicy")
	}
	return u.contactsBy(granted)
}

func (u *User) contactsBy(granted string) Result {
	name := "global"
	if granted != "" {
		name = "tag:" + strings.TrimPrefix(strings.ToLower(granted), "tag:")
	}
	allowed, found := u.policies[name]
	seen := u.saw("UcsAllowed", allowed, "policy "+name)
	switch {
	case !found:
		return Unread(errors.New("the policy of user services that the user has is not among those that the servers list"), u.saw("UserServicesPolicy", name, "the servers"))
	case granted == "" && u.siteAllows():
		return Unread(errors.New("a site has a policy of user services, and which site the user is in is not known"), seen)
	case allowed == "true":
		return Failed("the user's contacts may be in the unified contact store, and would not follow a move", seen)
	}
	r := Passed(seen)
	r.Text = "the policy is off; where it was ever on, run Invoke-CsUcsRollback before the move: no cmdlet shows of many users where contacts are"
	return r
}

// siteAllows says whether any site has a policy that lets contacts go to Exchange.
func (u *User) siteAllows() bool {
	for name, allowed := range u.policies {
		if strings.HasPrefix(name, "site:") && allowed == "true" {
			return true
		}
	}
	return false
}

// isInOwnDomain asks it of users who are to be moved: cmdlets are called without -DomainController.
func isInOwnDomain(u *User) Result {
	if !u.moves() {
		return Absent("nothing moves the user from one side to the other")
	}
	if !u.Directory.here() {
		return u.without(u.Directory)
	}
	name, known := u.Directory.Text("DistinguishedName")
	switch {
	case !known || domainOf(name) == "":
		return u.Directory.untold("DistinguishedName")
	case len(u.places) == 0:
		return Unread(errors.New("in which domain the servers' hosts are is not known: the provider skype names them by address, or not at all"))
	}
	seen := []Evidence{u.saw("DistinguishedName", name, u.Directory.Where), u.saw("domain of the hosts", strings.Join(slices.Compact(slices.Clone(u.places)), ", "), "the configuration")}
	if !slices.Contains(u.places, domainOf(name)) {
		return Failed("the user is in another Active Directory domain than the hosts that would move the user", seen...)
	}
	return Passed(seen...)
}

// domainOf is the domain of a distinguished name: "eu.contoso.com".
func domainOf(name string) string {
	var parts []string
	for part := range strings.SplitSeq(name, ",") {
		if kind, label, ok := strings.Cut(strings.TrimSpace(part), "="); ok && strings.EqualFold(kind, "DC") {
			parts = append(parts, strings.ToLower(label))
		}
	}
	return strings.Join(parts, ".")
}

func isNoEndpoint(u *User) Result {
	if u.Endpoints.err != nil {
		return Unread(u.Endpoints.err)
	}
	if slices.ContainsFunc(u.Endpoints.names, func(sip string) bool { return isUser(sip, u.SIP) }) {
		return Failed("the address is that of a hybrid application endpoint, not of a person", u.saw("SipAddress", u.SIP, "Get-CsHybridApplicationEndpoint"))
	}
	return Passed()
}
