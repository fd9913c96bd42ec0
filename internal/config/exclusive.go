package config

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

func exclusiveBody() schema.Body {
	return schema.Body{
		Of: "exclusive",
		Attrs: []schema.Attr{{
			Name: "ignore", Type: cty.List(cty.String), Check: checkPatterns,
			Doc: `Identities that are left alone, with * for any text: ["Exchange*"].`,
		}},
		Also: []string{"provider"},
	}
}

func checkPatterns(v cty.Value) error {
	for _, pattern := range v.AsValueSlice() {
		if pattern.IsNull() || pattern.AsString() == "" {
			return errors.New("a pattern is empty; remove it")
		}
		if _, err := path.Match(pattern.AsString(), ""); err != nil {
			return fmt.Errorf("%q is no pattern; write a name with * for any text, and close every [", pattern.AsString())
		}
	}
	return nil
}

// loadExclusives reads the exclusive blocks.
func (l *loader) loadExclusives() []Exclusive {
	var all []Exclusive
	for _, block := range l.blocks["exclusive"] {
		kind := l.exclusiveKind(block)
		if kind == nil {
			continue
		}
		e := l.readExclusive(kind, block)
		if n := slices.IndexFunc(all, func(o Exclusive) bool { return o.Kind == e.Kind && o.Provider == e.Provider }); n >= 0 {
			l.fail(block.DefRange, "Declared twice", "%s is declared exclusive at %s already. Remove one of the two.", kind.Name, schema.Place(all[n].Range))
			continue
		}
		all = append(all, e)
	}
	return all
}

// exclusiveKind finds the kind of an exclusive block, and refuses those of which nothing may be deleted for not being
// declared.
func (l *loader) exclusiveKind(block *hcl.Block) *schema.Kind {
	name := block.Labels[0]
	kind := l.kinds[name]
	switch {
	case kind == nil:
		l.fail(block.LabelRanges[0], "No such kind", "There is no kind %q.%s", name, schema.DidYouMean(name, slices.Sorted(maps.Keys(l.kinds))))
	case kind.Singleton:
		l.fail(block.LabelRanges[0], "Cannot be exclusive", "There is always one %s, so there is nothing to remove. Remove this block.", name)
		return nil
	case kind.Rows != nil:
		l.fail(block.LabelRanges[0], "Cannot be exclusive", "Users are never removed for not being declared. Name those to remove in a block with ensure = %q.", "absent")
		return nil
	}
	return kind
}

func (l *loader) readExclusive(kind *schema.Kind, block *hcl.Block) Exclusive {
	e := Exclusive{Kind: kind.Name, Range: block.DefRange}
	content, rest, diags := block.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "provider"}}})
	l.add(diags)
	body := block.Body
	if !isNative(body) {
		body = rest
	}
	s := l.scope(expressions(block.Body, "provider"), onlyConstants)
	l.add(s.diags)
	values, _, diags := exclusiveBody().Decode(body, s.context(nil))
	l.add(diags)
	e.Ignore = schema.Texts(values["ignore"])
	if attr := content.Attributes["provider"]; attr != nil {
		e.Provider = l.providerNamed(attr.Expr, kind)
	} else {
		e.Provider = l.defaultProvider(kind, block.DefRange)
	}
	return e
}
