package lab

import (
	"slices"
	"strconv"
	"strings"
)

// getUser is Get-CsUser: whoever has a SIP address, even when never enabled.
func getUser(c *call) error { return listAccounts(c, func(a *Account) bool { return a.SIP != "" }) }

func getAdUser(c *call) error { return listAccounts(c, func(*Account) bool { return true }) }

func listAccounts(c *call, visible func(*Account) bool) error {
	for _, param := range []string{"LdapFilter", "OnModernServer", "OnLyncServer", "OnOfficeCommunicationServer"} {
		if c.given(param) {
			return c.unsimulated(param)
		}
	}
	if identity := c.text("Identity"); identity != "" {
		return c.findAccounts(identity, visible)
	}
	filter, limit, err := c.wanted()
	if err != nil {
		return err
	}
	keep := func(a *Account) bool { return visible(a) && filter.keeps(a) && c.inScope(a) }
	for _, a := range c.candidates(filter) {
		if len(c.accounts) == limit {
			break
		}
		if keep(a) {
			c.accounts = append(c.accounts, a)
		}
	}
	return nil
}

// candidates are the accounts that a filter has to be tried on: those it names, where it is a list of addresses.
func (c *call) candidates(f *filter) []*Account {
	addresses := f.addresses()
	if addresses == nil || c.outdated() || c.estate.doubled {
		return c.seen()
	}
	var named []*Account
	known := map[int]bool{}
	for _, sip := range addresses {
		if row := c.estate.withSIP(sip); row >= 0 && !known[row] {
			known[row] = true
			named = append(named, c.estate.shown(row, c.controller()))
		}
	}
	return named
}

// seen are all accounts as the reader sees them.
func (c *call) seen() []*Account {
	if !c.outdated() && len(c.estate.aged) == 0 {
		return c.estate.Accounts
	}
	accounts := slices.Clone(c.estate.Accounts)
	for row := range c.estate.aged {
		accounts[row] = c.estate.shown(row, c.controller())
	}
	if !c.outdated() || c.estate.last.account == nil {
		return accounts
	}
	accounts[c.estate.last.row] = c.estate.last.account
	return accounts
}

// findAccounts gives the one account of an identity, or those whose display name fits a pattern.
func (c *call) findAccounts(identity string, visible func(*Account) bool) error {
	if strings.Contains(identity, "*") {
		for _, a := range c.seen() {
			if visible(a) && wildcard(identity, a.DisplayName) {
				c.accounts = append(c.accounts, a)
			}
		}
		return nil
	}
	row := c.estate.Account(identity)
	if row < 0 {
		return c.noAccount(identity)
	}
	a := c.estate.shown(row, c.controller())
	if c.outdated() && c.estate.last.account != nil && c.estate.last.row == row {
		a = c.estate.last.account
	}
	if !visible(a) {
		return c.noAccount(identity)
	}
	c.accounts = []*Account{a}
	return nil
}

func (c *call) noAccount(identity string) *Failure {
	return c.fail("ObjectNotFound", "ManagementObjectNotFound", "Management object not found for identity %q.", identity)
}

// inScope applies -OU, which takes in what lies below, and -UnAssignedUser.
func (c *call) inScope(a *Account) bool {
	if ou := c.text("OU"); ou != "" && !strings.HasSuffix(strings.ToLower(a.DistinguishedName()), ","+strings.ToLower(ou)) {
		return false
	}
	return !c.on("UnAssignedUser") || a.RegistrarPool == ""
}

// wanted is whom a listing is about: those that a filter keeps, and how many of them.
func (c *call) wanted() (*filter, int, error) {
	f, err := parseFilter(c.text("Filter"))
	if err != nil {
		return nil, 0, c.unusable("Filter", "%v", err)
	}
	limit, err := c.resultSize()
	return f, limit, err
}

// resultSize is how many may come; -1 for all.
func (c *call) resultSize() (int, error) {
	switch size := c.params["ResultSize"].(type) {
	case nil:
		return -1, nil
	case float64:
		if size >= 0 && size <= 2147483647 {
			return int(size), nil
		}
	case int:
		return size, nil
	case string:
		if strings.EqualFold(size, "Unlimited") {
			return -1, nil
		}
		if n, err := strconv.Atoi(size); err == nil && n >= 0 {
			return n, nil
		}
	}
	return 0, c.unusable("ResultSize", "it is a number from 0 to 2147483647, or Unlimited.")
}
