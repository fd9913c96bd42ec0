package lab

import (
	"cmp"
	"strings"
	"time"
)

// moveUser is Move-CsUser between pools, and between a pool and a hosting provider.
func moveUser(c *call) error {
	for _, param := range []string{"UserList", "Report", "MoveConferenceData"} {
		if c.given(param) {
			return c.unsimulated(param)
		}
	}
	row, before, err := c.enabledUser()
	if err != nil {
		return err
	}
	provider, pool, err := c.newHome(c.text("Target"))
	if err != nil {
		return err
	}
	hosted := provider != onServers || before.HostingProvider != onServers
	if err := c.hindered(before, hosted); err != nil {
		return err
	}
	if hosted {
		if err := c.hostedMigration(before); err != nil {
			return err
		}
		if err := c.lacksProvider(cmp.Or(strings.TrimPrefix(provider, onServers), before.HostingProvider)); err != nil {
			return err
		}
	}
	after := *before
	after.HostingProvider, after.RegistrarPool = provider, pool
	if strings.EqualFold(provider, before.HostingProvider) && strings.EqualFold(pool, before.RegistrarPool) && !c.on("Force") {
		return c.unmoved(before)
	}
	if c.on("Force") {
		after.More = before.More.with(Object{"ContactsAndMeetings": "lost by Move-CsUser -Force"})
		c.warnings = append(c.warnings, "The -Force parameter was given: contacts and meetings of "+before.SIP+" are not moved.")
	}
	c.half(before, &after)
	c.store(row, &after)
	if hosted {
		c.estate.hostedAt(&after, provider)
	}
	return nil
}

// unmoved answers for a user who is there already: nothing changes.
func (c *call) unmoved(a *Account) error {
	if c.on("PassThru") {
		c.accounts = []*Account{a}
	}
	return nil
}

// halfMoved are the properties that a fault may keep a move from bringing to what they should be.
func halfMoved() []string { return []string{"HostingProvider", "RegistrarPool", "Enabled"} }

// half leaves a move unfinished where a fault says so: two properties stay, and the user is left disabled in the case of the
// third, since a move disables users while it is under way.
func (c *call) half(before, after *Account) {
	switch c.estate.strike("", c.name(), c.text("Identity"), Half).Text {
	case "HostingProvider":
		after.HostingProvider = before.HostingProvider
	case "RegistrarPool":
		after.RegistrarPool = before.RegistrarPool
	case "Enabled":
		after.Enabled = False
	}
}

// newHome is where a target leads: a pool, or an enabled hosting provider.
func (c *call) newHome(target string) (provider, pool string, err error) {
	if found, ok := c.estate.Object("CsPool", target); ok {
		return onServers, found.Text("Identity"), nil
	}
	provider, err = c.provider(target)
	if failure, ok := err.(*Failure); ok && failure.Category == "ObjectNotFound" {
		return "", "", c.fail("ObjectNotFound", "TargetNotFound", "The target %q is neither a pool of this deployment nor the proxy FQDN of a hosting provider.", target)
	}
	return provider, "", err
}

// hostedMigration refuses moves to and from the online side as its migration service does.
func (c *call) hostedMigration(a *Account) error {
	tenant, known := c.estate.Tenant, c.estate.viewOf(a)
	shared := tenant.SharedSipAddressSpace && !c.estate.now().Before(tenant.SharedAt.Add(time.Duration(tenant.SharingDelay)))
	switch {
	case !shared:
		return c.refusal("address-space-not-shared")
	case !known.hasLicence() || known.waiting:
		return c.refusal("no-licence")
	case !strings.EqualFold(known.onPremHostingProvider(), a.HostingProvider):
		return c.refusal("not-synchronised")
	case a.HostingProvider == onServers:
		return nil
	}
	o, ok := c.estate.objectWith("CsHostingProvider", "ProxyFqdn", a.HostingProvider)
	if ok && !o.Is("Enabled") {
		return c.refused("The hosting provider %q, where %q is homed, is not enabled.", o.Text("Identity"), a.SIP)
	}
	return nil
}
