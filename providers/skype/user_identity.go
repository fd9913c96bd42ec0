package skype

import (
	"fmt"
	"slices"
	"strings"

	"hybrid/internal/roster"
	"hybrid/planner"
)

// logonName is the property that a logon name (CONTOSO\ada) is held against. It is read only where somebody writes one.
const logonName = "SamAccountName"

// otherThan says that an identity which a table gives a user is not that of the account that was read with the user's SIP address. The
// servers look for an identity alone, whichever address it was written beside: they would move or disable somebody else. Whose it is
// stands in the table; the reason is the same for all, so that a table that was sorted by one column makes one of them.
func otherThan(identity string, cell func(column string) string) string {
	own, name := "", identity
	switch {
	case strings.HasPrefix(strings.ToLower(identity), "sip:"):
		own, name = roster.Canonical(cell("SipAddress")), roster.Canonical(identity)
	case isDN(identity):
		own = cell("Identity")
	case strings.Contains(identity, `\`):
		own = cell(logonName)
		var domain string
		domain, name, _ = strings.Cut(identity, `\`)
		if of := domainOf(cell("Identity")); len(of) > 0 && !slices.ContainsFunc(of, func(label string) bool { return strings.EqualFold(label, domain) }) {
			return fmt.Sprintf("identity is a logon name of the domain %s, and the account with this SIP address is in %s: in another domain it is somebody else's. Write the user principal name, also where %[1]s is another name of that domain",
				domain, strings.Join(of, "."))
		}
	case strings.Contains(identity, "@"):
		own = cell("UserPrincipalName")
	default:
		return "identity is no user principal name, DOMAIN\\logon or distinguished name, so that nobody can tell whose it is: write one of these, or leave it out"
	}
	if own != "" && strings.EqualFold(own, name) {
		return ""
	}
	return "identity is not that of the account with this SIP address, and the servers go by it: they would change somebody else. Correct the row, or leave identity out"
}

// domainOf are the labels of the domain in a distinguished name, "contoso" and "com". Its name before Windows 2000, by which logon names
// go, is most often one of them, and stands nowhere else that the servers tell.
func domainOf(dn string) (labels []string) {
	for part := range strings.SplitSeq(dn, ",") {
		if len(part) > 3 && strings.EqualFold(part[:3], "DC=") {
			labels = append(labels, part[3:])
		}
	}
	return labels
}

// isDN says whether an identity is a distinguished name.
func isDN(identity string) bool {
	return len(identity) > 3 && (strings.EqualFold(identity[:3], "CN=") || strings.EqualFold(identity[:3], "OU=")) && strings.Contains(identity, ",")
}

// hasLogonName says whether a table gives users logon names as identities.
func hasLogonName(want []planner.Object) bool {
	for i := range want {
		for _, cells := range want[i].Users.Rows() {
			if len(cells) > 1 && strings.Contains(cells[1], `\`) && !isDN(cells[1]) {
				return true
			}
		}
	}
	return false
}
