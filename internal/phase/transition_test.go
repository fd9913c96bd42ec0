package phase

import "testing"

// Every pair of phases, stated here a second time: o is open, . is closed.
func TestTransitions(t *testing.T) {
	t.Parallel()
	open := map[Phase]string{ // to onprem, hybrid, teams_only, decommissioned
		OnPrem:         "oo..",
		Hybrid:         "ooo.",
		TeamsOnly:      ".ooo",
		Decommissioned: "..oo",
	}
	for _, from := range All() {
		for n, to := range All() {
			why := transition(from, to)
			if want := open[from][n] == 'o'; want != (why == "") {
				t.Errorf("%s → %s: %q", from, to, why)
			}
		}
	}
}
