package schema

import "strings"

// AccountName is the user principal name, in lower case, by which commands for an identity look for an account: the identity itself, or
// a SIP address without its sip:, which serves where nothing else is said. It is "" for a logon name and a distinguished name.
func AccountName(identity string) string {
	name := strings.TrimPrefix(strings.ToLower(identity), "sip:")
	if !strings.Contains(name, "@") || strings.ContainsAny(name, `\=,`) {
		return ""
	}
	return name
}
