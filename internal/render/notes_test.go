package render

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/planner"
	"hybrid/schema"
)

// Notes about the same stand together, in the order in which they first occur; those about other users do not.
func TestNotesAreGrouped(t *testing.T) {
	t.Parallel()
	block := func(name string, notes []string, of ...schema.UserNote) planner.Change {
		return planner.Change{Address: planner.Address{Kind: "user_homing", Labels: []string{name}}, Action: planner.Move, Notes: notes, UserNotes: of}
	}
	p := &planner.Plan{Changes: []planner.Change{
		block("a", []string{"once"}, schema.UserNote{Text: "sign out", Users: 2}, schema.UserNote{Text: "export", Users: 2}, schema.UserNote{Text: "rare", Users: 1}),
		block("b", []string{"again"}, schema.UserNote{Text: "sign out", Users: 3}, schema.UserNote{Text: "export", Users: 3}),
	}}
	want := []noteGroup{
		{"user_homing.a", "", []string{"once"}},
		{"user_homing.a, user_homing.b", "5 users", []string{"sign out", "export"}},
		{"user_homing.a", "1 user", []string{"rare"}},
		{"user_homing.b", "", []string{"again"}},
	}
	if diff := cmp.Diff(want, noteGroups(p)); diff != "" {
		t.Error(diff)
	}
}
