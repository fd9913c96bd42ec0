// Package engine reads live state, lets the planner compare it with the configuration, and carries plans out: in order,
// with its intent on disk before each call, reading back what it has done.
package engine

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/clock"
	"hybrid/internal/config"
	"hybrid/internal/journal"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// An Engine works on one configuration. Its methods are not to be called at the same time.
type Engine struct {
	Config  *config.Config
	Systems []providers.System
	Log     hclog.Logger
	Now     func() time.Time // the clock that windows are compared with; nil where every window is open
	// Clock is what waiting and durations go by; nil is the clock of the machine. Where windows are compared with it, Now is its.
	Clock *clock.Clock
	// Redirect replaces what provider blocks say: in the lab all lead there. Nil leaves them as they are.
	Redirect func(name string, s *schema.System, values cty.Value) cty.Value
	// Reach gives the address at which a provider reaches others than its own host: in the lab none leads outside. Nil
	// leaves them as they are.
	Reach func(provider, address string) string
	// Listener gives the address at which a host's WinRM listener is reached: in the lab all are on this machine. Nil leaves
	// them as they are.
	Listener func(host string) string
	// ReadOnly says that nothing will be applied, so that sessions ask for no more than reading needs.
	ReadOnly bool

	// Surveys says that every kind of every provider block will be read, whatever the configuration declares: see
	// [Engine.ListEverything].
	Surveys bool

	// Asks names, by the name of a system, cmdlets that will be called beside those that the configuration needs; nil means
	// none.
	Asks map[string][]string

	// Remembered is how long lists were at the last run: one that has shrunk since is not known to be whole.
	Remembered Remembered
	// AcceptShrink takes lists that have shrunk for the truth. Those that it was needed for are added to Accepted, which may
	// hold some from the start: these are taken for the truth as they were then.
	AcceptShrink bool
	Accepted     []Shrunk

	// Underway is what earlier runs left open and may still be going on at the far end, the latest run first: nothing is sent
	// again before that is over. See [journal.UnderwaySince].
	Underway []journal.Underway

	// Between are users whom earlier runs may have left between an old home and a new one, the latest run first. They are held against
	// what they were before, until they show that or what is wanted.
	Between []journal.Underway

	// Reading is told of each reading that begins, of a kind or by a cmdlet, and what it returns is called when that is over; from
	// any goroutine. Nil is not told.
	Reading func(provider, what string) (over func())

	touched map[string][]string // by provider: kinds that the run touched which is taken back
	listed  map[string]int      // how long complete lists are, as [Remembered.Counts]
	mu      sync.Mutex
	open    map[string]providers.Provider
	parts   map[string]*planner.ScriptPart
	unfound map[string]string // the data blocks that could not be read, by address: the cause
	board   board             // what is told of hosts
}

// Refused is a run that was stopped before anything was done: by a guard, a window, a lock, a plan that no longer holds.
type Refused struct{ Reasons []string }

func (r *Refused) Error() string { return strings.Join(r.Reasons, "\n") }

// system finds a system by name, nil where there is none.
func (e *Engine) system(name string) *providers.System {
	for i := range e.Systems {
		if e.Systems[i].Schema.Name == name {
			return &e.Systems[i]
		}
	}
	return nil
}

// Header says what a plan is about: the configuration's name and where its providers lead.
func (e *Engine) Header() string {
	var places []string
	for _, name := range e.used() {
		if p, err := e.provider(name); err == nil {
			places = append(places, p.Describe())
		}
	}
	if len(places) == 0 {
		return e.Config.Name
	}
	return e.Config.Name + " (" + strings.Join(places, ", ") + ")"
}

// kind finds a kind by name.
func (e *Engine) kind(name string) *schema.Kind {
	for i := range e.Systems {
		for _, k := range e.Systems[i].Kinds {
			if k.Name == name {
				return k
			}
		}
	}
	return nil
}

// kinds are all kinds of all systems.
func (e *Engine) kinds() []*schema.Kind {
	var all []*schema.Kind
	for i := range e.Systems {
		all = append(all, e.Systems[i].Kinds...)
	}
	return all
}

// apply issues one change.
func (e *Engine) apply(ctx context.Context, c planner.Change) error {
	p, err := e.provider(c.Provider)
	if err != nil {
		return err
	}
	return p.Apply(ctx, c)
}

// sources are those of a live state, by provider and kind, sorted, for messages.
func sources(live planner.Live) []planner.Source {
	return slices.SortedFunc(maps.Keys(live), compareSources)
}

func compareSources(a, b planner.Source) int {
	return strings.Compare(a.Provider+" "+a.Kind, b.Provider+" "+b.Kind)
}
