package check

import (
	"errors"
	"slices"
	"strings"
)

// tenantSideChecks are those of what the tenant has of a user.
func tenantSideChecks() []UserCheck {
	return []UserCheck{
		judged(Check{
			ID: "U-SYNC", Title: "The tenant has of the user what Active Directory has", Blocks: true, Reads: "Get-CsOnlineUser: HostingProvider, OnPremHostingProvider, OnPremSipAddress; Get-CsUser",
			Remedy: "Synchronise: Start-ADSyncSyncCycle -PolicyType Delta on the server of directory synchronisation, or declare directory_sync and apply.",
			Source: "Microsoft support article on HostedMigration fault 506",
		}, isSynchronised).by("directory_sync"),
		judged(Check{
			ID: "U-PROV", Title: "The service has provisioned the user", Blocks: true, Reads: "Get-CsOnlineUser: UserValidationErrors, InterpretedUserType",
			Remedy: "Wait up to 30 minutes and check again.", Source: "KB 2757450: the account was not provisioned; Microsoft support article on HostedMigration fault 507",
		}, isProvisioned),
	}
}

// errNotTold is why the tenant's lists say nothing of what has arrived.
var errNotTold = errors.New("the lists of Get-CsOnlineUser show no attributes from Active Directory here, of anybody: update the module MicrosoftTeams, or check the user alone")

// isSynchronised holds both sides against one another.
func isSynchronised(u *User) Result {
	locator, known := u.locator()
	switch {
	case u.Servers.Err != nil:
		return Unread(u.Servers.Err)
	case !u.Servers.here() && !u.Directory.here():
		return u.without(u.Directory)
	case !known:
		return u.Servers.untold("HostingProvider")
	case locator == "":
		return Absent("the account is not enabled for the servers, so there is nothing to synchronise")
	case u.Tenant.Err != nil:
		return Unread(u.Tenant.Err)
	}
	seen := slices.Concat([]Evidence{u.saw("HostingProvider", locator, "the servers")},
		u.seen(u.Tenant, "OnPremHostingProvider"), u.seen(u.Tenant, "HostingProvider"), u.seen(u.Tenant, "OnPremSipAddress"))
	if u.Tenant.absent() {
		return Failed("the tenant does not know the user", append(seen, u.saw("users with the address", "none", "the tenant"))...)
	}
	return u.agreement(locator, seen)
}

func (u *User) agreement(locator string, seen []Evidence) Result {
	arrived, known := u.Tenant.Text("OnPremHostingProvider")
	hosted, knownHosted := u.Tenant.Text("HostingProvider")
	sip, knownSIP := u.Tenant.Text("OnPremSipAddress")
	switch {
	case !known:
		return u.Tenant.untold("OnPremHostingProvider")
	case arrived == "" && !u.ListsTell:
		return Unread(errNotTold, seen...)
	case arrived == "":
		r := Failed("none of the user's attributes has arrived in the tenant", seen...)
		r.Do = "Synchronise (Start-ADSyncSyncCycle -PolicyType Delta). Where they still do not arrive, the schema was extended after synchronisation was set up: run its wizard again, which refreshes the schema (fault 506)."
		return r
	case !strings.EqualFold(arrived, locator) && strings.EqualFold(arrived, homeOnServers):
		r := Failed("the tenant has the user homed on the servers still, and Active Directory does not", seen...)
		r.Do = "Synchronise (Start-ADSyncSyncCycle -PolicyType Delta). Where it still says SRV:, run the synchronisation's wizard again, which refreshes the schema (fault 506)."
		return r
	case !strings.EqualFold(arrived, locator):
		return Failed("the tenant has another home from Active Directory than Active Directory has now", seen...)
	case knownSIP && sip != "" && !isUser(sip, u.SIP):
		return Failed("the tenant has another SIP address from Active Directory than Active Directory has now", seen...)
	case knownHosted && home(hosted) != home(locator):
		return Failed("the tenant has the user homed on another side than Active Directory", seen...)
	}
	return Passed(seen...)
}

// isProvisioned reads what the service says of the user. The type is composed, and open-ended: its end tells the state.
func isProvisioned(u *User) Result {
	if !u.Tenant.here() {
		return u.without(u.Tenant)
	}
	found, known := u.Tenant.objects("UserValidationErrors")
	kind, knownKind := u.Tenant.Text("InterpretedUserType")
	if !known || !knownKind {
		return u.Tenant.untold("UserValidationErrors or InterpretedUserType")
	}
	seen := u.seen(u.Tenant, "InterpretedUserType")
	if len(found) > 0 {
		r := Failed("the service has found errors with the user", append(seen, u.saw("UserValidationErrors", errorsText(found), u.Tenant.Where))...)
		r.Do = "Mend what the error says, in Active Directory where the user is synchronised, and synchronise."
		return r
	}
	return u.state(kind, seen)
}

func (u *User) state(kind string, seen []Evidence) Result {
	for _, s := range []struct{ part, text, do string }{
		{"WithMCOValidationError", "the service has found errors with the user", "Look at UserValidationErrors of Get-CsOnlineUser -Identity, and mend what they say."},
		{"NeedsProvisioning", "the service has not provisioned the user yet", ""},
		{"Failed", "the service has failed to provision the user", "The service tries again by itself: check again in 30 minutes. Where it still fails, open a case with Microsoft and give InterpretedUserType."},
		{"PendingDeletion", "the service is about to delete the user", "Find out who took the user out of synchronisation or took the licence away, and undo it."},
		{"PendingAttributeRemoval", "the service is still taking attributes away", "Wait until it has: hours after the attributes were cleared."},
	} {
		if strings.Contains(kind, s.part) {
			r := Failed(s.text, seen...)
			r.Do = s.do
			return r
		}
	}
	if strings.Contains(kind, "ActiveDirectoryDisabledUser") {
		r := Failed("the account is disabled in Active Directory", seen...)
		r.Do = "Enable the account in Active Directory (Enable-ADAccount) and synchronise."
		return r
	}
	return Passed(seen...)
}

func errorsText(found []map[string]any) string {
	var texts []string
	for _, f := range found {
		text := strings.Trim(member(f, "ErrorCode")+": "+member(f, "ErrorDescription")+member(f, "value"), ": ")
		texts = append(texts, text)
	}
	return strings.Join(texts, "; ")
}
