package check

import "slices"

// A Right is what an account or an application is given: a role on the servers, a directory role, a permission in Graph.
type Right struct {
	Of    string   // whose: "the account behind endpoint"
	For   string   // what it is needed for: "settings of the servers"
	AnyOf []string // of which one is enough, the least first
	Check string   // the id of the check that looks: "C-ROLE"
}

// Rights are all that C-ROLE and C-AUTH hold accounts to.
func Rights() []Right {
	names := func(roles []role) (all []string) {
		for _, r := range roles {
			all = append(all, r.name)
		}
		return all
	}
	return []Right{
		{"the account behind `endpoint`", "settings of the servers", settingsRoles(), "C-ROLE"},
		{"the account behind `endpoint`", "users, moves and application endpoints", usersRoles(), "C-ROLE"},
		{"the application or account of `provider \"teams\"`", "the tenant's federation, domains and users", names(tenantRoles()), "C-ROLE"},
		{"the account in `credential` of `user_homing`", "moves", names(tenantRoles()), "C-ROLE"},
		{"the account in `credential` of `user_homing`", "moves, as well", names(moverRoles()), "C-ROLE"},
		{"the application of `provider \"entra\"`", "reading service principals", readPermissions(), "C-AUTH"},
		{"the application of `provider \"entra\"`", "changing service principals", writePermissions(), "C-AUTH"},
		{"the application of `provider \"entra\"`", "seeing the names of directory roles", []string{seeRoles}, "C-ROLE"},
	}
}

func settingsRoles() []string { return []string{csServerAdministrator, csAdministrator} }

func usersRoles() []string { return []string{csUserAdministrator, csAdministrator} }

// tenantRoles are those that the cmdlets of MicrosoftTeams go by.
func tenantRoles() []role { return []role{teamsAdministrator, skypeAdministrator, globalAdministrator} }

// moverRoles are those that Move-CsUser needs beside, of the account in credential.
func moverRoles() []role { return []role{userAdministrator, globalAdministrator} }

// writePermissions are Graph's that changing needs; reading is among what they permit.
func writePermissions() []string { return []string{"Application.ReadWrite.All"} }

func readPermissions() []string {
	return slices.Concat([]string{"Application.Read.All"}, writePermissions(), []string{"Directory.Read.All"})
}

// seeRoles lets an application see the names of directory roles; without it Graph shows that there are some.
const seeRoles = "RoleManagement.Read.Directory"
