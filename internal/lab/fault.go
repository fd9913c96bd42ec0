package lab

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"hybrid/internal/roster"
)

// A Fault is something that goes wrong on demand: with the calls of a cmdlet, or on the wire.
type Fault struct {
	Kind     FaultKind `json:"kind"`
	Host     string    `json:"host,omitempty"`     // "fe02.contoso.com", as clients call it; "" means any
	Cmdlet   string    `json:"cmdlet,omitempty"`   // "Move-CsUser", or "DNS update" (error, cut), or "new session" (lag); "" means any cmdlet
	Identity string    `json:"identity,omitempty"` // the -Identity of the call in any spelling; "" means any
	After    int       `json:"after,omitempty"`    // so many matching calls pass first
	Times    int       `json:"times,omitempty"`    // so many calls are struck; 0 means every one
	Effect   bool      `json:"effect,omitempty"`   // the cmdlet has done its work before the fault strikes
	Delay    Duration  `json:"delay,omitempty"`    // of a lag: "2s"; of a cut before the effect: when the work is done after all; how long a host is down that a call takes down, 0 for good
	Most     Duration  `json:"most,omitempty"`     // of a lag: each identity has its own, from Delay to this; 0 means Delay
	Share    float64   `json:"share,omitempty"`    // of the identities that are struck, such as 0.02, always the same; 0 means all
	From     time.Time `json:"from,omitzero"`      // by the estate's time; zero: from the beginning
	Until    time.Time `json:"until,omitzero"`     // zero: for ever
	Text     string    `json:"text,omitempty"`     // of an error, console chatter or garbage; of half a move the property
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
	Half      FaultKind = "half"       // a move is reported as done, and the property Text is not what it should be
	Spelling  FaultKind = "spelling"   // a read shows the same in another spelling, which is no difference
)

func faultKinds() []FaultKind {
	return []FaultKind{Lag, Throttle, Quota, Down, LostShell, Cut, Hang, Missing, Short, Chatter, Garbage, Fails, Stale, Half, Spelling}
}

// Check says what is wrong with a fault and what to write instead.
func (f Fault) Check() error {
	switch {
	case !slices.Contains(faultKinds(), f.Kind):
		return fmt.Errorf("no kind of fault is called %q; there are %s", f.Kind, strings.ReplaceAll(strings.Trim(fmt.Sprint(faultKinds()), "[]"), " ", ", "))
	case f.Kind == Lag && f.Delay <= 0:
		return errors.New("a lag needs a delay, such as \"2s\"")
	case f.Kind == Fails && f.Text == "":
		return errors.New("an error needs the text that the cmdlet fails with")
	case f.Kind == Half && (!strings.EqualFold(f.Cmdlet, "Move-CsUser") || !slices.Contains(halfMoved(), f.Text)):
		return fmt.Errorf("half a move is one of Move-CsUser, and its text names what goes wrong: %s", strings.Join(halfMoved(), ", "))
	case (f.Kind == Throttle || f.Kind == Quota) && (f.Cmdlet != "" || f.Identity != ""):
		return fmt.Errorf("a %s fault strikes requests on the wire, whatever the cmdlet; leave cmdlet and identity out", f.Kind)
	case f.Most != 0 && (f.Kind != Lag || f.Most < f.Delay):
		return errors.New("most belongs to a lag, and is not shorter than its delay")
	case f.Share < 0 || f.Share > 1:
		return fmt.Errorf("a share is from 0 to 1, or from 0%% to 100%%")
	case f.Share > 0 && (f.Kind == Throttle || f.Kind == Quota):
		return fmt.Errorf("a %s fault strikes requests on the wire, which name nobody; leave share out", f.Kind)
	case !f.Until.IsZero() && !f.Until.After(f.From):
		return errors.New("until is not after from")
	case f.Times < 0 || f.After < 0 || f.Rows < 0:
		return errors.New("times, after and rows cannot be negative")
	}
	return nil
}

// on says whether a fault strikes a host.
func (f *Fault) on(host string) bool { return f.Host == "" || strings.EqualFold(f.Host, host) }

// matches says whether a fault strikes a call at a moment.
func (f *Fault) matches(cmdlet, identity string, now time.Time) bool {
	if !f.at(now) || f.Share > 0 && lot(string(f.Kind)+f.Text, identity) >= f.Share || f.Kind == Down && f.Cmdlet == "" && cmdlet != "" {
		return false
	}
	if f.Cmdlet != "" && !strings.EqualFold(f.Cmdlet, cmdlet) || f.Cmdlet == "" && (cmdlet == dnsUpdate || cmdlet == newSession) {
		return false // what strikes any cmdlet strikes no update, and no session that begins
	}
	return f.Identity == "" || roster.Canonical(f.Identity) == roster.Canonical(identity)
}

// at says whether a moment is within the time of a fault.
func (f *Fault) at(now time.Time) bool {
	return !now.Before(f.From) && (f.Until.IsZero() || now.Before(f.Until))
}

// lag is how much longer a call for an identity takes.
func (f *Fault) lag(identity string) time.Duration {
	spread := time.Duration(max(0, f.Most-f.Delay))
	return time.Duration(f.Delay) + time.Duration(lot("lag", identity)*float64(spread)).Round(time.Millisecond)
}

// lot draws a number from 0 to 1 for an identity, in one matter always the same; 1 for nobody.
func lot(matter, identity string) float64 {
	if identity == "" {
		return 1
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%s", roster.Canonical(identity), matter)
	return rand.New(rand.NewPCG(h.Sum64(), 0)).Float64()
}

// strike finds the fault of one of the kinds that strikes a call on a host, and counts it; the zero Fault where none does.
func (e *Estate) strike(host, cmdlet, identity string, kinds ...FaultKind) Fault {
	for n := range e.Faults {
		f := e.Faults[n]
		if !f.on(host) || !f.matches(cmdlet, identity, e.now()) || !slices.Contains(kinds, f.Kind) {
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
