package shell

import "strings"

// PolicyName is the form in which identities of policies are the same: what is granted to users is read back as
// Tag:NAME, and is named with or without it (Grant-CsExternalAccessPolicy, MicrosoftDocs/office-docs-powershell).
func PolicyName(identity string) string {
	if len(identity) > 4 && strings.EqualFold(identity[:4], "tag:") {
		return identity[4:]
	}
	return identity
}
