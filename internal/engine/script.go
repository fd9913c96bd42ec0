package engine

import (
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/providers"
)

// Script is what a change of one object or user issues, in the form in which somebody runs it by hand: Script of [Engine.Steps],
// for who asks for nothing else of ten thousand users.
func (e *Engine) Script(c planner.Change) []planner.ScriptStep {
	commands, err := e.commands(c)
	return e.script(c, commands, err)
}

// script is the commands of a change, or why there are none, as steps of a script.
func (e *Engine) script(c planner.Change, commands []providers.Command, err error) []planner.ScriptStep {
	part := e.part(c)
	if e.system(c.Kind.System) == nil {
		return []planner.ScriptStep{{Part: part, ByHand: err.Error()}}
	}
	if err != nil {
		return []planner.ScriptStep{{Part: part, ByHand: "it cannot be issued: " + err.Error()}}
	}
	steps := make([]planner.ScriptStep, len(commands))
	for n, command := range commands {
		steps[n] = planner.ScriptStep{ByHand: "issue: " + command.String()}
		if s, ok := command.(providers.Scripter); ok {
			steps[n] = s.Script(c)
		}
		steps[n].Part = part
	}
	return steps
}

// part is where the commands of a change run. What the configuration says counts, not where the lab leads.
func (e *Engine) part(c planner.Change) *planner.ScriptPart {
	e.mu.Lock()
	defer e.mu.Unlock()
	if part, ok := e.parts[c.Provider]; ok {
		return part
	}
	part := planner.ScriptPart{Name: c.Provider}
	if system := e.system(c.Kind.System); system != nil && system.Part != nil {
		part = system.Part(c.Provider, e.said(c.Provider, system))
	}
	if e.parts == nil {
		e.parts = map[string]*planner.ScriptPart{}
	}
	e.parts[c.Provider] = &part
	return &part
}

// said is what a provider block says, null where there is none, and where it is a secret.
func (e *Engine) said(name string, system *providers.System) cty.Value {
	if e.Config != nil {
		for _, p := range e.Config.Providers {
			if p.Name == name {
				return open(p.Values)
			}
		}
	}
	return cty.NullVal(system.Schema.Type())
}

// open is a value with null in the place of what is secret.
func open(v cty.Value) cty.Value {
	plain, err := cty.Transform(v, func(_ cty.Path, v cty.Value) (cty.Value, error) {
		if v.IsMarked() {
			return cty.NullVal(v.Type()), nil
		}
		return v, nil
	})
	if err != nil {
		return cty.NullVal(v.Type())
	}
	return plain
}
