package token

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// issuing gives a token with claims, or none.
type issuing struct {
	claims string
	scopes []string
}

func (i *issuing) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	i.scopes = o.Scopes
	if i.claims == "" {
		return azcore.AccessToken{}, errors.New("POST https://login.example/\nAADSTS700016: Application was not found. Trace ID: 6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11")
	}
	return azcore.AccessToken{Token: i.claims, ExpiresOn: time.Unix(1800000000, 0)}, nil
}

func ofClaims(text string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(text)) + ".c2ln"
}

func TestATokenTellsWhatWasConsentedTo(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		token       string
		readable    bool
		permissions []string
		scopes      []string
	}{
		"an application": {ofClaims(`{"roles":["Application.Read.All","User.Read.All"]}`), true, []string{"Application.Read.All", "User.Read.All"}, nil},
		"a person":       {ofClaims(`{"scp":"User.Read Directory.AccessAsUser.All"}`), true, nil, []string{"User.Read", "Directory.AccessAsUser.All"}},
		"nothing":        {ofClaims(`{}`), true, nil, nil},
		"opaque":         {"EwB4A8l6BAAU", false, nil, nil},
		"encrypted":      {"e30.a.b.c.d", false, nil, nil},
		"no base64":      {"e30.%%.c", false, nil, nil},
		"no JSON":        {ofClaims(`roles`), false, nil, nil},
	} {
		from := &issuing{claims: x.token}
		got, err := Issue(t.Context(), from, "r/.default")
		if err != nil || got.Readable != x.readable || !slices.Equal(got.Permissions, x.permissions) || !slices.Equal(got.Scopes, x.scopes) || got.Expires.Unix() != 1800000000 {
			t.Errorf("%s: %+v %v", name, got, err)
		}
		if !slices.Equal(from.scopes, []string{"r/.default"}) {
			t.Errorf("asked for %v", from.scopes)
		}
	}
}

func TestATokenThatIsRefusedSaysWhy(t *testing.T) {
	t.Parallel()
	_, err := Issue(t.Context(), &issuing{}, "r/.default")
	var refused *SignInError
	if !errors.As(err, &refused) || refused.Code != "AADSTS700016" || strings.Contains(err.Error(), "login.example") {
		t.Fatal(err)
	}
}
