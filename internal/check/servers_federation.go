package check

import (
	"context"
	"fmt"
	"strings"
)

// sites is what says by which Edge pool a site federates.
const sites = "Get-CsSite"

// federationChecks is that of by which Edge pool the deployment federates.
func federationChecks() []Check {
	return []Check{asked(Check{
		ID: "E-FED1", Title: "The deployment federates by exactly one Edge pool", Blocks: true, Kinds: []string{"user_homing", "hosting_provider"},
		Reads:  "FederationRoute of Get-CsSite",
		Remedy: "Choose one Edge pool, take the federation route of every other out of the topology in Topology Builder, and publish it.",
		Source: "Microsoft, Move-CsUser: federation can only be enabled for a single Edge pool", Run: oneFederatedEdge,
	}, sites)}
}

// oneFederatedEdge is E-FED1.
func oneFederatedEdge(ctx context.Context, e *Estate) Result {
	all, err := e.Cmdlet(ctx, "skype", Cmdlet{Name: sites})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%s names no site", sites)
	}
	if err != nil {
		return Unread(err)
	}
	t := &trial{e: e}
	var routes []string
	for _, site := range all {
		route, name := told(site).text("FederationRoute"), told(site).text("Identity")
		if _, says := site["FederationRoute"]; !says {
			t.unknown("%s does not say how %s federates", sites, name)
			continue
		}
		if route != "" && !fold(routes, route) {
			routes = append(routes, route)
		}
		t.seen = append(t.seen, e.Saw("FederationRoute of "+name, orNothing(route), sites))
	}
	switch {
	case len(routes) > 1:
		t.fault("", "the topology has %d federation routes, %s, and Move-CsUser refuses to move anybody with more than one", len(routes), strings.Join(routes, ", "))
	case len(routes) == 0 && len(t.unread) == 0:
		t.fault("Enable SIP federation for one Edge pool, and set it as the federation route of its site, in Topology Builder; publish the topology.", "no site has a federation route, so nobody on the servers reaches anybody in Microsoft 365")
	}
	return t.result()
}

func orNothing(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
