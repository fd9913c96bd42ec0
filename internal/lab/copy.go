package lab

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hybrid/internal/lab/graph"
	"hybrid/internal/roster"
)

// A Copy becomes an estate out of what was read of a live one, as the far ends gave it.
type Copy struct {
	estate *Estate
	shared map[string]string // texts that repeat, such as a pool's name
	more   map[string]Object // further properties that repeat, by how they are written
	online map[int32]bool    // rows of accounts that the tenant has listed
	own    int               // accounts that the servers' side has given
	other  map[string]bool   // users whom the lab shows otherwise than the tenant does, by user principal name
	blank  map[string]bool   // users of the servers of whom the tenant shows nothing that came from there, likewise
}

// NewCopy begins an empty estate.
func NewCopy() *Copy {
	e := NewEstate()
	e.Seed = 1
	return &Copy{estate: e, shared: map[string]string{}, more: map[string]Object{}, online: map[int32]bool{}, other: map[string]bool{}, blank: map[string]bool{}}
}

// Object adds an object of a noun, such as CsHostingProvider, with the properties that its Get- cmdlet gave; those that a sensitive or
// unreadable attribute has are not among them. The identity is the property Identity, or the one that is named.
func (c *Copy) Object(noun, identity string, properties map[string]any) error {
	o := plain(Object(properties)).(Object)
	if id := textIn(o, cmp.Or(identity, "Identity")); o.Text("Identity") == "" && id != "" {
		o["Identity"] = id
	}
	if o.Text("Identity") == "" {
		return fmt.Errorf("Get-%s gave an object without a name", noun)
	}
	if noun == "CsTenantFederationConfiguration" {
		shared, known := o["SharedSipAddressSpace"].(bool)
		c.estate.Tenant.SharedSipAddressSpace = known && shared
		delete(o, "SharedSipAddressSpace")
	}
	if noun == "CsOAuthConfiguration" { // the lab makes them of the objects themselves
		delete(o, "OAuthServers")
		delete(o, "PartnerApplications")
	}
	if noun == "CsPool" {
		o["Computers"] = textsIn(o["Computers"])
	}
	c.estate.Put(noun, o)
	return nil
}

// textIn is a property as text, whatever the case of its name.
func textIn(o Object, name string) string {
	for own, value := range o {
		if text, ok := value.(string); ok && strings.EqualFold(own, name) {
			return text
		}
	}
	return ""
}

// textsIn are the names in a list of texts, or of objects with a name.
func textsIn(value any) []any {
	texts := []any{}
	items, list := value.([]any)
	if !list && value != nil {
		items = []any{value}
	}
	for _, item := range items {
		if o, object := item.(Object); object {
			item = cmp.Or(textIn(o, "Fqdn"), textIn(o, "Identity"))
		}
		if text, ok := item.(string); ok && text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// Zone adds a zone to a view. A zone of which the records that every zone has were not told gets the lab's own.
func (c *Copy) Zone(view, zone string, records []string) {
	e := c.estate
	if e.Views[view] == nil {
		e.Views[view] = map[string][]string{}
	}
	var all []string
	for _, record := range freshZones(nil, []string{zone}, nil, nil)[zone] {
		kind := strings.Fields(record)[3]
		has := slices.ContainsFunc(records, func(r string) bool { return slices.Equal(ownerAndType(r), []string{zone, kind}) })
		if kind == "SOA" && !has {
			all = append(all, record)
		}
	}
	e.Views[view][zone] = append(all, records...)
}

// View makes sure that there is a name server, also without a zone.
func (c *Copy) View(view string) {
	if c.estate.Views[view] == nil {
		c.estate.Views[view] = map[string][]string{}
	}
}

// ownerAndType are those of a record in the form of zone files.
func ownerAndType(record string) []string {
	fields := strings.Fields(record)
	if len(fields) < 4 {
		return nil
	}
	return []string{strings.ToLower(fields[0]), fields[3]}
}

// The tenant in Entra, a service principal there, and a key of one.
type (
	Directory = graph.Directory
	Principal = graph.Principal
	Key       = graph.Key
)

// Directory sets the tenant in Entra.
func (c *Copy) Directory(d Directory) {
	d = d.Clone()
	c.estate.Directory = &d
}

// Sync sets how the host of directory synchronisation was found.
func (c *Copy) Sync(s Sync) { c.estate.Sync = s }

// Versions sets the version of the registrars, by pool, as "pool01.contoso.com=7".
func (c *Copy) Versions(pairs []string) { c.estate.Servers.Versions = pairs }

// Estate is the estate, complete with what a configuration needs beside the copy.
func (c *Copy) Estate(taken Taken, needs Needs) *Estate {
	e := c.estate
	e.Taken = &taken
	slices.SortStableFunc(e.Accounts, func(a, b *Account) int {
		return cmp.Or(strings.Compare(roster.Canonical(a.SIP), roster.Canonical(b.SIP)), strings.Compare(a.UPN, b.UPN), strings.Compare(a.DisplayName, b.DisplayName))
	})
	e.bySIP, e.byUPN = nil, nil
	if !taken.has("skype") {
		seeded := Seed(Needs{SipDomains: needs.SipDomains, Pools: needs.Pools, Begun: needs.Begun}, SeedOptions{Seed: 1})
		for noun, collection := range seeded.objects {
			if _, there := e.objects[noun]; !there {
				e.objects[noun] = collection
			}
		}
	}
	e.Provide(needs)
	e.Clock, e.last = NewEstate().Clock, lastChange{}
	e.Calls = Calls{Writes: map[string]int{}, Reads: map[string]int{}}
	return e
}
