package graph

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// roleTemplates are directory roles with the ids that they have in every tenant (Microsoft Entra built-in roles).
var roleTemplates = map[string]string{
	"Global Administrator":             "62e90394-69f5-4237-9190-012177145e10",
	"Teams Administrator":              "69091246-20e8-4a56-aa4d-066075b2a7a8",
	"Skype for Business Administrator": "75941009-915a-4869-abe7-691bff18279e",
	"User Administrator":               "fe930be7-5e62-47db-91af-98c3a49a38b1",
}

// RoleNames are the directory roles that the lab knows.
func RoleNames() []string { return slices.Sorted(maps.Keys(roleTemplates)) }

// permits says whether a client may send a request.
func (d *Directory) permits(c Client, method, path string) bool {
	has := func(list ...string) bool {
		return slices.ContainsFunc(list, func(one string) bool { return slices.Contains(c.Permissions, one) })
	}
	switch {
	case d.Unconsented:
		return false
	case method != http.MethodGet:
		return has("Application.ReadWrite.All")
	case strings.HasPrefix(path, "users/"):
		return has("User.Read.All", "Directory.Read.All")
	}
	return has("Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All")
}

// memberships gives the groups and directory roles that an application or account is in. The lab's are all in one group.
func (s *Server) memberships(w http.ResponseWriter, of string) {
	id, user := strings.CutPrefix(of, "users/")
	if found := byAppID.FindStringSubmatch(of); found != nil {
		id = found[1]
	}
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	roles, known := s.roles[strings.ToLower(id)]
	if !known {
		what := map[bool]string{true: "user", false: "service principal"}[user]
		refuse(w, http.StatusNotFound, "Request_ResourceNotFound", "Resource '"+id+"' does not exist: there is no such "+what+".")
		return
	}
	values := []any{map[string]any{"@odata.type": "#microsoft.graph.group", "id": uuid.NewSHA1(uuid.NameSpaceOID, []byte("group")), "displayName": "Everybody at work"}}
	for _, name := range roles {
		values = append(values, map[string]any{
			"@odata.type": "#microsoft.graph.directoryRole",
			"id":          uuid.NewSHA1(uuid.NameSpaceOID, []byte(name)), "displayName": name, "roleTemplateId": roleTemplates[name],
		})
	}
	answer(w, http.StatusOK, map[string]any{"value": values})
}
