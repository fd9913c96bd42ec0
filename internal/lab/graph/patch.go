package graph

import (
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// patch changes a service principal by Graph's rules: lists are replaced as a whole, a key is added or left out and never
// edited (https://learn.microsoft.com/graph/api/serviceprincipal-update).
func (s *Server) patch(w http.ResponseWriter, r *http.Request, p *Principal) {
	var body map[string]json.RawMessage
	data, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	if err != nil || json.Unmarshal(data, &body) != nil {
		refuse(w, http.StatusBadRequest, "Request_BadRequest", "Unable to read JSON request payload.")
		return
	}
	changed := *p
	for name, raw := range body {
		if problem := changed.set(name, raw); problem != "" {
			refuse(w, http.StatusBadRequest, "Request_BadRequest", problem)
			return
		}
	}
	*p = changed
	if _, struck := s.directory.strike(r.Method, Overwritten); struck {
		p.Keys = []Key{strangersKey()}
	}
	_, cut := s.directory.strike(r.Method, CutAfter)
	s.keep()
	if cut {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(http.StatusNoContent)
}

// set changes one property; the result is what is wrong.
func (p *Principal) set(name string, raw json.RawMessage) string {
	if string(raw) == "null" {
		return fmt.Sprintf("Invalid value specified for property '%s' of resource 'ServicePrincipal'.", name)
	}
	var err error
	switch name {
	case "accountEnabled":
		err = json.Unmarshal(raw, &p.Enabled)
	case "servicePrincipalNames":
		p.Names = nil
		err = json.Unmarshal(raw, &p.Names)
	case "keyCredentials":
		var entries []Key
		if err = json.Unmarshal(raw, &entries); err == nil {
			return p.replaceKeys(entries)
		}
	case "passwordCredentials":
		return "New password credentials must be generated using service actions."
	default:
		return fmt.Sprintf("Property '%s' does not exist or cannot be updated.", name)
	}
	if err != nil {
		return fmt.Sprintf("Invalid value specified for property '%s' of resource 'ServicePrincipal'.", name)
	}
	return ""
}

func (p *Principal) replaceKeys(entries []Key) string {
	keys := make([]Key, 0, len(entries))
	for _, entry := range entries {
		n := slices.IndexFunc(p.Keys, func(k Key) bool { return strings.EqualFold(k.KeyID, entry.KeyID) })
		if n >= 0 {
			if !p.Keys[n].echoedBy(entry) {
				return fmt.Sprintf("Update to existing credential with KeyId '%s' is not allowed.", entry.KeyID)
			}
			keys = append(keys, p.Keys[n])
			continue
		}
		if problem := entry.complete(); problem != "" {
			return problem
		}
		keys = append(keys, entry)
	}
	p.Keys = keys
	return ""
}

// echoedBy says whether an entry that is sent is the one that is there; the certificate may be left out.
func (k Key) echoedBy(entry Key) bool {
	if entry.Key == nil {
		entry.Key = k.Key
	}
	mine, theirs := k, entry
	mine.Key, theirs.Key = nil, nil
	return mine == theirs && (k.Key == entry.Key || k.Key != nil && *k.Key == *entry.Key)
}

var keyIDForm = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// complete checks a new entry and fills in what the service makes.
func (k *Key) complete() string {
	if !slices.Contains([]string{"Sign", "Verify"}, k.Usage) {
		return `The value for the property "usage" in one of your credentials is invalid. Acceptable values are Sign, Verify.`
	}
	if k.Type != "AsymmetricX509Cert" || k.Key == nil {
		return `The value for the property "type" in one of your credentials is invalid.`
	}
	der, err := base64.StdEncoding.DecodeString(*k.Key)
	if err != nil {
		return "The key value is not valid base64."
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return "Key credential is not a valid certificate."
	}
	end, err := time.Parse(time.RFC3339, k.End)
	if err != nil || end.After(certificate.NotAfter) || !end.After(time.Now()) {
		return "Key credential end date is invalid."
	}
	if start, err := time.Parse(time.RFC3339, k.Start); err != nil || start.Before(certificate.NotBefore.Truncate(time.Second)) {
		return "Key credential start date is invalid."
	}
	if k.KeyID == "" {
		k.KeyID = uuid.NewString()
	}
	if !keyIDForm.MatchString(k.KeyID) {
		return "Key credential key id is invalid."
	}
	if k.Identifier == "" {
		sum := sha1.Sum(der)
		k.Identifier = base64.StdEncoding.EncodeToString(sum[:])
	}
	return ""
}

// strangersKey is a key that somebody else adds.
func strangersKey() Key {
	return Key{
		KeyID: uuid.NewString(), Type: "AsymmetricX509Cert", Usage: "Verify", DisplayName: "CN=somebody else",
		Identifier: base64.StdEncoding.EncodeToString([]byte("somebody else's key.")), Start: "2026-01-01T00:00:00Z", End: "2036-01-01T00:00:00Z",
	}
}

// stranger adds a key to the service principal that a request is about, where a fault wants it so.
func (s *Server) stranger(method, path string) {
	id := strings.TrimPrefix(path, "servicePrincipals/")
	if found := byAppID.FindStringSubmatch(path); found != nil {
		id = found[1]
	}
	p := s.directory.Principal(id)
	if p == nil {
		return
	}
	if _, struck := s.directory.strike(method, Stranger); struck {
		p.Keys = append(p.Keys, strangersKey())
		s.keep()
	}
}
