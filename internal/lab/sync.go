package lab

import (
	"slices"
	"time"
)

// Sync is the host of directory synchronisation (Microsoft Entra Connect) and what it is doing.
type Sync struct {
	// ByCycle says that changes in Active Directory reach the tenant only by cycles; otherwise they are there at once.
	ByCycle bool     `json:"by_cycle,omitempty"`
	Takes   Duration `json:"takes,omitempty"`   // of a cycle; 0 stands for 150ms
	Arrives Duration `json:"arrives,omitempty"` // how long after a cycle its changes are in the tenant
	// ExportErrors are SIP addresses of users whom the export to the tenant leaves out, with an error; "*" means all.
	ExportErrors []string  `json:"export_errors,omitempty"`
	Disabled     bool      `json:"scheduler_disabled,omitempty"`
	Suspended    bool      `json:"scheduler_suspended,omitempty"`
	Staging      bool      `json:"staging,omitempty"`     // cycles export nothing
	Absent       bool      `json:"no_module,omitempty"`   // the host has no module ADSync
	BusyUntil    time.Time `json:"busy_until,omitzero"`   // a connector runs until then, outside of any cycle
	NextPolicy   string    `json:"next_policy,omitempty"` // "" is Delta
	Cycles       []Cycle   `json:"cycles,omitempty"`      // the latest last, ten at most
}

// A Cycle is one run of all connectors, by the clock on the wall.
type Cycle struct {
	Policy  string    `json:"policy"` // "Delta", "Initial"
	Began   time.Time `json:"began"`
	Ends    time.Time `json:"ends"`
	Arrives time.Time `json:"arrives"` // what it has exported, in the tenant
	Result  string    `json:"result"`  // of the export: "success", "completed-export-errors", "" where there was none
	Settled bool      `json:"settled,omitempty"`
}

const (
	usualCycle  = 150 * time.Millisecond
	keptCycles  = 10
	deltaPolicy = "Delta"
)

// SetSync replaces the state of directory synchronisation.
func (e *Estate) SetSync(s Sync) {
	e.Sync = s
	e.changed(change{Sync: &s})
}

// lacksSync says that the host has no module ADSync.
func (e *Estate) lacksSync() (absent bool) {
	_ = e.Do(func() error { absent = e.Sync.Absent; return nil })
	return absent
}

// latest is the latest cycle, nil before the first.
func (s *Sync) latest() *Cycle {
	if len(s.Cycles) == 0 {
		return nil
	}
	return &s.Cycles[len(s.Cycles)-1]
}

// running says whether a cycle is under way.
func (s *Sync) running(now time.Time) bool {
	c := s.latest()
	return c != nil && now.Before(c.Ends)
}

// begin starts a cycle, which takes along what has changed by now.
func (e *Estate) beginCycle(policy string) {
	now, s := e.now().UTC(), e.Sync
	takes := time.Duration(s.Takes)
	if takes == 0 {
		takes = usualCycle
	}
	c := Cycle{Policy: policy, Began: now, Ends: now.Add(takes), Arrives: now.Add(takes + time.Duration(s.Arrives))}
	if !s.Staging {
		c.Result = e.export()
	}
	s.Cycles = append(slices.Clone(s.Cycles[max(0, len(s.Cycles)-keptCycles+1):]), c)
	s.NextPolicy = ""
	e.SetSync(s)
}

// export takes what is pending, but for those whom it leaves out with an error, and gives its result.
func (e *Estate) export() string {
	result := "success"
	for _, upn := range sortedKeys(e.Online) {
		u := *e.Online[upn]
		row := e.Account(upn)
		if u.Synced == nil || u.CloudOnly || row < 0 {
			continue
		}
		if e.exportFails(e.Accounts[row]) {
			result = "completed-export-errors"
			continue
		}
		u.Exported = e.Accounts[row]
		e.SetOnline(upn, u)
	}
	return result
}

func (e *Estate) exportFails(a *Account) bool {
	return slices.ContainsFunc(e.Sync.ExportErrors, func(sip string) bool { return sip == "*" || sameAddress(sip, a.SIP) })
}

// arrive lets what a cycle has exported be known in the tenant once it is time.
func (e *Estate) arrive() {
	c := e.Sync.latest()
	if c == nil || c.Settled || e.now().Before(c.Arrives) {
		return
	}
	for _, upn := range sortedKeys(e.Online) {
		if u := *e.Online[upn]; u.Exported != nil {
			e.SetOnline(upn, u.arrived(e.Accounts[e.Account(upn)]))
		}
	}
	s := e.Sync
	s.Cycles = slices.Clone(s.Cycles)
	s.latest().Settled = true
	e.SetSync(s)
}

// arrived is the user once what was exported is there; the account may have changed again since.
func (u OnlineUser) arrived(now *Account) OnlineUser {
	if u.HostingProvider == u.Exported.HostingProvider {
		u.HostingProvider = ""
	}
	u.Synced, u.Exported = u.Exported, nil
	if sameInTenant(u.Synced, now) {
		u.Synced = nil
	}
	return u
}
