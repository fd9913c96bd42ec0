package planner

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Ahead gives the blocks of what can be done some time before a plan is carried out, so that it takes effect sooner: of each
// live object that changes or goes, what its kind says ([schema.Kind.Ahead]), and everything else as it is.
func Ahead(p *Plan) []*Node {
	var nodes []*Node
	objects := map[string][]Object{}
	for i := range p.Changes {
		c := &p.Changes[i]
		o, ok := c.ahead()
		if !ok {
			continue
		}
		block := c.Address.Block()
		if objects[block.String()] == nil {
			nodes = append(nodes, &Node{Address: block, Kind: c.Kind, Range: c.Range})
		}
		objects[block.String()] = append(objects[block.String()], o)
	}
	for _, node := range nodes {
		of := objects[node.Address.String()]
		node.Evaluate = func(map[string]cty.Value) ([]Object, hcl.Diagnostics) { return of, nil }
	}
	return nodes
}

// ahead is the object as it can be made ahead of a change; false where nothing can be done.
func (c *Change) ahead() (Object, bool) {
	if c.Kind.Ahead == nil || c.Users != nil || c.Action == Unknown || valueMap(c.Before) == nil {
		return Object{}, false
	}
	set := c.Kind.Ahead(string(c.Action), plainMap(c.Before), plainMap(c.After))
	if set == nil {
		return Object{}, false
	}
	return Object{
		Address: c.Address, Kind: c.Kind, Provider: c.Provider, Identity: c.Identity, Want: c.keeping(set), Range: c.Range,
	}, true
}

// keeping is what is wanted of the live object: that it is the one it is, and the values given. The rest is left alone.
func (c *Change) keeping(set map[string]cty.Value) cty.Value {
	want := map[string]cty.Value{}
	for name, t := range c.Kind.Type().AttributeTypes() {
		want[name] = cty.NullVal(t)
	}
	for _, label := range c.Kind.LabelNames() {
		want[label] = c.Before.GetAttr(label)
	}
	for name, v := range set {
		want[name] = v
	}
	return cty.ObjectVal(want)
}
