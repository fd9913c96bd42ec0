package teams

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/providers/shell"
)

// tenantFunctions see to it that a session is signed in.
const tenantFunctions = `# Test-Tenant sees to it that this session is signed in to the tenant.
function Test-Tenant([string] $Advice) {
    try { $null = Get-CsTenant -ErrorAction Stop } catch { throw "This session is not signed in to the tenant. $Advice (Get-CsTenant: $($_.Exception.Message))" }
}
`

// part says where the tenant's cmdlets run for somebody who runs them by hand: never together with those of the servers, some
// of which have the same names.
func part(name string, block cty.Value) planner.ScriptPart {
	where := ""
	if v, _ := block.UnmarkDeep(); !v.IsNull() {
		where = shell.ArgumentsOfBlock(v).Where()
	}
	advice := "Install it with Install-Module MicrosoftTeams, import it in a window of its own, not in the Management Shell of the servers, and sign in with Connect-MicrosoftTeams."
	return planner.ScriptPart{
		Name: name, Where: strings.TrimSpace("in a PowerShell window of its own with the module MicrosoftTeams, " + where), Advice: advice, From: module,
		Functions: tenantFunctions, Setup: []planner.Word{{Text: "Test-Tenant "}, {Kind: planner.Text, Text: advice}},
	}
}
