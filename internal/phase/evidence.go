package phase

import (
	"slices"
)

// Evidence is what was read of the estate as far as it tells the phase of one domain.
type Evidence struct {
	Sharing   Answer // whether the tenant shares its address space
	Provider  State  // of the tenant's hosting provider on the servers
	DNS       Way    // where the federation record leads
	OnServers Answer // whether any user of the domain is homed on the servers
}

// An Answer to a question; the zero value means that nobody could be asked.
type Answer int

// The answers.
const (
	Unasked Answer = iota
	No
	Yes
)

func answer(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}

// A State is that of a hosting provider; the zero value means that it was not read.
type State int

// The states of a hosting provider.
const (
	Unseen State = iota
	Missing
	Off // there, but not enabled, or not for shared address space
	On
)

// A Way is where a record leads; the zero value means that no block declares it.
type Way int

// The ways.
const (
	Unlooked  Way = iota
	Nowhere       // there is no record
	ToServers     // to any host that is not the cloud's
	ToCloud
)

// Phases are those that the evidence fits, in order. What nobody could be asked may be either way; with everything
// known there can still be two: an estate that was never in hybrid looks like one that has been taken back altogether.
func (e Evidence) Phases() []Phase {
	var fit []Phase
	for _, p := range All() {
		if slices.ContainsFunc(e.settled(), func(e Evidence) bool { return e.fits(p) }) {
			fit = append(fit, p)
		}
	}
	return fit
}

// settled lists what the evidence can be once every question is answered.
func (e Evidence) settled() []Evidence {
	all := []Evidence{e}
	if e.Sharing == Unasked {
		all = each(all, []Answer{No, Yes}, func(e *Evidence, a Answer) { e.Sharing = a })
	}
	if e.Provider == Unseen {
		all = each(all, []State{Missing, Off, On}, func(e *Evidence, s State) { e.Provider = s })
	}
	if e.DNS == Unlooked {
		all = each(all, []Way{Nowhere, ToServers, ToCloud}, func(e *Evidence, w Way) { e.DNS = w })
	}
	if e.OnServers == Unasked {
		all = each(all, []Answer{No, Yes}, func(e *Evidence, a Answer) { e.OnServers = a })
	}
	return all
}

func each[T any](all []Evidence, values []T, set func(*Evidence, T)) []Evidence {
	var more []Evidence
	for _, e := range all {
		for _, v := range values {
			set(&e, v)
			more = append(more, e)
		}
	}
	return more
}

// fits says whether settled evidence is what a phase looks like, begun or complete. Hybrid is on as soon as one side has
// it on, and off when both have it off, so that a run that was cut short is still in the phase that it came from. Where
// hybrid is off and nobody is on the servers, no record that somebody has turned makes the way back necessary.
func (e Evidence) fits(p Phase) bool {
	on := e.Sharing == Yes || e.Provider == On
	left := e.DNS == ToCloud && e.OnServers == No
	switch p {
	case Hybrid:
		return on && !left
	case TeamsOnly:
		return on && left
	case Decommissioned:
		return !on && e.OnServers == No
	}
	return !on && (!left || e.Provider == Missing)
}
