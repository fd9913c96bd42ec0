package lab

import (
	"fmt"
	"slices"
	"strings"
)

// A Refusal is how a cmdlet is known to refuse, in its own words. All of the lab's are here: the estate gives them to whom
// they are due, and a fault gives one to anybody (`hybrid lab fault --known`).
type Refusal struct {
	// ID is that of the row of the catalogue of errors that explains it: "no-licence".
	ID     string
	Cmdlet string // the one that gives it; of those that sign in: Connect-MicrosoftTeams
	// Text is what it says, spelling and all. {sip}, {name}, {tenant}, {client} and {thumbprint} stand for what was asked for.
	Text string
}

// Refusals are all that are known by their words. Those of moves are Microsoft's support articles', those of the sign-in service
// are as administrators report them. No source shows the whole of two-edge-pools ("multiple federated Edge pools", page of
// Move-CsUser) and of live-id.
func Refusals() []Refusal {
	return slices.Concat(moveRefusals(), signInRefusals(), []Refusal{
		{"name-taken", "New-CsHostingProvider", `There is a duplicate key sequence "{name}" for the 'ProviderName' key or unique identity constraint.`},
		{"role-missing", "Set-CsTenantFederationConfiguration", "Access Denied."},
		{"session-expired", "Set-CsTenantFederationConfiguration", "Session is not established, run Connect-MicrosoftTeams before requesting access token."},
	})
}

// moveRefusals are those of Move-CsUser.
func moveRefusals() []Refusal {
	const move = "Move-CsUser"
	return []Refusal{
		{"address-space-not-shared", move, "HostedMigration fault: Error=(510), Description=(This user's tenant is not enabled for shared sip address space.)"},
		{"no-licence", move, "HostedMigration fault: Error=(507), Description=(User must has an assigned license to use Skype for Business Online.)"},
		{"not-synchronised", move, "MoveUserException: HostedMigration fault: Error=(506), Description=(The user could move be moved because there appears to be a problem with this user account. Please verify the attribute settings on the user account and then try again.)"},
		{"live-id", move, "Unable to locate Windows Live ID token from the provided credentials, or from web ticket."},
		{"asked-to-sign-in", move, nonInteractive},
		{"other-domain", move, "Cannot find user in Active Directory with the following SIP URI: {sip}"},
		{"user-replicator", move, "SetMoveResourceData failed because the user is not provisioned."},
		{"protected-group", move, `Active Directory operation failed on "DC1.contoso.com". You cannot retry this operation: "Insufficient access rights to perform the operation` +
			` 00002098: SecErr: DSID-03150E8A, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0 ".`},
		{"two-edge-pools", move, "Cannot move user: there are multiple federated Edge pools in the topology."},
		{"log-full", move, "The transaction log for database 'rtcxds' is full due to 'LOG_BACKUP'."},
	}
}

// nonInteractive is what PowerShell says where a cmdlet asks a question and nobody can answer.
const nonInteractive = "Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available."

// signInRefusals are those of a sign-in to the tenant.
func signInRefusals() []Refusal {
	const signIn = "Connect-MicrosoftTeams"
	return []Refusal{
		{"second-factor", signIn, "AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '48ac35b8-9aa8-4d74-927d-1f4a14a0b239'."},
		{"no-such-tenant", signIn, "AADSTS90002: Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."},
		{"no-such-application", signIn, "AADSTS700016: Application with identifier '{client}' was not found in the directory '{tenant}'."},
		{"certificate-not-registered", signIn, "AADSTS700027: Client assertion contains an invalid signature. [Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}']"},
		{"credential-expired", signIn, "AADSTS7000222: The provided client secret keys for app '{client}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security."},
		{"wrong-password", signIn, "AADSTS50126: Error validating credentials due to invalid username or password."},
		{"conditional-access", signIn, "AADSTS53003: Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."},
		{"sign-in-refused", signIn, "AADSTS50057: The user account is disabled."},
		{"certificate-not-found", signIn, "Could not find the certificate with thumbprint {thumbprint} in the certificate store."},
	}
}

// RefusalNamed finds one by its id.
func RefusalNamed(id string) (Refusal, error) {
	var ids []string
	for _, r := range Refusals() {
		if r.ID == id {
			return r, nil
		}
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	return Refusal{}, fmt.Errorf("no refusal is called %q; there are %s", id, strings.Join(ids, ", "))
}

// words are the text of a refusal, with what was asked for in its places: pairs such as "{tenant}", "contoso.com". What is not
// given is the estate's own.
func (e *Estate) words(text string, of ...string) string {
	in := e.Tenant.SignIn
	return strings.NewReplacer(append(of, "{tenant}", in.TenantID, "{client}", in.ClientID, "{thumbprint}", in.Thumbprint)...).Replace(text)
}

// refusal is the error of a call that is refused in known words.
func (c *call) refusal(id string, of ...string) *Failure {
	r, err := RefusalNamed(id)
	if err != nil {
		panic(err) // the ids are literals
	}
	return c.thrown("%s", c.estate.words(r.Text, of...))
}
