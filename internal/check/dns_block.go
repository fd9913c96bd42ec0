package check

import (
	"strings"

	"hybrid/internal/config"
	"hybrid/schema"
)

// view is from where a dns block sees its names: what it says, or what its label lets one think.
func view(p *config.Provider) View {
	switch said := argument(p, "view"); {
	case said == "internal", said == "" && strings.Contains(strings.ToLower(p.Label), "intern"):
		return Inside
	}
	return Outside
}

// argument is a text of a provider block; "" where it is not written, not known yet, or a secret.
func argument(p *config.Provider, name string) string {
	v := p.Values.GetAttr(name)
	if schema.IsSensitive(v) {
		return ""
	}
	return schema.Text(v)
}

// arguments is a set or list of texts of a provider block.
func arguments(p *config.Provider, name string) (all []string) {
	v := p.Values.GetAttr(name)
	if schema.IsSensitive(v) || v.IsNull() || !v.IsWhollyKnown() {
		return nil
	}
	for _, one := range v.AsValueSlice() {
		all = append(all, one.AsString())
	}
	return all
}

// blocksFor are the dns blocks of a view that hold names of a domain.
func (e *Estate) blocksFor(domain string, v View) (some []*config.Provider) {
	var all []*config.Provider
	for i := range e.Config.Providers {
		p := &e.Config.Providers[i]
		if p.System.Name != "dns" || view(p) != v {
			continue
		}
		all = append(all, p)
		if e.holds(p, domain) {
			some = append(some, p)
		}
	}
	if len(some) == 0 && len(all) == 1 && len(arguments(all[0], "zones")) == 0 {
		return all
	}
	return some
}

// holds says whether a dns block names a zone that a domain lies in, or a record of it is declared there.
func (e *Estate) holds(p *config.Provider, domain string) bool {
	for _, zone := range arguments(p, "zones") {
		if within(domain, zone) {
			return true
		}
	}
	for i := range e.Config.Objects {
		if o := &e.Config.Objects[i]; o.Kind.Name == "dns_record" && o.Provider == p.Name && within(o.Identity, domain) {
			return true
		}
	}
	return false
}

// within says whether a name is a domain or lies below it.
func within(name, domain string) bool {
	name, domain = plainName(name), plainName(domain)
	return name == domain || strings.HasSuffix(name, "."+domain)
}

// plainName is a name in the form in which names are compared.
func plainName(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
