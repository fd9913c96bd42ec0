package clouds

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// Read lays a file in the form of clouds.json over the table: it may add clouds, and replace single facts of those that
// there are. The file name is for the places of what is wrong; with errors the table is as it was. See docs/clouds.md
// for the form.
func (t Table) Read(src []byte, filename string) (Table, hcl.Diagnostics) {
	return read(t.orBuiltIn(), src, filename)
}

func read(base Table, src []byte, filename string) (Table, hcl.Diagnostics) {
	file, diags := hcljson.Parse(src, filename)
	if diags.HasErrors() {
		return base, diags
	}
	attrs, diags := file.Body.JustAttributes()
	r := &reader{table: maps.Clone(base), diags: diags}
	r.file(attrs, file.Body.MissingItemRange())
	if r.diags.HasErrors() {
		return base, r.diags
	}
	return r.table, r.diags
}

// A reader takes a file apart and keeps what is wrong with it.
type reader struct {
	table   Table
	sources map[string]string
	diags   hcl.Diagnostics
}

func (r *reader) fail(where hcl.Range, format string, args ...any) {
	r.diags = append(r.diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Not usable as clouds", Detail: fmt.Sprintf(format, args...), Subject: &where})
}

func (r *reader) file(attrs hcl.Attributes, where hcl.Range) {
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		if !slices.Contains([]string{"about", "schema", "sources", "clouds"}, name) {
			r.fail(attrs[name].NameRange, "A file of clouds has schema, about, sources and clouds, and no %q.", name)
		}
	}
	if attr := attrs["schema"]; attr != nil {
		if v, _ := attr.Expr.Value(nil); !v.RawEquals(cty.NumberIntVal(1)) {
			r.fail(attr.Expr.Range(), "This version reads files of clouds with \"schema\": 1.")
			return
		}
	}
	if attr := attrs["sources"]; attr != nil {
		r.readSources(attr.Expr)
	}
	if attrs["clouds"] == nil {
		r.fail(where, `A file of clouds holds them under "clouds", each by its name.`)
		return
	}
	for _, m := range r.members(attrs["clouds"].Expr, "clouds") {
		r.cloud(m)
	}
}

// A member is one name of an object in the file.
type member struct {
	name  string
	where hcl.Range
	expr  hcl.Expression
}

// members takes an object apart.
func (r *reader) members(expr hcl.Expression, what string) []member {
	pairs, diags := hcl.ExprMap(expr)
	if diags.HasErrors() {
		r.fail(expr.Range(), "%s is an object: { … }.", what)
		return nil
	}
	var all []member
	seen := map[string]bool{}
	for _, pair := range pairs {
		key, _ := pair.Key.Value(nil)
		m := member{key.AsString(), pair.Key.Range(), pair.Value}
		if seen[m.name] {
			r.fail(m.where, "%q stands twice in %s. Remove one of the two.", m.name, what)
			continue
		}
		seen[m.name] = true
		all = append(all, m)
	}
	return all
}

func (r *reader) readSources(expr hcl.Expression) {
	r.sources = map[string]string{}
	for _, m := range r.members(expr, "sources") {
		r.sources[m.name] = r.text(m)
	}
}

// text is the value of a member that is a text.
func (r *reader) text(m member) string {
	v, diags := m.expr.Value(nil)
	if diags.HasErrors() || v.IsNull() || v.Type() != cty.String {
		r.fail(m.expr.Range(), "%s is a text in quotes.", m.name)
		return ""
	}
	return v.AsString()
}

// cloud lays what a file says of a cloud over what is known of it.
func (r *reader) cloud(of member) {
	c, known := r.table[of.name]
	if !known {
		c = Cloud{Name: of.name, DisplayName: of.name}
	}
	c.facts = maps.Clone(c.facts)
	if c.facts == nil {
		c.facts = map[string]Fact{}
	}
	for _, m := range r.members(of.expr, of.name) {
		switch m.name {
		case "status":
			c.Closed = r.closed(m)
		case "display_name":
			c.DisplayName = r.text(m)
		case "dns":
			for _, inner := range r.members(m.expr, of.name+".dns") {
				inner.name = "dns." + inner.name
				r.fact(&c, inner)
			}
		default:
			r.fact(&c, m)
		}
	}
	r.table[of.name] = c.complete()
}

func (r *reader) closed(m member) bool {
	status := r.text(m)
	if status != "" && status != "open" && status != "closed" {
		r.fail(m.expr.Range(), `status is "open" or "closed".`)
	}
	return status == "closed"
}

// complete derives the fields that packages beside this one use.
func (c Cloud) complete() Cloud {
	c.LoginHosts, c.GraphHost, c.SubScope = nil, c.Text("graph_host"), ""
	if hosts, ok := c.facts["login_hosts"]; ok && !hosts.Value.IsNull() {
		for _, host := range hosts.Value.AsValueSlice() {
			c.LoginHosts = append(c.LoginHosts, host.AsString())
		}
	}
	if oidc, ok := c.facts["oidc"]; ok && !oidc.Value.IsNull() {
		if scope := oidc.Value.GetAttr("tenant_region_sub_scope"); !scope.IsNull() {
			c.SubScope = scope.AsString()
		}
	}
	return c
}

// forms are the facts that a cloud can have, with the types of their values.
func forms() map[string]cty.Type {
	srv := cty.ObjectWithOptionalAttrs(map[string]cty.Type{"name": cty.String, "priority": cty.Number, "weight": cty.Number, "port": cty.Number, "target": cty.String}, []string{"name"})
	oidc := cty.ObjectWithOptionalAttrs(map[string]cty.Type{"cloud_instance_name": cty.String, "tenant_region_sub_scope": cty.String}, []string{"cloud_instance_name", "tenant_region_sub_scope"})
	return map[string]cty.Type{
		"proxy_fqdn": cty.String, "autodiscover_url": cty.String, "graph_host": cty.String, "login_hosts": cty.List(cty.String),
		"teams_environment_name": cty.String, "hosted_migration_url": cty.String, "metadata_url": cty.String,
		"tenant_suffix": cty.String, "closed_on": cty.String, "oidc": oidc, "dns_extra": cty.Map(cty.String),
		"dns.federation_srv": srv, "dns.legacy_sip_tls_srv": srv,
		"dns.legacy_lyncdiscover_cname": cty.String, "dns.legacy_sip_cname": cty.String,
	}
}

// fact reads {"value": …, "mark": …, "source": …, "as_of": …, "note": …}.
func (r *reader) fact(c *Cloud, of member) {
	form, ok := forms()[of.name]
	if !ok {
		r.fail(of.where, "There is no fact %q. There are %s.", of.name, strings.Join(slices.Sorted(maps.Keys(forms())), ", "))
		return
	}
	f := Fact{Value: cty.NullVal(form.WithoutOptionalAttributesDeep())}
	told, before := false, len(r.diags)
	for _, m := range r.members(of.expr, of.name) {
		switch m.name {
		case "value":
			f.Value, told = r.value(of.name, m.expr, form), true
		case "mark":
			f.Mark = r.mark(m)
		case "source":
			f.Source = r.source(m)
		case "as_of":
			f.AsOf = r.text(m)
		case "note":
			f.Note = r.text(m)
		default:
			r.fail(m.where, "A fact has value, mark, source, as_of and note, and no %q.", m.name)
		}
	}
	c.facts[of.name] = f
	switch {
	case len(r.diags) > before: // which says enough
	case !told:
		r.fail(of.where, "%s has no value. Write \"value\": …, or null with \"mark\": \"unknown\".", of.name)
	case f.Value.IsNull() && f.Mark == "":
		r.fail(of.where, "%s is null, which says two things. Add \"mark\": \"unknown\" where nobody knows it, or \"mark\": \"v\" where there is none.", of.name)
	case !f.Value.IsNull() && f.Mark == Unknown:
		r.fail(of.where, "%s has a value and is marked unknown. Take out one of the two.", of.name)
	}
}

func (r *reader) mark(m member) string {
	mark := r.text(m)
	if !slices.Contains([]string{Seen, Inferred, Memory, Unknown}, mark) {
		r.fail(m.expr.Range(), `mark is "v" (a source states it), "i" (inferred), "m" (not verified) or "unknown".`)
	}
	return mark
}

// source writes the keys of sources out: "MD1+GD".
func (r *reader) source(m member) string {
	keys := strings.Split(r.text(m), "+")
	for n, key := range keys {
		if full, ok := r.sources[key]; ok {
			keys[n] = full
		}
	}
	return strings.Join(keys, " and ")
}

// value reads a fact's value and holds it against its form.
func (r *reader) value(name string, expr hcl.Expression, form cty.Type) cty.Value {
	none := cty.NullVal(form.WithoutOptionalAttributesDeep())
	written, diags := expr.Value(nil)
	v, err := convert.Convert(written, form)
	switch {
	case diags.HasErrors():
		r.fail(expr.Range(), "%s cannot be read.", name)
		return none
	case err != nil:
		r.fail(expr.Range(), "%s is %s.", name, described(form))
		return none
	case v.IsNull():
		return v
	}
	if problem := wrong(name, v); problem != "" {
		r.fail(expr.Range(), "%s: %s.", name, problem)
		return none
	}
	return v
}

// described says how a value of a form is written.
func described(form cty.Type) string {
	switch {
	case form == cty.String:
		return "a text in quotes"
	case form.IsListType():
		return `a list of texts: ["…"]`
	case form.IsMapType():
		return `an object of texts: {"…": "…"}`
	case form.HasAttribute("target"):
		return `a record: {"priority": 100, "weight": 1, "port": 5061, "target": "…"}`
	}
	return `an object with cloud_instance_name and tenant_region_sub_scope`
}
