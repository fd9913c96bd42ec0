package providers

import "context"

// A RowAsker is implemented by providers that run cmdlets, for lists that are too long to be kept before they are looked at.
type RowAsker interface {
	// AskEach is [Asker.AskRows], of which each row is given as it comes; it is not to be kept. Begin gives what takes the rows,
	// and is called again where a session was lost on the way and all of them come once more.
	AskEach(ctx context.Context, cmdlet string, parameters map[string]any, properties []string, begin func() func(cells []any) error) error
}
