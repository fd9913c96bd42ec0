package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hybrid/internal/roots"
)

// What certificates of a host are read by.
const (
	assignedCertificates = "Get-CsCertificate"
	storeItems           = "Get-ChildItem"
	rootStore            = `Cert:\LocalMachine\Root`
)

// rootChecks is that of which authorities the Edge trusts.
func rootChecks() []Check {
	return []Check{asked(Check{
		ID: "E-ROOT", Title: "The Edge trusts the roots of Microsoft 365", Blocks: true, Kinds: []string{"user_homing", "hosting_provider"},
		Reads:  `Get-CsCertificate, by which an Edge Server is known, and Get-ChildItem Cert:\LocalMachine\Root, on each host of the servers; against the table of roots`,
		Remedy: `Import the missing roots into Cert:\LocalMachine\Root of every Edge Server.`,
		Source: "Microsoft 365 encryption chains; domain notes: stores of Edge Servers", Run: edgeRoots,
	}, assignedCertificates, storeItems)}
}

// edgeRoots is E-ROOT. Edge Servers are no members of the domain and take no part in remote management, so that their stores are
// mostly out of reach: what the store of another host has says nothing of theirs.
func edgeRoots(ctx context.Context, e *Estate) Result {
	t := &trial{e: e}
	hosts := t.hosts("skype")
	_, table := e.Source.Roots()
	var others []string // that are no Edge Servers
	t.ask(hosts, func(h host) func() {
		edge, err := e.isEdge(ctx, h)
		var store []told
		if edge {
			store, err = e.rootsOf(ctx, h)
		}
		return func() {
			switch {
			case edge && err == nil:
				t.trusts(h, store, table)
			case edge:
				t.unknown("the authorities that %s trusts: %s", h.name, sentence(err))
			case err != nil:
				t.unknown("whether %s is an Edge Server: %s", h.name, sentence(err))
			default:
				others = append(others, h.name)
			}
		}
	})
	if len(others) == len(hosts) && len(t.unread) == 0 {
		t.unknown("the stores of the Edge Servers: hybrid has no session there, and %s", noneOf(others))
	}
	r := t.result()
	if r.Verdict == Unknown {
		r.Do = "On every Edge Server run:\n  " + byHand(table) + "\nIt names the roots that are missing, and nothing where all are there. Import those."
	}
	return r
}

// noneOf says of hosts that they are no Edge Servers.
func noneOf(hosts []string) string {
	switch len(hosts) {
	case 0:
		return "the configuration names no hosts"
	case 1:
		return hosts[0] + " is none of them"
	}
	return strings.Join(hosts, ", ") + " are none of them"
}

// isEdge says whether a host is an Edge Server, by what its certificates are for.
func (e *Estate) isEdge(ctx context.Context, h host) (bool, error) {
	certificates, err := e.certificatesOf(ctx, h)
	return slices.ContainsFunc(certificates, func(c told) bool { return c.text("Use") == accessUse }), err
}

// rootsOf are the authorities that a host trusts.
func (e *Estate) rootsOf(ctx context.Context, h host) ([]told, error) {
	store, err := e.storeOf(ctx, h, rootStore)
	if err == nil && len(store) == 0 {
		err = fmt.Errorf("%s shows nothing", rootStore)
	}
	return store, err
}

// byHand is a command that names the roots that a store lacks.
func byHand(table roots.Table) string {
	var prints []string
	for _, name := range table.Current() {
		if print := table.Roots[name].SHA1; print != "" {
			prints = append(prints, "'"+print+"'")
		}
	}
	return strings.Join(prints, ",") + ` | Where-Object { -not (Test-Path "Cert:\LocalMachine\Root\$_") }`
}

// trusts holds a store of roots against the table.
func (t *trial) trusts(h host, store []told, table roots.Table) {
	there := map[string]bool{}
	for _, c := range store {
		there[strings.ToUpper(c.text("Thumbprint"))] = true
	}
	t.seen = append(t.seen, t.e.Saw(rootStore, fmt.Sprintf("%d certificates", len(there)), h.name))
	for _, name := range table.Current() {
		switch print := table.Roots[name].SHA1; {
		case print == "":
			t.unknown("whether %s trusts %s: the table of roots does not say by which thumbprint (sha1) Windows names it", h.name, name)
		case there[print]:
			t.seen = append(t.seen, t.e.Saw(name, print, h.name))
		default:
			t.fault(fmt.Sprintf(`Import the certificate of %s into Cert:\LocalMachine\Root of %s (certutil -addstore Root FILE), and of every other Edge Server.`, name, h.name),
				"%s does not have %s (%s) among its trusted roots", h.name, name, print)
		}
	}
}
