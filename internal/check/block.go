package check

import (
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// said is an argument of a provider block as a text; "" where it is not set, or not known before data are read.
func (e *Estate) said(block, name string) string {
	for _, p := range e.Config.Providers {
		if p.Name == block && !p.Values.IsNull() && p.Values.Type().HasAttribute(name) {
			return schema.Text(p.Values.GetAttr(name))
		}
	}
	return ""
}

// declared are the blocks of a kind, without those that are to be absent.
func (e *Estate) declared(kind string) (all []*planner.Object) {
	for i := range e.Config.Objects {
		if o := &e.Config.Objects[i]; o.Kind.Name == kind && !o.Absent {
			all = append(all, o)
		}
	}
	return all
}

// declaredAs is the block of a kind that declares an identity, nil where none does.
func (e *Estate) declaredAs(kind, identity string) *planner.Object {
	for _, o := range e.declared(kind) {
		if strings.EqualFold(o.Identity, identity) {
			return o
		}
	}
	return nil
}

var guid = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// tenantID is the tenant's id as provider blocks say it, in lower case; "" where they do not, or name a domain.
func (e *Estate) tenantID() string {
	for _, system := range []string{"entra", "teams"} {
		if id := e.said(e.Block(system), "tenant_id"); guid.MatchString(id) {
			return strings.ToLower(id)
		}
	}
	return ""
}

// loginHost is where tokens come from.
func (e *Estate) loginHost() string {
	if own := e.said(e.Block("entra"), "login_url"); own != "" {
		return strings.TrimSuffix(strings.TrimPrefix(own, "https://"), "/")
	}
	if hosts := e.Config.Cloud.LoginHosts; len(hosts) > 0 {
		return hosts[0]
	}
	return ""
}

// accountIn is the user name of the credential block in a value, "" where there is none.
func accountIn(v cty.Value) string {
	if v.IsNull() || !v.IsKnown() || !v.Type().HasAttribute("credential") {
		return ""
	}
	account, _ := v.GetAttr("credential").UnmarkDeep()
	if account.IsNull() || !account.IsKnown() {
		return ""
	}
	return schema.Text(account.GetAttr("username"))
}
