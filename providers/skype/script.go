package skype

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/providers/shell"
)

// part says where the cmdlets of the servers run for somebody who runs them by hand.
func part(name string, block cty.Value) planner.ScriptPart {
	where, advice := "", "Run this in the Management Shell of a Front End Server, or import its module there (Import-Module SkypeForBusiness, Lync for Lync Server 2013), under an account with the roles that apply needs."
	if v, _ := block.UnmarkDeep(); !v.IsNull() {
		where = shell.ArgumentsOfBlock(v).Where()
		if endpoint := textOf(v.GetAttr("endpoint")); endpoint != "" {
			advice += " Or import the pool's cmdlets: Import-PSSession (New-PSSession -ConnectionUri " + endpoint + " -Credential (Get-Credential))."
		}
	}
	return planner.ScriptPart{
		Name: name, Where: strings.TrimSpace("in the Management Shell " + where), Advice: advice, NotFrom: "MicrosoftTeams",
		Settled: replicas + " shows UpToDate True for every server",
	}
}
