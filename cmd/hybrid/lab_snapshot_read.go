package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/config"
	"hybrid/internal/engine"
	"hybrid/internal/lab"
	"hybrid/planner"
	"hybrid/schema"
)

// copying is a live estate on its way into the lab.
type copying struct {
	*session
	copy    *lab.Copy
	needs   lab.Needs
	without []string
	taken   lab.Taken
	copied  []string // what is a copy, a line a provider block or more
	failed  []engine.Listed
	entra   lab.Directory // what is known of the tenant in Entra so far
}

// snapshotAsks are the cmdlets that a snapshot calls beside those of the kinds.
func snapshotAsks() map[string][]string {
	return map[string][]string{
		"skype":     {"Get-CsPool", "Get-CsService", "Get-CsAdUser", "Get-CsUserServicesPolicy"},
		"directory": {"Get-ADSyncScheduler"},
	}
}

// read reads everything, the servers before the tenant. What could not be read is one error, with all of it.
func (c *copying) read(ctx context.Context) error {
	c.needs = needs(c.config)
	live, diags := c.engine.Data(ctx)
	c.dataOf(live)
	for _, system := range []string{"skype", "teams", "directory", "dns", "entra"} {
		for i := range c.config.Providers {
			p := &c.config.Providers[i]
			if p.System.Name != system || slices.Contains(c.without, p.Name) {
				continue
			}
			c.note(p.Name, c.block(ctx, p))
		}
	}
	diags = append(diags, c.engine.Unlisted(c.failed)...)
	if diags.HasErrors() {
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "Nothing was copied",
			Detail: "A copy that lacks what could not be read would look as if it were not there. Mend it and try again, or leave the provider block out knowingly: --without BLOCK.",
		})
		return &invalid{diags, c.config.Sources}
	}
	c.taken.From = c.config.Name + " (" + c.engine.Places(c.taken.Read) + ")"
	return nil
}

// note keeps what became of a provider block.
func (c *copying) note(provider string, err error) {
	if err == nil {
		c.taken.Read = append(c.taken.Read, provider)
		return
	}
	k := &schema.Kind{Name: "everything"}
	c.failed = append(c.failed, engine.Listed{Provider: provider, Kind: k, Listing: planner.Listing{Err: err}})
}

// block copies what is behind a provider block.
func (c *copying) block(ctx context.Context, p *config.Provider) error {
	switch p.System.Name {
	case "skype":
		return c.servers(ctx, p.Name)
	case "teams":
		return c.tenant(ctx, p.Name)
	case "directory":
		return c.synchronisation(ctx, p)
	case "dns":
		return c.zones(ctx, p.Name)
	case "entra":
		return c.principals(ctx, p)
	}
	return fmt.Errorf("the lab has nothing for provider blocks %q", p.System.Name)
}

// objects copies the objects of a system's kinds, but for users, and of further nouns. It gives what there is of each.
func (c *copying) objects(ctx context.Context, provider, system string, further ...string) ([]string, error) {
	var told []string
	_, kinds := declarations()
	for _, k := range kinds {
		remote, cmdlet := k.Remote.(schema.Cmdlet)
		if k.System != system || !cmdlet || k.Rows != nil || k.Data || k.Task != nil {
			continue
		}
		n, err := c.noun(ctx, provider, remote.Noun, remote.IdentityProp, k)
		if err == nil {
			err = c.engine.Whole(planner.Source{Provider: provider, Kind: k.Name}, "", n)
		}
		if err != nil {
			return nil, err
		}
		told = append(told, fmt.Sprint(n, " ", k.Name))
	}
	for _, noun := range further {
		n, err := c.noun(ctx, provider, noun, "", nil)
		if err != nil {
			return nil, err
		}
		told = append(told, fmt.Sprint(n, " ", noun))
	}
	return told, nil
}

// noun copies the objects that a Get- cmdlet gives, without what a sensitive attribute of the kind holds.
func (c *copying) noun(ctx context.Context, provider, noun, identity string, k *schema.Kind) (int, error) {
	objects, err := c.engine.Ask(ctx, provider, "Get-"+noun, nil)
	if err != nil {
		return 0, err
	}
	kept := noun
	if k != nil {
		_, kinds := declarations()
		kept = lab.Kept(kinds, k)
	}
	for _, o := range objects {
		forgetSecrets(o, k)
		if err := c.copy.Object(kept, identity, o); err != nil {
			return 0, err
		}
	}
	return len(objects), nil
}

// forgetSecrets takes out of an object what is sensitive, by the kind's word or by its name.
func forgetSecrets(o map[string]any, k *schema.Kind) {
	for name := range o {
		if secretName(name) {
			delete(o, name)
		}
	}
	if k == nil {
		return
	}
	for i := range k.Attrs {
		if a := &k.Attrs[i]; a.Sensitive || a.WriteOnly {
			for name := range o {
				if strings.EqualFold(name, a.ReadName()) {
					delete(o, name)
				}
			}
		}
	}
}

// secretName says whether a property is a secret by its name.
func secretName(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "password") || strings.Contains(name, "secret") || strings.Contains(name, "privatekey")
}

// firstOf are the first of some names, and how many more there are.
func firstOf(names []string) string {
	const most = 3
	if len(names) <= most {
		return schema.List(names, "and")
	}
	return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
}

// tell adds a line on what was copied.
func (c *copying) tell(provider string, parts ...string) {
	c.copied = append(c.copied, provider+": "+strings.Join(parts, ", "))
}

// guess adds a line on what was not.
func (c *copying) guess(format string, args ...any) {
	c.taken.Guesses = append(c.taken.Guesses, fmt.Sprintf(format, args...))
}

// estate is the copy, with what is no copy said in it.
func (c *copying) estate() *lab.Estate {
	for _, name := range c.without {
		c.guess("everything behind provider %s: it was left out (--without)", name)
	}
	c.missing("skype", "the servers and their users")
	c.missing("teams", "the tenant and its users: everybody has the usual licences, and nothing is the matter with anybody")
	c.guess("secrets: no password, key or token was read or copied; the lab has its own (lab.keys.json)")
	c.guess("how long anything takes: moves, replication, synchronisation and licences take effect at once unless `hybrid lab set` says otherwise")
	slices.Sort(c.taken.Read)
	return c.copy.Estate(c.taken, c.needs)
}

// missing says what is made up since no provider block leads there.
func (c *copying) missing(system, what string) {
	for i := range c.config.Providers {
		if c.config.Providers[i].System.Name == system {
			return
		}
	}
	c.guess("%s; the configuration has no provider %q", what, system)
}

// textOr is a property of an object as text.
func textOr(o map[string]any, name string) string {
	value, _ := schema.Property(o, name)
	text, _ := value.(string)
	return text
}
