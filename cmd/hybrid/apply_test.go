package main

import (
	"strings"
	"testing"

	"hybrid/planner"
)

// Apply without anything to do is a success only where all is known: users who follow from data that does not tell are not
// nobody.
func TestNothingToDoIsNoSuccessWhereSomethingIsNotKnown(t *testing.T) {
	t.Parallel()
	address := planner.Address{Kind: "user_homing", Labels: []string{"licensed"}}
	known := &planner.Plan{Changes: []planner.Change{{Address: address, Action: planner.NoOp}}}
	if err := nothingToDo(known); err != nil {
		t.Errorf("all known: %v", err)
	}
	late := &planner.Plan{Changes: []planner.Change{{Address: address, Action: planner.Unknown, Reason: "data does not tell"}}}
	if err := nothingToDo(late); err == nil || !strings.Contains(err.Error(), "user_homing.licensed: data does not tell") {
		t.Errorf("not known: %v", err)
	}
}
