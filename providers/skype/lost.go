package skype

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// What undoing a change of these kinds does not bring back. The facts are those of the notes of each kind, from the pages
// of the cmdlets (MicrosoftDocs/office-docs-powershell); that what is under way ends with a provider, and that what a
// cmdlet fetched or gave away is not part of an object's settings, follows from them.

// goes says whether an action takes the live object away.
func goes(action string) bool { return action == "delete" || action == "replace" }

// lostProvider: Remove-CsHostingProvider and Remove-CsPublicProvider end federation with all domains behind the provider.
func lostProvider(action string, _, _ map[string]cty.Value) []string {
	if !goes(action) {
		return nil
	}
	return []string{"sessions with users behind the provider that were under way, and what they sent while it was gone"}
}

// lostFederation: a domain that is allowed no longer, or blocked, is cut off.
func lostFederation(cutsOff string) func(string, map[string]cty.Value, map[string]cty.Value) []string {
	return func(action string, _, _ map[string]cty.Value) []string {
		if action != cutsOff {
			return nil
		}
		return []string{"sessions with users of the domain that were under way"}
	}
}

// lostPolicy: a policy that is made again has been granted to nobody (Remove-CsExternalAccessPolicy: users fall back to the
// policy of their site or the global one).
func lostPolicy(action string, before, _ map[string]cty.Value) []string {
	if name := textOf(before["identity"]); !goes(action) || strings.HasPrefix(strings.ToLower(name), "site:") {
		return nil
	}
	return []string{"grants: whoever had been granted the policy must be granted it again"}
}

// lostOAuthServer: what a token server is known by is fetched from its metadata when it is made (New-CsOAuthServer).
func lostOAuthServer(action string, _, _ map[string]cty.Value) []string {
	if !goes(action) {
		return nil
	}
	return []string{"what the servers had fetched from the metadata: it is fetched anew, and must be reachable for that"}
}

// lostPartnerApplication: the servers do not show a certificate (AuthToken, see readKeySource).
func lostPartnerApplication(action string, before, _ map[string]cty.Value) []string {
	var lost []string
	if v, ok := before["certificate"]; ok && !v.IsKnown() && action != "create" {
		lost = append(lost, "the application's certificate, which the servers do not show, where this change gives it another")
	}
	if goes(action) {
		lost = append(lost, "what the application was doing with the servers while it was gone")
	}
	return lost
}

// lostEndpoint: Remove-CsHybridApplicationEndpoint deletes the account, New- makes another one, with other ids.
func lostEndpoint(action string, _, _ map[string]cty.Value) []string {
	if !goes(action) {
		return nil
	}
	return []string{"the account in Active Directory and the tenant's resource account: the new ones have other ids, and what was assigned to the old ones must be assigned again"}
}

// lostUser: Disable-CsUser wipes what a user has on the servers and in the directory, and is the undo of Enable-CsUser.
func lostUser(action string, _, _ map[string]cty.Value) []string {
	switch action {
	case "delete":
		return []string{
			"contacts, scheduled conferences and policy assignments of the user, which Disable-CsUser wipes for good",
			"the user's number and the SIP address in proxyAddresses, which Disable-CsUser takes away: note them before",
		}
	case "create":
		return []string{"contacts and conferences that the user has made by then: the undo is Disable-CsUser, which wipes them"}
	}
	return nil
}

// lostMove: see [Journey.notes]. The way back is a journey, too, and takes along no more than any.
func lostMove(action string, before, after map[string]cty.Value) []string {
	if action != "move" {
		return nil
	}
	switch JourneyOf(textOf(before["target"]), textOf(after["target"])) {
	case Home:
		return []string{"what the user leaves behind online: meetings organised there, contacts (since 10 November 2023), call forwarding settings"}
	case Away:
		return []string{"meetings as they were: they have become Teams meetings, and are not moved back", "contacts: nothing moves them back (since 10 November 2023)", "call forwarding settings"}
	}
	return nil
}

// lostEdge: who is cut off is cut off at once; the settings themselves come back.
func lostEdge(_ string, before, after map[string]cty.Value) []string {
	var lost []string
	for name, whose := range map[string]string{"allow_federated_users": "users of federated domains", "allow_outside_users": "users outside", "allow_anonymous_users": "people without an account"} {
		if isTrue(before[name]) && tells(after[name]) && !isTrue(after[name]) {
			lost = append(lost, "sessions of "+whose+" that were under way")
		}
	}
	slices.Sort(lost)
	return lost
}
