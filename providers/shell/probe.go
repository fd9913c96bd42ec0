package shell

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"hybrid/internal/powershell"
	"hybrid/providers"
)

// A visitable pool has hosts whose sessions can be asked for one by one.
type visitable interface {
	Hosts() []string
	Visit(ctx context.Context, host string, do func(*powershell.Session) error) error
}

// visits is the provider's pool, where its hosts can be visited.
func (p *Provider) visits() (visitable, bool) {
	if p == nil {
		return nil, false
	}
	pool, ok := p.pool.(visitable)
	return pool, ok
}

// Hosts names the hosts of the block: see [hybrid/providers.Prober].
func (p *Provider) Hosts() []string {
	if pool, ok := p.visits(); ok {
		return pool.Hosts()
	}
	return nil
}

// Opening says how a session on a host came about: see [hybrid/providers.Prober].
func (p *Provider) Opening(ctx context.Context, host string) (o providers.Opening, err error) {
	err = p.visit(ctx, host, func(s *powershell.Session) error {
		o = providers.Opening{PowerShell: s.Opened.Version, Started: s.Opened.Started, Greeted: s.Opened.Greeted, Ready: s.Opened.Ready}
		return nil
	})
	return o, err
}

// AskOn runs a cmdlet that changes nothing on one host: see [hybrid/providers.Prober]. Where the session was lost on the way it
// asks once more.
func (p *Provider) AskOn(ctx context.Context, host, cmdlet string, parameters map[string]any, properties []string) (rows [][]any, err error) {
	c, err := asking(cmdlet, parameters)
	if err != nil {
		return nil, err
	}
	ask := func(s *powershell.Session) error {
		if !s.Has(cmdlet) {
			return &providers.NoCmdletError{Host: host, Cmdlet: cmdlet, Endpoint: p.endpoint}
		}
		rows = nil
		return s.Call(ctx, c, p.taking(&rows, properties))
	}
	if err = p.visit(ctx, host, ask); Lost(err) && ctx.Err() == nil {
		err = p.visit(ctx, host, ask)
	}
	var refused *powershell.CmdletError
	if errors.As(err, &refused) {
		return nil, &providers.RefusalError{Cmdlet: cmdlet, Kind: refused.Kind, Text: strings.TrimSpace(refused.Message)}
	}
	return rows, err
}

// taking takes rows of an answer: of some properties, or without any of the values that a cmdlet gives in the place of objects.
func (p *Provider) taking(rows *[][]any, properties []string) powershell.CallOptions {
	take := func(cells []any) error {
		*rows = append(*rows, cells)
		return nil
	}
	if len(properties) == 0 {
		return powershell.CallOptions{Deadline: p.longest, Object: func(o map[string]any) error { return take([]any{o["value"]}) }}
	}
	return powershell.CallOptions{Select: properties, Deadline: p.longest, Row: take}
}

func (p *Provider) visit(ctx context.Context, host string, do func(*powershell.Session) error) error {
	pool, ok := p.visits()
	if !ok {
		return fmt.Errorf("%s has no hosts", p.place)
	}
	err := pool.Visit(ctx, host, do)
	if untried := (*powershell.UntriedError)(nil); errors.As(err, &untried) {
		return &providers.UntriedError{Err: err}
	}
	return err
}
