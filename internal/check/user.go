package check

import (
	"cmp"
	"slices"
	"strings"

	"hybrid/internal/roster"
)

// A UserCheck is one thing that can be wrong with one user. It looks at what has been read, and reads nothing.
type UserCheck struct {
	Check // its Run is nil; a block of [Check.Mends] may mend what fails where it names the user
	look  func(*User) Result
}

// A User is what is known of one user, from both sides and from the configuration.
type User struct {
	SIP   string // canonical
	Asked string // as it was written
	Place string // of the file that asks: "users.csv:12"; "" where none does

	Directory Side // the account in Active Directory
	Servers   Side // the user of the servers
	Tenant    Side // the user of the tenant

	SameSIP  []string // distinguished names of further accounts with the address
	SameLine []string // SIP addresses of others with the number
	Declared []Declaration

	forest *forest // what Active Directory alone knows
	*Surroundings
}

// A Judgement is what the checks have found of one user.
type Judgement struct {
	*User
	Findings []Finding // in the order of causes
}

// UserChecks are the checks of a user, causes before what follows from them.
func UserChecks() []UserCheck {
	return slices.Concat(accountChecks(), licenceChecks(), tenantSideChecks(), moveChecks(), voiceChecks())
}

// Judge runs the checks over one user.
func Judge(u *User, checks []UserCheck) Judgement {
	j := Judgement{User: u, Findings: make([]Finding, len(checks))}
	for n, c := range checks {
		if why, waived := u.Waived[c.ID]; waived {
			j.Findings[n] = u.estate.waived(c.Check, why)
			continue
		}
		r := c.look(u)
		if r.Verdict == Fail {
			r.Do = cmp.Or(r.Do, c.Remedy)
			u.blame(&r)
		}
		j.Findings[n] = Finding{Check: c.Check, Result: r}
	}
	return j
}

// blame names the block that says most of the user, where the check has named none.
func (u *User) blame(r *Result) {
	if r.Address != "" || len(u.Declared) == 0 {
		return
	}
	d := u.Declared[len(u.Declared)-1]
	r.Address, r.Range = d.Address, &d.Range
}

// Cause is what is to be mended first, as [InOrder] has it: the first failure that blocks, else the first that warns, unless it may
// follow from another one; nil where nothing fails.
func (j Judgement) Cause() *Finding {
	if !slices.ContainsFunc(j.Findings, func(f Finding) bool { return f.Verdict == Fail }) {
		return nil
	}
	for _, f := range InOrder(j.Findings) {
		if f.Verdict == Fail {
			return &f
		}
	}
	return nil
}

// Doubt is the first finding that is unknown; nil where there is none.
func (j Judgement) Doubt() *Finding {
	for n := range j.Findings {
		if j.Findings[n].Verdict == Unknown {
			return &j.Findings[n]
		}
	}
	return nil
}

// SelectUsers picks checks of users, and of the estate those that KB 2757450 asks about beside them, as [Select] does.
func SelectUsers(only, skip []string) (users []UserCheck, estate []Check, err error) {
	all := KBChecks(All())
	for _, c := range UserChecks() {
		all = append(all, c.Check)
	}
	chosen, err := Select(all, only, skip)
	named := func(c Check) bool {
		return slices.ContainsFunc(chosen, func(one Check) bool { return one.ID == c.ID })
	}
	users = slices.DeleteFunc(UserChecks(), func(c UserCheck) bool { return !named(c.Check) })
	return users, slices.DeleteFunc(KBChecks(all), func(c Check) bool { return !named(c) }), err
}

// AsksOfUsers are the cmdlets that reading users calls, by system.
func AsksOfUsers() map[string][]string {
	asks := AsksOfHomes()
	asks["skype"] = append(asks["skype"], "Get-ADForest", "Get-ADObject")
	return asks
}

// AsksOfHomes are those that [ReadHomes] calls.
func AsksOfHomes() map[string][]string {
	return map[string][]string{
		"skype": {"Get-CsAdUser", "Get-CsUser", "Get-CsUserServicesPolicy", "Get-CsSipDomain", "Get-CsHostingProvider", "Get-CsPartnerApplication", "Get-CsHybridApplicationEndpoint"},
		"teams": {"Get-CsOnlineUser"},
	}
}

// KBChecks are those of the estate that KB 2757450 asks about beside the user, as far as there are such.
func KBChecks(all []Check) []Check {
	asked := []string{"T-SIP", "H-PROV", "D-LD", "D-SIP", "D-FED"}
	return slices.DeleteFunc(slices.Clone(all), func(c Check) bool { return !slices.Contains(asked, c.ID) })
}

// home is where a user is homed by a hosting provider's name and a pool: "online", "on the servers", "" where neither tells.
func home(locator string) string {
	switch {
	case locator == "":
		return ""
	case strings.EqualFold(locator, homeOnServers):
		return "on the servers"
	}
	return "online"
}

// homeOnServers is msRTCSIP-DeploymentLocator of users who are homed on the servers; it is seen in both cases.
const homeOnServers = "SRV:"

// isOnline says whether the servers have the user homed online.
func (u *User) isOnline() bool {
	locator, _ := u.locator()
	return home(locator) == "online"
}

// goesOnline says whether the user is homed online or is to be: what the configuration declares, else what was said of all.
func (u *User) goesOnline() bool {
	if target := u.target(); target != "" {
		return u.online(target)
	}
	return u.isOnline() || u.ToOnline
}

// moves says whether the configuration homes the user elsewhere than on the side where the user is.
func (u *User) moves() bool {
	target := u.target()
	locator, known := u.locator()
	return target != "" && known && locator != "" && u.online(target) == strings.EqualFold(locator, homeOnServers)
}

// locator is msRTCSIP-DeploymentLocator as the servers show it.
func (u *User) locator() (string, bool) {
	if text, known := u.Servers.Text("HostingProvider"); known {
		return text, true
	}
	return u.Directory.Text("HostingProvider")
}

// saw is evidence from a side.
func (u *User) saw(what, value, where string) Evidence {
	return Evidence{What: what, Value: cmp.Or(value, "(empty)"), Where: where, When: u.Read}
}

// seen is evidence of a property, none where it is not known.
func (u *User) seen(s Side, property string) []Evidence {
	text, known := s.Text(property)
	if !known {
		return nil
	}
	return []Evidence{u.saw(property, text, s.Where)}
}

// isUser says whether two spellings are of one address.
func isUser(a, b string) bool { return a != "" && roster.Canonical(a) == roster.Canonical(b) }

// judged makes a check of a user.
func judged(c Check, look func(*User) Result) UserCheck {
	c.Group = Users
	return UserCheck{Check: c, look: look}
}

// by says which kinds may mend what a check finds.
func (c UserCheck) by(kinds ...string) UserCheck {
	c.Mends = kinds
	return c
}

// HomeOnServers is where the servers have the user homed: "SRV: pool01.contoso.com", a proxy FQDN, "" where nobody tells.
func (u *User) HomeOnServers() string {
	locator, _ := u.locator()
	pool, _ := u.Servers.Text("RegistrarPool")
	if home(locator) != "on the servers" {
		return locator
	}
	return strings.TrimSpace(locator + " " + pool)
}

// HomeInTenant is where the tenant has the user homed.
func (u *User) HomeInTenant() string {
	hosted, _ := u.Tenant.Text("HostingProvider")
	return hosted
}
