package lab

import (
	"fmt"
	"slices"
	"strings"
)

// A Refusal is how a cmdlet is known to refuse, in its own words: from Microsoft's support articles and from what
// administrators report. Of the faults of the hosted migration service, which
// the estate gives by itself to whom they are due, there is the one for users without a licence, to rehearse a share of them.
type Refusal struct {
	Name   string // "not-provisioned"
	Cmdlet string // the one that gives it
	Text   string
}

// Refusals are those that can be called by name.
func Refusals() []Refusal {
	return []Refusal{
		{"unlicensed", "Move-CsUser", fault507},
		{"insufficient-rights", "Move-CsUser", `Active Directory operation failed on "DC01.contoso.com". You cannot retry this operation: "Insufficient access rights to perform the operation".`},
		{"not-provisioned", "Move-CsUser", "SetMoveResourceData failed because the user is not provisioned."},
		{"no-such-address", "Move-CsUser", "Cannot find user in Active Directory with the following SIP URI: sip:user@contoso.com"},
		{"no-live-id", "Move-CsUser", "Unable to locate Windows Live ID token from the provided credentials, or from web ticket."},
		{"edge-pools", "Move-CsUser", "Cannot move user: there are multiple federated Edge pools in the topology."},
	}
}

// RefusalNamed finds one by name.
func RefusalNamed(name string) (Refusal, error) {
	var names []string
	for _, r := range Refusals() {
		if r.Name == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return Refusal{}, fmt.Errorf("no refusal is called %q; there are %s", name, strings.Join(names, ", "))
}
