package main

import (
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/config"
	"hybrid/internal/lab"
	"hybrid/schema"
)

// dnsInLab leads a dns block to the lab's name server of the same name, the way its type says: what is rehearsed is what
// will be issued.
func dnsInLab(values map[string]cty.Value, e lab.Endpoints, name string) {
	if known(cty.ObjectVal(values), "type") == "windows" {
		windowsInLab(values, e, name)
		return
	}
	view := e.DNS[name]
	values["server"] = cty.StringVal(view.Addr)
	values["tsig"] = cty.ObjectVal(map[string]cty.Value{
		"name": cty.StringVal(view.TSIGName), "algorithm": cty.StringVal(view.Algorithm),
		"secret": cty.StringVal(view.Secret).Mark(schema.Sensitive),
	})
}

// windowsInLab leads the cmdlets to the lab's host. Which name server they are of is the account's to say, so that nothing
// of it stands in the calls.
func windowsInLab(values map[string]cty.Value, e lab.Endpoints, name string) {
	skypeInLab(values, e)
	delete(values, "endpoint") // which only servers have
	delete(values, "hosts")
	values["host"] = cty.StringVal(e.WinRM.Host)
	values["username"] = cty.StringVal(e.DNS[name].Username)
}

// needZones asks for the zones that a dns block names: they decide in which zone a name is.
func needZones(n *lab.Needs, c *config.Config) {
	for i := range c.Providers {
		p := &c.Providers[i]
		if p.System.Name != "dns" {
			continue
		}
		zones, _ := p.Values.GetAttr("zones").UnmarkDeep()
		if zones.IsNull() || !zones.IsWhollyKnown() {
			continue
		}
		for _, zone := range zones.AsValueSlice() {
			n.Zones[p.Name] = append(n.Zones[p.Name], zone.AsString())
		}
	}
}
