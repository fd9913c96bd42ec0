package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/config"
	"hybrid/planner"
	"hybrid/schema"
)

// A Declaration is a block of the configuration that names a user.
type Declaration struct {
	Address string    // `user_homing.pilot`
	Kind    string    // "user", "user_homing"
	Place   string    // where the user is named: "users.csv:7", else "main.hcl:12"
	Range   hcl.Range // of the argument that has the users
	Target  string    // where the block homes the user; "" where it does not say
	online  bool      // it enables users who are online, by hosting_provider_proxy_fqdn
	bypass  bool      // it moves Enterprise Voice users without a licence for it
}

// declarations are the blocks that name a user, those that make users before those that move them.
func declarations(c *config.Config, sip string) []Declaration {
	var all []Declaration
	for i := range c.Objects {
		o := &c.Objects[i]
		if o.Users == nil || o.Absent {
			continue
		}
		if row, named := o.Users.Lookup(sip); named {
			all = append(all, declaration(o, row))
		}
	}
	slices.SortStableFunc(all, func(a, b Declaration) int { return strings.Compare(a.Kind, b.Kind) })
	return all
}

func declaration(o *planner.Object, row int) Declaration {
	at := o.RangeOf("users")
	d := Declaration{
		Address: o.Address.String(), Kind: o.Kind.Name, Range: at, Target: textOf(o, "target"),
		online: textOf(o, "hosting_provider_proxy_fqdn") != "", bypass: isTrue(o, "bypass_enterprise_voice_check"),
	}
	if o.UserPlace != nil {
		d.Place = o.UserPlace(row)
	}
	d.Place = cmp.Or(d.Place, fmt.Sprintf("%s:%d", at.Filename, at.Start.Line))
	return d
}

// textOf is an argument of a block as text, "" where it is not written or not known.
func textOf(o *planner.Object, name string) string {
	v, _ := wanted(o, name)
	return schema.Text(v)
}

func isTrue(o *planner.Object, name string) bool {
	v, ok := wanted(o, name)
	return ok && v.Type() == cty.Bool && v.True()
}

func wanted(o *planner.Object, name string) (cty.Value, bool) {
	if !o.Want.Type().IsObjectType() || !o.Want.Type().HasAttribute(name) {
		return cty.NilVal, false
	}
	v, _ := o.Want.GetAttr(name).Unmark()
	return v, v.IsKnown() && !v.IsNull()
}

// target is where the plan homes the user, else the configuration; "" where neither does.
func (u *User) target() string {
	if home, planned := u.Homes[u.SIP]; planned {
		return home
	}
	for _, d := range u.Declared {
		if d.Kind == "user_homing" {
			return d.Target
		}
	}
	return ""
}

// online says whether a target of moves is a hosting provider: one that the servers have, else any that is no pool's name by
// the look of it.
func (u *User) online(target string) bool {
	if home, planned := u.Homes[u.SIP]; planned && home == target { // also to a provider that the same plan makes
		return true
	}
	for _, proxy := range u.Hosts.names {
		if strings.EqualFold(proxy, target) {
			return true
		}
	}
	return u.Hosts.err != nil && strings.HasPrefix(strings.ToLower(target), "sipfed.")
}

// Places are where the configuration names a user.
func (j Judgement) Places() []string {
	var all []string
	for _, d := range j.Declared {
		all = append(all, d.Address+" ("+d.Place+")")
	}
	return all
}

// Mending are the addresses of the blocks that may mend the user's cause: those that name the user, and of kinds that name
// nobody all. None where the configuration cannot mend it.
func (j Judgement) Mending(c *config.Config) []string {
	cause := j.Cause()
	if cause == nil {
		return nil
	}
	var all []string
	for _, d := range j.Declared {
		if slices.Contains(mends(cause.ID), d.Kind) {
			all = append(all, d.Address)
		}
	}
	for i := range c.Objects {
		o := &c.Objects[i]
		switch {
		case !slices.Contains(mends(cause.ID), o.Kind.Name) || o.Kind.Rows != nil:
		case o.Kind.Name != "sip_domain" || strings.HasSuffix(j.SIP, "@"+strings.ToLower(o.Identity)):
			all = append(all, o.Address.String())
		}
	}
	return all
}

func mends(id string) []string {
	for _, c := range UserChecks() {
		if c.ID == id {
			return c.Mends
		}
	}
	return nil
}

// prepare makes the tables of users ready for looking up by many at once.
func prepare(c *config.Config) {
	for i := range c.Objects {
		c.Objects[i].Users.Index()
	}
}
