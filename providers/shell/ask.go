package shell

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hybrid/internal/powershell"
)

// Ask runs a cmdlet that changes nothing and gives its objects with all their properties: see [hybrid/providers.Asker]. Where
// the session was lost on the way it asks once more.
func (p *Provider) Ask(ctx context.Context, cmdlet string, parameters map[string]any) ([]map[string]any, error) {
	if verb, _, _ := strings.Cut(cmdlet, "-"); verb != "Get" && verb != "Test" {
		return nil, fmt.Errorf("%s is not asked: it may change something", cmdlet)
	}
	c := powershell.Command{Cmdlet: cmdlet}
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		c.Params = append(c.Params, powershell.Param{Name: name, Value: parameters[name]})
	}
	var objects []map[string]any
	ask := func() error {
		objects = nil
		return p.Call(ctx, c, powershell.CallOptions{Object: func(o map[string]any) error {
			objects = append(objects, o)
			return nil
		}})
	}
	err := ask()
	if Lost(err) && ctx.Err() == nil {
		err = ask()
	}
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", cmdlet, err)
	}
	return objects, nil
}
