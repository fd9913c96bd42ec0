package check

import (
	"context"
	"errors"
)

// edgeChecks are those of what the servers say of the Access Edge, by Get-CsAccessEdgeConfiguration.
func edgeChecks() []Check {
	edge := func(c Check) Check {
		c.Group, c.Blocks, c.Reads = Servers, true, "Get-CsAccessEdgeConfiguration"
		c.Systems, c.Asks = []string{"skype"}, map[string][]string{"skype": {"Get-CsAccessEdgeConfiguration"}}
		return c
	}
	return []Check{
		edge(Check{
			ID: "E-CFG", Title: "The Access Edge lets users and partners in from outside", Kinds: []string{"user_homing"}, Mends: []string{"access_edge"},
			Remedy: "Declare access_edge { allow_outside_users = true, allow_federated_users = true } and apply, or set both with Set-CsAccessEdgeConfiguration.",
			Source: "Microsoft, plan hybrid connectivity: what the Access Edge must allow", Run: edgeOpen,
		}),
		edge(Check{
			ID: "E-ROUTE", Title: "The Access Edge finds partners by DNS", Kinds: []string{"hosting_provider", "access_edge"}, Mends: []string{"access_edge"},
			Remedy: "Declare access_edge { routing = \"dns_srv\" } and apply, or Set-CsAccessEdgeConfiguration -UseDnsSrvRouting. With a default route no hosting provider can be used.",
			Source: "Set-CsAccessEdgeConfiguration's page", Run: edgeRouting,
		}),
		edge(Check{
			ID: "E-UREP", Title: "The Access Edge runs no User Replicator", Kinds: []string{"access_edge", "hosting_provider"}, Mends: []string{"access_edge"},
			Remedy: "Set-CsAccessEdgeConfiguration -EnableUserReplicator $false, wait for replication, and restart the Edge's services.",
			Source: "Microsoft support article on the Access Edge service not starting (events 30006 and 32136)", Run: edgeReplicator,
		}),
	}
}

// edge is the servers' one Access Edge configuration.
func (e *Estate) edge(ctx context.Context) (live, error) {
	all, err := e.objects(ctx, "skype", "access_edge")
	if err == nil && len(all) != 1 {
		err = errors.New("Get-CsAccessEdgeConfiguration did not return one object")
	}
	if err != nil {
		return live{}, err
	}
	return all[0], nil
}

func edgeOpen(ctx context.Context, e *Estate) Result {
	edge, err := e.edge(ctx)
	if err != nil {
		return Unread(err)
	}
	seen := []Evidence{
		e.Saw("AllowOutsideUsers", edge.text("allow_outside_users"), "the servers"),
		e.Saw("AllowFederatedUsers", edge.text("allow_federated_users"), "the servers"),
	}
	switch {
	case !edge.is("allow_outside_users"):
		return Failed("users outside may not sign in through the Access Edge", seen...)
	case !edge.is("allow_federated_users"):
		return Failed("the Access Edge talks to no other organisation, and so not to Microsoft 365", seen...)
	}
	return Passed(seen...)
}

func edgeRouting(ctx context.Context, e *Estate) Result {
	edge, err := e.edge(ctx)
	if err != nil {
		return Unread(err)
	}
	saw := e.Saw("RoutingMethod", edge.text("routing"), "the servers")
	if edge.text("routing") != "dns_srv" {
		return Failed("the Access Edge sends everything by a default route, with which hosting providers cannot be used", saw)
	}
	return Passed(saw)
}

func edgeReplicator(ctx context.Context, e *Estate) Result {
	edge, err := e.edge(ctx)
	if err != nil {
		return Unread(err)
	}
	saw := e.Saw("EnableUserReplicator", edge.text("enable_user_replicator"), "the servers")
	if edge.is("enable_user_replicator") {
		return Failed("User Replicator is enabled on the Access Edge, which will hang", saw)
	}
	return Passed(saw)
}
