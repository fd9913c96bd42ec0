package lab

import (
	"strings"

	"hybrid/schema"
)

// policy: New-, Set-, Get- and Remove- of policies with scopes. What is granted to users is stored as Tag:NAME and found
// with or without it; there is always a global one, and Remove- only resets it (Remove-CsExternalAccessPolicy; that the
// others do the same is an inference).
func policy(fresh Object) rules {
	own := rules{defaults: func(*Estate) Object { return fresh }}
	plain := map[string]handler{"New": create(own), "Set": update(own), "Get": read, "Remove": removePolicy(fresh)}
	own.verbs = map[string]handler{}
	for verb, handle := range plain {
		own.verbs[verb] = func(c *call) error {
			if c.given("Identity") {
				c.params["Identity"] = scoped(c.text("Identity"))
			}
			return handle(c)
		}
	}
	return own
}

// isPolicy says whether a kind has policies with scopes: a global one that is built in, and names that are read back as Tag:NAME.
func isPolicy(k *schema.Kind) bool {
	return k != nil && k.NormIdentity != nil && k.NormIdentity("Tag:Staff") == "Staff" && k.IsBuiltIn("Global")
}

// scoped is the identity of a policy as it is stored.
func scoped(identity string) string {
	scope, name, found := strings.Cut(identity, ":")
	switch {
	case strings.EqualFold(identity, "Global"):
		return "Global"
	case found && strings.EqualFold(scope, "site"):
		return "Site:" + name
	case found && strings.EqualFold(scope, "tag"):
		return "Tag:" + name
	}
	return "Tag:" + identity
}

func removePolicy(fresh Object) handler {
	return func(c *call) error {
		before, err := c.target()
		if err != nil {
			return err
		}
		if before.Text("Identity") == "Global" {
			c.estate.Put(c.kept, fresh.with(Object{"Identity": "Global"}))
			return nil
		}
		return remove(c)
	}
}

// externalAccessDefaults are those of Set-CsExternalAccessPolicy's page, whose description has the global policy allow
// no federation.
func externalAccessDefaults() Object {
	return Object{
		"Description": nil, "EnableFederationAccess": false, "EnableXmppAccess": false,
		"EnablePublicCloudAudioVideoAccess": false, "EnableOutsideAccess": false,
	}
}

func hostedVoicemailDefaults() Object {
	return Object{"Description": nil, "Destination": nil, "Organization": nil}
}

// userServicesDefaults are those of New-CsUserServicesPolicy's page: contacts may be kept in Exchange.
func userServicesDefaults() Object {
	return Object{"UcsAllowed": true, "MigrationDelayInDays": int64(0), "EnableAwaySinceIndication": true}
}

// provideGlobalPolicies adds the policies that every deployment has.
func (e *Estate) provideGlobalPolicies() {
	e.provideGlobal("CsExternalAccessPolicy", externalAccessDefaults())
	e.provideGlobal("CsHostedVoicemailPolicy", hostedVoicemailDefaults())
	e.provideGlobal("CsUserServicesPolicy", userServicesDefaults())
}

func (e *Estate) provideGlobal(noun string, fresh Object) {
	if _, ok := e.Object(noun, "Global"); !ok {
		e.Put(noun, fresh.with(Object{"Identity": "Global"}))
	}
}
