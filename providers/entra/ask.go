package entra

import (
	"context"
	"encoding/json"
	"fmt"

	"hybrid/internal/token"
	"hybrid/providers"
)

// SignIn asks for a token: see [providers.GraphReader].
func (p *provider) SignIn(ctx context.Context, resource string) (providers.Token, error) {
	scope := p.graph.Scope()
	if resource != "" {
		scope = resource + "/.default"
	}
	issued, err := token.Issue(ctx, p.credential, scope)
	if err != nil {
		return providers.Token{}, fmt.Errorf("provider %s: %w", p.name, err)
	}
	return providers.Token(issued), nil
}

// GraphList reads a collection: see [providers.GraphReader].
func (p *provider) GraphList(ctx context.Context, path string) ([]map[string]any, error) {
	all := []map[string]any{}
	err := p.graph.List(ctx, path, nil, func(element json.RawMessage) error {
		var object map[string]any
		if err := json.Unmarshal(element, &object); err != nil {
			return fmt.Errorf("reading %s: one of the objects is none: %w", path, err)
		}
		all = append(all, object)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("provider %s: %w", p.name, err)
	}
	return all, nil
}
