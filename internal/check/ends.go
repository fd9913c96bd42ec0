package check

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"

	"hybrid/internal/handshake"
	"hybrid/internal/phase"
)

// An end is where clients, partners or servers open a TLS connection.
type end struct {
	what    string   // "the Access Edge of contoso.com"
	host    string   // "sip.contoso.com"
	port    string   // "443"
	names   []string // those that its certificate must have
	own     bool     // of the own estate; otherwise Microsoft's
	address string   // where it is dialled, host:port
}

func (n end) String() string { return fmt.Sprintf("%s, %s:%s", n.what, n.host, n.port) }

// maxAddresses is how many addresses of one end are looked at.
const maxAddresses = 4

// ends are those that the names of the SIP domains lead to as they are seen from outside, and Microsoft's that partners and
// hybrid lead to. What could not be found out is told the trial.
func (t *trial) ends(ctx context.Context) (all []end) {
	for _, d := range t.e.sipDomains() {
		t.ownEnds(ctx, d, &all)
	}
	if target := t.e.Config.Cloud.Text("federation_target"); target != "" && len(t.e.sipDomains()) > 0 {
		all = append(all, end{what: "Microsoft's end of federation", host: target, port: federationPort, names: []string{target}, address: net.JoinHostPort(target, federationPort)})
	}
	return all
}

// ownEnds adds those of a domain: the Edge by both service records, and the reverse proxy by the name for autodiscover.
func (t *trial) ownEnds(ctx context.Context, d phase.Domain, all *[]end) {
	for _, l := range []struct{ label, port string }{{clientLabel, clientPort}, {federationLabel, federationPort}} {
		for _, s := range t.judged(t.quietly(ctx, d, l.label+"."+d.Name, "SRV")) {
			for _, r := range s.own() {
				if target := r.Target(); r.Type == "SRV" && target != "" && !d.Sky.Leads(target) {
					names := []string{target, "sip." + d.Name}
					t.at(ctx, s, end{what: "the Access Edge of " + d.Name, host: target, port: l.port, names: slices.Compact(names), own: true}, all)
				}
			}
		}
	}
	name := "lyncdiscover." + d.Name
	for _, s := range t.judged(t.quietly(ctx, d, name, addressTypes...)) {
		if len(s.own()) > 0 && !slices.ContainsFunc(s.Records, func(r Record) bool { return r.Target() != "" && d.Sky.Leads(r.Target()) }) {
			t.at(ctx, s, end{what: "the reverse proxy of " + d.Name, host: name, port: "443", names: []string{name}, own: true}, all)
		}
	}
}

// quietly asks what the checks of DNS show already.
func (t *trial) quietly(ctx context.Context, d phase.Domain, name string, types ...string) []testimony {
	all, err := t.e.witnesses(ctx, d.Name, Outside)
	if err != nil && len(all) == 0 {
		t.unknown("%v", err)
	}
	return t.e.hear(ctx, all, name, types...)
}

// at adds an end at each of the addresses that it has, once.
func (t *trial) at(ctx context.Context, s testimony, n end, all *[]end) {
	quiet := &trial{e: t.e}
	addresses, _, err := quiet.addressOf(ctx, s, n.host)
	if err == nil && len(addresses) == 0 {
		err = errors.New("it has no address")
	}
	if err != nil {
		t.unknown("%s cannot be dialled: %v", n, err)
		return
	}
	for _, address := range addresses[:min(len(addresses), maxAddresses)] {
		n.address = net.JoinHostPort(address, n.port)
		if !slices.ContainsFunc(*all, func(o end) bool { return o.address == n.address && o.host == n.host }) {
			*all = append(*all, n)
		}
	}
}

// look dials an end, once, with the name that clients use.
func (e *Estate) look(ctx context.Context, n end) (handshake.Shown, error) {
	return Once(e, "handshake "+n.address+" "+n.host, func() (handshake.Shown, error) {
		return e.Source.Handshake(ctx, n.address, n.host)
	})
}

// lookAll dials ends side by side.
func (e *Estate) lookAll(ctx context.Context, all []end, see func(end, handshake.Shown, error)) {
	type looked struct {
		shown handshake.Shown
		err   error
	}
	results := make([]chan looked, len(all))
	for n, one := range all {
		results[n] = make(chan looked, 1)
		go func() {
			shown, err := e.look(ctx, one)
			results[n] <- looked{shown, err}
		}()
	}
	for n, one := range all {
		l := <-results[n]
		see(one, l.shown, l.err)
	}
}
