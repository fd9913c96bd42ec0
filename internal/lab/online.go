package lab

import (
	"slices"
	"strings"
	"time"
)

// An OnlineUser is what the tenant has of a user beyond what follows from the account in Active Directory. There is one
// only for users with something pending, other licences than the usual ones, or no account. It is never changed once it is
// in an estate, only replaced.
type OnlineUser struct {
	// Synced is the account as the tenant knows it, from the last cycle that took it along; nil where that is how it is now.
	Synced *Account `json:"synced,omitempty"`
	// Exported is the account as a cycle has taken it whose changes have not arrived yet.
	Exported *Account `json:"exported,omitempty"`
	// HostingProvider is where a move has homed the user online, until directory synchronisation says the same.
	HostingProvider string `json:"hosting_provider,omitempty"`
	// SIP is the address that a user was given in the tenant who has none on-premises; "" is the user principal name.
	SIP string `json:"sip_address,omitempty"`
	// CloudOnly users have no account in Active Directory; Synced is all there is of them.
	CloudOnly  bool      `json:"cloud_only,omitempty"`
	Plans      *[]Plan   `json:"plans,omitempty"`             // nil: the usual ones
	LicensedAt time.Time `json:"licensed_at,omitzero"`        // zero: long ago
	Errors     []Finding `json:"validation_errors,omitempty"` // of UserValidationErrors
}

// A Plan is a service plan that a user has: its capability as the tenant names it ("Teams"), and the state of it
// ("Enabled", "Warning", "Suspended", "LockedOut", "Deleted").
type Plan struct {
	Capability string `json:"capability"`
	Status     string `json:"status"`
}

// A Finding is one of the errors that the service has found with a user.
type Finding struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// usualPlans are those of a user of whom nothing else is said.
func usualPlans() []Plan { return []Plan{{"MCOProfessional", planEnabled}, {"Teams", planEnabled}} }

const planEnabled = "Enabled"

// inUse says whether a plan gives its user anything.
func (p Plan) inUse() bool { return p.Status == planEnabled || p.Status == "Warning" }

// isEmpty says that everything follows from the account.
func (u OnlineUser) isEmpty() bool {
	return u.Synced == nil && u.Exported == nil && u.HostingProvider == "" && u.SIP == "" && !u.CloudOnly && u.Plans == nil && u.LicensedAt.IsZero() && len(u.Errors) == 0
}

// online is what the tenant has of a user beyond the account; the zero OnlineUser where that is nothing.
func (e *Estate) online(upn string) OnlineUser {
	if u := e.Online[strings.ToLower(upn)]; u != nil {
		return *u
	}
	return OnlineUser{}
}

// SetOnline replaces what the tenant has of a user beyond the account, by user principal name.
func (e *Estate) SetOnline(upn string, u OnlineUser) {
	key := strings.ToLower(upn)
	if u.isEmpty() && e.Online[key] == nil {
		return
	}
	if u.isEmpty() {
		delete(e.Online, key)
	} else {
		e.Online[key] = &u
	}
	e.changed(change{UPN: key, Online: &u})
}

// sameInTenant says whether directory synchronisation has nothing to carry from one state of an account to the other: the
// pool that a user is homed on is no business of the tenant's.
func sameInTenant(a, b *Account) bool {
	return a.SIP == b.SIP && a.DisplayName == b.DisplayName && a.Enabled == b.Enabled && a.HostingProvider == b.HostingProvider &&
		a.LineURI == b.LineURI && a.property("EnterpriseVoiceEnabled") == b.property("EnterpriseVoiceEnabled") && a.UserPrincipalName() == b.UserPrincipalName()
}

// unsynced keeps the former state of an account that has changed, which is what the tenant knows of it until a cycle.
func (e *Estate) unsynced(before, after *Account) {
	if !e.Sync.ByCycle || sameInTenant(before, after) {
		return
	}
	u := e.online(before.UserPrincipalName())
	if u.Synced == nil {
		u.Synced = before
	}
	if u.Exported == nil && sameInTenant(u.Synced, after) {
		u.Synced = nil
	}
	e.SetOnline(before.UserPrincipalName(), u)
}

// hostedAt homes a user online at once, as a move does: the attributes follow with directory synchronisation.
func (e *Estate) hostedAt(a *Account, provider string) {
	if !e.Sync.ByCycle {
		return
	}
	u := e.online(a.UserPrincipalName())
	if u.HostingProvider = provider; e.viewOf(a).onPremHostingProvider() == provider {
		u.HostingProvider = ""
	}
	e.SetOnline(a.UserPrincipalName(), u)
}

// An onlineView is a user as the tenant has it.
type onlineView struct {
	account  *Account // as synchronised; of a user without one, what there is
	user     OnlineUser
	plans    []Plan
	unsynced bool // nothing of the msRTCSIP attributes has ever arrived
	waiting  bool // the licence is younger than the service takes to provision it
}

// viewOf is a user as the tenant has it, by account.
func (e *Estate) viewOf(a *Account) onlineView {
	v := onlineView{account: a, user: e.online(a.UserPrincipalName())}
	if v.user.Synced != nil {
		v.account = v.user.Synced
	}
	return e.licensed(v)
}

// licensed completes a view with what the user may use.
func (e *Estate) licensed(v onlineView) onlineView {
	v.unsynced = named(e.Tenant.Unsynced, v.account.SIP)
	switch {
	case named(e.Tenant.Unlicensed, v.account.SIP):
	case v.user.Plans != nil:
		v.plans = *v.user.Plans
	default:
		v.plans = usualPlans()
	}
	v.waiting = !v.user.LicensedAt.IsZero() && e.now().Before(v.user.LicensedAt.Add(time.Duration(e.Tenant.ProvisioningDelay)))
	return v
}

// onlineUsers are all users of the tenant: those with an account in its order, then those without.
func (e *Estate) onlineUsers() []onlineView {
	views := make([]onlineView, 0, len(e.Accounts))
	for _, a := range e.Accounts {
		views = append(views, e.viewOf(a))
	}
	for _, upn := range sortedKeys(e.Online) {
		if u := e.Online[upn]; u.CloudOnly {
			views = append(views, e.licensed(onlineView{account: u.Synced, user: *u}))
		}
	}
	return views
}

// hasLicence says whether the user has a plan in use with which one can be homed online.
func (v onlineView) hasLicence() bool {
	return slices.ContainsFunc(v.plans, func(p Plan) bool {
		return p.inUse() && (p.Capability == "Teams" || strings.HasPrefix(p.Capability, "MCOStandard") || p.Capability == "MCOProfessional")
	})
}

// onPremHostingProvider is msRTCSIP-DeploymentLocator as it has arrived.
func (v onlineView) onPremHostingProvider() string {
	if v.unsynced || v.user.CloudOnly {
		return ""
	}
	return v.account.HostingProvider
}

// hostingProvider is where the tenant has the user homed.
func (v onlineView) hostingProvider() string {
	switch {
	case v.user.HostingProvider != "":
		return v.user.HostingProvider
	case v.onPremHostingProvider() != "":
		return v.onPremHostingProvider()
	case v.hasLicence():
		return ownProvider
	}
	return ""
}

// ownProvider is the hosting provider of users who were born in the tenant.
const ownProvider = "sipfed.online.lync.com"
