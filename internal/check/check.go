// Package check finds out what is wrong with an estate, or would be in the way of a change: each check reads something, holds it
// against what it should be, and says what it saw, where and when. What could not be read is unknown, never fine. The checks are
// data, one file a group; how anything is read is the [Estate]'s business.
package check

import (
	"context"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"

	"hybrid/schema"
)

// A Group is what checks are about.
type Group string

// The groups, in the order in which they are shown.
const (
	Connection Group = "connection" // hosts, sign-in, modules
	Servers    Group = "servers"    // front ends and Edge
	Providers  Group = "providers"  // hosting providers and OAuth
	Tenant     Group = "tenant"
	DNS        Group = "dns"
	Users      Group = "users"
)

// Groups are all of them.
func Groups() []Group { return []Group{Connection, Servers, Providers, Tenant, DNS, Users} }

// A Check is one thing that can be wrong.
type Check struct {
	ID     string // "T-SIP"
	Group  Group
	Title  string // what is so where it passes: "The tenant shares its SIP address space"
	Blocks bool   // where it fails, nothing that it concerns may be applied; otherwise it warns
	Reads  string // what is read, and how: "Get-CsTenantFederationConfiguration"
	Remedy string // what to do where it fails
	Source string // of the fact that it rests on
	// Systems are the provider blocks without which there is nothing to look at: "skype", "teams". None means always.
	Systems []string
	// Asks are the cmdlets that it calls, by system; a session must be opened for them.
	Asks map[string][]string
	// Kinds are those whose changes it concerns: apply runs it before them, where it blocks. None means that apply never does. Of
	// user_homing only moves to the cloud are meant, as [ChangesOf] says, and with Home those out of it as well.
	Kinds []string
	// Behind are the systems of which it concerns every change, whatever its kind: "teams". It is the kind's own, so that a kind that
	// is new is not forgotten.
	Behind []string
	// Home says that it looks at what Move-CsUser itself needs, so that a move from the cloud to a pool fails without it as well.
	Home bool
	// After are the checks, by id, whose failure may be why this one fails or is unknown. They are shown before it, and it says so.
	After []string
	// Mends are the kinds that it looks at, so that a block of theirs may mend what fails; none where no block can. What a plan changes
	// of them is looked at only after the changes: before, the check would fail for what the plan mends.
	Mends []string
	// Run looks. Its context ends at the check's deadline. What it could not read is for it to say, by [Unread].
	Run func(ctx context.Context, e *Estate) Result
}

// Concerns says whether it stands before changes of a kind.
func (c Check) Concerns(k *schema.Kind) bool {
	return slices.Contains(c.Kinds, k.Name) || slices.Contains(c.Behind, k.System) && !k.Data
}

// A Verdict is how a check ends.
type Verdict string

// The verdicts.
const (
	Pass    Verdict = "pass"
	Fail    Verdict = "fail"
	Unknown Verdict = "unknown" // it could not be found out
	Waived  Verdict = "waived"  // the configuration says that it is not to be run, and why
	NoCause Verdict = "none"    // the configuration has nothing that it is about
)

// A Result is what a check has found.
type Result struct {
	Verdict  Verdict
	Text     string // one sentence: what is wrong, or what could not be read and why; may be "" where it passes
	Do       string // what to do about it here; where it is "", the check's own remedy
	Evidence []Evidence
	Address  string     // of the block that it is about, "" where none is
	Range    *hcl.Range // the line at fault, nil where the configuration is not
}

// Evidence is a value that was read.
type Evidence struct {
	What  string    // "SharedSipAddressSpace", "sip.contoso.com A"
	Value string    // as it was read; never a secret
	Where string    // "the tenant", "fe01.contoso.com", "8.8.8.8"
	When  time.Time // by the clock of this machine
}

// Passed is a result that nothing is wrong, with what was seen.
func Passed(seen ...Evidence) Result { return Result{Verdict: Pass, Evidence: seen} }

// Failed is a result that something is wrong.
func Failed(text string, seen ...Evidence) Result {
	return Result{Verdict: Fail, Text: text, Evidence: seen}
}

// Unread is a result that something could not be found out.
func Unread(err error, seen ...Evidence) Result {
	return Result{Verdict: Unknown, Text: err.Error(), Evidence: seen}
}

// Absent is a result that the configuration has nothing that the check is about.
func Absent(text string) Result { return Result{Verdict: NoCause, Text: text} }

// Asks are the cmdlets that checks call, by system.
func Asks(checks []Check) map[string][]string {
	all := map[string][]string{}
	for _, c := range checks {
		for system, cmdlets := range c.Asks {
			all[system] = append(all[system], cmdlets...)
		}
	}
	for system := range all {
		slices.Sort(all[system])
		all[system] = slices.Compact(all[system])
	}
	return all
}

// All are the checks, group by group.
func All() []Check {
	var all []Check
	for _, group := range [][]Check{
		connectionChecks(), signInChecks(),
		edgeChecks(), tlsChecks(), versionChecks(), stateChecks(), logChecks(), federationChecks(), rootChecks(),
		providerChecks(), oauthChecks(),
		tenantChecks(), forestChecks(), dnsChecks(),
	} {
		all = append(all, group...)
	}
	return all
}
