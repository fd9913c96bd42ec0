package config

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/clouds"
	"hybrid/schema"
)

// underCloud holds a block's values against the configuration's cloud, and gives those that name a cloud its name where
// nothing is said. An object that is to be absent may be another cloud's.
func (l *loader) underCloud(of string, attrs []schema.Attr, absent bool, v cty.Value, ranges map[string]hcl.Range) (cty.Value, hcl.Diagnostics) {
	if !l.sky.stands() || !namesCloud(attrs) {
		return v, nil
	}
	var diags hcl.Diagnostics
	values := v.AsValueMap()
	for i := range attrs {
		a := &attrs[i]
		said, complaint := values[a.Name], ""
		switch {
		case a.Cloud == "name" && said.IsNull():
			values[a.Name] = cty.StringVal(l.sky.Name)
		case a.Cloud == "" || said.IsNull() || !said.IsKnown():
		case a.Cloud == "name":
			complaint = l.sky.otherName(said)
		case !absent:
			complaint = l.sky.otherFact(a, said)
		}
		if complaint != "" {
			diags = append(diags, problem(ranges[a.Name], "Another cloud than the configuration's", "%s.%s %s", of, a.Name, complaint))
		}
	}
	return cty.ObjectVal(values), diags
}

func namesCloud(attrs []schema.Attr) bool {
	for i := range attrs {
		if attrs[i].Cloud != "" {
			return true
		}
	}
	return false
}

// otherName says what is wrong with the name of a cloud in a block; "" where it is the configuration's own.
func (s *sky) otherName(v cty.Value) string {
	name := text(v)
	if name == s.Name {
		return ""
	}
	if schema.IsSensitive(v) {
		return fmt.Sprintf("is sensitive, and not the cloud %s that the configuration is about, %s. Remove this line.", s.Cloud, s.chosen())
	}
	if _, err := s.table.Named(name); err != nil || name == "" {
		return fmt.Sprintf("is %q: %s. Remove this line: the configuration is about %s, %s.", name, err, s.Cloud, s.chosen())
	}
	return fmt.Sprintf("is %q, and the configuration is about the cloud %s, %s. A configuration is about one cloud: choose it there with hybrid { cloud = … }, and remove this line.",
		name, s.Cloud, s.chosen())
}

// otherFact says that a value is what the table has of another cloud, and not of the configuration's.
func (s *sky) otherFact(a *schema.Attr, v cty.Value) string {
	if s.has(s.Cloud, a, v) {
		return ""
	}
	for _, other := range s.table.All() {
		if !s.has(other, a, v) {
			continue
		}
		shown := fmt.Sprintf("is %q", text(v))
		if schema.IsSensitive(v) {
			shown = "is sensitive"
		}
		complaint := fmt.Sprintf("%s, the %s of the cloud %s, and the configuration is about %s, %s.", shown, a.Cloud, other, s.Cloud, s.chosen())
		if own := s.Text(a.Cloud); own != "" {
			complaint += fmt.Sprintf(" Write cloud.%s (%q), or choose the other cloud with hybrid { cloud = %q }.", a.Cloud, own, other.Name)
		}
		return complaint
	}
	return ""
}

// has says whether a value is what a cloud has for an attribute.
func (s *sky) has(c clouds.Cloud, a *schema.Attr, v cty.Value) bool {
	fact := c.Fact(a.Cloud)
	if fact.Value.IsNull() {
		return false
	}
	return strings.EqualFold(text(a.Canonical(fact.Value)), text(a.Canonical(v)))
}

// warnOfCloud says what a provider's system knows of a block in the configuration's cloud.
func (l *loader) warnOfCloud(p *Provider) {
	if p.System.Warn == nil || !l.sky.stands() {
		return
	}
	for _, warning := range p.System.Warn(l.sky.texts(), p.Values.AsValueMap()) {
		d := problem(p.Range, "In the cloud "+l.sky.Cloud.String(), "%s", warning)
		d.Severity = hcl.DiagWarning
		l.diags = append(l.diags, d)
	}
}

// texts are the cloud's facts by name, those without a value left out.
func (s *sky) texts() map[string]string {
	texts := map[string]string{"name": s.Name}
	for _, name := range clouds.Names() {
		if text := s.Text(name); text != "" {
			texts[name] = text
		}
	}
	return texts
}
