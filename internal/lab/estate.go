package lab

import (
	"crypto/x509"
	"maps"
	"slices"
	"sync"
	"time"

	"hybrid/internal/clock"
	"hybrid/internal/lab/graph"
)

// An Estate is the state of a simulated deployment. Its fields may be read and changed freely before [Start] and after
// [Lab.Close]; while a lab serves it, it belongs to the lab.
type Estate struct {
	Seed   int64     // what it was made from
	Taken  *Taken    // of which live estate it is a copy; nil for one of the lab's own
	Clock  time.Time // its own time; every change moves it on by a second
	Tenant Tenant    // what the online side thinks of the users
	Sync   Sync      // directory synchronisation
	// Replication is how far replicas are behind the Central Management store.
	Replication Replication
	Limits      Limits // what the host takes at once
	Hindrances  Hindrances
	Calls       Calls   // what has been asked of the far end
	Watch       Watch   // the time of day, where it is not that on the wall
	Trust       Trust   // signing in, roles, clocks, keys
	Ends        Ends    // name servers, resolvers and TLS connections
	Servers     Servers // what the hosts and the topology say of themselves
	Windows     Windows // the hosts that sessions run on
	Forest      Forest  // what Active Directory has beside accounts

	// Accounts are the accounts in Active Directory, whether enabled for the service or not.
	Accounts []*Account
	// Online is what the tenant has of users beyond their accounts, by user principal name in lower case.
	Online map[string]*OnlineUser
	// Views are the records of each name server: view to zone ("contoso.com.") to records in presentation form. While a
	// lab serves them they are as they were last saved.
	Views map[string]map[string][]string
	// Directory is the tenant in Entra; nil where nothing asks for one.
	Directory *graph.Directory
	// Faults strike the calls they match, in order.
	Faults []Fault

	authority *x509.Certificate // of the certificates that ends show, while a lab serves them
	now       func() time.Time  // which cycles and delays go by: the clock on the wall, or the estate's own
	clock     *clock.Clock      // its own, while a lab serves it
	mu        sync.Mutex
	objects   map[string]*collection  // by noun, all but users
	updates   map[zoneKey]*zoneUpdate // of zones in Views, not in them yet
	path      string                  // where it is kept; "" for memory only
	size      int64                   // of that file, in bytes
	log       *changeLog              // nil before the first change after a load
	pending   []change                // of the call under way
	dirty     bool                    // the file does not hold everything
	writes    *writeLog               // nil before the first write after a load
	last      lastChange
	aged      map[int][]agedAccount // by row: what readers of users still see
	bySIP     map[string]int32
	byUPN     map[string]int32 // accounts whose UPN is not their SIP address
	doubled   bool             // several accounts have one SIP address: bySIP knows only one of them
}

// An Object is a live object: property name to nil, bool, int64, string, []any or a nested Object. It is never changed
// once it is in an estate, only replaced.
type Object map[string]any

// Tenant is what moves depend on beyond the servers themselves.
type Tenant struct {
	SharedSipAddressSpace bool     `json:"shared_sip_address_space"` // without it: HostedMigration fault 510
	Unlicensed            []string `json:"unlicensed,omitempty"`     // SIP addresses; fault 507
	Unsynced              []string `json:"unsynced,omitempty"`       // SIP addresses whose attributes never arrive; fault 506
	SignIn                SignIn   `json:"sign_in,omitzero"`
	// ProvisioningDelay is how long after a licence was given a user can be homed online; until then: fault 507.
	ProvisioningDelay Duration `json:"provisioning_delay,omitempty"`
	// SharingDelay is how long after the address space was shared that is known everywhere; until then: fault 510.
	SharingDelay Duration  `json:"sharing_delay,omitempty"`
	SharedAt     time.Time `json:"shared_at,omitzero"` // zero: long ago
	// Roleless: the application's service principal has no role, and every cmdlet but the sign-in is refused.
	Roleless bool `json:"roleless,omitempty"`
	// Refuses is the code of Microsoft Entra with which whoever signs in is refused, 50126 for AADSTS50126; 0 lets in.
	Refuses int `json:"refuses,omitempty"`
	// Movers are the accounts under which users are moved, by their user principal names.
	Movers []string `json:"movers,omitempty"`
}

// A SignIn is the one application that can sign in to the tenant, and with what.
type SignIn struct {
	TenantID   string `json:"tenant_id"`
	ClientID   string `json:"client_id"`
	Thumbprint string `json:"thumbprint"` // of the certificate: SHA-1, in capitals
	// Environment is the cloud that the tenant is in, as Connect-MicrosoftTeams -TeamsEnvironmentName has it; "" is the
	// commercial one.
	Environment string `json:"environment,omitempty"`
}

// NewEstate makes an empty estate whose clock stands at the beginning of 2026.
func NewEstate() *Estate {
	e := &Estate{
		Clock:   time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Tenant:  Tenant{SharedSipAddressSpace: true},
		Online:  map[string]*OnlineUser{},
		Calls:   Calls{Writes: map[string]int{}, Reads: map[string]int{}},
		objects: map[string]*collection{},
		updates: map[zoneKey]*zoneUpdate{},
		Views:   map[string]map[string][]string{},
	}
	e.now = e.today
	return e
}

// Object finds an object by noun and identity, without regard to case.
func (e *Estate) Object(noun, identity string) (Object, bool) {
	return e.objectWith(noun, "Identity", identity)
}

// objectWith finds the first object of a noun by one of the properties that objects are found by.
func (e *Estate) objectWith(noun, property, text string) (Object, bool) {
	c := e.of(noun)
	row := c.row(property, text)
	if row < 0 {
		return nil, false
	}
	return c.rows[row], true
}

// Objects gives the objects of a noun other than users in order of creation, in a list of the caller's own.
func (e *Estate) Objects(noun string) []Object { return slices.Collect(e.of(noun).all()) }

// of is the collection of a noun.
func (e *Estate) of(noun string) *collection {
	c := e.objects[noun]
	if c == nil {
		c = newCollection()
		e.objects[noun] = c
	}
	return c
}

// lastChange is what the latest change has replaced, for readers that are behind.
type lastChange struct {
	noun    string
	row     int    // in the noun's collection, else in the accounts
	object  Object // nil: there was none
	account *Account
	at      string // the domain controller that the call of an account named
}

// Put adds an object to a noun, or replaces the one of the same identity.
func (e *Estate) Put(noun string, o Object) {
	c := e.of(noun)
	c.compact()
	e.last = lastChange{noun: noun, row: len(c.rows)}
	if row := c.row("Identity", o.Text("Identity")); row >= 0 {
		e.last.row, e.last.object = row, c.rows[row]
	}
	c.put(o)
	e.changed(change{Noun: noun, Identity: o.Text("Identity"), Object: o})
}

// Remove takes an object away.
func (e *Estate) Remove(noun, identity string) {
	c := e.of(noun)
	if c.row("Identity", identity) < 0 {
		return
	}
	c.compact()
	row := c.row("Identity", identity)
	e.last = lastChange{noun: noun, row: row, object: c.rows[row]}
	c.remove(row)
	e.changed(change{Noun: noun, Identity: identity})
}

// before gives the objects of a noun as a reader sees them who has not learnt of the latest change.
func (e *Estate) before(noun string) []Object {
	if e.last.noun != noun {
		return e.Objects(noun)
	}
	rows := slices.Clone(e.of(noun).rows)
	rows[e.last.row] = e.last.object
	return slices.DeleteFunc(rows, func(o Object) bool { return o == nil })
}

// SetView replaces the records of a view's zones.
func (e *Estate) SetView(view string, zones map[string][]string) {
	if len(e.updates) == 0 && maps.EqualFunc(e.Views[view], zones, slices.Equal[[]string]) {
		return
	}
	maps.DeleteFunc(e.updates, func(at zoneKey, _ *zoneUpdate) bool { return at.view == view })
	e.Views[view] = zones
	e.changed(change{View: view, Zones: zones})
}

// SetDirectory replaces the tenant in Entra.
func (e *Estate) SetDirectory(d graph.Directory) {
	e.Directory = &d
	e.changed(change{Directory: &d})
}

// SetFaults replaces the faults.
func (e *Estate) SetFaults(faults []Fault) {
	e.Faults = faults
	e.changed(change{Faults: &faults})
}

// SetTenant replaces what the online side thinks of the users.
func (e *Estate) SetTenant(t Tenant) {
	e.Tenant = t
	e.changed(change{Tenant: &t})
}

// changed moves the clock on and keeps the change for the log.
func (e *Estate) changed(c change) {
	e.Clock = e.Clock.Add(time.Second)
	e.dirty = true
	if e.path != "" {
		c.At = e.Clock
		if e.clock != nil {
			c.Now = e.clock.Now()
		}
		e.pending = append(e.pending, c)
	}
}

// Do runs a change of the estate. When it returns, what was changed is in the file: a change that was acknowledged
// survives the process being killed.
func (e *Estate) Do(change func() error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	err := change()
	if logged := e.flush(); logged != nil {
		return logged
	}
	return err
}

// Text is a property as text, "" where it is not one.
func (o Object) Text(name string) string {
	text, _ := o[name].(string)
	return text
}

// Is says whether a property is true.
func (o Object) Is(name string) bool {
	yes, _ := o[name].(bool)
	return yes
}

// with gives a copy with some properties replaced.
func (o Object) with(more Object) Object {
	made := make(Object, len(o)+len(more))
	maps.Copy(made, o)
	maps.Copy(made, more)
	return made
}
