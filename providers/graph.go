package providers

import (
	"context"
	"time"
)

// GraphReader is implemented by providers that lead to Microsoft Graph, and can read there what no kind has.
type GraphReader interface {
	// SignIn asks for a token of a resource, by its id, such as that of Teams' administration; "" is Microsoft Graph. It tells of
	// the token what is no secret.
	SignIn(ctx context.Context, resource string) (Token, error)
	// GraphList reads a collection by GET, such as "users/ada@contoso.com/transitiveMemberOf", page by page.
	GraphList(ctx context.Context, path string) ([]map[string]any, error)
}

// A Token is what is to be known of a token that was issued. The token itself is not in it.
type Token struct {
	Readable    bool     // where it is not, the lists below say nothing
	Permissions []string // application permissions that were consented to: "Application.Read.All"
	Scopes      []string // what somebody who is signed in lets the application do for them
	Expires     time.Time
}
