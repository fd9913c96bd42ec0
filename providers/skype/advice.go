package skype

import (
	"errors"
	"fmt"
	"strings"

	"hybrid/internal/powershell"
)

// advice is what helps against a refusal, found by the part of its text that does not depend on the server's language.
type advice struct {
	text   string
	remedy string
}

// advices are known refusals; causes are from Microsoft's support articles on hybrid moves
// (MicrosoftDocs/SupportArticles-docs, SkypeForBusiness) and the cmdlets' pages.
func advices() []advice {
	return []advice{
		{"Error=(510)", "The tenant does not share its SIP address space yet: declare tenant_federation { shared_sip_address_space = true }, or Set-CsTenantFederationConfiguration -SharedSipAddressSpace $true, then wait until it has taken effect."},
		{"Error=(507)", "The user has no licence for Teams, or it was assigned less than half an hour ago: assign one, or wait."},
		{"Error=(506)", "Online the user still counts as homed on the servers: the msRTCSIP attributes are not synchronised. If the schema was extended after the synchronisation was set up, run its wizard again."},
		{"not provisioned", "User Replicator has not finished with this user (event 30024 tells when its first run has): wait, or look at it."},
		{"Insufficient access rights", "The account may not change this object in Active Directory. Where the user is in a protected group (AdminSDHolder), inheritance is off: use an account with rights on the object itself."},
		{"duplicate key sequence", "A hosting or public provider of that name or proxy FQDN exists already: look at Get-CsHostingProvider and Get-CsPublicProvider."},
		{"Cannot find user in Active Directory with the following SIP URI", "The account is in another domain of the forest than the servers look in: run the command from a session with rights there, or look whether the address is the user's."},
		{"Live ID token", "The host signs in to the cloud as it did until December 2021: it needs the cumulative update that speaks modern authentication, and the Teams PowerShell module."},
		{"multiple federated Edge pools", "Federation may be enabled on one Edge pool only: choose it in Topology Builder."},
	}
}

// advised adds to a cmdlet's refusal what is known to help against it.
func advised(err error) error {
	refused := (*powershell.CmdletError)(nil)
	if !errors.As(err, &refused) {
		return err
	}
	if moveAsked(refused) {
		return fmt.Errorf("%w\nThe cmdlet asked for an account of the tenant: moves to and from the cloud need a credential block.", err)
	}
	for _, a := range advices() {
		if strings.Contains(refused.Message, a.text) {
			return fmt.Errorf("%w\n%s", err, a.remedy)
		}
	}
	return err
}

// moveAsked says whether a move wanted somebody to sign in.
func moveAsked(refused *powershell.CmdletError) bool {
	return refused.Cmdlet == "Move-CsUser" && strings.Contains(refused.Message, "NonInteractive")
}
