package lab

// adminRoles: Get-CsAdminRoleAssignment, which gives texts.
func adminRoles() rules {
	return rules{only: []string{"Get"}, verbs: map[string]handler{"Get": func(c *call) error {
		c.texts = orElse(c.estate.Trust.ServerRoles, "CsAdministrator")
		return nil
	}}}
}
