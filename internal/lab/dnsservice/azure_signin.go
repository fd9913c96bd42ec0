package dnsservice

import (
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// discovery answers OpenID discovery for Azure's sign-in.
func (s *Server) discovery(w http.ResponseWriter, tenant string) {
	base := s.URL() + "/" + tenant
	answerJSON(w, http.StatusOK, map[string]any{
		"issuer": base + "/v2.0", "token_endpoint": base + "/oauth2/v2.0/token", "authorization_endpoint": base + "/oauth2/v2.0/authorize",
		"jwks_uri": base + "/discovery/v2.0/keys",
	})
}

// token issues a token for an application's secret.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if !strings.EqualFold(r.PostFormValue("client_id"), s.o.KeyID) || r.PostFormValue("client_secret") != s.o.Secret {
		answerJSON(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided. Trace ID: 11111111-2222-3333-4444-555555555555", "error_codes": []int{7000215}})
		return
	}
	token := uuid.NewString()
	s.tokens[token] = true
	answerJSON(w, http.StatusOK, map[string]any{"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token})
}
