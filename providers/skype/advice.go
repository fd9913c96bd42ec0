package skype

import (
	"errors"
	"strings"

	"hybrid/internal/powershell"
	"hybrid/providers"
)

// advice is what helps against a refusal, found by the part of it that does not depend on the server's language.
type advice struct {
	text   string // in the message, or at the beginning of the error's identifier
	common bool   // everybody else would be refused alike: no further user is tried
	remedy string
}

// advices are known refusals; causes are from Microsoft's support articles on hybrid moves (MicrosoftDocs/SupportArticles-docs,
// SkypeForBusiness), the cmdlets' pages, and Microsoft Entra's error codes
// (learn.microsoft.com/entra/identity-platform/reference-error-codes). Whether one is about everybody follows from its cause:
// the tenant, the topology, the host's build and the account that signs in are the same for all, whereas a licence,
// synchronised attributes and rights on an object are one user's.
func advices() []advice {
	return []advice{
		{"Error=(510)", true, "The tenant does not share its SIP address space yet: declare tenant_federation { shared_sip_address_space = true }, or Set-CsTenantFederationConfiguration -SharedSipAddressSpace $true, then wait until it has taken effect."},
		{"Error=(507)", false, "The user has no licence for Teams, or it was assigned less than half an hour ago: assign one, or wait."},
		{"Error=(506)", false, "Online the user still counts as homed on the servers: the msRTCSIP attributes are not synchronised. If the schema was extended after the synchronisation was set up, run its wizard again."},
		{"not provisioned", false, "User Replicator has not finished with this user (event 30024 tells when its first run has): wait, or look at it."},
		{"Insufficient access rights", false, "The account may not change this object in Active Directory. Where the user is in a protected group (AdminSDHolder), inheritance is off: use an account with rights on the object itself."},
		{"duplicate key sequence", false, "A hosting or public provider of that name or proxy FQDN exists already: look at Get-CsHostingProvider and Get-CsPublicProvider."},
		{"Cannot find user in Active Directory with the following SIP URI", false, "The account is in another domain of the forest than the servers look in: run the command from a session with rights there, or look whether the address is the user's."},
		{"Live ID token", true, "The host signs in to the cloud as it did until December 2021: it needs the cumulative update that speaks modern authentication, and the Teams PowerShell module."},
		{"multiple federated Edge pools", true, "Federation may be enabled on one Edge pool only: choose it in Topology Builder."},
		{"AADSTS", true, "The tenant did not let the account of the credential block sign in; the code says why. The account must not be asked for a second factor, and its password must not have expired."},
		{"CommandNotFoundException", true, "The session does not offer this cmdlet: look at the module on the host, and with Get-CsAdminRole whether a role of the account permits it."},
		{"NamedParameterNotFound", true, "The cmdlet of this build has no such parameter: install the cumulative update that brings it, or leave the argument out."},
	}
}

// advised adds to a cmdlet's refusal what is known to help against it, and marks those that everybody would meet.
func advised(err error) error {
	refused := (*powershell.CmdletError)(nil)
	if !errors.As(err, &refused) {
		return err
	}
	a := adviceFor(refused)
	if a.remedy != "" {
		err = &providers.AdvisedError{Err: err, Remedy: a.remedy}
	}
	if a.common {
		err = &providers.CommonError{Err: err}
	}
	return err
}

// adviceFor is the zero advice where nothing is known of a refusal.
func adviceFor(refused *powershell.CmdletError) advice {
	if moveAsked(refused) {
		return advice{common: true, remedy: "The cmdlet asked for an account of the tenant: moves to and from the cloud need a credential block."}
	}
	for _, a := range advices() {
		if strings.Contains(refused.Message, a.text) || strings.HasPrefix(refused.Kind, a.text) {
			return a
		}
	}
	return advice{}
}

// moveAsked says whether a move wanted somebody to sign in.
func moveAsked(refused *powershell.CmdletError) bool {
	return refused.Cmdlet == "Move-CsUser" && strings.Contains(refused.Message, "NonInteractive")
}
