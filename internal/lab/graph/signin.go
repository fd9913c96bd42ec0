package graph

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// discovery answers OpenID discovery (https://openid.net/specs/openid-connect-discovery-1_0.html), with the fields that
// Entra adds.
func (s *Server) discovery(w http.ResponseWriter, name string) {
	if !s.directory.knows(name) {
		s.refuseSignIn(w, http.StatusBadRequest, 90002, "invalid_tenant", fmt.Sprintf("Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.", name))
		return
	}
	base := s.URL() + "/" + s.directory.TenantID
	answer(w, http.StatusOK, map[string]any{
		"issuer": base + "/v2.0", "token_endpoint": base + "/oauth2/v2.0/token", "authorization_endpoint": base + "/oauth2/v2.0/authorize",
		"jwks_uri": base + "/discovery/v2.0/keys", "tenant_region_scope": "EU", "cloud_instance_name": "microsoftonline.com",
		"cloud_graph_host_name": "graph.windows.net", "msgraph_host": "graph.microsoft.com", "response_types_supported": []string{"code", "id_token"},
	})
}

// token issues a token for a client assertion that a registered certificate has signed (RFC 7523 section 2.2).
func (s *Server) token(w http.ResponseWriter, r *http.Request, tenant string) {
	if !s.directory.knows(tenant) {
		s.refuseSignIn(w, http.StatusBadRequest, 90002, "invalid_request", fmt.Sprintf("Tenant '%s' not found.", tenant))
		return
	}
	id := r.PostFormValue("client_id")
	n := slices.IndexFunc(s.directory.Clients, func(c Client) bool { return strings.EqualFold(c.ID, id) })
	if _, struck := s.directory.strike(r.Method, SignInFails); struck || n < 0 {
		s.keep()
		s.refuseSignIn(w, http.StatusBadRequest, 700016, "unauthorized_client", fmt.Sprintf("Application with identifier '%s' was not found in the directory '%s'.", id, tenant))
		return
	}
	client := s.directory.Clients[n]
	if err := s.asserted(client, r.PostFormValue("client_assertion")); err != nil {
		s.refuseSignIn(w, http.StatusUnauthorized, 700027, "invalid_client", "Client assertion failed signature validation: "+err.Error())
		return
	}
	resource := strings.TrimSuffix(r.PostFormValue("scope"), "/.default")
	if resource, _, _ = strings.Cut(resource, "/.default "); s.refuses(w, resource) {
		return
	}
	token, err := s.issue(client, resource)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.tokens[token] = client
	answer(w, http.StatusOK, map[string]any{"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token})
}

// asserted verifies a client assertion against the certificate that the application has.
func (s *Server) asserted(c Client, assertion string) error {
	der, err := base64.StdEncoding.DecodeString(c.Certificate)
	if err != nil {
		return err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	_, err = jwt.Parse(assertion, func(t *jwt.Token) (any, error) {
		sum := sha256.Sum256(der)
		// RFC 7515 section 4.1.8 wants base64url; Microsoft's own library sends plain base64.
		print, _ := t.Header["x5t#S256"].(string)
		if strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(print) != base64.RawURLEncoding.EncodeToString(sum[:]) {
			return nil, errors.New("the key was not found by its thumbprint")
		}
		return certificate.PublicKey, nil
	}, jwt.WithValidMethods([]string{"PS256", "RS256"}), jwt.WithAudience(s.URL()+"/"+s.directory.TenantID+"/oauth2/v2.0/token"),
		jwt.WithIssuer(c.ID), jwt.WithSubject(c.ID), jwt.WithExpirationRequired())
	return err
}

// refuseSignIn answers as the sign-in service does.
func (s *Server) refuseSignIn(w http.ResponseWriter, status, code int, short, text string) {
	now, trace, correlation := time.Now().UTC().Format("2006-01-02 15:04:05Z"), uuid.NewString(), uuid.NewString()
	answer(w, status, map[string]any{
		"error":             short,
		"error_description": fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s", code, text, trace, correlation, now),
		"error_codes":       []int{code}, "timestamp": now, "trace_id": trace, "correlation_id": correlation,
	})
}
