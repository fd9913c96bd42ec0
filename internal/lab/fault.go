package lab

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hybrid/internal/roster"
)

// A Fault is something that goes wrong on demand: with the calls of a cmdlet, or on the wire.
type Fault struct {
	Kind     FaultKind `json:"kind"`
	Host     string    `json:"host,omitempty"`     // "fe02.contoso.com", as clients call it; "" means any
	Cmdlet   string    `json:"cmdlet,omitempty"`   // "Move-CsUser"; "" means any
	Identity string    `json:"identity,omitempty"` // the -Identity of the call in any spelling; "" means any
	After    int       `json:"after,omitempty"`    // so many matching calls pass first
	Times    int       `json:"times,omitempty"`    // so many calls are struck; 0 means every one
	Effect   bool      `json:"effect,omitempty"`   // the cmdlet has done its work before the fault strikes
	Delay    Duration  `json:"delay,omitempty"`    // of a lag: "2s"; how long a host is down that a call takes down, 0 for good
	Text     string    `json:"text,omitempty"`     // of an error, console chatter or garbage
	Rows     int       `json:"rows,omitempty"`     // how many objects a short list has
}

// A Duration is a time.Duration that files show as "1m30s".
type Duration time.Duration

// MarshalText gives the text of time.Duration.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what time.ParseDuration does.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = Duration(parsed)
	return err
}

// FaultKind says what goes wrong.
type FaultKind string

// The kinds of faults. Those marked (wire) strike WS-Management requests, whatever the cmdlet.
const (
	Lag       FaultKind = "lag"        // the cmdlet takes Delay longer
	Throttle  FaultKind = "throttle"   // (wire) input is refused: too many operations, 2150859174
	Quota     FaultKind = "quota"      // (wire) a new shell is refused: too many shells, 2150859173
	Down      FaultKind = "down"       // (wire) the host does not answer, and what ran there is gone; with Cmdlet, from that call on
	LostShell FaultKind = "lost_shell" // the shell and its processes are gone
	Cut       FaultKind = "cut"        // the connection ends in the middle of the answer, which is lost
	Hang      FaultKind = "hang"       // no answer ever comes
	Missing   FaultKind = "missing"    // the host has no such cmdlet
	Short     FaultKind = "short"      // a list ends after Rows objects and says nothing about it
	Chatter   FaultKind = "chatter"    // Text comes on the console before the answer
	Garbage   FaultKind = "garbage"    // Text comes instead of the answer
	Fails     FaultKind = "error"      // the cmdlet fails with Text
	Stale     FaultKind = "stale"      // a read shows what was before the last change: a domain controller is behind
	Spelling  FaultKind = "spelling"   // a read shows the same in another spelling, which is no difference
)

func faultKinds() []FaultKind {
	return []FaultKind{Lag, Throttle, Quota, Down, LostShell, Cut, Hang, Missing, Short, Chatter, Garbage, Fails, Stale, Spelling}
}

// Check says what is wrong with a fault and what to write instead.
func (f Fault) Check() error {
	switch {
	case !slices.Contains(faultKinds(), f.Kind):
		return fmt.Errorf("no kind of fault is called %q; there are %s", f.Kind, strings.ReplaceAll(strings.Trim(fmt.Sprint(faultKinds()), "[]"), " ", ", "))
	case f.Kind == Lag && f.Delay <= 0:
		return fmt.Errorf("a lag needs a delay, such as \"2s\"")
	case f.Kind == Fails && f.Text == "":
		return fmt.Errorf("an error needs the text that the cmdlet fails with")
	case (f.Kind == Throttle || f.Kind == Quota) && (f.Cmdlet != "" || f.Identity != ""):
		return fmt.Errorf("a %s fault strikes requests on the wire, whatever the cmdlet; leave cmdlet and identity out", f.Kind)
	case f.Times < 0 || f.After < 0 || f.Rows < 0:
		return fmt.Errorf("times, after and rows cannot be negative")
	}
	return nil
}

// on says whether a fault strikes a host.
func (f *Fault) on(host string) bool { return f.Host == "" || strings.EqualFold(f.Host, host) }

// matches says whether a fault strikes a call.
func (f *Fault) matches(cmdlet, identity string) bool {
	if f.Cmdlet != "" && !strings.EqualFold(f.Cmdlet, cmdlet) || f.Kind == Down && f.Cmdlet == "" && cmdlet != "" {
		return false
	}
	return f.Identity == "" || roster.Canonical(f.Identity) == roster.Canonical(identity)
}

// strike finds the fault of one of the kinds that strikes a call on a host, and counts it; the zero Fault where none does.
func (e *Estate) strike(host, cmdlet, identity string, kinds ...FaultKind) Fault {
	for n := range e.Faults {
		f := e.Faults[n]
		if !f.on(host) || !f.matches(cmdlet, identity) || !slices.Contains(kinds, f.Kind) {
			continue
		}
		if f.After > 0 {
			f.After--
			e.countFault(n, &f)
			continue
		}
		struck := f
		switch {
		case f.Times == 1:
			e.countFault(n, nil)
		case f.Times > 1:
			f.Times--
			e.countFault(n, &f)
		}
		return struck
	}
	return Fault{}
}

// countFault replaces a fault, or removes it where it has struck for the last time.
func (e *Estate) countFault(n int, f *Fault) {
	faults := append([]Fault{}, e.Faults[:n]...)
	if f != nil {
		faults = append(faults, *f)
	}
	e.SetFaults(append(faults, e.Faults[n+1:]...))
}
