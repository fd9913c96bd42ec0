package token

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// An Issued is what is to be known of a token that was issued. The token itself is not in it.
type Issued struct {
	Readable    bool     // the token is one that can be read; where it is not, the lists below say nothing
	Permissions []string // application permissions that were consented to: "Application.Read.All"
	Scopes      []string // what somebody who is signed in lets the application do for them
	Expires     time.Time
}

// Issue asks for a token of a scope, such as "https://graph.microsoft.com/.default". The error is a [SignInError]. Microsoft
// reserves the right to make tokens of its services unreadable, so that is no error.
func Issue(ctx context.Context, credential azcore.TokenCredential, scope string) (Issued, error) {
	token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	if err != nil {
		return Issued{}, Refused(err)
	}
	issued := claims(token.Token)
	issued.Expires = token.ExpiresOn
	return issued, nil
}

// claims reads a token without verifying it: nothing is permitted on the strength of it (RFC 7519 section 3).
func claims(token string) Issued {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Issued{}
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	var said struct {
		Roles  []string `json:"roles"`
		Scopes string   `json:"scp"`
	}
	if err != nil || json.Unmarshal(text, &said) != nil {
		return Issued{}
	}
	return Issued{Readable: true, Permissions: said.Roles, Scopes: strings.Fields(said.Scopes)}
}

// Fetch asks for a token of a scope, such as "https://management.azure.com/.default", to be sent with a request. The error is a [SignInError].
func Fetch(ctx context.Context, credential azcore.TokenCredential, scope string) (string, error) {
	token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	if err != nil {
		return "", Refused(err)
	}
	return token.Token, nil
}
