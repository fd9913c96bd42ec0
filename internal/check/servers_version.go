package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hybrid/internal/builds"
)

// patchVersion is what the builds of a host are read by.
const patchVersion = "Get-CsServerPatchVersion"

// versionChecks are those of which versions the servers have.
func versionChecks() []Check {
	moves := []string{"user_homing", "hosting_provider"}
	return []Check{
		asked(Check{
			ID: "H-BUILD", Title: "The hosts that carry out moves have an update with which they work", Blocks: true, Home: true, Kinds: moves,
			Reads:  "Get-CsServerPatchVersion on each host of the servers, against the table of builds",
			Remedy: "Install the latest cumulative update on the host.",
			Source: "Microsoft, Move-CsUser: the oldest builds that can move users to Teams", Run: updated,
		}, patchVersion),
		asked(Check{
			ID: "H-TOPO", Title: "The topology has versions that may be in a hybrid together", Blocks: true, Kinds: moves,
			Reads:  "Version of Get-CsService -Registrar and -EdgeServer, against the table of builds",
			Remedy: "Replace the pools of one of the versions by pools of another, and take them out of the topology.",
			Source: "Microsoft, plan hybrid connectivity: server version requirements", Run: versions,
		}, edgeServices),
	}
}

// updated is H-BUILD.
func updated(ctx context.Context, e *Estate) Result {
	t := &trial{e: e}
	hosts := t.hosts("skype")
	t.ask(hosts, func(h host) func() {
		components, err := e.toldBy(ctx, h, Cmdlet{Name: patchVersion}, "ComponentName", "Version")
		return func() { t.components(h, components, err) }
	})
	return t.orNoHosts(len(hosts))
}

// components judges the builds of what a host has of the product.
func (t *trial) components(h host, all []told, err error) {
	if err != nil {
		t.unheardBy(h, "the builds of "+h.name, err, "look at the versions under Programs and Features: Lync Server 2013, which has no such cmdlet, needs "+t.e.Config.Builds.Products["Lync Server 2013"].Minimum)
		return
	}
	core := 0
	for _, c := range all {
		if name := c.text("ComponentName"); strings.HasSuffix(name, "Core Components") {
			core++
			build := c.text("Version")
			t.seen = append(t.seen, t.e.Saw(name, build, h.name))
			t.build(h, strings.TrimSuffix(name, ", Core Components"), build)
		}
	}
	if core == 0 {
		t.unknown("%s names no Core Components on %s", patchVersion, h.name)
		return
	}
	t.others(h, patchVersion)
}

// build judges the build of a product.
func (t *trial) build(h host, name, build string) {
	table := t.e.Config.Builds
	product, known := table.Of(build)
	older, ok := builds.Older(build, product.Minimum)
	switch {
	case !known:
		t.unknown("the table of builds of %s does not have %s %s, so nobody knows whether it can move users: add it to a file of builds (hybrid { builds = … })", table.AsOf, name, build)
	case product.Minimum == "":
		t.fault("Carry out moves on a host with a later version of the servers.", "%s has %s, from which nobody can be moved to Teams", h.name, product.Name)
	case !ok:
		t.unknown("%q is no version", build)
	case older:
		t.fault(fmt.Sprintf("Install %s for %s, or a later cumulative update, on %s: build %s or newer.", product.Update, product.Name, h.name, product.Minimum),
			"%s has %s %s, and users can be moved from %s on (%s)", h.name, product.Name, build, product.Minimum, product.Update)
	}
}

// versions is H-TOPO.
func versions(ctx context.Context, e *Estate) Result {
	t := &trial{e: e}
	found := map[string][]string{} // product to pools
	for _, role := range []string{"Registrar", "EdgeServer"} {
		list, err := e.Cmdlet(ctx, "skype", Cmdlet{Name: edgeServices, Params: map[string]any{role: true}})
		if err != nil {
			return Unread(err, t.seen...)
		}
		if len(list) == 0 {
			t.unknown("%s -%s names no pool", edgeServices, role)
		}
		for _, service := range list {
			t.version(service, found)
		}
	}
	t.together(found)
	return t.result()
}

// version takes note of the product that a service is of.
func (t *trial) version(service map[string]any, found map[string][]string) {
	pool, number := told(service).text("PoolFqdn"), wholeNumber(service["Version"])
	table := t.e.Config.Builds
	product, known := table.InTopology(number)
	shown := strconv.Itoa(number)
	if known {
		shown += " (" + product.Name + ")"
		found[product.Name] = append(found[product.Name], pool)
	} else {
		t.unknown("%s has version %d, which the table of builds of %s does not have", pool, number, table.AsOf)
	}
	t.seen = append(t.seen, t.e.Saw("Version of "+told(service).text("Identity"), shown, edgeServices))
}

// wholeNumber is a number as it came over the wire; -1 where it is none.
func wholeNumber(v any) int {
	switch v := v.(type) {
	case float64:
		return int(v)
	case int64:
		return int(v)
	case int:
		return v
	case interface{ Int64() (int64, error) }:
		if n, err := v.Int64(); err == nil {
			return int(n)
		}
	}
	return -1
}

// together judges the products of a topology.
func (t *trial) together(found map[string][]string) {
	products := t.e.Config.Builds.Products
	names := slices.Sorted(maps.Keys(found))
	for _, name := range names {
		if products[name].Minimum == "" {
			t.fault("Replace the pools of "+name+" by a later version, and take them out of the topology.", "%s is in no hybrid with Teams: %s", name, strings.Join(found[name], ", "))
		}
	}
	if len(names) > 2 {
		t.fault("Take all but two versions out of the topology.", "the topology has %d versions, %s: no more than two may be in a hybrid", len(names), strings.Join(names, ", "))
	}
	if len(names) == 2 && !fold(products[names[0]].Beside, names[1]) {
		t.fault("Take one of both out of the topology.", "%s and %s may not be in a hybrid together", names[0], names[1])
	}
}

// errNoPool says that a topology has no Front End pool.
var errNoPool = errors.New("Get-CsPool names no pool with a registrar")
