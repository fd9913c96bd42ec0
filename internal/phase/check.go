package phase

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
)

// Check holds everything that a configuration declares against the phases that its SIP domains state: an error for each
// contradiction, at the argument that contradicts. What is not declared, or not known yet, is not judged.
func Check(objects []planner.Object, sky *Sky) hcl.Diagnostics {
	domains := Domains(objects, sky)
	if len(stated(domains)) == 0 {
		return nil
	}
	c := &check{domains: domains, by: indexed(domains), sky: sky}
	for _, r := range records(objects, domains) {
		if text := r.contradiction(); text != "" {
			c.refuse(r.object, argument(r.object, "values"), r.domain, text)
		}
	}
	for i := range objects {
		switch o := &objects[i]; o.Kind.Name {
		case "tenant_federation":
			c.tenant(o)
		case "hosting_provider":
			c.provider(o)
		case "user_homing":
			c.homing(o)
		case endpointsKind:
			c.endpoint(o)
		}
	}
	return c.diags
}

type check struct {
	domains []Domain
	by      index
	sky     *Sky
	diags   hcl.Diagnostics
}

// refuse records a contradiction between an argument, or with "" a whole object, and the phase of a domain.
func (c *check) refuse(o *planner.Object, attr string, d *Domain, text string) {
	where := o.RangeOf(attr)
	c.diags = append(c.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "The phase demands something else",
		Detail:   fmt.Sprintf("%s, and %s: %s; or state another phase.", said(o, attr), d.says(), text),
		Subject:  &where,
	})
}

// argument is the one that decides: ensure where the object is to be absent.
func argument(o *planner.Object, attr string) string {
	if o.Absent {
		return "ensure"
	}
	return attr
}

func said(o *planner.Object, attr string) string {
	switch attr {
	case "ensure":
		return fmt.Sprintf("%s is to be absent", o.Address)
	case "":
		return fmt.Sprintf("%s is declared", o.Address)
	}
	return fmt.Sprintf("%s declares %s", o.Address, attr)
}

// first finds the first domain in one of some phases; nil where there is none.
func (c *check) first(holds func(Domain) bool) *Domain {
	if n := slices.IndexFunc(c.domains, holds); n >= 0 {
		return &c.domains[n]
	}
	return nil
}

// allStated says whether every declared domain states a phase: only then is it known that none needs hybrid.
func (c *check) allStated() bool { return len(stated(c.domains)) == len(c.domains) }

// tenant: the address space is shared while any domain needs it.
func (c *check) tenant(o *planner.Object) {
	const attr = "shared_sip_address_space"
	needs := c.first(func(d Domain) bool { return d.Phase.shared() })
	switch {
	case needs != nil && is(o, attr, false):
		c.refuse(o, attr, needs, "the tenant shares its address space with the servers until every SIP domain is decommissioned. Write "+attr+" = true")
	case needs == nil && c.allStated() && is(o, attr, true):
		c.refuse(o, attr, c.first(func(d Domain) bool { return d.Phase != "" }), "no SIP domain is in hybrid, so nothing is shared. Write "+attr+" = false")
	}
}

// provider: the tenant's hosting provider is on while any domain needs it, and off when all have left.
func (c *check) provider(o *planner.Object) {
	if c.sky.proxy == "" || !sameHost(textOf(o, "proxy_fqdn"), c.sky.proxy) {
		return
	}
	if needs := c.first(func(d Domain) bool { return d.Phase.shared() }); needs != nil {
		if o.Absent {
			c.refuse(o, "ensure", needs, "users online are reached through this provider. Remove the line")
		}
		for _, attr := range []string{"enabled", "enabled_shared_address_space", "hosts_ocs_users"} {
			if !o.Absent && is(o, attr, false) {
				c.refuse(o, attr, needs, "users online are reached through this provider. Write "+attr+" = true")
			}
		}
		return
	}
	gone := c.first(func(d Domain) bool { return d.Phase == Decommissioned })
	other := c.first(func(d Domain) bool { return d.Phase != Decommissioned })
	if gone != nil && other == nil && c.allStated() && !o.Absent && is(o, "enabled", true) {
		c.refuse(o, "enabled", gone, "hybrid is off, and the servers no longer route to the tenant. Write enabled = false")
	}
}

// homing: nobody is sent to the side that the phase of their domain has left.
func (c *check) homing(o *planner.Object) {
	to := canonical(textOf(o, "target"))
	if to == "" || o.Absent {
		return
	}
	online, someone := c.sky.Leads(to), someoneIn(o)
	for i := range c.domains {
		d := &c.domains[i]
		wrong := d.Phase.cloudy() && !online || d.Phase == OnPrem && online
		if !wrong {
			continue
		}
		who := someone[d.Name]
		switch {
		case who == "":
		case online:
			c.refuse(o, "target", d, fmt.Sprintf("everybody is homed on the servers, and %s would not be. Write a pool's FQDN", who))
		default:
			c.refuse(o, "target", d, fmt.Sprintf("everybody is homed online, and %s would not be. Write target = %q", who, c.sky.proxy))
		}
	}
}

// someoneIn is the first user of a block in each domain of their addresses.
func someoneIn(o *planner.Object) map[string]string {
	first := map[string]string{}
	for row := range o.Users.Len() {
		sip := o.Users.SIP(row)
		if d := domainOf(sip); first[d] == "" {
			first[d] = sip
		}
	}
	return first
}

// domainOf is the domain of a canonical SIP address.
func domainOf(sip string) string { return sip[strings.LastIndexByte(sip, '@')+1:] }
