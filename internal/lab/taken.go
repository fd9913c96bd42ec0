package lab

import (
	"errors"
	"os"
	"slices"
	"strings"
	"time"
)

// Taken says of an estate that is a copy of a live one what it is a copy of.
type Taken struct {
	At      time.Time `json:"at"`                // by the clock of the run that took it
	From    string    `json:"from"`              // "contoso (skype fe01.contoso.com)"
	Read    []string  `json:"read"`              // the provider blocks behind which everything was read: "skype", "dns.external"
	Without []string  `json:"without,omitempty"` // those that were left out knowingly
	Guesses []string  `json:"guesses,omitempty"` // what is no copy, a sentence each
}

// has says whether everything behind a provider block was read, so that what the estate does not have is not there.
func (t *Taken) has(provider string) bool {
	return t != nil && slices.ContainsFunc(t.Read, func(read string) bool {
		return read == provider || strings.HasPrefix(read, provider+".")
	})
}

// beside are the needs that a copy does not answer: what lives behind blocks that were not read. What lives behind the others is there, or
// it is not there live either.
func (n Needs) beside(t *Taken) Needs {
	if t == nil {
		return n
	}
	if t.has("skype") {
		n.SipDomains, n.Pools, n.OAuthCertificate = nil, nil, ""
	}
	if t.has("teams") {
		n.OnlineDomains = nil
	}
	if t.has("entra") {
		n.Principals, n.Discovered = nil, false
	}
	views := map[string][]string{}
	for view, names := range n.Views {
		if !t.has(view) {
			views[view] = names
		}
	}
	n.Views = views
	return n
}

// provideAccounts adds the accounts that a copy lacks of those that the configuration is to enable: whoever is no user of the
// servers is not looked for in Active Directory unless somebody names them. The tenant knows nothing of those whom it did not list.
func (e *Estate) provideAccounts(needs Needs) {
	e.index()
	known := e.unaddressed()
	for _, u := range needs.Users {
		if u.Enabled && e.Taken.has("skype") || e.withSIP(u.SIP) >= 0 {
			continue
		}
		if made := u.account(needs); !known[nameIn(u.Identity)] && !known[strings.ToLower(made.UserPrincipalName())] && e.withSIP("sip:"+made.UserPrincipalName()) < 0 {
			e.Add(made)
			e.hideInTenant(made)
		}
	}
}

// unaddressed are all names of the accounts without a SIP address, and the user principal names of the others that are not
// their address, in lower case.
func (e *Estate) unaddressed() map[string]bool {
	known := map[string]bool{}
	for upn := range e.byUPN {
		known[upn] = true
	}
	for _, a := range e.Accounts {
		if a.SIP != "" {
			continue
		}
		for _, name := range []string{a.UserPrincipalName(), a.SamAccountName(), a.DistinguishedName(), a.DisplayName} {
			known[strings.ToLower(name)] = true
		}
	}
	return known
}

// nameIn is what an identity is looked for by: in lower case, without a prefix and without the domain before a logon name.
func nameIn(identity string) string {
	name := bare(identity)
	if _, logon, ok := strings.Cut(name, `\`); ok {
		name = logon
	}
	return strings.ToLower(name)
}

// hideInTenant keeps an account out of lists of the tenant, which was read and does not have it.
func (e *Estate) hideInTenant(a *Account) {
	if !e.Taken.has("teams") {
		return
	}
	hidden := OnlineUser{Plans: &[]Plan{}}
	if a.SIP != "" {
		unknown := a.settled()
		unknown.SIP, unknown.HostingProvider, unknown.RegistrarPool, unknown.LineURI, unknown.Enabled = "", "", "", "", Unset
		hidden.Synced = unknown
	}
	e.SetOnline(a.UserPrincipalName(), hidden)
}

// Untouched says whether an estate's file is a copy in which nothing has happened yet: it can be taken anew, and nobody
// misses it. The error is of a file that cannot be read.
func Untouched(path string) (bool, error) {
	e, err := Load(path)
	if err != nil {
		return false, err
	}
	if _, err := os.Stat(e.logPath()); !errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return e.Taken != nil && e.Clock.Equal(NewEstate().Clock) && len(e.Calls.Writes) == 0, nil
}
