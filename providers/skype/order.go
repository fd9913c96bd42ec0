package skype

import "hybrid/schema"

// afterTrust are the kinds that make trust between servers and tenant. What opens the servers to the tenant comes after
// them: until tokens are exchanged, what crosses the boundary is refused.
func afterTrust(more ...schema.First) []schema.First {
	const why = "trust between servers and tenant is made before anything is opened between them"
	list := []schema.First{
		{Kind: "oauth_server", Why: why},
		{Kind: "partner_application", Why: why},
		{Kind: "oauth_configuration", Why: why},
		{Kind: "service_principal", Why: why},
	}
	return append(list, more...)
}
