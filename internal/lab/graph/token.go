package graph

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// issue makes a token that tells what was consented to: application permissions stand in it for Graph only.
func (s *Server) issue(c Client, resource string) (string, error) {
	said := jwt.MapClaims{"aud": resource, "appid": c.ID, "tid": s.directory.TenantID, "jti": uuid.NewString(), "exp": time.Now().Add(time.Hour).Unix()}
	if s.own(resource) && !s.directory.Unconsented {
		said["roles"] = c.Permissions
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, said).SignedString([]byte(uuid.NewString()))
}

// own says whether a resource is this Graph.
func (s *Server) own(resource string) bool { return strings.EqualFold(resource, s.URL()) }

// The codes with which tokens can be refused, with the sign-in service's words.
var refusals = map[int]struct {
	status      int
	short, text string
}{
	90002:   {http.StatusBadRequest, "invalid_request", "Tenant not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."},
	700016:  {http.StatusBadRequest, "unauthorized_client", "Application was not found in the directory."},
	700027:  {http.StatusUnauthorized, "invalid_client", "Client assertion failed signature validation: the key was not found."},
	7000222: {http.StatusUnauthorized, "invalid_client", "The provided client secret keys for app are expired."},
	53003:   {http.StatusBadRequest, "access_denied", "Access has been blocked by Conditional Access policies."},
	700024:  {http.StatusUnauthorized, "invalid_client", "Client assertion is not within its valid time range."},
	500011:  {http.StatusBadRequest, "invalid_resource", "The resource principal was not found in the tenant."},
}

// Refusals are the codes with which tokens can be refused, in order.
func Refusals() []int {
	var all []int
	for code := range refusals {
		all = append(all, code)
	}
	slices.Sort(all)
	return all
}

// refuses answers a request for a token that is to be refused.
func (s *Server) refuses(w http.ResponseWriter, resource string) bool {
	named := resource
	if s.own(resource) {
		named = "graph"
	}
	code := s.refused[""]
	if s.refused[named] != 0 {
		code = s.refused[named]
	}
	r, known := refusals[code]
	if known {
		s.refuseSignIn(w, r.status, code, r.short, r.text)
	}
	return known
}
