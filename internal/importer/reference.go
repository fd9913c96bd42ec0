package importer

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/clouds"
	"hybrid/planner"
	"hybrid/schema"
)

// expression is what the block writes for an attribute: a reference where another block or the cloud says the same, else the value.
func (w *work) expression(o *object, a *schema.Attr) string {
	v := o.values[a.Name]
	if schema.IsSensitive(v) {
		return "var." + o.variable(a)
	}
	if !o.plain {
		if text, ok := w.reference(o.kind, a, v); ok {
			return text
		}
	}
	return literal(a, v)
}

// variable is the name of the variable that holds a secret of the object.
func (o *object) variable(a *schema.Attr) string {
	name := regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(o.kind.Name+"_"+o.identity+"_"+a.Name), "_")
	return strings.Trim(name, "_")
}

// reference finds what else says the value: an object whose own name the attribute holds, one that alone has the value, a fact
// of the cloud, or a text with the tenant's id in it.
func (w *work) reference(k *schema.Kind, a *schema.Attr, v cty.Value) (string, bool) {
	if a == nil || a.Type != cty.String {
		return "", false
	}
	for _, first := range k.After {
		if text, ok := w.toKind(first.Kind, a, v); ok {
			return text, true
		}
	}
	if text, ok := w.toCloud(a, v); ok {
		return text, true
	}
	return w.withTenant(v.AsString())
}

// toKind refers to a block of a kind: by its identity where the attribute's name ends in the kind's, "…_oauth_server_identity",
// else by an attribute whose values are each one object's only.
func (w *work) toKind(kind string, a *schema.Attr, v cty.Value) (string, bool) {
	if a.Barred != nil {
		return "", false
	}
	for _, at := range w.referable(kind) {
		if strings.HasSuffix(a.Name, kind+"_identity") && strings.EqualFold(at.identity, v.AsString()) {
			return traversal(at.address) + ".identity", true
		}
		for i := range at.kind.Attrs {
			own := &at.kind.Attrs[i]
			said, there := at.values[own.Name]
			if own.Unique == "" || own.Type != cty.String || own.Mode == schema.Column || !there {
				continue
			}
			if plain, _ := said.Unmark(); plain.IsKnown() && !plain.IsNull() && own.Canonical(plain).RawEquals(own.Canonical(v)) {
				return traversal(at.address) + "." + own.Name, true
			}
		}
	}
	return "", false
}

// A referent is a block that can be referred to.
type referent struct {
	kind     *schema.Kind
	address  planner.Address
	identity string
	values   map[string]cty.Value
}

// referable are the blocks of a kind, those of the folder first.
func (w *work) referable(kind string) []referent {
	var all []referent
	for i := range w.Before.Objects {
		if o := &w.Before.Objects[i]; o.Kind.Name == kind && !o.Absent && !o.Address.Keyed && o.Kind.Rows == nil && !o.Want.IsNull() {
			all = append(all, referent{o.Kind, o.Address, o.Identity, o.Want.AsValueMap()})
		}
	}
	for _, o := range w.objects {
		if o.kind.Name == kind && o.why == "" && !o.empty() {
			all = append(all, referent{o.kind, o.address(), o.identity, o.values})
		}
	}
	return all
}

// toCloud refers to the fact of the cloud that an attribute holds, where a source states it.
func (w *work) toCloud(a *schema.Attr, v cty.Value) (string, bool) {
	if a.Cloud == "" || a.Cloud == "name" {
		return "", false
	}
	f := w.Before.Cloud.Fact(a.Cloud)
	if f.Mark == clouds.Unknown || f.Inferred() || f.Value.IsNull() || f.Value.Type() != cty.String {
		return "", false
	}
	return "cloud." + a.Cloud, a.Canonical(f.Value).RawEquals(a.Canonical(v))
}

// traversal is an address as an expression.
func traversal(at planner.Address) string {
	text := at.Kind
	for _, label := range at.Labels {
		if hclsyntax.ValidIdentifier(label) {
			text += "." + label
		} else {
			text += "[" + quoted(label) + "]"
		}
	}
	return text
}

// A tenant is the tenant's id and an expression that the folder has for it.
type tenant struct{ id, expression string }

// findTenants looks for the tenant's id in provider blocks that have it from a local value or a variable, then in data blocks
// that were found.
func (w *work) findTenants() []tenant {
	var all []tenant
	for i := range w.Before.Providers {
		p := &w.Before.Providers[i]
		where, written := p.Ranges["tenant_id"]
		if !written {
			continue
		}
		if text := w.at(where); strings.HasPrefix(text, "local.") || strings.HasPrefix(text, "var.") {
			all = appendTenant(all, p.Values.GetAttr("tenant_id"), text)
		}
	}
	for i := range w.Before.Objects {
		o := &w.Before.Objects[i]
		found, there := w.Data[planner.Source{Provider: o.Provider, Kind: o.Kind.Name}].Objects[o.LiveID()]
		if o.Kind.Name == "data.tenant" && there && !o.Address.Keyed {
			all = appendTenant(all, found.Value.GetAttr("id"), traversal(o.Address)+".id")
		}
	}
	return all
}

// appendTenant adds an expression for an id, if that is known, no secret, and an id: a tenant may be called by a domain, too.
func appendTenant(all []tenant, v cty.Value, expression string) []tenant {
	if v.IsMarked() || !v.IsKnown() || v.IsNull() || len(v.AsString()) != len("00000000-0000-0000-0000-000000000000") {
		return all
	}
	return append(all, tenant{v.AsString(), expression})
}

// withTenant writes a text that holds the tenant's id with an expression in its place.
func (w *work) withTenant(text string) (string, bool) {
	for _, t := range w.tenants {
		if written, ok := t.within(text); ok {
			return written, true
		}
	}
	return "", false
}

// at is the text of a range of the folder's files.
func (w *work) at(where hcl.Range) string {
	src := w.sources[where.Filename]
	if where.End.Byte > len(src) || where.Start.Byte > where.End.Byte {
		return ""
	}
	return strings.TrimSpace(src[where.Start.Byte:where.End.Byte])
}

// within writes a text that holds the tenant's id as a template with the expression in its place.
func (t tenant) within(text string) (string, bool) {
	if t.id == "" || !strings.Contains(text, t.id) {
		return "", false
	}
	if text == t.id {
		return t.expression, true
	}
	parts := strings.Split(text, t.id)
	for n, part := range parts {
		parts[n] = strings.TrimSuffix(strings.TrimPrefix(quoted(part), `"`), `"`)
	}
	return `"` + strings.Join(parts, "${"+t.expression+"}") + `"`, true
}
