package main

import (
	"context"
	"net/url"
	"strings"

	"hybrid/internal/check"
	"hybrid/internal/trace"
)

// known reads what directory, servers and tenant say of a user, by the reads of check user.
func known(ctx context.Context, e *check.Estate, sip string) trace.Known {
	_, domain, _ := strings.Cut(sip, "@")
	w := check.ReadHomes(ctx, e, sip).User(sip, "").Whereabouts()
	k := trace.Known{
		InCloud: e.LeadsToCloud(domain), Own: e.OwnDomains(ctx),
		Home:   trace.Home{Online: w.Online, OnServers: w.OnServers, Pool: w.Pool, Problem: w.Problem, Err: w.Err, Facts: facts(w.Seen)},
		Tenant: trace.Tenant{Missing: w.Tenant.Missing, OnServers: w.Tenant.OnServers, Err: w.Tenant.Err, Facts: facts(w.Tenant.Seen)},
	}
	if u, err := url.Parse(e.Config.Cloud.Text("autodiscover_url")); err == nil {
		if _, below, ok := strings.Cut(strings.ToLower(u.Hostname()), "."); ok {
			k.Cloud = "." + below
		}
	}
	if w.Online {
		p, err := e.HostingProvider(ctx, w.Locator)
		k.Provider = trace.Provider{Name: p.Name, AutodiscoverURL: p.AutodiscoverURL, Enabled: p.Enabled, Err: err, Facts: facts(p.Seen)}
	}
	return k
}

// facts are evidence as hops show it.
func facts(seen []check.Evidence) (all []trace.Fact) {
	for _, e := range seen {
		all = append(all, trace.Fact{What: e.What, Value: e.Value, Where: e.Where, When: e.When})
	}
	return all
}
