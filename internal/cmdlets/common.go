package cmdlets

import (
	"slices"
	"sync"
)

// commonNames are the parameters that every cmdlet has, from PowerShell's about_CommonParameters, with their aliases.
// ProgressAction is left out: it came with PowerShell 7.4, and the server's shell is Windows PowerShell.
var commonParams = sync.OnceValue(func() []*Param {
	return []*Param{
		{Name: "Debug", Type: "SwitchParameter", Aliases: []string{"db"}},
		{Name: "ErrorAction", Type: "ActionPreference", Aliases: []string{"ea"}},
		{Name: "ErrorVariable", Type: "String", Aliases: []string{"ev"}},
		{Name: "InformationAction", Type: "ActionPreference", Aliases: []string{"infa"}},
		{Name: "InformationVariable", Type: "String", Aliases: []string{"iv"}},
		{Name: "OutBuffer", Type: "Int32", Aliases: []string{"ob"}},
		{Name: "OutVariable", Type: "String", Aliases: []string{"ov"}},
		{Name: "PipelineVariable", Type: "String", Aliases: []string{"pv"}},
		{Name: "Verbose", Type: "SwitchParameter", Aliases: []string{"vb"}},
		{Name: "WarningAction", Type: "ActionPreference", Aliases: []string{"wa"}},
		{Name: "WarningVariable", Type: "String", Aliases: []string{"wv"}},
	}
})

// isCommon says whether every cmdlet has the parameter: those of the tables are always in a set.
func (p *Param) isCommon() bool {
	return len(p.mandatory) == 0 && len(p.optional) == 0 && slices.ContainsFunc(commonParams(), func(q *Param) bool { return q.Name == p.Name })
}
