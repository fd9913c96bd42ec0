package check

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// A host is where cmdlets that tell only of the computer on which they run were asked.
type host struct {
	name  string // "fe01.contoso.com"; "one of fe01.contoso.com, fe02.contoso.com" where nobody knows which
	alone bool   // there is no other on which they could have run
}

// host is that of the sessions with the servers. Sessions do not tell which of several hosts they run on.
func (e *Estate) host() host {
	var values map[string]cty.Value
	for _, p := range e.Config.Providers {
		if p.Name == e.Block("skype") && p.Values != cty.NilVal && !p.Values.IsNull() {
			v, _ := p.Values.UnmarkDeep()
			values = v.AsValueMap()
		}
	}
	var names []string
	if v, ok := values["hosts"]; ok && !v.IsNull() && v.IsKnown() {
		names = texts(v)
	}
	switch {
	case isSet(values["endpoint"]):
		return host{name: "the endpoint " + values["endpoint"].AsString()}
	case len(names) == 0:
		return host{name: "this machine", alone: true}
	case len(names) == 1:
		return host{name: names[0], alone: true}
	}
	return host{name: "one of " + strings.Join(names, ", ")}
}

func isSet(v cty.Value) bool {
	return v != cty.NilVal && v.IsKnown() && !v.IsNull() && v.Type() == cty.String && v.AsString() != ""
}

// others notes that hosts beside the one that answered have not been asked.
func (t *trial) others(h host, command string) {
	if !h.alone {
		t.unknown("the answer is that of %s, and tells nothing of any other: run %s on each", h.name, command)
	}
}

// asked makes a check of the servers that calls cmdlets.
func asked(c Check, cmdlets ...string) Check {
	c.Group, c.Systems, c.Asks = Servers, []string{"skype"}, map[string][]string{"skype": cmdlets}
	return c
}

// fold says whether a list has a text, in any case.
func fold(list []string, text string) bool {
	return slices.ContainsFunc(list, func(one string) bool { return strings.EqualFold(one, text) })
}
