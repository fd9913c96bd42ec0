package engine

import (
	"context"
	"fmt"

	"hybrid/planner"
	"hybrid/providers"
)

// List lists all live objects of a kind behind a provider block, whether or not the configuration declares any.
func (e *Engine) List(ctx context.Context, provider, kind string) planner.Listing {
	return e.readOne(ctx, &reading{kind: e.kind(kind), sources: []planner.Source{{Provider: provider, Kind: kind}}, all: true})
}

// Find reads one object of a kind by its identity, behind a provider block, whether or not the configuration declares it. What
// does not exist is not in the listing.
func (e *Engine) Find(ctx context.Context, provider, kind, identity string) planner.Listing {
	k := e.kind(kind)
	return e.readOne(ctx, &reading{kind: k, sources: []planner.Source{{Provider: provider, Kind: kind}}, objects: []planner.Object{{Kind: k, Identity: identity, Provider: provider}}})
}

// SignIn asks for a token of a resource behind a provider block: see [providers.GraphReader].
func (e *Engine) SignIn(ctx context.Context, provider, resource string) (providers.Token, error) {
	reader, err := e.graphReader(provider)
	if err != nil {
		return providers.Token{}, err
	}
	return reader.SignIn(ctx, resource)
}

// GraphList reads a collection of Microsoft Graph behind a provider block: see [providers.GraphReader].
func (e *Engine) GraphList(ctx context.Context, provider, path string) ([]map[string]any, error) {
	reader, err := e.graphReader(provider)
	if err != nil {
		return nil, err
	}
	return reader.GraphList(ctx, path)
}

func (e *Engine) graphReader(provider string) (providers.GraphReader, error) {
	p, err := e.provider(provider)
	if err != nil {
		return nil, err
	}
	reader, ok := p.(providers.GraphReader)
	if !ok {
		return nil, fmt.Errorf("provider %s does not lead to Microsoft Graph", provider)
	}
	return reader, nil
}

// Ask runs a cmdlet that only reads in the sessions of a provider block: see [Engine.Asks].
func (e *Engine) Ask(ctx context.Context, provider, cmdlet string, parameters map[string]any) ([]map[string]any, error) {
	asker, err := e.asker(provider)
	if err != nil {
		return nil, err
	}
	defer e.reading(provider, cmdlet)()
	return asker.Ask(ctx, cmdlet, parameters)
}

// AskRows is Ask for many objects, of each the values of some properties.
func (e *Engine) AskRows(ctx context.Context, provider, cmdlet string, parameters map[string]any, properties []string) ([][]any, error) {
	asker, err := e.asker(provider)
	if err != nil {
		return nil, err
	}
	defer e.reading(provider, cmdlet)()
	return asker.AskRows(ctx, cmdlet, parameters, properties)
}

func (e *Engine) asker(provider string) (providers.Asker, error) {
	p, err := e.provider(provider)
	if err != nil {
		return nil, err
	}
	asker, ok := p.(providers.Asker)
	if !ok {
		return nil, fmt.Errorf("provider %s runs no cmdlets", provider)
	}
	return asker, nil
}

// Hosts names the hosts that the sessions of a provider block run on; none where it has no sessions. The error says why the block
// cannot be used.
func (e *Engine) Hosts(provider string) ([]string, error) {
	p, err := e.provider(provider)
	if err != nil {
		return nil, err
	}
	if prober, ok := p.(providers.Prober); ok {
		return prober.Hosts(), nil
	}
	return nil, nil
}

// Opening says how a session of a provider block on one of its hosts came about: see [providers.Prober].
func (e *Engine) Opening(ctx context.Context, provider, host string) (providers.Opening, error) {
	prober, err := e.prober(provider)
	if err != nil {
		return providers.Opening{}, err
	}
	return prober.Opening(ctx, host)
}

// AskOn is AskRows on one host of a provider block: see [providers.Prober].
func (e *Engine) AskOn(ctx context.Context, provider, host, cmdlet string, parameters map[string]any, properties []string) ([][]any, error) {
	prober, err := e.prober(provider)
	if err != nil {
		return nil, err
	}
	return prober.AskOn(ctx, host, cmdlet, parameters, properties)
}

func (e *Engine) prober(provider string) (providers.Prober, error) {
	p, err := e.provider(provider)
	if err != nil {
		return nil, err
	}
	prober, ok := p.(providers.Prober)
	if !ok {
		return nil, fmt.Errorf("provider %s has no sessions", provider)
	}
	return prober, nil
}
