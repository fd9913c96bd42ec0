package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// node is the block in the graph.
func (r *resource) node(l *loader) *planner.Node {
	return &planner.Node{
		Address: r.address, Kind: r.kind, Range: r.block.DefRange, Needs: r.needs, Source: l.text(r.block),
		Evaluate: func(after map[string]cty.Value) ([]planner.Object, hcl.Diagnostics) {
			return r.objects(r.scope.context(after))
		},
	}
}

// text is a block as it is written, secrets blotted out and all alike; "" for one of a JSON file.
func (l *loader) text(block *hcl.Block) string {
	body, native := block.Body.(*hclsyntax.Body)
	if !native {
		return ""
	}
	whole := hcl.RangeBetween(block.TypeRange, body.SrcRange)
	return l.evened(whole)
}

// objects evaluates the block, once or for each instance.
func (r *resource) objects(ctx *hcl.EvalContext) ([]planner.Object, hcl.Diagnostics) {
	if r.forEach == nil {
		o, diags := r.object(ctx, r.address)
		return []planner.Object{o}, diags
	}
	instances, diags := forEach(r.forEach, ctx)
	var objects []planner.Object
	for _, key := range slices.Sorted(maps.Keys(instances)) {
		inner := ctx.NewChild()
		inner.Variables = map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": cty.StringVal(key), "value": instances[key]})}
		o, more := r.object(inner, r.address.At(key))
		objects = append(objects, o)
		diags = append(diags, more...)
	}
	return objects, diags
}

// forEach gives the instances' values by key.
func forEach(expr hcl.Expression, ctx *hcl.EvalContext) (map[string]cty.Value, hcl.Diagnostics) {
	v, diags := schema.Evaluate(expr, ctx)
	if diags.HasErrors() {
		return nil, diags
	}
	refuse := func(format string, args ...any) (map[string]cty.Value, hcl.Diagnostics) {
		return nil, append(diags, problem(expr.Range(), "Not usable with for_each", format, args...))
	}
	t := v.Type()
	switch {
	case v.IsMarked() || t.IsSetType() && schema.IsSensitive(v):
		return refuse("It is sensitive, and its keys would stand in every address. Use keys that are no secrets.")
	case !v.IsKnown() || t.IsSetType() && !v.IsWhollyKnown():
		return refuse("Its keys are known only after apply, and a plan must name every object. Use keys that the configuration knows.")
	case v.IsNull():
		return refuse("It is null. Give it a map or a set of strings; an empty one makes no objects.")
	case t.IsMapType() || t.IsObjectType():
		return v.AsValueMap(), diags
	case t.IsSetType() && (t.ElementType() == cty.String || v.LengthInt() == 0):
		return setInstances(v), diags
	case t.IsTupleType() || t.IsListType():
		return refuse("It is a list, whose order would become part of the addresses. Write for_each = toset(…) for a list of strings.")
	}
	return refuse("It takes a map or a set of strings, and this is %s.", schema.TypeName(t))
}

func setInstances(set cty.Value) map[string]cty.Value {
	instances := map[string]cty.Value{}
	for _, v := range set.AsValueSlice() {
		if !v.IsNull() {
			instances[v.AsString()] = v
		}
	}
	return instances
}

// object evaluates one instance. With errors it is as far as it could be read.
func (r *resource) object(ctx *hcl.EvalContext, address planner.Address) (planner.Object, hcl.Diagnostics) {
	o := planner.Object{Address: address, Kind: r.kind, Provider: r.provider, PreventDestroy: r.preventDestroy, Ignore: r.ignore, Range: r.block.DefRange}
	absent, diags := r.absent(ctx)
	o.Absent = absent
	given, more := r.given(ctx)
	diags = append(diags, more...)
	given.Absent, given.OfCloud = absent, r.scope.l.sky.table.Serves
	want, ranges, more := r.kind.DecodeGiven(r.block.Body, ctx, given)
	diags = append(diags, more...)
	want, more = r.scope.l.underCloud(r.kind.Name, r.kind.Attrs, absent, want, ranges)
	diags = append(diags, more...)
	o.Want, o.Ranges = schema.SharingType(r.scope.l.types[r.kind], want), ranges
	if r.ensure != nil {
		ranges["ensure"] = r.ensure.Range()
	}
	if id, ok := given.Values["identity"]; ok && r.kind.Rows == nil {
		o.Identity = text(id)
	}
	if r.kind.Rows != nil {
		o.UsersLate = r.awaitsData(want.GetAttr("users"))
		if !diags.HasErrors() && !o.UsersLate && r.isLate(want.GetAttr("users")) {
			diags = append(diags, problem(o.RangeOf("users"), "Users cannot be read", "%s.", errLateUsers))
		}
		diags = append(diags, r.takeUsers(&o)...)
	}
	if absent && r.kind.IsBuiltIn(o.Identity) {
		diags = append(diags, problem(r.ensure.Range(), "Cannot be absent",
			"There is always one %s %q, it cannot be removed: Remove resets it to defaults. Remove this line, and declare the values that it shall have.", r.kind.Name, o.Identity))
	}
	return o, diags
}

// given is what labels and identity say.
func (r *resource) given(ctx *hcl.EvalContext) (schema.Given, hcl.Diagnostics) {
	g := schema.Given{Values: map[string]cty.Value{}, Ranges: map[string]hcl.Range{}}
	for n, name := range r.kind.LabelNames() {
		if name != "identity" || r.kind.Rows == nil {
			g.Values[name], g.Ranges[name] = cty.StringVal(r.block.Labels[n]), labelRange(r.block, n)
		}
	}
	if _, ok := g.Values["identity"]; !ok || r.identity == nil {
		return g, nil
	}
	id, diags := constantText(r.identity, ctx, "identity", "It stands in every plan and journal.")
	if id == "" && !diags.HasErrors() {
		diags = append(diags, problem(r.identity.Range(), "Empty identity", "The identity is what the server calls the object. Write its name, or remove the line to use the label."))
	}
	g.Values["identity"], g.Ranges["identity"] = cty.StringVal(id), r.identity.Range()
	return g, diags
}

// labelRange is where a label stands.
func labelRange(block *hcl.Block, n int) hcl.Range {
	if n < len(block.LabelRanges) {
		return block.LabelRanges[n]
	}
	return block.DefRange
}

// absent reads ensure.
func (r *resource) absent(ctx *hcl.EvalContext) (bool, hcl.Diagnostics) {
	if r.ensure == nil {
		return false, nil
	}
	ensure, diags := constantText(r.ensure, ctx, "ensure", "It decides what is removed.")
	if diags.HasErrors() {
		return false, diags
	}
	switch {
	case ensure != "absent" && ensure != "present":
		diags = append(diags, problem(r.ensure.Range(), "Not an accepted value", `ensure is "present" or "absent".%s`, schema.DidYouMean(ensure, []string{"present", "absent"})))
	case ensure == "absent" && r.kind.Singleton:
		diags = append(diags, problem(r.ensure.Range(), "Cannot be absent", "There is always one %s, it cannot be removed. Remove this line.", r.kind.Name))
	case ensure == "absent" && undeletable(r.kind):
		diags = append(diags, problem(r.ensure.Range(), "Cannot be absent", "Every %s stays: no cmdlet removes one. Remove this line.", r.kind.Name))
	}
	return ensure == "absent", diags
}

// undeletable says whether the objects of a kind can only be changed.
func undeletable(k *schema.Kind) bool {
	remote, ok := k.Remote.(schema.Cmdlet)
	return ok && k.Rows == nil && remote.Verb("delete") == ""
}

// constantText evaluates an argument that must be a text, known offline and free of secrets.
func constantText(expr hcl.Expression, ctx *hcl.EvalContext, name, why string) (string, hcl.Diagnostics) {
	v, diags := schema.Evaluate(expr, ctx)
	if diags.HasErrors() {
		return "", diags
	}
	refuse := func(format string, args ...any) (string, hcl.Diagnostics) {
		return "", append(diags, problem(expr.Range(), fmt.Sprintf("Not usable as %s", name), format, args...))
	}
	switch {
	case schema.IsSensitive(v):
		return refuse("%s is made of a sensitive value. %s Use a value that is no secret.", name, why)
	case !v.IsKnown():
		return refuse("%s is known only after apply. %s Use a value that the configuration knows.", name, why)
	case v.IsNull() || v.Type() != cty.String:
		return refuse("%s is a string, and this is %s.", name, described(v))
	}
	return v.AsString(), diags
}

func described(v cty.Value) string {
	if v.IsNull() {
		return "null"
	}
	return schema.TypeName(v.Type())
}
