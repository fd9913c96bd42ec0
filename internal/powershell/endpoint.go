package powershell

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// An EndpointError says that a host was signed in to, and could not open its session at the pool's endpoint from there.
type EndpointError struct {
	Host     string
	Endpoint string // "https://pool01.contoso.com/OcsPowershell"
	Username string // as whom
	Err      *CmdletError
}

func (e *EndpointError) Unwrap() error { return e.Err }

func (e *EndpointError) Error() string {
	return fmt.Sprintf("opening the session: %s %s", sentence(e.Err.Message), e.advice())
}

func (e *EndpointError) advice() string {
	if e.unreached() {
		return fmt.Sprintf("%s was signed in to, and does not get from there to %s: look in a session on that host whether it resolves the name, reaches port 443 and trusts the certificate", e.Host, e.Endpoint)
	}
	return fmt.Sprintf("%s was signed in to; it is the pool's remote PowerShell that does not let %s in: check that name and its password, and with Get-CsAdminRoleAssignment that the account has a role (CsViewOnlyAdministrator to plan)", e.Host, e.Username)
}

// unreached says whether it failed before anybody was asked who it is, as PowerShell's name for it tells, which no language changes.
func (e *EndpointError) unreached() bool {
	kind, _, _ := strings.Cut(e.Err.Kind, ",")
	return slices.Contains([]string{"CannotConnect", "NetworkPathNotFound", "WinRMOperationTimeout"}, kind)
}

// denied says whether a pool's endpoint may have refused a name or password. Whatever is not known to be something else counts: a
// wrong password that every host tries locks the account.
func denied(err error) bool {
	var endpoint *EndpointError
	return errors.As(err, &endpoint) && !endpoint.unreached()
}

func sentence(text string) string { return strings.TrimSuffix(strings.TrimSpace(text), ".") + "." }
