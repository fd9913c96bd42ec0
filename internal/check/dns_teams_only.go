package check

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"hybrid/internal/phase"
)

// teamsOnly is D-TONLY. A tenant cannot be made Teams Only while one record of any verified domain leads elsewhere.
func teamsOnly(ctx context.Context, e *Estate) Result {
	due := false
	for _, d := range e.sipDomains() {
		due = due || inCloud(d.Phase)
	}
	if !due {
		return Absent("no SIP domain is to be Teams Only")
	}
	t := &trial{e: e}
	for _, d := range t.verified(ctx) {
		t.strays(ctx, d)
	}
	return t.result()
}

// verified are the tenant's SIP domains and those of the configuration.
func (t *trial) verified(ctx context.Context) []phase.Domain {
	all := t.e.sipDomains()
	if t.e.Block("teams") == "" {
		t.note("the tenant's own list of domains was not read, since there is no provider \"teams\"")
		return all
	}
	listing, err := t.e.List(ctx, "teams", "online_sip_domain")
	if err != nil {
		t.unknown("which domains the tenant has is not known: %v", err)
		return all
	}
	seen := map[string]bool{}
	for _, d := range all {
		seen[d.Name] = true
	}
	for _, found := range listing.Objects {
		if name := plainName(found.Identity); !seen[name] && !initial(name) {
			all = append(all, phase.Domain{Name: name, Sky: phase.In(t.e.Config.Cloud, t.e.Config.Clouds)})
		}
	}
	return all
}

// strays finds the records of a domain that lead away from Microsoft 365, and whether it is a wildcard that answers.
func (t *trial) strays(ctx context.Context, d phase.Domain) {
	wild := t.wildcard(ctx, d)
	for _, l := range labels {
		name, types := l.label+"."+d.Name, addressTypes
		if l.rtype != "" {
			types = []string{l.rtype}
		}
		for _, s := range t.judged(t.hear(ctx, d.Name, Outside, name, types...)) {
			for _, r := range s.own() {
				if target := r.Target(); target != "" && d.Sky.Leads(target) {
					continue
				}
				if wild[r.Type+" "+r.Data] {
					t.fault(fmt.Sprintf("Remove the wildcard *.%s, or give %s a record of its own that leads to Microsoft 365.", d.Name, name),
						"%s does not exist, and the wildcard *.%s answers for it with %s", name, d.Name, r.Data)
					continue
				}
				t.fault(t.mend(name, l.rtype, Outside, s, ""), "%s leads to %s, away from Microsoft 365: the tenant cannot become Teams Only", name, r.Data)
			}
		}
	}
}

// wildcard asks for a name that nobody has made, once a domain; whatever answers is a wildcard.
func (t *trial) wildcard(ctx context.Context, d phase.Domain) map[string]bool {
	name, _ := Once(t.e, "random label "+d.Name, func() (string, error) {
		return "hybrid-check-" + strings.ToLower(rand.Text()[:10]) + "." + d.Name, nil
	})
	wild := map[string]bool{}
	for _, s := range t.judged(t.hear(ctx, d.Name, Outside, name, addressTypes...)) {
		for _, r := range s.own() {
			wild[r.Type+" "+r.Data] = true
		}
	}
	return wild
}
