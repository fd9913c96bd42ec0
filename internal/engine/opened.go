package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/phase"
	"hybrid/planner"
	"hybrid/providers"
)

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
	system, values, err := e.providerBlock(name)
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
		Kinds: e.kindsBehind(name), Reads: slices.Concat(e.kindsBeside(name), e.viewsBehind(name), phase.Kinds(e.Config.Objects), e.surveyed(system)), ReadOnly: e.ReadOnly, Asks: e.Asks[system.Schema.Name],
		Reach: e.reach(name), Listener: e.Listener, Notice: e.board.tell, Clock: e.Clock,
		Forest: e.Forest,
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

// Forest is the first provider block that reads Active Directory straight; nil where none does. The error says why it cannot be used.
func (e *Engine) Forest() (providers.Forest, error) {
	for _, p := range e.Config.Providers {
		if system := e.system(p.System.Name); system == nil || !system.Forest {
			continue
		}
		opened, err := e.provider(p.Name)
		if err != nil {
			return nil, err
		}
		if forest, ok := opened.(providers.Forest); ok && forest.Server() != "" {
			return forest, nil
		}
	}
	return nil, nil
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

// providerBlock finds what a provider block says. Of an anonymous one nothing is said.
func (e *Engine) providerBlock(name string) (*providers.System, cty.Value, error) {
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
	if e.Surveys && kinds == nil {
		kinds = []string{} // nil would be all of them, to be changed
	}
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
