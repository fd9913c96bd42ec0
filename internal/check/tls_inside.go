package check

import (
	"context"
	"fmt"
)

// What the ports of the Edge are tried by, from the host of the sessions.
const (
	connections = "Test-NetConnection"
	computers   = "Get-CsComputer"
)

// insidePort is a port at which Front End Servers reach Edge Servers.
type insidePort struct {
	number int
	what   string // what goes there
}

// inside tries the ports of all Edge Servers from the host of the sessions: part of E-NET.
func (t *trial) inside(ctx context.Context) {
	if t.e.Block("skype") == "" {
		return
	}
	list, err := t.e.Cmdlet(ctx, "skype", Cmdlet{Name: edgeServices, Params: map[string]any{"EdgeServer": true}})
	if err != nil {
		t.unknown("which Edge Servers there are: %v", err)
		return
	}
	if len(list) == 0 {
		t.unknown("which Edge Servers there are: %s -EdgeServer names none", edgeServices)
	}
	for _, service := range list {
		t.edgePool(ctx, service)
	}
}

// edgePool tries the ports of each computer of a pool.
func (t *trial) edgePool(ctx context.Context, service map[string]any) {
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
		return
	}
	for _, computer := range all {
		for _, port := range []insidePort{{sip, "SIP to users outside and partners"}, {4443, "the Central Management store's replication"}} {
			if port.number > 0 {
				t.port(ctx, told(computer).text("Fqdn"), port)
			}
		}
	}
}

// port tries one.
func (t *trial) port(ctx context.Context, edge string, p insidePort) {
	h := t.e.host()
	list, err := t.e.told(ctx, "skype", Cmdlet{Name: connections, Params: map[string]any{"ComputerName": edge, "Port": p.number}}, "RemoteAddress", "TcpTestSucceeded")
	if err == nil && len(list) != 1 {
		err = fmt.Errorf("%s did not return one object", connections)
	}
	if err != nil {
		t.unknown("whether %s reaches %s at %d: %v", h.name, edge, p.number, err)
		return
	}
	open, known := list[0]["TcpTestSucceeded"].(bool)
	t.seen = append(t.seen, t.e.Saw(fmt.Sprintf("%s, port %d", edge, p.number), fmt.Sprintf("TcpTestSucceeded %v, address %s", list[0]["TcpTestSucceeded"], orNothing(list[0].text("RemoteAddress"))), h.name))
	switch {
	case !known:
		t.unknown("whether %s reaches %s at %d", h.name, edge, p.number)
	case open:
	case list[0].text("RemoteAddress") == "":
		t.fault(fmt.Sprintf("Add an A record of %s with the internal address of the Edge to the DNS that %s asks, or to its hosts file.", edge, h.name), "%s finds no address of the Edge Server %s", h.name, edge)
	default:
		t.fault(fmt.Sprintf("Let the firewall pass TCP port %d from the Front End Servers to %s (%s), or start the services there.", p.number, edge, list[0].text("RemoteAddress")), "%s does not reach %s at TCP port %d, which carries %s", h.name, edge, p.number, p.what)
	}
}
