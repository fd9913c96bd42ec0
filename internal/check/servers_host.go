package check

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/providers"
)

// A host is where cmdlets are asked that tell only of the computer on which they run.
type host struct {
	name     string // "fe01.contoso.com", or "the endpoint https://pool01.contoso.com/OcsPowershell"
	at       windowsHost
	endpoint bool // any server of a pool may have answered, and another the next time
}

// hosts are those on which the sessions of some systems run, each of which is asked by itself. Sessions that work in a pool's
// endpoint are one: which of the pool's servers answers there is not known.
func (t *trial) hosts(systems ...string) (all []host) {
	behind := map[string]bool{}
	for _, h := range machines(t.hostsOf(systems...)) {
		switch endpoint := t.e.endpointOf(h.block); {
		case endpoint == "":
			all = append(all, host{name: h.place(), at: h})
		case !behind[endpoint]:
			behind[endpoint] = true
			all = append(all, host{name: "the endpoint " + endpoint, at: h, endpoint: true})
		}
	}
	return all
}

// endpointOf is the endpoint that the sessions of a provider block work in, "" where they work on their hosts.
func (e *Estate) endpointOf(block string) string {
	for _, p := range e.Config.Providers {
		if p.Name != block || p.Values == cty.NilVal || p.Values.IsNull() {
			continue
		}
		v, _ := p.Values.UnmarkDeep()
		if endpoint := v.AsValueMap()["endpoint"]; isSet(endpoint) {
			return endpoint.AsString()
		}
	}
	return ""
}

func isSet(v cty.Value) bool {
	return v != cty.NilVal && v.IsKnown() && !v.IsNull() && v.Type() == cty.String && v.AsString() != ""
}

// ask looks at hosts side by side, and tells the trial in their order what was found.
func (t *trial) ask(all []host, look func(host) func()) {
	at := map[windowsHost]host{}
	hosts := make([]windowsHost, len(all))
	for n, h := range all {
		at[h.at], hosts[n] = h, h.at
	}
	t.each(hosts, func(h windowsHost) func() { return look(at[h]) })
}

// toldBy runs a cmdlet on a host, once, and gives these properties of each object.
func (e *Estate) toldBy(ctx context.Context, h host, c Cmdlet, properties ...string) ([]told, error) {
	rows, err := e.askOn(ctx, h.at, c, properties...)
	return named(rows, properties), err
}

// unheardBy notes what could not be found out of a host, and where that is for want of a cmdlet, how to find out by hand.
func (t *trial) unheardBy(h host, what string, err error, byHand string) {
	var missing *providers.NoCmdletError
	where := h.name
	if h.endpoint {
		where = "each server behind it"
	}
	if errors.As(err, &missing) {
		t.unknown("%s: %s; by hand, on %s: %s", what, sentence(err), where, byHand)
		return
	}
	t.unknown("%s: %s", what, sentence(err))
}

// others notes that servers behind an endpoint beside the one that answered have not been asked.
func (t *trial) others(h host, command string) {
	if h.endpoint {
		t.unknown("which server has answered behind %s is not known, and the others were not asked: on each run %s", h.name, command)
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
