package lab

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// TenantProperties are the properties of Get-CsOnlineUser that a copy needs, in the order in which [Copy.OnlineUser] takes them.
func TenantProperties() []string {
	return []string{
		"UserPrincipalName", "SipAddress", "DisplayName", "UserDirSyncEnabled", "OnPremSipAddress", "OnPremHostingProvider", "OnPremLineUri",
		"OnPremSIPEnabled", "HostingProvider", "InterpretedUserType", "AssignedPlan", "UserValidationErrors",
	}
}

// The cells of a user of the tenant.
const (
	tenantUPN = iota
	tenantSIP
	tenantName
	tenantSynced
	tenantOwnSIP
	tenantOwnProvider
	tenantOwnLine
	tenantOwnEnabled
	tenantProvider
	tenantType
	tenantPlans
	tenantErrors
)

// OnlineUser adds what the tenant has of a user. The users of the servers must be there by then.
func (c *Copy) OnlineUser(cells []any) error {
	texts, err := c.tenantTexts(cells)
	if err != nil {
		return err
	}
	u, err := tenantParts(cells)
	if err != nil {
		return fmt.Errorf("the user %s of the tenant: %w", texts[tenantUPN], err)
	}
	if !isTrue(cells[tenantSynced]) {
		c.bornOnline(texts, u)
		return nil
	}
	c.fromServers(texts, u, isTrue(cells[tenantOwnEnabled]))
	return nil
}

// tenantTexts are the cells of a user that are texts.
func (c *Copy) tenantTexts(cells []any) (map[int]string, error) {
	texts := map[int]string{}
	for _, n := range []int{tenantUPN, tenantSIP, tenantName, tenantOwnSIP, tenantOwnProvider, tenantOwnLine, tenantProvider, tenantType} {
		text, err := c.text(cells[n])
		if err != nil {
			return nil, fmt.Errorf("%s of the user %v of the tenant: %w", TenantProperties()[n], cells[tenantUPN], err)
		}
		texts[n] = text
	}
	if texts[tenantUPN] == "" {
		return nil, errors.New("Get-CsOnlineUser gave a user without UserPrincipalName")
	}
	return texts, nil
}

// bornOnline adds a user of the tenant who has no account in Active Directory.
func (c *Copy) bornOnline(texts map[int]string, u OnlineUser) {
	u.CloudOnly, u.Synced = true, &Account{SIP: texts[tenantSIP], DisplayName: texts[tenantName], Enabled: True}
	u.Synced.name(texts[tenantUPN], "", "")
	c.estate.SetOnline(texts[tenantUPN], u)
	c.compare(texts, onlineView{account: u.Synced, user: u})
}

// fromServers adds what the tenant has of a user who has an account in Active Directory: as it knows that, and where it has the
// user homed.
func (c *Copy) fromServers(texts map[int]string, u OnlineUser, enabled bool) {
	row := c.accountOf(texts)
	c.online[int32(row)] = true
	a := c.estate.Accounts[row]
	if delete(c.blank, texts[tenantUPN]); a.SIP != "" && texts[tenantOwnSIP] == "" && texts[tenantOwnProvider] == "" {
		c.blank[texts[tenantUPN]] = true
	}
	if known := c.synchronised(a, texts, enabled); !sameInTenant(known, a) {
		u.Synced = known
	}
	if own := "sip:" + a.UserPrincipalName(); texts[tenantOwnSIP] == "" && texts[tenantSIP] != "" && !sameAddress(own, texts[tenantSIP]) {
		u.SIP = texts[tenantSIP]
	}
	c.estate.SetOnline(a.UserPrincipalName(), u)
	if v := c.estate.viewOf(a); !strings.EqualFold(v.hostingProvider(), texts[tenantProvider]) {
		u.HostingProvider = texts[tenantProvider]
		c.estate.SetOnline(a.UserPrincipalName(), u)
	}
	c.compare(texts, c.estate.viewOf(a))
}

// ForgetOnline drops what was added of users of the tenant, since they come once more.
func (c *Copy) ForgetOnline() {
	e := c.estate
	if c.own == 0 {
		c.own = len(e.Accounts)
	}
	e.Accounts, e.bySIP, e.byUPN = e.Accounts[:c.own], nil, nil
	e.Online, c.online, c.other, c.blank = map[string]*OnlineUser{}, map[int32]bool{}, map[string]bool{}, map[string]bool{}
}

// tenantParts is what of a user is the tenant's alone.
func tenantParts(cells []any) (OnlineUser, error) {
	var u OnlineUser
	plans := []Plan{}
	for _, item := range listOf(cells[tenantPlans]) {
		switch v := plain(item).(type) {
		case string:
			plans = append(plans, Plan{v, planEnabled})
		case Object:
			plans = append(plans, Plan{textIn(v, "Capability"), cmp.Or(textIn(v, "CapabilityStatus"), planEnabled)})
		default:
			return u, errors.New("AssignedPlan came in no form that is known")
		}
	}
	if !slices.Equal(plans, usualPlans()) {
		u.Plans = &plans
	}
	for _, item := range listOf(cells[tenantErrors]) {
		switch v := plain(item).(type) {
		case string:
			u.Errors = append(u.Errors, Finding{Text: v})
		case Object:
			u.Errors = append(u.Errors, Finding{textIn(v, "ErrorCode"), textIn(v, "ErrorDescription")})
		default:
			return u, errors.New("UserValidationErrors came in no form that is known")
		}
	}
	return u, nil
}

// listOf is a list, of which one element may come alone.
func listOf(value any) []any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	if value == "" {
		return nil
	}
	return []any{value}
}

func isTrue(value any) bool {
	text, _ := value.(string)
	return value == true || strings.EqualFold(text, "True")
}

// accountOf is the row of the account that a user of the tenant is synchronised from; one that nobody has read is made.
func (c *Copy) accountOf(texts map[int]string) int {
	e := c.estate
	e.index()
	if row, known := e.byUPN[strings.ToLower(texts[tenantUPN])]; known {
		return int(row)
	}
	for _, sip := range []string{texts[tenantOwnSIP], "sip:" + texts[tenantUPN]} {
		if row := e.withSIP(sip); row >= 0 && strings.EqualFold(e.Accounts[row].UserPrincipalName(), texts[tenantUPN]) {
			return row
		}
	}
	a := &Account{DisplayName: texts[tenantName]}
	a.name(texts[tenantUPN], "", "")
	e.Add(a)
	return len(e.Accounts) - 1
}

// synchronised is an account as the tenant knows it.
func (c *Copy) synchronised(a *Account, texts map[int]string, enabled bool) *Account {
	known := a.settled()
	known.SIP, known.HostingProvider, known.DisplayName = texts[tenantOwnSIP], texts[tenantOwnProvider], texts[tenantName]
	if texts[tenantOwnSIP] == "" {
		known.RegistrarPool, known.LineURI, known.Enabled = "", "", a.Enabled
		if a.SIP != "" {
			known.Enabled = Unset
		}
		return known
	}
	known.LineURI = texts[tenantOwnLine]
	if enabled != (a.Enabled == True) {
		known.Enabled = tristate(enabled)
	}
	return known
}

// compare notes users whom the lab shows otherwise than the tenant does.
func (c *Copy) compare(texts map[int]string, v onlineView) {
	v = c.estate.licensed(v)
	if delete(c.other, texts[tenantUPN]); !sameAddress(v.sipAddress(), texts[tenantSIP]) || !strings.EqualFold(v.hostingProvider(), texts[tenantProvider]) ||
		!strings.EqualFold(v.interpretedUserType(), texts[tenantType]) {
		c.other[texts[tenantUPN]] = true
	}
}

// Others are the users whom the lab shows otherwise than the tenant does, by user principal name, sorted.
func (c *Copy) Others() []string { return slices.Sorted(maps.Keys(c.other)) }

// Blank are the users of the servers of whom the tenant's list shows nothing that came from there, by user principal name,
// sorted. Either nothing has arrived, or the list does not tell: asked for one by one, the tenant does.
func (c *Copy) Blank() []string { return slices.Sorted(maps.Keys(c.blank)) }

// Arrived takes users for known to the tenant as they are on the servers.
func (c *Copy) Arrived(upns []string) {
	for _, upn := range upns {
		u := c.estate.online(upn)
		u.Synced, u.HostingProvider = nil, ""
		c.estate.SetOnline(upn, u)
		delete(c.blank, upn)
		delete(c.other, upn)
	}
}

// Unlisted hides the users whom the tenant has not listed, once all that it lists have been added.
func (c *Copy) Unlisted(taken Taken) {
	c.estate.Taken = &taken
	for row, a := range c.estate.Accounts {
		if !c.online[int32(row)] {
			c.estate.hideInTenant(a)
		}
	}
}
