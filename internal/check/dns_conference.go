package check

import (
	"context"
	"errors"
	"fmt"
)

// edgeServices lists the services of a topology; an Edge's one has the names by which it is found.
const edgeServices = "Get-CsService"

// conferencing is D-WEBC: users online reach a meeting on the servers through the Web Conferencing Edge, and the servers
// must find that from inside.
func conferencing(ctx context.Context, e *Estate) Result {
	services, err := e.Cmdlet(ctx, "skype", Cmdlet{Name: edgeServices, Params: map[string]any{"EdgeServer": true}})
	if err != nil {
		return Unread(err)
	}
	t := &trial{e: e}
	names := 0
	for _, service := range services {
		if name, _ := service["DataEdgeExternalFqdn"].(string); name != "" {
			names++
			t.seen = append(t.seen, e.Saw("DataEdgeExternalFqdn", name, edgeServices))
			t.conferencing(ctx, plainName(name))
		}
	}
	if names == 0 {
		return Unread(errors.New("no Edge Server in the topology says what its Web Conferencing Edge is called"), t.seen...)
	}
	return t.result()
}

func (t *trial) conferencing(ctx context.Context, name string) {
	heard := t.hear(ctx, name, Inside, name, addressTypes...)
	if len(heard) == 0 {
		t.unknown("nobody is known who could be asked from inside: write a dns block with view = \"internal\"")
	}
	for _, s := range t.judged(heard) {
		addresses := 0
		for _, r := range s.Records {
			if r.Type == "A" || r.Type == "AAAA" {
				addresses++
			}
		}
		if addresses == 0 {
			t.missingInside(s, name, fmt.Sprintf("Declare dns_record %q \"A\" { provider = %s } with the Edge's external address, and apply.", name, s.Provider))
		}
	}
}
