// Package agreement holds against one another what a configuration declares for the servers and what it declares for the
// tenant, where users of both sides are only served alike when both say the same: whom they may talk to, and which SIP
// domains are theirs (Microsoft's planning guide, "Plan hybrid connectivity", lists what must match).
package agreement

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
)

// Check warns of every contradiction between the two sides, at the tenant's argument. What is not declared on a side, or not
// known yet, contradicts nothing.
func Check(objects []planner.Object) hcl.Diagnostics {
	c := &check{allowed: map[string]bool{}, blocked: map[string]bool{}, domains: map[string]*planner.Object{}}
	for i := range objects {
		c.servers(&objects[i])
	}
	for i := range objects {
		switch o := &objects[i]; o.Kind.Name {
		case "tenant_federation":
			c.switches(o)
			c.lists(o)
		case "online_sip_domain":
			c.domain(o)
		}
	}
	return c.diags
}

// check is what is declared for the servers.
type check struct {
	edge             *planner.Object
	allowed, blocked map[string]bool
	domains          map[string]*planner.Object
	diags            hcl.Diagnostics
}

// notifications is the domain of Microsoft's push notifications, which only servers have on their list.
const notifications = "push.lync.com"

func (c *check) servers(o *planner.Object) {
	name := canonical(o.Identity)
	switch o.Kind.Name {
	case "access_edge":
		c.edge = o
	case "allowed_domain":
		if !o.Absent && name != notifications {
			c.allowed[name] = true
		}
	case "blocked_domain":
		if !o.Absent {
			c.blocked[name] = true
		}
	case "sip_domain":
		c.domains[name] = o
	}
}

func (c *check) warn(o *planner.Object, attr, format string, args ...any) {
	where := o.RangeOf(attr)
	c.diags = append(c.diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "The two sides do not agree", Detail: fmt.Sprintf(format, args...), Subject: &where})
}

// switches compares whether users may talk to others at all, and to others who are on no list.
func (c *check) switches(tenant *planner.Object) {
	if c.edge == nil {
		return
	}
	servers, told := truth(c.edge, "allow_federated_users")
	online, known := truth(tenant, "allow_federated_users")
	if told && known && servers != online {
		c.warn(tenant, "allow_federated_users", "allow_federated_users is %t for the tenant and %t for the servers (access_edge): who may talk to other organisations would change with a user's home.", online, servers)
	}
	list, declared := texts(tenant, "allowed_domains")
	discovery, told := truth(c.edge, "enable_partner_discovery")
	if declared && told && everyone(list) != discovery {
		c.warn(tenant, "allowed_domains", "allowed_domains = %s for the tenant, and enable_partner_discovery = %t for the servers (access_edge): partners on no list would be reached from one side only. \"all\" goes with true, a list with false.", shown(list), discovery)
	}
}

// lists compares the lists of domains, as far as both sides declare one.
func (c *check) lists(tenant *planner.Object) {
	for _, of := range []struct {
		attr, kind string
		servers    map[string]bool
	}{{"allowed_domains", "allowed_domain", c.allowed}, {"blocked_domains", "blocked_domain", c.blocked}} {
		list, declared := texts(tenant, of.attr)
		if !declared || everyone(list) || len(of.servers) == 0 {
			continue
		}
		var only []string
		for name := range of.servers {
			if _, listed := slices.BinarySearch(list, name); !listed {
				only = append(only, name)
			}
		}
		if len(only) > 0 {
			c.warn(tenant, of.attr, "%s has blocks for %s, which %s of the tenant does not name: users online and users on the servers would not reach the same partners.", of.kind, named(only), of.attr)
		}
		if extra := slices.DeleteFunc(slices.Clone(list), func(name string) bool { return of.servers[name] }); len(extra) > 0 {
			c.warn(tenant, of.attr, "%s of the tenant names %s, for which there is no block %s: users online and users on the servers would not reach the same partners.", of.attr, named(extra), of.kind)
		}
	}
}

// domain compares a SIP domain of both sides.
func (c *check) domain(o *planner.Object) {
	servers := c.domains[canonical(o.Identity)]
	enabled, known := truth(o, "enabled")
	if servers == nil || !known || enabled == !servers.Absent {
		return
	}
	if enabled {
		c.warn(o, "enabled", "%s is enabled in the tenant and is to be absent on the servers (%s).", o.Identity, servers.Address)
	} else {
		c.warn(o, "enabled", "%s is disabled in the tenant and declared for the servers (%s): that is right only while its users are on the servers of a forest that is not in hybrid. Otherwise messages between the two sides fail (\"Cannot route From and To domains in this combination\").", o.Identity, servers.Address)
	}
}

// truth is a Boolean that is declared and known.
func truth(o *planner.Object, attr string) (yes, declared bool) {
	v := value(o, attr)
	if v == cty.NilVal || v.IsNull() || !v.IsKnown() || v.Type() != cty.Bool {
		return false, false
	}
	return v.True(), true
}

// texts is a set of texts that is declared and known, in canonical form and in order.
func texts(o *planner.Object, attr string) (list []string, declared bool) {
	v := value(o, attr)
	if v == cty.NilVal || v.IsNull() || !v.IsWhollyKnown() || !v.CanIterateElements() {
		return nil, false
	}
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		list = append(list, canonical(element.AsString()))
	}
	slices.Sort(list)
	return list, true
}

func value(o *planner.Object, attr string) cty.Value {
	if o.Want.IsNull() || !o.Want.IsKnown() || !o.Want.Type().HasAttribute(attr) {
		return cty.NilVal
	}
	v, _ := o.Want.GetAttr(attr).UnmarkDeep()
	return v
}

func everyone(list []string) bool { return len(list) == 1 && list[0] == "all" }

func shown(list []string) string {
	if everyone(list) {
		return `"all"`
	}
	return "a list"
}

// named is up to three names and how many more.
func named(names []string) string {
	slices.Sort(names)
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:2], ", "), len(names)-2)
	}
	return strings.Join(names, ", ")
}

func canonical(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
