package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// UserProperties are the properties of Get-CsUser that a copy of a user needs, in the order in which [Copy.User] takes them.
func UserProperties() []string {
	return append([]string{
		"SipAddress", "DisplayName", "Enabled", "HostingProvider", "RegistrarPool", "UserPrincipalName", "SamAccountName",
		"DistinguishedName", "LineURI",
	}, furtherProperties()...)
}

// furtherProperties are those that most users have as they are by themselves.
func furtherProperties() []string {
	return []string{"EnterpriseVoiceEnabled", "HostedVoiceMail", "AudioVideoDisabled", "ExternalAccessPolicy", "HostedVoicemailPolicy", "UserServicesPolicy"}
}

// AccountProperties are those of Get-CsAdUser that a copy of an account needs, in the order in which [Copy.Account] takes them.
func AccountProperties() []string {
	return []string{"SipAddress", "DisplayName", "UserPrincipalName", "SamAccountName", "DistinguishedName"}
}

// User adds a user of the servers.
func (c *Copy) User(cells []any) error {
	a, err := c.account(cells)
	if err != nil {
		return err
	}
	for n, name := range furtherProperties() {
		if value := plain(cells[9+n]); !sameValue(value, a.derived(name)) {
			a.More = a.More.with(Object{name: value})
		}
	}
	if a.More != nil {
		a.More = c.sharing(a.More)
	}
	c.estate.Add(a)
	return nil
}

// sameValue says whether two plain values are the same; lists and objects never are.
func sameValue(a, b any) bool {
	switch a.(type) {
	case []any, Object:
		return false
	}
	return a == b
}

// sharing is an object of which there is one for all accounts that have the same.
func (c *Copy) sharing(o Object) Object {
	key, err := json.Marshal(o)
	if err != nil {
		return o
	}
	if kept, known := c.more[string(key)]; known {
		return kept
	}
	c.more[string(key)] = o
	return o
}

// account makes an account of the first cells of a user.
func (c *Copy) account(cells []any) (*Account, error) {
	var texts [9]string
	for n := range texts {
		if n == 2 {
			continue
		}
		text, err := c.text(cells[n])
		if err != nil {
			return nil, fmt.Errorf("%s of the user %v: %w", UserProperties()[n], cells[0], err)
		}
		texts[n] = text
	}
	a := &Account{SIP: texts[0], DisplayName: texts[1], HostingProvider: texts[3], RegistrarPool: texts[4], LineURI: texts[8]}
	switch said := cells[2].(type) {
	case nil:
	case bool:
		a.Enabled = tristate(said)
	case string:
		if said != "" {
			a.Enabled = tristate(strings.EqualFold(said, "True"))
		}
	default:
		return nil, fmt.Errorf("Enabled of the user %v came in no form that is known", cells[0])
	}
	a.name(texts[5], texts[6], texts[7])
	return a, nil
}

// name sets what does not follow from the rest of an account.
func (a *Account) name(upn, sam, dn string) {
	if upn != a.UserPrincipalName() {
		a.UPN = upn
	}
	if sam != a.SamAccountName() {
		a.Sam = sam
	}
	if dn != a.DistinguishedName() {
		a.DN = dn
	}
}

// text is a property as text. An object in its place is an error: its name is not known.
func (c *Copy) text(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		if len(v) > 64 {
			return v, nil
		}
		if kept, known := c.shared[v]; known {
			return kept, nil
		}
		if strings.Contains(v, "@") || strings.Contains(v, " ") {
			return v, nil
		}
		c.shared[v] = v
		return v, nil
	}
	return "", errors.New("the server sent an object or a list in the place of a text")
}

// Account adds an account of Active Directory that is no user of the servers.
func (c *Copy) Account(cells []any) error {
	user := make([]any, len(UserProperties()))
	user[0], user[1], user[5], user[6], user[7] = cells[0], cells[1], cells[2], cells[3], cells[4]
	a, err := c.account(user)
	if err == nil && c.estate.withSIP(a.SIP) < 0 {
		c.estate.Add(a)
	}
	return err
}

// Forget drops the users and accounts that were added, since they come once more.
func (c *Copy) Forget() {
	c.estate.Accounts, c.estate.bySIP, c.estate.byUPN = nil, nil, nil
}

// Users is how many accounts there are so far.
func (c *Copy) Users() int { return len(c.estate.Accounts) }

// Lacks says which of the accounts that a configuration is to enable are not there, by everything that one may be called in
// lower case.
func (c *Copy) Lacks(needs Needs) map[string]bool {
	lacked := map[string]bool{}
	for _, u := range needs.Users {
		if u.Enabled || c.estate.withSIP(u.SIP) >= 0 {
			continue
		}
		for _, name := range []string{nameIn(u.SIP), nameIn(u.Identity)} {
			if name != "" {
				lacked[name] = true
			}
		}
	}
	return lacked
}
