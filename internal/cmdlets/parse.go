package cmdlets

import (
	"encoding/json"
	"slices"
	"strings"
)

// The shape of the published files.
type (
	fileModule struct {
		Module  string                 `json:"module"`
		Source  Source                 `json:"source"`
		Cmdlets map[string]*fileCmdlet `json:"cmdlets"`
	}
	fileCmdlet struct {
		Applicable []string             `json:"applicable"`
		Sets       []fileSet            `json:"sets"`
		Params     map[string]fileParam `json:"params"`
	}
	fileSet struct {
		Name    string `json:"name"`
		Default bool   `json:"default"`
		Params  []struct {
			Name      string `json:"name"`
			Type      string `json:"type"`
			Mandatory bool   `json:"mandatory"`
		} `json:"params"`
	}
	fileParam struct {
		Type         string   `json:"type"`
		Aliases      []string `json:"aliases"`
		Sets         []string `json:"sets"`
		Required     bool     `json:"required"`
		Default      any      `json:"default"`
		Values       []string `json:"values"`
		ValuesInText []string `json:"values_in_text"`
	}
)

func parse(data []byte) (*Module, error) {
	var file fileModule
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	module := &Module{Name: file.Module, Source: file.Source, cmdlets: map[string]*Cmdlet{}}
	for name, c := range file.Cmdlets {
		module.cmdlets[strings.ToLower(name)] = c.cmdlet(name, file.Module)
	}
	return module, nil
}

func (f *fileCmdlet) cmdlet(name, module string) *Cmdlet {
	c := &Cmdlet{Name: name, Module: module, Applicable: f.Applicable}
	byName := map[string]*Param{}
	for _, fs := range f.Sets {
		set := Set{Name: fs.Name, Default: fs.Default}
		for _, fp := range fs.Params {
			p := byName[fp.Name]
			if p == nil {
				p = f.Params[fp.Name].param(fp.Name, fp.Type)
				byName[fp.Name] = p
				c.params = append(c.params, p)
			}
			set.Params = append(set.Params, fp.Name)
			if fp.Mandatory || f.mandatorySwitch(fp.Name, fp.Type, fs.Name) {
				p.mandatory = append(p.mandatory, fs.Name)
			} else {
				p.optional = append(p.optional, fs.Name)
			}
		}
		c.Sets = append(c.Sets, set)
	}
	slices.SortFunc(c.params, func(a, b *Param) int { return strings.Compare(a.Name, b.Name) })
	return c
}

// mandatorySwitch says whether a switch is required in a set: syntax lines show every switch as optional.
func (f *fileCmdlet) mandatorySwitch(name, typ, set string) bool {
	p := f.Params[name]
	return typ == "SwitchParameter" && p.Required && (slices.Contains(p.Sets, set) || slices.Contains(p.Sets, "(All)"))
}

// isEnumeration says whether the pages give every value of a type. For other types the values they mention may be some
// of many, so that nothing can be refused.
func isEnumeration(typ string) bool {
	switch typ {
	case "VerificationLevelType", "ApplicationTrustLevel", "ClientAdalAuthOverride", "DomainStatus", "AddressType", "ExchangeArchivingPolicyOptionsEnum", "SynchronizationPolicyType":
		return true
	}
	return false
}

// param takes the type from the syntax line: where it and the parameter's section disagree, the section is the one
// with slips such as -AllowedDomains being a Boolean.
func (f fileParam) param(name, typ string) *Param {
	p := &Param{Name: name, Type: typ, Aliases: f.Aliases}
	if text, ok := f.Default.(string); ok {
		p.Default = text
	}
	if isEnumeration(typ) {
		p.Values = append(f.Values, f.ValuesInText...)
	}
	return p
}
