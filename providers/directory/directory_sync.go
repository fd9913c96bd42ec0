package directory

import (
	"cmp"
	"fmt"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/powershell"
	"hybrid/planner"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// usualTimeout is how long a cycle and what it carries may take where a block says nothing.
const usualTimeout = time.Hour

// directorySync declares that what is changed in Active Directory is carried to the tenant. The cmdlets are those of the
// module ADSync (learn.microsoft.com, reference of Entra Connect's PowerShell).
func directorySync() *schema.Kind {
	return &schema.Kind{
		Name:   "directory_sync",
		System: "directory",
		Doc: "A synchronisation of Active Directory with the tenant (Entra Connect). It runs when what it depends on changes, or when a later block takes users from one side to the other whom the tenant does not know as they are, " +
			"and whatever comes after it begins once the attributes have arrived.\n\n" +
			"A cycle that is under way is waited for, and then one is started with `Start-ADSyncSyncCycle` and waited for; one that fails is an error. After that the tenant is read until every user whom this run has enabled shows there, and every user whom a later block takes from one side to the other shows there as homed where they are (otherwise moves fail with fault 506), which takes a provider block `teams`: without it only the end of the cycle is waited for.\n\n" +
			"Without `sync_host` in the provider block `directory`, or without that block, apply stops here, says what to run, and goes on by itself once the tenant shows the users.",
		Example: `directory_sync "entra" {
  depends_on = [user.pilot]
}`,
		Remote: schema.Cmdlet{Noun: "ADSyncSyncCycle", Create: "-", Update: "Start", Delete: "-"},
		After: []schema.First{
			{Kind: "user", Why: "a cycle carries to the tenant what is new of users"},
			{Kind: "hybrid_application_endpoint", Why: "a cycle carries to the tenant what is new of endpoints"},
		},
		Attrs: []schema.Attr{
			{
				Name: "policy", Type: cty.String, OneOf: []string{"Delta", "Initial"}, Default: cty.StringVal("Delta"), Settings: true,
				Doc: "What a cycle takes along: `Delta` what has changed, `Initial` everything, which takes hours where there are many objects and is only needed after the rules were changed.",
			},
			{
				Name: "timeout", Type: cty.String, Settings: true, Default: cty.StringVal("1h"), Check: shell.CheckDuration,
				Doc: "How long to wait for the cycle, and then as long again for what it carries to arrive: `\"90m\"`.",
			},
			{
				Name: "max_missing", Type: cty.String, Settings: true, Default: cty.StringVal("0"), Check: shell.CheckShare,
				Doc: "How many of the users need not have arrived when waiting for them ends: a count, or a part of all in percent such as `\"2%\"`. What comes after goes on then, and moves of those who are missing fail one by one (fault 506), as far as `max_failures` of their wave allows.",
			},
			{
				Name: "accept", Type: cty.Set(cty.String), Settings: true,
				Doc: "Results of run profiles that are no failure here, such as `[\"completed-export-errors\"]` where some unrelated object has failed for long.",
			},
			{
				Name: "host", Type: cty.String, Mode: schema.Computed,
				Doc: "Where cycles are run; unset where somebody has to do it by hand.",
			},
		},
		Task: &schema.Task{
			Carries: []string{"hybrid_application_endpoint", "user"},
			Mirror:  "online_user", Of: "HostingProvider", Shown: "OnPremHostingProvider",
			Unseen: unseen,
			Spared: func(v map[string]cty.Value) string { return shell.TextOf(v["max_missing"]) },
		},
		Notes:    notes,
		Lost:     lost,
		Patience: patience,
	}
}

// patience is the block's timeout.
func patience(v map[string]cty.Value) time.Duration {
	return shell.DurationOf(v["timeout"], usualTimeout)
}

// start is the call that starts a cycle.
func start(v map[string]cty.Value) powershell.Command {
	policy := cmp.Or(shell.TextOf(v["policy"]), "Delta")
	return powershell.Command{Cmdlet: "Start-ADSyncSyncCycle", Params: []powershell.Param{{Name: "PolicyType", Value: policy}}}
}

// found is a block as it is live: as it is declared, with the host that was asked.
func found(o planner.Object, host string) planner.Found {
	values := o.Want.AsValueMap()
	values["host"] = cty.NullVal(cty.String)
	if host != "" {
		values["host"] = cty.StringVal(host)
	}
	return planner.Found{Identity: o.Identity, Value: cty.ObjectVal(values)}
}

// notes say what somebody has to do by hand where no host is declared.
func notes(action string, before, after map[string]cty.Value) []string {
	if action != string(planner.Run) || shell.TextOf(before["host"]) != "" {
		return nil
	}
	return []string{fmt.Sprintf("no sync_host is declared, so apply stops here: run %s on the server with Entra Connect, and it goes on once the users show in the tenant",
		start(after))}
}

// lost: a cycle carries what stands in Active Directory (Start-ADSyncSyncCycle); nothing takes it back but another one.
func lost(action string, _, _ map[string]cty.Value) []string {
	if action != string(planner.Run) {
		return nil
	}
	return []string{"what the tenant was before the cycle: undo what it has carried, and run another one"}
}

// unseen is what it means that there is no provider to read the tenant's users by.
func unseen(v map[string]cty.Value) (note, refusal string) {
	if shell.TextOf(v["host"]) == "" {
		return "", "there is neither a sync_host, on which a cycle could be run, nor a provider \"teams\", which would show that the users have arrived. Declare one of them"
	}
	return "there is no provider \"teams\", so whether the attributes have arrived in the tenant cannot be seen: only the end of the cycle is waited for", ""
}
