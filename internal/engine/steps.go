package engine

import (
	"fmt"

	"hybrid/planner"
	"hybrid/providers"
)

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
