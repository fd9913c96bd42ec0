package check

import (
	"context"
	"fmt"
)

// What the ports of the Edge are tried by, from the hosts of the servers.
const (
	connections = "Test-NetConnection"
	computers   = "Get-CsComputer"
)

// insidePort is a port at which Front End Servers reach an Edge Server.
type insidePort struct {
	edge   string // "edge01.contoso.com"
	number int
	what   string // what goes there
}

// byHand is how somebody on a host tries it.
func (p insidePort) byHand() string {
	return fmt.Sprintf("%s %s -Port %d", connections, p.edge, p.number)
}

// inside tries the ports of all Edge Servers from each host of the servers: part of E-NET.
func (t *trial) inside(ctx context.Context) {
	if t.e.Block("skype") == "" {
		return
	}
	ports := t.insidePorts(ctx)
	t.ask(t.hosts("skype"), func(h host) func() {
		answers, errs := make([][]told, len(ports)), make([]error, len(ports))
		for n, p := range ports {
			answers[n], errs[n] = t.e.toldBy(ctx, h, Cmdlet{Name: connections, Params: map[string]any{"ComputerName": p.edge, "Port": p.number}}, "RemoteAddress", "TcpTestSucceeded")
			if err := errs[n]; err != nil && refusal(err) == nil { // nor will it try the others
				return func() {
					t.unheardBy(h, "whether "+h.name+" reaches the Edge Servers", err, p.byHand())
				}
			}
		}
		return func() {
			for n, p := range ports {
				t.port(h, p, answers[n], errs[n])
			}
		}
	})
}

// insidePorts are those of all computers of all Edge pools, by the topology.
func (t *trial) insidePorts(ctx context.Context) (all []insidePort) {
	list, err := t.e.Cmdlet(ctx, "skype", Cmdlet{Name: edgeServices, Params: map[string]any{"EdgeServer": true}})
	if err != nil {
		t.unknown("which Edge Servers there are: %v", err)
		return nil
	}
	if len(list) == 0 {
		t.unknown("which Edge Servers there are: %s -EdgeServer names none", edgeServices)
	}
	for _, service := range list {
		all = append(all, t.edgePool(ctx, service)...)
	}
	return all
}

// edgePool are the ports of each computer of a pool.
func (t *trial) edgePool(ctx context.Context, service map[string]any) (ports []insidePort) {
	pool, sip := told(service).text("PoolFqdn"), wholeNumber(service["AccessEdgeInternalSipPort"])
	if sip <= 0 {
		t.unknown("at which port the Edge pool %s takes SIP from inside: %s does not say", pool, edgeServices)
	}
	all, err := t.e.Cmdlet(ctx, "skype", Cmdlet{Name: computers, Params: map[string]any{"Pool": pool}})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%s names none", computers)
	}
	if err != nil {
		t.unknown("the computers of the Edge pool %s: %v", pool, err)
		return nil
	}
	for _, computer := range all {
		edge := told(computer).text("Fqdn")
		if sip > 0 {
			ports = append(ports, insidePort{edge, sip, "SIP to users outside and partners"})
		}
		ports = append(ports, insidePort{edge, 4443, "the Central Management store's replication"})
	}
	return ports
}

// port judges what a host says of one.
func (t *trial) port(h host, p insidePort, list []told, err error) {
	if err == nil && len(list) != 1 {
		err = fmt.Errorf("%s did not return one object", connections)
	}
	if err != nil {
		t.unknown("whether %s reaches %s at %d: %s", h.name, p.edge, p.number, sentence(err))
		return
	}
	answer := list[0]
	open, known := answer["TcpTestSucceeded"].(bool)
	t.seen = append(t.seen, t.e.Saw(fmt.Sprintf("%s, port %d", p.edge, p.number),
		fmt.Sprintf("TcpTestSucceeded %v, address %s", answer["TcpTestSucceeded"], orNothing(answer.text("RemoteAddress"))), h.name))
	switch {
	case !known:
		t.unknown("whether %s reaches %s at %d", h.name, p.edge, p.number)
	case open:
		t.others(h, p.byHand())
	case answer.text("RemoteAddress") == "":
		t.fault(fmt.Sprintf("Add an A record of %s with the internal address of the Edge to the DNS that %s asks, or to its hosts file.", p.edge, h.name), "%s finds no address of the Edge Server %s", h.name, p.edge)
	default:
		t.fault(fmt.Sprintf("Let the firewall pass TCP port %d from the Front End Servers to %s (%s), or start the services there.", p.number, p.edge, answer.text("RemoteAddress")),
			"%s does not reach %s at TCP port %d, which carries %s", h.name, p.edge, p.number, p.what)
	}
}
