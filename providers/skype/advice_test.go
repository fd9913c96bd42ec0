package skype

import (
	"strings"
	"testing"

	"hybrid/internal/powershell"
	"hybrid/internal/wsman"
	"hybrid/providers"
)

func TestAdvice(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"HostedMigration fault: Error=(510), Description=(This user's tenant is not enabled for shared sip address space.)": "SharedSipAddressSpace $true",
		"HostedMigration fault: Error=(507), Description=(x)":                                                               "no licence",
		"HostedMigration fault: Error=(506), Description=(x)":                                                               "not synchronised",
		"Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.":                     "a credential block",
		"SetMoveResourceData failed because the user is not provisioned.":                                                   "User Replicator",
		"There are multiple federated Edge pools in the topology.":                                                          "on one Edge pool only",
		"AADSTS50126: Error validating credentials due to invalid username or password.":                                    "a certificate can stand in its place",
		"Something new.": "",
	} {
		err := advised(&powershell.CmdletError{Cmdlet: "Move-CsUser", Message: message})
		if !strings.Contains(err.Error(), message) || !strings.Contains(err.Error(), want) || (want == "") != !strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// What is about the tenant, the topology, the build or the account that signs in would meet everybody; what is about a
// licence, an attribute or rights on one object is one user's.
func TestWhatEverybodyWouldMeet(t *testing.T) {
	t.Parallel()
	for text, common := range map[string]bool{
		"HostedMigration fault: Error=(510), Description=(x)":                  true,
		"HostedMigration fault: Error=(507), Description=(x)":                  false,
		"HostedMigration fault: Error=(506), Description=(x)":                  false,
		"Unable to locate Windows Live ID token from the provided credentials": true,
		"AADSTS50055: The password is expired.":                                true,
		"there are multiple federated Edge pools in the topology.":             true,
		"Windows PowerShell is in NonInteractive mode.":                        true,
		"Insufficient access rights to perform the operation":                  false,
		"SetMoveResourceData failed because the user is not provisioned.":      false,
		"Something new.": false,
	} {
		err := advised(&powershell.CmdletError{Cmdlet: "Move-CsUser", Message: text})
		if providers.Common(err) != common {
			t.Errorf("%s: common is %v", text, !common)
		}
	}
	for kind, common := range map[string]bool{
		"NamedParameterNotFound,Move-CsUser": true, "CommandNotFoundException": true, "ParameterArgumentValidationError,Move-CsUser": false,
	} {
		if err := advised(&powershell.CmdletError{Cmdlet: "Move-CsUser", Kind: kind, Message: "in any language"}); providers.Common(err) != common {
			t.Errorf("%s: common is %v", kind, !common)
		}
	}
}

// A host that takes nothing for now has been sent nothing; a call of which the answer was lost is another matter.
func TestBusyHosts(t *testing.T) {
	t.Parallel()
	tooMany := &wsman.Fault{Address: "fe01", Code: wsman.CodeTooManyShells, Reason: "too many"}
	for name, try := range map[string]struct {
		err  error
		busy bool
	}{
		"no session":     {&powershell.NoSessionError{Hosts: []powershell.HostError{{Host: "fe01", Err: tooMany}}}, true},
		"before sending": {&powershell.LostError{Host: "fe01", Err: tooMany}, true},
		"after sending":  {&powershell.LostError{Host: "fe01", Sent: true, Err: tooMany}, false},
		"refused":        {&powershell.CmdletError{Cmdlet: "Remove-CsOAuthServer", Message: "no"}, false},
	} {
		s := &servers{errs: []error{try.err}}
		err := opened(s).Apply(t.Context(), change(t, kindNamed(t, "oauth_server"), "microsoft.sts", sts(), ""))
		if err == nil || providers.Busy(err) != try.busy {
			t.Errorf("%s: busy is %v: %v", name, !try.busy, err)
		}
	}
}
