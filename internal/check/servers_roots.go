package check

import (
	"context"
	"fmt"
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
		Reads:  `Get-CsCertificate, by which an Edge Server is known, and Get-ChildItem Cert:\LocalMachine\Root, on the host of the sessions; against the table of roots`,
		Remedy: `Import the missing roots into Cert:\LocalMachine\Root of every Edge Server.`,
		Source: "Microsoft 365 encryption chains; domain notes: stores of Edge Servers", Run: edgeRoots,
	}, assignedCertificates, storeItems)}
}

// edgeRoots is E-ROOT. Edge Servers are no members of the domain and take no part in remote management, so that their stores are
// mostly out of reach: what the store of another host has says nothing of theirs.
func edgeRoots(ctx context.Context, e *Estate) Result {
	h := e.host()
	_, table := e.Source.Roots()
	by := byHand(table)
	certificates, err := e.Cmdlet(ctx, "skype", Cmdlet{Name: assignedCertificates})
	if err != nil {
		return byHandOnly(fmt.Errorf("whether %s is an Edge Server: %w", h.name, err), by)
	}
	isEdge := false
	for _, c := range certificates {
		isEdge = isEdge || told(c).text("Use") == "AccessEdgeExternal"
	}
	if !isEdge {
		return byHandOnly(fmt.Errorf("the stores of the Edge Servers: hybrid has no session there, and %s is none of them", h.name), by)
	}
	store, err := e.told(ctx, "skype", Cmdlet{Name: storeItems, Params: map[string]any{"Path": rootStore}}, "Thumbprint", "Subject", "Issuer", "HasPrivateKey")
	if err == nil && len(store) == 0 {
		err = fmt.Errorf("%s shows nothing", rootStore)
	}
	if err != nil {
		return byHandOnly(err, by)
	}
	t := &trial{e: e}
	t.trusts(h, store, table)
	t.others(h, by)
	return t.result()
}

// byHandOnly is a result that only somebody on the Edge can find out.
func byHandOnly(err error, command string) Result {
	r := Unread(err)
	r.Do = "On every Edge Server run: " + command
	return r
}

// byHand is a command that names the roots that a store lacks.
func byHand(table roots.Table) string {
	var prints []string
	for _, name := range table.Current() {
		if print := table.Roots[name].SHA1; print != "" {
			prints = append(prints, "'"+print+"'")
		}
	}
	return strings.Join(prints, ",") + ` | Where-Object { -not (Test-Path "Cert:\LocalMachine\Root\$_") }. It names the roots that are missing, and nothing where all are there; import those.`
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
