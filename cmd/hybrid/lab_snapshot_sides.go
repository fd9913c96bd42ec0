package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hybrid/internal/config"
	"hybrid/internal/lab"
	"hybrid/planner"
	"hybrid/schema"
)

// servers copies the servers: what is configured, the pools, and the users.
func (c *copying) servers(ctx context.Context, provider string) error {
	told, err := c.objects(ctx, provider, "skype", "CsPool", "CsUserServicesPolicy")
	if err != nil {
		return err
	}
	if err := c.versions(ctx, provider); err != nil {
		return err
	}
	if err := c.users(ctx, provider); err != nil {
		return err
	}
	users := c.copy.Users()
	if err := c.accounts(ctx, provider); err != nil {
		return err
	}
	c.tell(provider, append(told, counted(users, "user"))...)
	if more := c.copy.Users() - users; more > 0 {
		c.tell(provider, notYet(more))
	}
	c.guess("Edge Servers, sites, replicas, certificates, services, builds of the servers and their event logs: one Edge Server, and all in order")
	c.guess("accounts of Active Directory that are no users of the servers, unless the configuration names them; contacts and further domains of the forest")
	c.guess("policies of users but those of external access, hosted voicemail and user services")
	return nil
}

// notYet says how many accounts are no users yet.
func notYet(n int) string {
	if n == 1 {
		return "1 account that is no user yet, which the configuration names"
	}
	return fmt.Sprintf("%d accounts that are no users yet, which the configuration names", n)
}

// versions copies the versions of the registrars.
func (c *copying) versions(ctx context.Context, provider string) error {
	services, err := c.engine.Ask(ctx, provider, "Get-CsService", map[string]any{"Registrar": true})
	if err != nil {
		return err
	}
	var pairs []string
	for _, s := range services {
		if version, _ := schema.Property(s, "Version"); version != nil && textOr(s, "PoolFqdn") != "" {
			pairs = append(pairs, fmt.Sprintf("%s=%v", textOr(s, "PoolFqdn"), version))
		}
	}
	slices.Sort(pairs)
	c.copy.Versions(pairs)
	return nil
}

// users copies the users of the servers as they come.
func (c *copying) users(ctx context.Context, provider string) error {
	err := c.engine.AskEach(ctx, provider, "Get-CsUser", nil, lab.UserProperties(), func() func([]any) error {
		c.copy.Forget()
		return c.copy.User
	})
	if err != nil {
		return err
	}
	return c.engine.Whole(planner.Source{Provider: provider, Kind: "user"}, "", c.copy.Users())
}

// accounts copies those accounts of Active Directory that the configuration is to enable. They are looked for only where there
// are such.
func (c *copying) accounts(ctx context.Context, provider string) error {
	lacked := c.copy.Lacks(c.needs)
	if len(lacked) == 0 {
		return nil
	}
	found := map[string][]any{} // by distinguished name, so that what comes twice counts once
	err := c.engine.AskEach(ctx, provider, "Get-CsAdUser", nil, lab.AccountProperties(), func() func([]any) error {
		clear(found)
		return func(cells []any) error {
			for _, cell := range cells {
				text, _ := cell.(string)
				if _, address, ok := strings.Cut(text, ":"); ok {
					text = address
				}
				if lacked[strings.ToLower(text)] {
					found[fmt.Sprint(cells[4])] = slices.Clone(cells)
				}
			}
			return nil
		}
	})
	if err != nil {
		return err
	}
	for _, cells := range found {
		if err := c.copy.Account(cells); err != nil {
			return err
		}
	}
	return nil
}

// tenant copies the tenant's federation and domains, and its users.
func (c *copying) tenant(ctx context.Context, provider string) error {
	told, err := c.objects(ctx, provider, "teams")
	if err != nil {
		return err
	}
	count := 0
	err = c.engine.AskEach(ctx, provider, "Get-CsOnlineUser", nil, lab.TenantProperties(), func() func([]any) error {
		c.copy.ForgetOnline()
		count = 0
		return func(cells []any) error {
			count++
			return c.copy.OnlineUser(cells)
		}
	})
	if err != nil {
		return err
	}
	if err := c.engine.Whole(planner.Source{Provider: provider, Kind: "online_user"}, "", count); err != nil {
		return err
	}
	if err := c.settle(ctx, provider); err != nil {
		return err
	}
	c.copy.Unlisted(lab.Taken{Read: append(slices.Clone(c.taken.Read), provider)})
	c.tell(provider, append(told, counted(count, "user")+" of the tenant with licences and validation errors")...)
	if others := c.copy.Others(); len(others) > 0 {
		c.guess("where %s are and what they may do, as the tenant shows it (InterpretedUserType): the lab makes something else of the same attributes", firstOf(others))
	}
	c.guess("roles of the application and of accounts that move users: those that they need")
	return nil
}

// mostSingly is how many users of the tenant are asked for one by one.
const mostSingly = 100

// settle asks one by one for users of whom the tenant's list shows nothing of the servers, as lists of the service at times do. Where
// that tells more than the list, it is taken for granted of those who are too many to be asked for.
func (c *copying) settle(ctx context.Context, provider string) error {
	before := c.copy.Blank()
	few := before[:min(len(before), mostSingly)]
	for _, upn := range few {
		rows, err := c.engine.AskRows(ctx, provider, "Get-CsOnlineUser", map[string]any{"Identity": upn}, lab.TenantProperties())
		if err != nil {
			return err
		}
		for _, cells := range rows {
			if err := c.copy.OnlineUser(cells); err != nil {
				return err
			}
		}
	}
	rest := before[len(few):]
	if len(rest) > 0 && len(c.copy.Blank()) < len(before) {
		c.copy.Arrived(rest)
		c.guess("what the tenant knows of %s from the servers: its list does not tell, though it knows it of others, and it is taken to be as on the servers", counted(len(rest), "user"))
	}
	return nil
}

// synchronisation copies how the scheduler of directory synchronisation is set, where a host is named.
func (c *copying) synchronisation(ctx context.Context, p *config.Provider) error {
	if p.Values.GetAttr("sync_host").IsNull() && schema.Text(p.Values.GetAttr("transport")) != "local" {
		c.guess("directory synchronisation: provider %s names no host", p.Name)
		return nil
	}
	objects, err := c.engine.Ask(ctx, p.Name, "Get-ADSyncScheduler", nil)
	if err != nil {
		return err
	}
	for _, o := range objects {
		is := func(name string) bool { v, _ := schema.Property(o, name); return v == true }
		c.copy.Sync(lab.Sync{Disabled: !is("SyncCycleEnabled"), Suspended: is("SchedulerSuspended"), Staging: is("StagingModeEnabled")})
	}
	c.tell(p.Name, "the scheduler of directory synchronisation")
	c.guess("runs of connectors, and what waits to be synchronised beyond what the tenant shows")
	return nil
}

// zones copies whole zones.
func (c *copying) zones(ctx context.Context, provider string) error {
	var owners []string
	for i := range c.config.Objects {
		if o := &c.config.Objects[i]; o.Kind.Name == "dns_record" && o.Provider == provider {
			owners = append(owners, o.Identity)
		}
	}
	zones, err := c.engine.Zones(ctx, provider, owners)
	if err != nil {
		return err
	}
	c.copy.View(provider)
	for _, z := range zones {
		name := strings.TrimSuffix(z.Name, ".")
		c.copy.Zone(provider, z.Name, z.Records)
		c.tell(provider, "zone "+name+" with "+counted(len(z.Records), "record"))
		if len(z.Left) > 0 {
			c.guess("records of the zone %s behind %s of the types %s, which its cmdlets show in no form that is known", name, provider, schema.List(z.Left, "and"))
		}
	}
	return nil
}

// principals copies the service principals that are known or declared, with public keys.
func (c *copying) principals(ctx context.Context, p *config.Provider) error {
	c.entra.TenantID = schema.Text(p.Values.GetAttr("tenant_id"))
	var told []string
	for _, id := range c.applications() {
		listing := c.engine.Find(ctx, p.Name, "service_principal", id)
		if listing.Err != nil {
			return listing.Err
		}
		for _, found := range listing.Objects {
			c.entra.Principals = append(c.entra.Principals, copiedPrincipal(id, found))
			told = append(told, "service principal "+schema.Text(found.Value.GetAttr("display_name")))
		}
	}
	c.copy.Directory(c.entra)
	c.tell(p.Name, told...)
	c.guess("other service principals and applications of the tenant, its users in Microsoft Entra and their roles; the lab has an application of its own that signs in")
	return nil
}

// applications are the ids of the principals that are known and those that the configuration names, sorted.
func (c *copying) applications() []string {
	_, kinds := declarations()
	ids := slices.Clone(c.needs.Principals)
	for _, k := range kinds {
		if k.Name == "service_principal" {
			ids = append(ids, k.Known...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// copiedPrincipal is a live service principal as the lab keeps it.
func copiedPrincipal(id string, found planner.Found) lab.Principal {
	v := found.Value
	p := lab.Principal{ID: schema.Text(v.GetAttr("object_id")), AppID: id, DisplayName: schema.Text(v.GetAttr("display_name")), Keys: []lab.Key{}, Names: []string{}}
	if enabled := v.GetAttr("account_enabled"); enabled.IsKnown() && !enabled.IsNull() {
		p.Enabled = enabled.True()
	}
	for _, name := range v.GetAttr("names").AsValueSlice() {
		p.Names = append(p.Names, name.AsString())
	}
	for _, key := range v.GetAttr("key_credential").AsValueSlice() {
		made := lab.Key{
			KeyID: schema.Text(key.GetAttr("key_id")), Type: "AsymmetricX509Cert", Usage: "Verify", Identifier: schema.Text(key.GetAttr("thumbprint")),
			DisplayName: schema.Text(key.GetAttr("display_name")), Start: schema.Text(key.GetAttr("start_date")), End: schema.Text(key.GetAttr("end_date")),
		}
		if der := schema.Text(key.GetAttr("certificate")); der != "" {
			made.Key = &der
		}
		p.Keys = append(p.Keys, made)
	}
	return p
}

// dataOf keeps what data blocks have found of the tenant: the domains it has, and the forest that serves it.
func (c *copying) dataOf(live planner.Live) {
	for _, source := range slices.SortedFunc(maps.Keys(live), func(a, b planner.Source) int { return strings.Compare(a.Kind, b.Kind) }) {
		for _, found := range live[source].Objects {
			switch v := found.Value; source.Kind {
			case "data.tenant":
				c.entra.TenantID = schema.Text(v.GetAttr("id"))
				c.entra.Domains = append(c.entra.Domains, strings.ToLower(schema.Text(v.GetAttr("domain"))))
				slices.Sort(c.entra.Domains)
				c.copy.Directory(c.entra)
			case "data.forest":
				c.entra.Forest = schema.Text(v.GetAttr("name"))
			}
		}
	}
}
