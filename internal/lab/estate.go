package lab

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"hybrid/internal/lab/graph"
)

// An Estate is the state of a simulated deployment. Its fields may be read and changed freely before [Start] and after
// [Lab.Close]; while a lab serves it, it belongs to the lab.
type Estate struct {
	Seed   int64     // what it was made from
	Clock  time.Time // its own time; every change moves it on by a second
	Tenant Tenant    // what the online side thinks of the users

	// Objects are the objects of every noun but users, in order of creation: "CsHostingProvider" to its objects.
	Objects map[string][]Object
	// Accounts are the accounts in Active Directory, whether enabled for the service or not.
	Accounts []*Account
	// Views are the records of each name server: view to zone ("contoso.com.") to records in presentation form.
	Views map[string]map[string][]string
	// Directory is the tenant in Entra; nil where nothing asks for one.
	Directory *graph.Directory
	// Faults strike the calls they match, in order.
	Faults []Fault

	mu      sync.Mutex
	path    string     // where it is kept; "" for memory only
	log     *changeLog // nil before the first change after a load
	pending []change   // of the call under way
	dirty   bool       // the file does not hold everything
	last    lastChange
	bySIP   map[string]int32
	byUPN   map[string]int32 // accounts whose UPN is not their SIP address
}

// An Object is a live object: property name to nil, bool, int64, string, []any or a nested Object. It is never changed
// once it is in an estate, only replaced.
type Object map[string]any

// Tenant is what moves depend on beyond the servers themselves.
type Tenant struct {
	SharedSipAddressSpace bool     `json:"shared_sip_address_space"` // without it: HostedMigration fault 510
	Unlicensed            []string `json:"unlicensed,omitempty"`     // SIP addresses; fault 507
	Unsynced              []string `json:"unsynced,omitempty"`       // SIP addresses; fault 506
}

// NewEstate makes an empty estate whose clock stands at the beginning of 2026.
func NewEstate() *Estate {
	return &Estate{
		Clock:   time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Tenant:  Tenant{SharedSipAddressSpace: true},
		Objects: map[string][]Object{},
		Views:   map[string]map[string][]string{},
	}
}

// Object finds an object by noun and identity, without regard to case.
func (e *Estate) Object(noun, identity string) (Object, bool) {
	n := e.position(noun, identity)
	if n < 0 {
		return nil, false
	}
	return e.Objects[noun][n], true
}

func (e *Estate) position(noun, identity string) int {
	return slices.IndexFunc(e.Objects[noun], func(o Object) bool { return strings.EqualFold(o.Text("Identity"), identity) })
}

// lastChange is what the latest change has replaced, for readers that are behind.
type lastChange struct {
	noun, identity string
	before         []Object // all of the noun
	row            int
	account        *Account
}

// Put adds an object to a noun, or replaces the one of the same identity.
func (e *Estate) Put(noun string, o Object) {
	e.last = lastChange{noun: noun, identity: o.Text("Identity"), before: e.Objects[noun]}
	if n := e.position(noun, o.Text("Identity")); n >= 0 {
		// The slice may be in the hands of a reader.
		e.Objects[noun] = slices.Clone(e.Objects[noun])
		e.Objects[noun][n] = o
	} else {
		e.Objects[noun] = append(slices.Clip(e.Objects[noun]), o)
	}
	e.changed(change{Noun: noun, Identity: o.Text("Identity"), Object: o})
}

// Remove takes an object away.
func (e *Estate) Remove(noun, identity string) {
	if n := e.position(noun, identity); n >= 0 {
		e.last = lastChange{noun: noun, identity: identity, before: e.Objects[noun]}
		e.Objects[noun] = slices.Delete(slices.Clone(e.Objects[noun]), n, n+1)
		e.changed(change{Noun: noun, Identity: identity})
	}
}

// SetView replaces the records of a view's zones.
func (e *Estate) SetView(view string, zones map[string][]string) {
	if maps.EqualFunc(e.Views[view], zones, slices.Equal[[]string]) {
		return
	}
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
