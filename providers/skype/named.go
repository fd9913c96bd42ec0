package skype

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// Named reads users by the user principal names of their accounts.
func (p *provider) Named(ctx context.Context, k *schema.Kind, names []string) planner.Listing {
	users := roster.New(k.Rows.Columns...)
	asked := slices.DeleteFunc(slices.Clone(names), shell.Unfilterable)
	for some := range slices.Chunk(asked, perFilter) {
		filter := "UserPrincipalName -eq '" + strings.Join(some, "' -or UserPrincipalName -eq '") + "'"
		if err := p.append(ctx, users, filter); err != nil {
			return planner.Listing{Err: fmt.Errorf("reading users by the names of their accounts: %w", err)}
		}
	}
	return planner.Listing{Users: users}
}
