package entra

import (
	_ "embed" // of the functions
	"encoding/json"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
)

//go:embed graph.ps1
var graphFunctions string

// Script sends the request, whole certificates included, through the module Microsoft.Graph.Authentication.
func (p Patch) Script(c planner.Change) planner.ScriptStep {
	body, err := p.body(func(k Key) (json.RawMessage, error) { return json.Marshal(map[string]string{"keyId": k.ID}) }, false)
	if err != nil {
		return planner.ScriptStep{ByHand: "send " + p.String()}
	}
	before := plainMap(c.Before)
	var kept, keys []string
	for _, k := range p.Keys {
		if !k.New {
			kept = append(kept, k.ID)
		}
	}
	for _, k := range keysOf(before["key_credential"]) {
		keys = append(keys, text(k.GetAttr("key_id")))
	}
	words := []planner.Word{{Text: "Invoke-GraphPatch "}, {Kind: planner.Text, Text: p.Path()}, {Text: " "}, {Kind: planner.Text, Text: string(body)}}
	for _, list := range [][]string{namesOf(before["names"]), keys, kept} {
		words = append(words, array(list)...)
	}
	return planner.ScriptStep{Code: words, Cmdlets: []string{"Invoke-MgGraphRequest", "Get-MgContext"}}
}

// array is a list of texts as an argument, with the space before it.
func array(texts []string) []planner.Word {
	words := []planner.Word{{Text: " @("}}
	for n, text := range texts {
		if n > 0 {
			words = append(words, planner.Word{Text: ","})
		}
		words = append(words, planner.Word{Kind: planner.Text, Text: text})
	}
	return append(words, planner.Word{Text: ")"})
}

// part says where requests to Graph are sent from. The environments are those of Connect-MgGraph: nobody is led to a cloud
// that is not named.
func part(name string, block cty.Value) planner.ScriptPart {
	tenant := "TENANT"
	if v, _ := block.UnmarkDeep(); !v.IsNull() && text(v.GetAttr("tenant_id")) != "" {
		tenant = text(v.GetAttr("tenant_id"))
	}
	advice := "Install it with Install-Module Microsoft.Graph.Authentication, and sign in with Connect-MgGraph -TenantId " + tenant +
		" -Scopes Application.ReadWrite.All, in a national cloud with its -Environment."
	return planner.ScriptPart{
		Name: name, Where: "wherever the module Microsoft.Graph.Authentication can sign in to the tenant",
		Advice: advice, Functions: graphFunctions,
		Setup: []planner.Word{{Text: "Test-Graph "}, {Kind: planner.Text, Text: advice}},
	}
}
