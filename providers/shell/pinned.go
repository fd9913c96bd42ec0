package shell

import (
	"slices"

	"hybrid/internal/cmdlets"
	"hybrid/internal/powershell"
	"hybrid/schema"
)

// domainController is the parameter that names the domain controller to read from and to write to. Cmdlets of users and of
// what has an account in Active Directory have it (MicrosoftDocs/office-docs-powershell); those of settings, which are in the
// Central Management store, do not.
const domainController = "DomainController"

// Getting is the call that lists the objects of a noun, on the domain controller that the block names.
func (p *Provider) Getting(noun string) powershell.Command {
	get := powershell.Command{Cmdlet: "Get-" + noun}
	if p.pinned != "" && p.pinnable(get.Cmdlet) {
		get.Params = append(get.Params, powershell.Param{Name: domainController, Value: p.pinned})
	}
	return get
}

// Pins is the place of all objects of a kind ([planner.Listing.Place]): the domain controller that the block names, nil where
// it names none, or no cmdlet of the kind takes one.
func (p *Provider) Pins(remote schema.Cmdlet) func(string) string {
	all := append(writers(remote), "Get-"+remote.Noun)
	if p.pinned == "" || !slices.ContainsFunc(all, p.pinnable) {
		return nil
	}
	return func(string) string { return p.pinned }
}

// pinnable says whether a cmdlet takes the name of a domain controller.
func (p *Provider) pinnable(name string) bool {
	tables, err := p.tables()
	if err != nil {
		return false // told by whatever is translated first
	}
	cmdlet := tables.Cmdlet(name)
	return cmdlet != nil && takesController(cmdlet)
}

func takesController(c *cmdlets.Cmdlet) bool { return c.HasParam(domainController) }
