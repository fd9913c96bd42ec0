package lab

import (
	"strings"

	"github.com/google/uuid"

	"hybrid/internal/roster"
)

// onlineUser: Get-CsOnlineUser, which gives users as the tenant has them.
func onlineUser() rules {
	return rules{verbs: map[string]handler{"Get": getOnlineUser}, only: []string{"Get"}}
}

func getOnlineUser(c *call) error {
	for _, param := range []string{"SoftDeletedUser", "Sort", "Properties"} {
		if c.given(param) {
			return c.unsimulated(param)
		}
	}
	if identity := c.text("Identity"); identity != "" {
		view, ok := c.estate.onlineUser(identity)
		if !ok {
			return c.noAccount(identity)
		}
		c.online = []onlineView{view}
		return nil
	}
	filter, limit, err := c.wanted()
	if err != nil {
		return err
	}
	kind := c.text("AccountType")
	for _, view := range c.estate.onlineCandidates(filter) {
		if len(c.online) == limit {
			break
		}
		if view.isListed() && filter.keeps(view) && (kind == "" || strings.EqualFold(kind, view.accountType())) {
			c.online = append(c.online, view)
		}
	}
	return nil
}

// onlineCandidates are the users that a filter has to be tried on: where it is a list of addresses those it names, and
// those of whom the tenant may have another address than Active Directory.
func (e *Estate) onlineCandidates(f *filter) []onlineView {
	addresses := f.addresses()
	if addresses == nil {
		return e.onlineUsers()
	}
	var views []onlineView
	known := map[string]bool{}
	add := func(v onlineView) {
		if key := v.key(); !known[key] {
			known[key] = true
			views = append(views, v)
		}
	}
	for _, sip := range addresses {
		if row := e.withSIP(sip); row >= 0 {
			add(e.viewOf(e.Accounts[row]))
		}
		// Who has no address in Active Directory has the user principal name as one in the tenant.
		if row, ok := e.byUPN[bare(strings.ToLower(sip))]; ok && e.Accounts[row].SIP == "" {
			add(e.viewOf(e.Accounts[row]))
		}
	}
	for _, upn := range sortedKeys(e.Online) {
		if v, ok := e.onlineUser(upn); ok {
			add(v)
		}
	}
	return views
}

// onlineUser finds a user by SIP address, user principal name, object id, logon or display name.
func (e *Estate) onlineUser(identity string) (onlineView, bool) {
	if u := e.Online[strings.ToLower(identity)]; u != nil && u.CloudOnly {
		return e.licensed(onlineView{account: u.Synced, user: *u}), true
	}
	if _, err := uuid.Parse(identity); err == nil {
		return e.findOnline(func(v onlineView) bool { return strings.EqualFold(v.objectID(), identity) })
	}
	if row := e.Account(identity); row >= 0 {
		return e.viewOf(e.Accounts[row]), true
	}
	return e.findOnline(func(v onlineView) bool {
		return v.account.answersTo(identity) || roster.Canonical(v.sipAddress()) == roster.Canonical(identity)
	})
}

func (e *Estate) findOnline(is func(onlineView) bool) (onlineView, bool) {
	for _, v := range e.onlineUsers() {
		if is(v) {
			return v, true
		}
	}
	return onlineView{}, false
}

func (v onlineView) key() string { return strings.ToLower(v.account.UserPrincipalName()) }

// isListed says whether the user comes without being asked for: synchronised users need a SIP address or a licence.
func (v onlineView) isListed() bool {
	return v.user.CloudOnly || v.onPremSIP() != "" || v.hasLicence()
}
