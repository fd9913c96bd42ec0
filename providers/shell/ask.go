package shell

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hybrid/internal/powershell"
)

// Ask runs a cmdlet that changes nothing and gives its objects with all their properties: see [hybrid/providers.Asker]. Where
// the session was lost on the way it asks once more.
func (p *Provider) Ask(ctx context.Context, cmdlet string, parameters map[string]any) (objects []map[string]any, err error) {
	err = p.ask(ctx, cmdlet, parameters, func() powershell.CallOptions {
		objects = nil
		return powershell.CallOptions{Object: func(o map[string]any) error {
			objects = append(objects, o)
			return nil
		}}
	})
	return objects, err
}

// AskRows is Ask for many objects, of each the values of some properties: see [hybrid/providers.Asker].
func (p *Provider) AskRows(ctx context.Context, cmdlet string, parameters map[string]any, properties []string) (rows [][]any, err error) {
	err = p.ask(ctx, cmdlet, parameters, func() powershell.CallOptions {
		rows = nil
		return powershell.CallOptions{Select: properties, Row: func(cells []any) error {
			rows = append(rows, cells)
			return nil
		}}
	})
	return rows, err
}

// notOffered is what the host agent says of a cmdlet that it did not find when the session was opened.
const notOffered = "is not on the agent's list"

// ask calls a cmdlet that only reads; afresh gives what takes the answer, from its beginning.
func (p *Provider) ask(ctx context.Context, cmdlet string, parameters map[string]any, afresh func() powershell.CallOptions) error {
	c, err := asking(cmdlet, parameters)
	if err != nil {
		return err
	}
	err = p.Call(ctx, c, afresh())
	if Lost(err) && ctx.Err() == nil {
		err = p.Call(ctx, c, afresh())
	}
	var refused *powershell.CmdletError
	switch {
	case errors.As(err, &refused) && (refused.Kind == "CommandNotFoundException" || strings.Contains(refused.Message, notOffered)):
		return fmt.Errorf("the sessions have no %s: the host is too old for it, or the endpoint or the account's role does not let it through", cmdlet)
	case err != nil:
		return fmt.Errorf("asking %s: %w", cmdlet, err)
	}
	return nil
}

// asking is the command that calls a cmdlet that only reads.
func asking(cmdlet string, parameters map[string]any) (powershell.Command, error) {
	c := powershell.Command{Cmdlet: cmdlet}
	if verb, _, _ := strings.Cut(cmdlet, "-"); verb != "Get" && verb != "Test" {
		return c, fmt.Errorf("%s is not asked: it may change something", cmdlet)
	}
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		c.Params = append(c.Params, powershell.Param{Name: name, Value: parameters[name]})
	}
	return c, nil
}

// AskEach is AskRows, row by row as they come: see [hybrid/providers.RowAsker].
func (p *Provider) AskEach(ctx context.Context, cmdlet string, parameters map[string]any, properties []string, begin func() func([]any) error) error {
	return p.ask(ctx, cmdlet, parameters, func() powershell.CallOptions {
		return powershell.CallOptions{Select: properties, Row: begin()}
	})
}
