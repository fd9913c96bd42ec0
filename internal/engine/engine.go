// Package engine reads live state, lets the planner compare it with the configuration, and carries plans out: in order,
// with its intent on disk before each call, reading back what it has done.
package engine

import (
	"context"
	"errors"
	"fmt"
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
	"hybrid/internal/phase"
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

	// Remembered is how long lists were at the last run: one that has shrunk since is not known to be whole.
	Remembered Remembered
	// AcceptShrink takes lists that have shrunk for the truth. Those that it was needed for are added to Accepted, which may
	// hold some from the start: these are taken for the truth as they were then.
	AcceptShrink bool
	Accepted     []Shrunk

	// Underway is what earlier runs left open and may still be going on at the far end, the latest run first: nothing is sent
	// again before that is over. See [journal.UnderwaySince].
	Underway []journal.Underway

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

// Close closes every provider that was opened.
func (e *Engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	var errs []error
	for _, p := range e.open {
		errs = append(errs, p.Close())
	}
	e.open = nil
	return errors.Join(errs...)
}

// provider opens a provider block at its first use.
func (e *Engine) provider(name string) (providers.Provider, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if p, ok := e.open[name]; ok {
		return p, nil
	}
	system, values, err := e.block(name)
	if err != nil {
		return nil, err
	}
	if err := e.needs(name); err != nil {
		return nil, err
	}
	if e.Redirect != nil {
		values = e.Redirect(name, system.Schema, values)
	}
	p, err := system.Open(providers.Settings{
		Name: name, Values: values, Dir: e.Config.Dir, Log: e.Log.Named(name),
		Cloud: e.Config.Cloud, Clouds: e.Config.Clouds,
		Kinds: e.kindsBehind(name), Reads: slices.Concat(e.kindsBeside(name), e.viewsBehind(name), phase.Kinds(e.Config.Objects)), ReadOnly: e.ReadOnly,
		Reach: e.reach(name), Listener: e.Listener, Notice: e.board.tell, Clock: e.Clock,
	})
	if err != nil {
		return nil, err
	}
	if e.open == nil {
		e.open = map[string]providers.Provider{}
	}
	e.open[name] = p
	return p, nil
}

// needs refuses to open a provider block whose arguments come from data that could not be read.
func (e *Engine) needs(name string) error {
	for i := range e.Config.Providers {
		p := &e.Config.Providers[i]
		if p.Name != name {
			continue
		}
		for _, data := range p.Needs() {
			if cause, failed := e.unfound[data]; failed {
				return &needsData{provider: name, data: data, cause: cause}
			}
		}
	}
	return nil
}

// reach is [Engine.Reach] for one provider.
func (e *Engine) reach(provider string) func(string) string {
	if e.Reach == nil {
		return nil
	}
	return func(address string) string { return e.Reach(provider, address) }
}

// block finds what a provider block says. Of an anonymous one nothing is said.
func (e *Engine) block(name string) (*providers.System, cty.Value, error) {
	for _, p := range e.Config.Providers {
		if p.Name == name {
			return e.system(p.System.Name), p.Values, nil
		}
	}
	if system, ok := strings.CutPrefix(name, planner.Anonymous); ok && e.system(system) != nil {
		return e.system(system), cty.NullVal(e.system(system).Schema.Type()), nil
	}
	return nil, cty.NilVal, fmt.Errorf("there is no provider block %q", name)
}

// kindsBehind lists the kinds that the configuration, or a run that is taken back, has behind a provider.
func (e *Engine) kindsBehind(provider string) []string {
	kinds := slices.Clone(e.touched[provider])
	for i := range e.Config.Objects {
		if o := &e.Config.Objects[i]; o.Provider == provider && !slices.Contains(kinds, o.Kind.Name) {
			kinds = append(kinds, o.Kind.Name)
		}
	}
	for _, x := range e.Config.Exclusives {
		if x.Provider == provider && !slices.Contains(kinds, x.Kind) {
			kinds = append(kinds, x.Kind)
		}
	}
	return kinds
}

// kindsBeside lists the kinds that may hold values which those behind a provider take for themselves.
func (e *Engine) kindsBeside(provider string) []string {
	sets := map[string]bool{}
	for _, name := range e.kindsBehind(provider) {
		for _, set := range e.kind(name).Sets() {
			sets[set] = true
		}
	}
	var kinds []string
	for _, k := range e.kinds() {
		if slices.ContainsFunc(k.Sets(), func(set string) bool { return sets[set] }) {
			kinds = append(kinds, k.Name)
		}
	}
	return kinds
}

// system finds a system by name, nil where there is none.
func (e *Engine) system(name string) *providers.System {
	for i := range e.Systems {
		if e.Systems[i].Schema.Name == name {
			return &e.Systems[i]
		}
	}
	return nil
}

// Steps is what apply issues for a change of one object or user, what would undo it, and what no undo brings back.
func (e *Engine) Steps(c planner.Change) planner.Steps {
	do, err := e.commands(c)
	script := func() []planner.ScriptStep { return e.script(c, do, err) }
	if err != nil {
		return planner.Steps{Do: []string{"# " + err.Error()}, Script: script}
	}
	if c.Action == planner.Run { // what is run or waited for is not taken back
		return planner.Steps{Do: texts(do), Lost: c.Lost(), Script: script}
	}
	steps := planner.Steps{Do: texts(do), Lost: c.Lost(), Script: script}
	undo, failed := e.commands(c.Reverse())
	if failed != nil {
		steps.Undo = []string{"# cannot be undone: " + failed.Error()}
	} else {
		steps.Undo = texts(undo)
	}
	return steps
}

// commands are what a change issues.
func (e *Engine) commands(c planner.Change) ([]providers.Command, error) {
	system := e.system(c.Kind.System)
	if system == nil {
		return nil, fmt.Errorf("%s is of no system that this program has", c.Kind.Name)
	}
	return system.Commands(c)
}

// texts are commands as text for people.
func texts(commands []providers.Command) []string {
	all := make([]string, len(commands))
	for i, command := range commands {
		all[i] = command.String()
	}
	return all
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

// used lists the providers that some object needs, in the order of the configuration.
func (e *Engine) used() []string {
	needed := map[string]bool{}
	for i := range e.Config.Objects {
		needed[e.Config.Objects[i].Provider] = true
	}
	for provider := range e.touched {
		needed[provider] = true
	}
	var names []string
	for _, p := range e.Config.Providers {
		if needed[p.Name] {
			names = append(names, p.Name)
		}
	}
	return names
}

// RoundTrips counts what all providers have sent so far.
func (e *Engine) RoundTrips() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	var n int64
	for _, p := range e.open {
		if c, ok := p.(providers.Counter); ok {
			n += c.RoundTrips()
		}
	}
	return n
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

// kinds of a live state, sorted, for messages.
func sources(live planner.Live) []planner.Source {
	return slices.SortedFunc(maps.Keys(live), compareSources)
}

func compareSources(a, b planner.Source) int {
	return strings.Compare(a.Provider+" "+a.Kind, b.Provider+" "+b.Kind)
}
