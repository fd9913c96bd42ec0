package check

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// entitled is C-ROLE.
func entitled(ctx context.Context, e *Estate) Result {
	t := &trial{e: e}
	looked := false
	if block := e.Block("skype"); block != "" {
		looked = true
		t.serverRoles(ctx, block)
	}
	if block := e.Block("teams"); block != "" {
		looked = true
		t.rolesInTenant(ctx, block)
	}
	for _, account := range e.movers() {
		looked = true
		t.directoryRoles(ctx, "the account "+account+", which moves users,", "users/"+url.PathEscape(account), [][]role{tenantRoles(), moverRoles()})
	}
	if !looked {
		return Absent("the configuration has no account whose roles could be looked at")
	}
	return t.result()
}

// serverRoles looks at the account of the sessions on the servers. Roles count behind an endpoint only.
func (t *trial) serverRoles(ctx context.Context, block string) {
	account := t.e.said(block, "endpoint_username")
	if account == "" {
		account = t.e.said(block, "username")
	}
	if t.e.said(block, "endpoint") == "" || account == "" {
		t.unknown("the cmdlets of provider %s run on the host itself, where no roles count but groups in Active Directory, which no cmdlet shows: run whoami /groups there as that account, and look for RTCUniversalServerAdmins (settings) and RTCUniversalUserAdmins (users)", block)
		return
	}
	roles, err := t.e.rolesOnServers(ctx, account)
	if err != nil {
		t.unknown("the roles of %s on the servers could not be read: %v", account, err)
		return
	}
	t.seen = append(t.seen, t.e.Saw("Get-CsAdminRoleAssignment "+account, orNone(roles), "the servers"))
	for _, needed := range t.e.neededOnServers() {
		t.serverRole(account, roles, needed)
	}
}

// rolesOnServers asks by the logon name, which is the only one that the cmdlet takes.
func (e *Estate) rolesOnServers(ctx context.Context, account string) ([]string, error) {
	_, name, domain := strings.Cut(account, `\`)
	if !domain {
		name = account
	}
	// Kerberos has the logon name before a realm in capitals; otherwise that is a user principal name, which need not begin with it.
	if logon, realm, is := strings.Cut(name, "@"); is && realm == strings.ToUpper(realm) {
		name = logon
	}
	if strings.Contains(name, "@") {
		found, err := e.Cmdlet(ctx, "skype", Cmdlet{Name: "Get-CsAdUser", Params: map[string]any{"Identity": name}})
		if err != nil {
			return nil, err
		}
		if len(found) != 1 {
			return nil, fmt.Errorf("Get-CsAdUser finds %d accounts", len(found))
		}
		if name, _ = found[0]["SamAccountName"].(string); name == "" {
			return nil, errors.New("Get-CsAdUser shows no SamAccountName")
		}
	}
	rows, err := e.Cmdlet(ctx, "skype", Cmdlet{Name: "Get-CsAdminRoleAssignment", Params: map[string]any{"Identity": name}})
	if err != nil {
		return nil, err
	}
	var roles []string
	for _, row := range rows {
		role, is := row["value"].(string)
		if !is {
			return nil, errors.New("Get-CsAdminRoleAssignment gave something that is no text")
		}
		roles = append(roles, role)
	}
	return roles, nil
}

const (
	csAdministrator       = "CsAdministrator"
	csServerAdministrator = "CsServerAdministrator"
	csUserAdministrator   = "CsUserAdministrator"
)

// neededOnServers are the roles of which the account needs one each, for what the configuration declares.
func (e *Estate) neededOnServers() [][]string {
	settings, users := false, false
	for i := range e.Config.Objects {
		switch o := &e.Config.Objects[i]; {
		case o.Kind.System != "skype":
		case o.Kind.Name == "user" || o.Kind.Name == "user_homing" || o.Kind.Name == "hybrid_application_endpoint":
			users = true
		default:
			settings = true
		}
	}
	var needed [][]string
	if settings {
		needed = append(needed, settingsRoles())
	}
	if users {
		needed = append(needed, usersRoles())
	}
	return needed
}

// serverRole looks for one of the roles. Whoever has roles that the company has made may be allowed the same by them.
func (t *trial) serverRole(account string, has, needed []string) {
	holds := func(list []string) bool {
		return slices.ContainsFunc(has, func(role string) bool {
			return slices.ContainsFunc(list, func(one string) bool { return strings.EqualFold(one, role) })
		})
	}
	own := slices.DeleteFunc(slices.Clone(has), func(role string) bool { return strings.HasPrefix(strings.ToLower(role), "cs") })
	switch {
	case holds(needed):
	case len(own) > 0:
		t.unknown("%s has not the role %s, and has roles that this company has made (%s): Get-CsAdminRole shows which cmdlets they hold", account, strings.Join(needed, " or "), strings.Join(own, ", "))
	default:
		t.fault(fmt.Sprintf("Add %s to the group %s in Active Directory, and open new sessions.", account, needed[0]), "%s has not the role %s on the servers", account, strings.Join(needed, " or "))
	}
}

// A role is a directory role with the id that it has in every tenant.
type role struct{ name, template string }

var (
	globalAdministrator = role{"Global Administrator", "62e90394-69f5-4237-9190-012177145e10"}
	teamsAdministrator  = role{"Teams Administrator", "69091246-20e8-4a56-aa4d-066075b2a7a8"}
	skypeAdministrator  = role{"Skype for Business Administrator", "75941009-915a-4869-abe7-691bff18279e"}
	userAdministrator   = role{"User Administrator", "fe930be7-5e62-47db-91af-98c3a49a38b1"}
)

// rolesInTenant looks at the application, or the account, of the sessions of module MicrosoftTeams.
func (t *trial) rolesInTenant(ctx context.Context, block string) {
	if _, err := t.e.List(ctx, "teams", "tenant_federation"); err != nil && roleMissing(err) {
		t.seen = append(t.seen, t.e.Saw("Get-CsTenantFederationConfiguration", err.Error(), "the tenant"))
		t.fault("Give the service principal of the application, or the account, the role Teams Administrator in Microsoft Entra, and wait until it holds.", "the tenant refuses the cmdlets of provider %s for want of a role", block)
		return
	}
	needed := [][]role{tenantRoles()}
	account := t.e.credential(block)
	id := t.e.said(block, "client_id")
	switch {
	case account != "":
		t.directoryRoles(ctx, "the account "+account, "users/"+url.PathEscape(account), needed)
	case id != "":
		t.directoryRoles(ctx, "the application "+id, "servicePrincipals(appId='"+strings.ToLower(id)+"')", needed)
	default:
		t.unknown("provider %s says not yet as whom it signs in", block)
	}
}

// credential is the account of a provider block that signs in with one, "" where it does not.
func (e *Estate) credential(block string) string {
	for _, p := range e.Config.Providers {
		if p.Name == block {
			return accountIn(p.Values)
		}
	}
	return ""
}

// movers are the accounts of the tenant under which users are moved.
func (e *Estate) movers() (all []string) {
	for _, o := range e.declared("user_homing") {
		if name := accountIn(o.Want); name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// directoryRoles looks for one role of each set among the roles of an application or account.
func (t *trial) directoryRoles(ctx context.Context, who, path string, needed [][]role) {
	block := t.e.Block("entra")
	if block == "" {
		t.unknown("the directory roles of %s are not known, since they are read by Microsoft Graph: add a provider entra", who)
		return
	}
	members, err := Once(t.e, "graph "+path, func() ([]map[string]any, error) {
		return t.e.Source.GraphList(ctx, block, path+"/transitiveMemberOf")
	})
	if err != nil {
		t.unknown("the directory roles of %s could not be read: %v", who, err)
		return
	}
	templates, names, hidden := rolesIn(members)
	t.seen = append(t.seen, t.e.Saw("directory roles of "+strings.TrimSuffix(who, ","), orNone(names), "the tenant"))
	for _, one := range needed {
		switch {
		case slices.ContainsFunc(one, func(r role) bool { return slices.Contains(templates, r.template) }):
		case hidden:
			t.unknown("%s has directory roles that the application may not see: give it the application permission %s", who, seeRoles)
		default:
			t.fault(fmt.Sprintf("Give it the role %s in Microsoft Entra, Roles and administrators, and wait until it holds.", one[0].name), "%s has not the role %s in the tenant", who, one[0].name)
		}
	}
}

// rolesIn takes the directory roles out of memberships. What the application may not see is shown without its properties.
func rolesIn(members []map[string]any) (templates, names []string, hidden bool) {
	for _, m := range members {
		if kind, _ := m["@odata.type"].(string); kind != "#microsoft.graph.directoryRole" {
			continue
		}
		template, _ := m["roleTemplateId"].(string)
		name, _ := m["displayName"].(string)
		hidden = hidden || template == ""
		templates, names = append(templates, strings.ToLower(template)), append(names, orUnnamed(name))
	}
	return templates, names, hidden
}
