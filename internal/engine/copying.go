package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
	"hybrid/providers"
)

// Data reads the data blocks of the configuration, and lets provider blocks have the values that come from them.
func (e *Engine) Data(ctx context.Context) (planner.Live, hcl.Diagnostics) {
	live, _, diags := e.data(ctx)
	return live, diags
}

// Places says where provider blocks lead, in their order: "skype fe01.contoso.com, dns ns1.contoso.com".
func (e *Engine) Places(names []string) string {
	var places []string
	for _, name := range names {
		if p, err := e.provider(name); err == nil {
			places = append(places, p.Describe())
		}
	}
	return strings.Join(places, ", ")
}

// AskEach runs a cmdlet that only reads in the sessions of a provider block, and gives its objects one by one: of each the
// values of some properties, in their order, which are not to be kept. Begin is called before the first, and again where a session
// was lost on the way and everything comes once more.
func (e *Engine) AskEach(ctx context.Context, provider, cmdlet string, parameters map[string]any, properties []string, begin func() func(cells []any) error) error {
	p, err := e.provider(provider)
	if err != nil {
		return err
	}
	asker, ok := p.(providers.RowAsker)
	if !ok {
		return fmt.Errorf("provider %s runs no cmdlets", provider)
	}
	defer e.reading(provider, cmdlet)()
	return asker.AskEach(ctx, cmdlet, parameters, properties, begin)
}

// Zones reads whole zones behind a provider block: see [providers.ZoneReader].
func (e *Engine) Zones(ctx context.Context, provider string, owners []string) ([]providers.Zone, error) {
	p, err := e.provider(provider)
	if err != nil {
		return nil, err
	}
	reader, ok := p.(providers.ZoneReader)
	if !ok {
		return nil, fmt.Errorf("provider %s has no zones that can be read whole", provider)
	}
	return reader.Zones(ctx, owners)
}

// Whole says why a list of so many is not taken for whole, since it held many more at the end of the last run; nil where
// it is. Part is what it is a list of besides, such as a zone; "" for none.
func (e *Engine) Whole(source planner.Source, part string, now int) error {
	list := listName(source, part)
	was, known := e.Remembered.Counts[list]
	s := Shrunk{list, was, now}
	if !known || !e.short(s) || e.accepts(s) {
		return nil
	}
	return fmt.Errorf("%s, when %s: a list that lacks %g %% is taken for one that was cut short (max_shrink). Try again: a list that a server ended early is whole the next time. "+
		"If they are really gone, say so: --accept-shrink", s, e.Remembered, 100*e.Config.Settings.Guard.MaxShrink)
}
