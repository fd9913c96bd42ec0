package teams

import (
	"errors"
	"strings"

	"hybrid/internal/powershell"
	"hybrid/providers"
)

// advice is what helps against a refusal, found by a part of its text that does not depend on a language.
type advice struct{ text, remedy string }

// advices are known refusals: the sign-in service's codes (Microsoft Entra authentication and authorization error codes,
// learn.microsoft.com/entra/identity-platform/reference-error-codes) and those of the module.
func advices() []advice {
	return []advice{
		{"AADSTS90002", "The cloud that was asked knows no such tenant: look at tenant_id, and, where the tenant is in a national cloud, whether hybrid { cloud = … } names it."},
		{"AADSTS700016", "The application is not in the tenant: look at client_id, and whether an administrator has consented to it there."},
		{"AADSTS700027", "The application does not have this certificate: upload it to the application, or wait some minutes where that has just been done."},
		{"AADSTS7000222", "The application's certificate or secret has expired there: upload the one that is valid now."},
		{"AADSTS50076", "The account is asked for a second factor, which a session cannot give: sign in with a certificate in the place of the credential block."},
		{"AADSTS50079", "The account is asked for a second factor, which a session cannot give: sign in with a certificate in the place of the credential block."},
		{"AADSTS50126", "The user name or password of the credential block is wrong. Sign in with a certificate in its place."},
		{"AADSTS53003", "Conditional access keeps this sign-in out: exempt the application, or the address of the host."},
		{"Could not find the certificate", "The host does not have the certificate: import it with its private key into Cert:\\CurrentUser\\My of the account that signs in to the host, or into Cert:\\LocalMachine\\My and let that account read the key."},
		{"Access Denied", "The application's service principal lacks a role: give it Teams Administrator in the tenant, and wait until it holds."},
		{"Unauthorized", "The application's service principal lacks a role: give it Teams Administrator in the tenant, and wait until it holds."},
		{"run Connect-MicrosoftTeams", "The sign-in no longer holds: run the command again."},
	}
}

// advised adds to a refusal what is known to help against it.
func advised(err error) error {
	refused := (*powershell.CmdletError)(nil)
	if !errors.As(err, &refused) {
		return err
	}
	for _, a := range advices() {
		if strings.Contains(strings.ToLower(refused.Message), strings.ToLower(a.text)) {
			return &providers.AdvisedError{Err: err, Remedy: a.remedy}
		}
	}
	return err
}
