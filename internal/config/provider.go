package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// loadProviders reads the provider blocks.
func (l *loader) loadProviders() []Provider {
	for _, block := range l.blocks["provider"] {
		system := l.systemOf(block)
		if system == nil {
			continue
		}
		p := Provider{Name: system.Name, System: system, Range: block.DefRange}
		if system.Named {
			p.Label = block.Labels[1]
			p.Name += "." + p.Label
		}
		if n := slices.IndexFunc(l.providers, func(other Provider) bool { return other.Name == p.Name }); n >= 0 {
			l.fail(block.DefRange, "Provider declared twice", "There is a provider %s at %s already. All *.hcl files of a folder are one configuration: remove one of the two, or keep two configurations in two folders.", p.Name, schema.Place(l.providers[n].Range))
			continue
		}
		p.scope, p.body = l.scope(expressions(block.Body), forProviders), block.Body
		l.add(p.scope.diags)
		l.add(p.decode(nil))
		l.warnOfCloud(&p)
		l.providers = append(l.providers, p)
	}
	l.add(twoTenants(l.providers))
	return l.providers
}

// decode evaluates the block, given the values of data blocks by address. Those without a value are unknown.
func (p *Provider) decode(after map[string]cty.Value) hcl.Diagnostics {
	values, ranges, diags := p.System.Decode(p.body, p.scope.context(after))
	values, wrong := p.scope.l.underCloud(fmt.Sprintf("provider %q", p.System.Name), p.System.Attrs, false, values, ranges)
	p.Values, p.Ranges = values, ranges
	return append(diags, wrong...)
}

// Resolve evaluates provider blocks again that refer to data, with the values of data blocks by address.
func (c *Config) Resolve(after map[string]cty.Value) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for i := range c.Providers {
		if p := &c.Providers[i]; len(p.scope.needs) > 0 {
			diags = append(diags, p.decode(after)...)
		}
	}
	return append(diags, twoTenants(c.Providers)...)
}

// Needs lists the data blocks that the block refers to, by address.
func (p *Provider) Needs() []string {
	var all []string
	for _, n := range p.scope.needs {
		all = append(all, n.to.address.String())
	}
	return all
}

// systemOf finds the system of a provider block and checks its labels.
func (l *loader) systemOf(block *hcl.Block) *schema.System {
	if len(block.Labels) == 0 {
		l.fail(block.DefRange, "Wrong number of labels", "A provider block names its system: provider %q { … }.", "skype")
		return nil
	}
	names := slices.Sorted(maps.Keys(l.systems))
	system := l.systems[block.Labels[0]]
	switch {
	case system == nil:
		detail := schema.DidYouMean(block.Labels[0], names)
		if detail == "" {
			detail = " There is " + schema.List(schema.Quoted(names), "and") + "."
		}
		l.fail(block.LabelRanges[0], "No such provider", "There is no provider %q in this version.%s", block.Labels[0], detail)
	case system.Named && len(block.Labels) != 2:
		l.fail(block.DefRange, "Wrong number of labels", "There may be several %s providers, so each has a name: provider %q %q { … }.", system.Name, system.Name, "NAME")
		return nil
	case !system.Named && len(block.Labels) != 1:
		l.fail(block.DefRange, "Wrong number of labels", "There is one %s provider, so it has no name: provider %q { … }.", system.Name, system.Name)
		return nil
	}
	return system
}

// providerNamed finds what a provider argument names, such as dns.external.
func (l *loader) providerNamed(expr hcl.Expression, kind *schema.Kind) string {
	t, diags := hcl.AbsTraversalForExpr(expr)
	name := ""
	if !diags.HasErrors() {
		name = t.RootName()
		for _, step := range t[1:] {
			part, _ := stepName(step)
			name += "." + part
		}
	}
	serving := l.serving(kind)
	switch {
	case name == "":
		l.fail(expr.Range(), "Not a provider", "A provider is named without quotes: provider = %s.", example(serving, kind))
	case slices.Contains(serving, name):
		return name
	case l.providerExists(name):
		l.fail(expr.Range(), "Wrong provider", "%s lives in a %s provider, and %s is none.%s", kind.Name, kind.System, name, available(serving))
	default:
		l.lacking(expr.Range(), "No such provider", "There is no provider %s.%s%s", name, schema.DidYouMean(name, serving), available(serving))
	}
	return ""
}

func (l *loader) providerExists(name string) bool {
	return slices.ContainsFunc(l.providers, func(p Provider) bool { return p.Name == name })
}

// serving names the provider blocks of a kind's system, also those whose arguments are wrong.
func (l *loader) serving(kind *schema.Kind) []string {
	var names []string
	for _, p := range l.providers {
		if p.System.Name == kind.System {
			names = append(names, p.Name)
		}
	}
	return names
}

func example(serving []string, kind *schema.Kind) string {
	if len(serving) > 0 {
		return serving[0]
	}
	return kind.System
}

func available(serving []string) string {
	if len(serving) == 0 {
		return ""
	}
	return " Declared: " + schema.List(serving, "and") + "."
}

// defaultProvider is the only provider of a kind's system.
func (l *loader) defaultProvider(kind *schema.Kind, where hcl.Range) string {
	serving := l.serving(kind)
	switch {
	case len(serving) == 1:
		return serving[0]
	case len(serving) > 1:
		l.fail(where, "Which provider?", "%s can live in %s. Say which: provider = %s.", kind.Name, schema.List(serving, "or"), serving[0])
	case kind.Task != nil: // what no system is declared for is done by hand
		return planner.Anonymous + kind.System
	default:
		l.lacking(where, "No provider", "%s lives in a %s provider, and the configuration declares none. Add a block %s.", kind.Name, kind.System, l.providerHeader(kind.System))
	}
	return ""
}

func (l *loader) providerHeader(system string) string {
	if s := l.systems[system]; s != nil && s.Named {
		return fmt.Sprintf("provider %q %q { … }", system, "NAME")
	}
	return fmt.Sprintf("provider %q { … }", system)
}
