// Package cmdlets holds the published facts about the cmdlets of the modules SkypeForBusiness, MicrosoftTeams, ADSync and
// DnsServer (which exist, their parameter sets, their parameters) and binds calls to them by PowerShell's rules. Source and
// licence of the tables are in README.md beside them.
package cmdlets

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed SkypeForBusiness.json
var skypeForBusiness []byte

//go:embed MicrosoftTeams.json
var microsoftTeams []byte

//go:embed ADSync.json
var adSync []byte

//go:embed DnsServer.json
var dnsServer []byte

// Tables are the cmdlets of one or more modules. They are read-only and safe for concurrent use.
type Tables struct {
	modules []*Module
}

// A Module is a PowerShell module.
type Module struct {
	Name    string // "SkypeForBusiness"
	Source  Source
	cmdlets map[string]*Cmdlet // by lower-case name
}

// Source says where a module's facts are from.
type Source struct {
	Repo, Commit, Date, Path string
}

// A Cmdlet is one cmdlet with its parameter sets, in the order of the published syntax lines.
type Cmdlet struct {
	Name       string
	Module     string
	Applicable []string // products: "Lync Server 2013"
	Sets       []Set
	params     []*Param // sorted by name
}

// A Set is a parameter set. A cmdlet with a single unnamed one has a set named "".
type Set struct {
	Name    string
	Default bool
	Params  []string // full names, in syntax order
}

// A Param is one parameter of a cmdlet.
type Param struct {
	Name    string
	Type    string   // the .NET type's short name: "String", "VerificationLevelType"
	Aliases []string // other names that bind
	Values  []string // the accepted values where the type is an enumeration and all are known; nil otherwise
	Default string   // the documented literal default, "" where the page gives none
	// mandatory and optional hold the names of the sets the parameter is in.
	mandatory, optional []string
}

// Load reads the embedded tables. It costs a few milliseconds; keep the result. Where two modules have a cmdlet, that
// of SkypeForBusiness is found first; see [Tables.Module].
func Load() (*Tables, error) {
	tables := &Tables{}
	for _, data := range [][]byte{skypeForBusiness, microsoftTeams, adSync, dnsServer} {
		module, err := parse(data)
		if err != nil {
			return nil, fmt.Errorf("the embedded cmdlet tables cannot be read: %w", err)
		}
		tables.modules = append(tables.modules, module)
	}
	return tables, nil
}

// Module restricts the tables to one module; nil where there is none of that name.
func (t *Tables) Module(name string) *Tables {
	for _, m := range t.modules {
		if strings.EqualFold(m.Name, name) {
			return &Tables{modules: []*Module{m}}
		}
	}
	return nil
}

// Modules lists the modules.
func (t *Tables) Modules() []*Module { return slices.Clone(t.modules) }

// Cmdlet finds a cmdlet by name without regard to case; nil where there is none.
func (t *Tables) Cmdlet(name string) *Cmdlet {
	for _, m := range t.modules {
		if c := m.cmdlets[strings.ToLower(name)]; c != nil {
			return c
		}
	}
	return nil
}

// Cmdlets lists all cmdlets, sorted by module and name.
func (t *Tables) Cmdlets() []*Cmdlet {
	var all []*Cmdlet
	for _, m := range t.modules {
		start := len(all)
		for _, c := range m.cmdlets {
			all = append(all, c)
		}
		slices.SortFunc(all[start:], func(a, b *Cmdlet) int { return strings.Compare(a.Name, b.Name) })
	}
	return all
}

// Params lists the parameters in alphabetical order.
func (c *Cmdlet) Params() []*Param { return slices.Clone(c.params) }

// Param finds a parameter by its full name without regard to case; nil where there is none.
func (c *Cmdlet) Param(name string) *Param {
	for _, p := range c.params {
		if strings.EqualFold(p.Name, name) {
			return p
		}
	}
	return nil
}

// HasParam says whether a syntax line of the cmdlet has the parameter.
func (c *Cmdlet) HasParam(name string) bool { return c.Param(name) != nil }

// Mandatory says whether the parameter must be given in the named set.
func (p *Param) Mandatory(set string) bool { return slices.Contains(p.mandatory, set) }

// MandatoryInAll says whether the parameter must be given whatever the set.
func (p *Param) MandatoryInAll(c *Cmdlet) bool { return len(p.mandatory) == len(c.Sets) }

// In says whether the parameter can be given in the named set.
func (p *Param) In(set string) bool {
	return slices.Contains(p.mandatory, set) || slices.Contains(p.optional, set)
}
