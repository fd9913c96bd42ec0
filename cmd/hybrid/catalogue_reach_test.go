package main

import (
	"slices"
	"testing"

	"hybrid/internal/catalogue"
)

// notReached are the entries of the catalogue that no plant leads to, and why.
func notReached() map[string]string {
	return map[string]string{
		"forwarding-lost":    "nothing that can be read shows that somebody's call forwarding is gone, so no check looks into it",
		"origin-not-allowed": "only pages in browsers name an origin, and which of them ought to be allowed is in no configuration",
		"forbidden":          "it is a status without who refused, so no check can be named",
	}
}

// Every cause in the catalogue can be planted: a plant of the game has one of the checks that look into it.
func TestEveryKnownCauseIsPlayed(t *testing.T) {
	t.Parallel()
	var played []string
	for _, p := range plants() {
		played = append(played, p.check)
	}
	seen := map[string]bool{}
	for _, entry := range catalogue.Entries() {
		seen[entry.ID] = true
		reached := slices.ContainsFunc(entry.Checks, func(id string) bool { return slices.Contains(played, id) })
		if reason := notReached()[entry.ID]; reached == (reason != "") {
			t.Errorf("%s (checks %v): played %v, excused with %q", entry.ID, entry.Checks, reached, reason)
		}
		for _, id := range entry.Checks {
			if !slices.Contains(checkIDs(), id) {
				t.Errorf("%s names %s, and there is no such check", entry.ID, id)
			}
		}
	}
	for id := range notReached() {
		if !seen[id] {
			t.Errorf("%s is excused, and is not in the catalogue", id)
		}
	}
}
