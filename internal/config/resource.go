package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// resource is one resource block, whether it holds one object, several or a table of users.
type resource struct {
	address  planner.Address
	kind     *schema.Kind
	block    *hcl.Block
	provider string

	forEach, identity, ensure hcl.Expression // nil where not written

	preventDestroy bool
	ignore         []string

	needs []planner.Edge
	scope *scope
}

// path is where references find the block's value.
func (r *resource) path() []string {
	return append(strings.Split(r.kind.Name, "."), r.address.Labels...)
}

// declare registers a resource block under its address.
func (l *loader) declare(kind *schema.Kind, block *hcl.Block) {
	r := &resource{kind: kind, block: block, address: planner.Address{Kind: kind.Name, Labels: block.Labels}}
	for n, label := range block.Labels {
		if label == "" {
			l.fail(block.LabelRanges[n], "Empty label", "The label is the %s of %s. Write what it is called.", kind.LabelNames()[n], kind.Name)
			return
		}
	}
	address := r.address.String()
	if other := l.byAddress[address]; other != nil {
		mend := "Remove one of the two, or give this one another label."
		if len(kind.LabelNames()) == 0 {
			mend = "There is only one of it: write all that you want of it into one block."
		}
		l.fail(block.DefRange, "Declared twice", "%s is declared at %s already. %s", r.address, schema.Place(other.block.DefRange), mend)
		return
	}
	l.byAddress[address] = r
	content, _, _ := block.Body.PartialContent(metaSchema())
	r.forEach, r.identity, r.ensure = written(content, "for_each"), written(content, "identity"), written(content, "ensure")
	l.resources = append(l.resources, r)
	l.byKind[kind.Name] = append(l.byKind[kind.Name], r)
}

func metaSchema() *hcl.BodySchema {
	s := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: schema.LifecycleBlock}}}
	for _, name := range schema.MetaArguments() {
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: name})
	}
	return s
}

func written(content *hcl.BodyContent, name string) hcl.Expression {
	if attr := content.Attributes[name]; attr != nil {
		return attr.Expr
	}
	return nil
}

// prepareResources resolves what is known without evaluating anything: providers, references, order.
func (l *loader) prepareResources() {
	for _, r := range l.resources {
		l.prepare(r)
	}
}

func (l *loader) prepare(r *resource) {
	content, _, diags := r.block.Body.PartialContent(metaSchema())
	l.add(diags)
	if r.kind.Anonymous {
		r.provider = planner.Anonymous + r.kind.System
	} else if expr := written(content, "provider"); expr != nil {
		r.provider = l.providerNamed(expr, r.kind)
	} else {
		r.provider = l.defaultProvider(r.kind, r.block.DefRange)
	}
	for n, block := range content.Blocks {
		if n > 0 {
			l.fail(block.DefRange, "More than one lifecycle block", "There is one at %s already. Put everything there.", schema.Place(content.Blocks[0].DefRange))
			continue
		}
		l.lifecycle(r, block.Body)
	}
	l.identityOf(r)
	l.references(r)
	if expr := written(content, "depends_on"); expr != nil {
		l.dependsOn(r, expr)
	}
}

// identityOf refuses an identity where there is none to set, and a for_each of objects that would all be the same.
func (l *loader) identityOf(r *resource) {
	named := slices.Contains(r.kind.LabelNames(), "identity") && r.kind.Rows == nil
	switch {
	case r.kind.Data && r.ensure != nil:
		l.fail(r.ensure.Range(), "Data is only read", "A data block changes nothing, so there is nothing to ensure. Remove this line.")
	case r.identity != nil && !named:
		l.fail(r.identity.Range(), "No identity to set", "%s has no identity of its own: %s. Remove this line.", r.kind.Name, unnamed(r.kind))
	case r.forEach != nil && r.kind.Singleton:
		l.fail(r.forEach.Range(), "No for_each here", "There is only one %s. Remove for_each.", r.kind.Name)
	case r.forEach != nil && named && r.identity == nil:
		l.fail(r.forEach.Range(), "Every instance would be the same", "The label %q would be the identity of all of them. Add a line that tells them apart: identity = each.key",
			r.block.Labels[0])
	}
}

func unnamed(k *schema.Kind) string {
	switch {
	case k.Singleton:
		return "there is only one"
	case k.Rows != nil:
		return "its users have theirs"
	}
	return "its labels say which it is"
}

// lifecycle reads the lifecycle block.
func (l *loader) lifecycle(r *resource, body hcl.Body) {
	b := schema.Body{Of: "lifecycle", Also: []string{"ignore_changes"}, Attrs: []schema.Attr{
		{Name: "prevent_destroy", Type: cty.Bool, Doc: "Whether a plan that deletes or replaces the object is refused."},
	}}
	content, rest, diags := body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "ignore_changes"}}})
	l.add(diags)
	if !isNative(body) {
		body = rest
	}
	s := l.scope(expressions(body, "ignore_changes"), onlyConstants)
	l.add(s.diags)
	values, _, diags := b.Decode(body, s.context(nil))
	l.add(diags)
	r.preventDestroy = isTrue(values["prevent_destroy"], false)
	if expr := written(content, "ignore_changes"); expr != nil {
		r.ignore = l.ignoreChanges(r.kind, expr)
	}
}

// ignoreChanges reads [ttl, values], or all.
func (l *loader) ignoreChanges(kind *schema.Kind, expr hcl.Expression) []string {
	known := attributeNames(kind)
	if hcl.ExprAsKeyword(expr) == "all" {
		return known
	}
	items, diags := hcl.ExprList(expr)
	if diags.HasErrors() {
		l.fail(expr.Range(), "ignore_changes is a list", "Write attribute names without quotes, ignore_changes = [%s], or all.", known[0])
		return nil
	}
	var names []string
	for _, item := range items {
		t, diags := hcl.AbsTraversalForExpr(item)
		switch {
		case diags.HasErrors() || len(t) != 1:
			l.fail(item.Range(), "Not an attribute", "ignore_changes lists attribute names without quotes, such as %s.", known[0])
		case !slices.Contains(known, t.RootName()):
			l.fail(item.Range(), "No such attribute", "%s has no attribute %q.%s", kind.Name, t.RootName(), schema.DidYouMean(t.RootName(), known))
		default:
			names = append(names, t.RootName())
		}
	}
	return names
}

func attributeNames(kind *schema.Kind) []string {
	var names []string
	for _, a := range kind.Attrs {
		names = append(names, a.Name)
	}
	for _, b := range kind.Blocks {
		names = append(names, b.Name)
	}
	return names
}

// references resolves what the block's arguments refer to; what they need comes first.
func (l *loader) references(r *resource) {
	reach := reach{locals: true, cloud: true, resources: true, each: r.forEach != nil, owner: r.kind.Name, self: r}
	exprs := expressions(r.block.Body, "provider", "depends_on", "for_each", schema.LifecycleBlock)
	if r.forEach != nil { // which knows no each
		outer := reach
		outer.each = false
		before := l.scope([]hcl.Expression{r.forEach}, outer)
		l.add(before.diags)
		reach.each = true
		r.scope = l.scope(append(exprs, r.forEach), reach)
		l.add(r.scope.diags)
	} else {
		r.scope = l.scope(exprs, reach)
		l.add(r.scope.diags)
	}
	for _, n := range r.scope.needs {
		if n.to != r {
			r.needs = append(r.needs, planner.Edge{To: n.to.address.String(), Why: "refers to it", Range: n.where, Refers: true})
		}
	}
}
