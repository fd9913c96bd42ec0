package directory

import (
	_ "embed" // of the functions
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/powershell"
	"hybrid/planner"
	"hybrid/providers/shell"
)

//go:embed sync.ps1
var syncFunctions string

// Script runs a cycle between two waits and shows how it has ended. Where nobody can be asked to run one, that is still
// what a person runs.
func (c command) Script(change planner.Change) planner.ScriptStep {
	step := planner.ScriptStep{
		Code:    []planner.Word{{Text: "Wait-SyncCycle; "}},
		Cmdlets: []string{"Start-ADSyncSyncCycle", "Get-ADSyncScheduler", "Get-ADSyncConnectorRunStatus", "Get-ADSyncRunProfileResult"},
	}
	for _, piece := range start(change.After.AsValueMap()).Pieces() {
		word := planner.Word{Text: piece.Text}
		if piece.Kind == powershell.Text {
			word.Kind = planner.Text
		}
		step.Code = append(step.Code, word)
	}
	step.Code = append(step.Code, planner.Word{Text: " -ErrorAction:Stop; Show-SyncResults"})
	return step
}

// part says where cycles are run.
func part(name string, block cty.Value) planner.ScriptPart {
	where := ""
	if v, _ := block.UnmarkDeep(); !v.IsNull() {
		where = shell.ArgumentsOfBlock(v).Where()
	}
	if where == "" {
		where = "on the server with Entra Connect"
	}
	return planner.ScriptPart{
		Name: name, Where: strings.TrimSpace("in PowerShell " + where), Functions: syncFunctions,
		Advice: `Run this on the server with Entra Connect, under an account of ADSyncOperators. Where the module is not made known there: Import-Module 'C:\Program Files\Microsoft Azure AD Sync\Bin\ADSync'.`,
	}
}
