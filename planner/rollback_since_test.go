package planner_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// TestUsersOfLaterRunsKeepWhatTheyRestOn: as long as they are where a later run left them, no value of what they rest on goes back.
func TestUsersOfLaterRunsKeepWhatTheyRestOn(t *testing.T) {
	t.Parallel()
	homing := *homing
	homing.After = []schema.First{{Kind: "hosting_provider", Why: "it is needed"}}
	block := planner.Address{Kind: "user_homing", Labels: []string{"pilot"}}
	later := func(run, sip, from, to string) planner.LaterMove {
		d := moved(&block, sip, from, to)
		d.Kind = &homing
		return planner.LaterMove{Run: run, Deed: d}
	}
	level := func(l string) map[string]string {
		return map[string]string{"identity": `"x"`, "proxy_fqdn": `"a"`, "level": `"` + l + `"`}
	}
	change := planner.Deed{
		Address: planner.Address{Kind: provider.Name, Labels: []string{"x"}}, Kind: provider, Provider: "skype", Identity: "x",
		Action: planner.Update, Before: level("1"), After: level("2"), Changed: []string{"level"},
	}
	own := moved(&block, "own@x", "online", "p1")
	own.Kind = &homing
	const back, kept = "update hosting_provider.x", "kept hosting_provider.x  "
	ada := []string{"a@x", "SRV:", "p1"}
	for name, test := range map[string]struct {
		since []planner.LaterMove
		deeds []planner.Deed
		users [][]string
		err   error
		want  []string
	}{
		"none":               {want: []string{back}},
		"one":                {since: []planner.LaterMove{later("r1", "a@x", "online", "p1")}, users: [][]string{ada}, want: []string{kept + "1 user rests on it whom the later run r1 moved: take that run back first"}},
		"two runs":           {since: []planner.LaterMove{later("r1", "a@x", "online", "p1"), later("r2", "b@x", "online", "p1")}, users: [][]string{ada, {"b@x", "SRV:", "p1"}}, want: []string{kept + "2 users rest on it whom the later runs r2, r1 moved: take them back first, in this order"}},
		"moved by hand":      {since: []planner.LaterMove{later("r1", "a@x", "online", "p1")}, users: [][]string{{"a@x", "online", ""}}, want: []string{back}},
		"no longer enabled":  {since: []planner.LaterMove{later("r1", "a@x", "online", "p1")}, want: []string{back}},
		"taken back":         {since: []planner.LaterMove{later("r1", "a@x", "online", "p1"), later("r2", "a@x", "p1", "online")}, users: [][]string{{"a@x", "online", ""}}, want: []string{back}},
		"this run's, undone": {since: []planner.LaterMove{later("r1", "own@x", "p1", "online")}, deeds: []planner.Deed{own}, users: [][]string{{"own@x", "online", ""}}, want: []string{back}},
		"not read":           {since: []planner.LaterMove{later("r1", "a@x", "online", "p1")}, err: errors.New("no answer"), want: []string{kept + "1 user rests on it whom the later run r1 moved: take that run back first"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			live := listing(value(provider, "x", map[string]cty.Value{"proxy_fqdn": text("a"), "level": text("2")}))
			live[planner.Source{Provider: "skype", Kind: "user_homing"}] = planner.Listing{Users: table(columns, test.users...), Err: test.err}
			plan, told := takeBack(&planner.Taking{Deeds: append([]planner.Deed{change}, test.deeds...), Since: test.since}, live)
			if d := cmp.Diff(test.want, said(plan, told)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
