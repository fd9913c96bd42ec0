package lab

import (
	"strconv"
	"strings"

	"hybrid/internal/roster"
)

// An Account is an account in Active Directory with its msRTCSIP attributes. It is kept small, since there may be a
// million: what can be derived is not stored. It is never changed once it is in an estate, only replaced.
type Account struct {
	SIP         string // "sip:ada@contoso.com"; "" where it was never given one
	DisplayName string
	Enabled     Tristate
	// HostingProvider is "SRV:" for users homed on the servers, else the proxy FQDN of the provider that hosts them
	// (msRTCSIP-DeploymentLocator), "" for accounts that are not enabled.
	HostingProvider string
	RegistrarPool   string // pool FQDN, "" for those homed online
	UPN             string // "" where it is the SIP address without its prefix
	Sam             string // "" where it is the first part of the UPN
	DN              string // "" where it is the display name in OU=Users of the UPN's domain
	LineURI         string
	More            Object // what else Set-CsUser has set; nil usually
}

// Tristate is a Boolean that may be unset.
type Tristate int8

// The states of Enabled: never enabled, enabled, and temporarily disabled.
const (
	Unset Tristate = iota
	True
	False
)

func (t Tristate) value() any {
	switch t {
	case True:
		return true
	case False:
		return false
	}
	return nil
}

func tristate(b bool) Tristate {
	if b {
		return True
	}
	return False
}

// accountColumns are the columns of an account's row in the file; empty cells at the end are left out.
var accountColumns = [...]string{
	"sip_address", "display_name", "enabled", "hosting_provider", "registrar_pool",
	"user_principal_name", "sam_account_name", "distinguished_name", "line_uri",
}

func (a *Account) cells() [len(accountColumns)]string {
	enabled := [...]string{Unset: "", True: "true", False: "false"}[a.Enabled]
	return [...]string{a.SIP, a.DisplayName, enabled, a.HostingProvider, a.RegistrarPool, a.UPN, a.Sam, a.DN, a.LineURI}
}

// row is the account's line in the file.
func (a *Account) row(b []byte) []byte {
	cells := a.cells()
	last := len(cells)
	for last > 0 && cells[last-1] == "" && a.More == nil {
		last--
	}
	b = append(b, '[')
	for n := range last {
		if n > 0 {
			b = append(b, ',')
		}
		b = appendText(b, cells[n])
	}
	if a.More != nil {
		b = append(b, ',')
		b = appendValue(b, a.More)
	}
	return append(b, ']')
}

// MarshalJSON writes the account's row.
func (a *Account) MarshalJSON() ([]byte, error) { return a.row(nil), nil }

// UnmarshalJSON reads a row.
func (a *Account) UnmarshalJSON(data []byte) error {
	read, err := parseAccount(data, map[string]string{})
	if err == nil {
		*a = *read
	}
	return err
}

// UserPrincipalName is the UPN.
func (a *Account) UserPrincipalName() string {
	if a.UPN != "" {
		return a.UPN
	}
	return strings.TrimPrefix(a.SIP, "sip:")
}

// SamAccountName is the logon name without the domain.
func (a *Account) SamAccountName() string {
	if a.Sam != "" {
		return a.Sam
	}
	name, _, _ := strings.Cut(a.UserPrincipalName(), "@")
	return name
}

// DistinguishedName is the DN.
func (a *Account) DistinguishedName() string {
	if a.DN != "" {
		return a.DN
	}
	_, domain, _ := strings.Cut(a.UserPrincipalName(), "@")
	return "CN=" + a.DisplayName + ",OU=Users," + domainDN(domain)
}

// domainDN turns contoso.com into DC=contoso,DC=com.
func domainDN(domain string) string { return "DC=" + strings.ReplaceAll(domain, ".", ",DC=") }

// settled is a copy in which nothing hangs on the SIP address any more, so that it can change or go.
func (a *Account) settled() *Account {
	b := *a
	b.UPN, b.Sam, b.DN = a.UserPrincipalName(), a.SamAccountName(), a.DistinguishedName()
	return &b
}

// answersTo says whether a user cmdlet's -Identity means the account: SIP address, UPN, DOMAIN\logon, logon, DN or
// display name (Get-CsUser's page lists all but the bare logon name, which works as well).
func (a *Account) answersTo(identity string) bool {
	if _, logon, ok := strings.Cut(identity, `\`); ok {
		return strings.EqualFold(a.SamAccountName(), logon)
	}
	for _, own := range [...]string{a.SIP, a.UserPrincipalName(), a.SamAccountName(), a.DisplayName} {
		if own != "" && strings.EqualFold(own, identity) {
			return true
		}
	}
	return len(identity) > 3 && strings.Contains(identity, "=") && strings.EqualFold(a.DistinguishedName(), identity)
}

// Add appends an account.
func (e *Estate) Add(a *Account) {
	e.Accounts = append(e.Accounts, a)
	if e.bySIP != nil {
		e.indexed(len(e.Accounts)-1, a)
	}
	e.changed(change{Account: a, Row: len(e.Accounts) - 1})
}

// replace puts another state of an account in its place.
func (e *Estate) replace(row int, a *Account) {
	old := e.Accounts[row]
	e.last = lastChange{row: row, account: old}
	if old.SIP != a.SIP {
		delete(e.bySIP, roster.Canonical(old.SIP))
	}
	e.Accounts[row] = a
	if e.bySIP != nil {
		e.indexed(row, a)
	}
	e.changed(change{Account: a, Row: row})
}

func (e *Estate) indexed(row int, a *Account) {
	if a.SIP != "" {
		if other, known := e.bySIP[roster.Canonical(a.SIP)]; known && int(other) != row {
			e.doubled = true
		}
		e.bySIP[roster.Canonical(a.SIP)] = int32(row)
	}
	if a.UPN != "" {
		e.byUPN[strings.ToLower(a.UPN)] = int32(row)
	}
}

// index prepares the look-ups.
func (e *Estate) index() {
	if e.bySIP != nil {
		return
	}
	e.bySIP, e.byUPN = make(map[string]int32, len(e.Accounts)), map[string]int32{}
	for row, a := range e.Accounts {
		e.indexed(row, a)
	}
}

// Account finds the row of the account with an identity in any form; -1 where there is none.
func (e *Estate) Account(identity string) int {
	e.index()
	if row, ok := e.bySIP[strings.ToLower(identity)]; ok {
		return int(row)
	}
	if row, ok := e.byUPN[strings.ToLower(identity)]; ok {
		return int(row)
	}
	if row, ok := e.bySIP[roster.Canonical(identity)]; ok {
		return int(row)
	}
	for row, a := range e.Accounts {
		if a.answersTo(identity) {
			return row
		}
	}
	return -1
}

// withSIP finds the row of the account that has a SIP address; -1 where none has.
func (e *Estate) withSIP(sip string) int {
	e.index()
	if row, ok := e.bySIP[roster.Canonical(sip)]; ok {
		return int(row)
	}
	return -1
}

// appendText appends a JSON string.
func appendText(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for n := range len(s) {
		c := s[n]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:n]...)
		start = n + 1
		if c < 0x20 {
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		} else {
			b = append(b, '\\', c)
		}
	}
	return append(append(b, s[start:]...), '"')
}

// appendInt appends a number.
func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }
