package planner_test

import (
	"slices"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

func TestRisk(t *testing.T) {
	t.Parallel()
	plain := &schema.Kind{Name: "policy", Attrs: []schema.Attr{{Name: "enabled", Type: cty.Bool}, {Name: "note", Type: cty.String}}}
	everybody, once, losing := *plain, *plain, *plain
	everybody.Everybody, once.Singleton = true, true
	losing.Lost = func(action string, _, _ map[string]cty.Value) []string { return []string{action} }
	on := value(plain, "x", map[string]cty.Value{"enabled": cty.True, "note": text("a")})
	off := value(plain, "x", map[string]cty.Value{"enabled": cty.False, "note": text("a")})
	noted := value(plain, "x", map[string]cty.Value{"enabled": cty.True, "note": text("b")})
	none := cty.NullVal(plain.Type())
	diff := func(k *schema.Kind, before, after cty.Value) planner.Change { return planner.Diff(k, before, after) }
	as := func(a planner.Action) planner.Change {
		return planner.Change{Kind: plain, Action: a, Before: none, After: none}
	}
	unread := as(planner.NoOp)
	unread.Unread = []string{"note"}
	users := func(a planner.Action, changing, blocked int) planner.Change {
		c := as(a)
		c.Users = &planner.UserChanges{Pick: make([]int32, changing), At: make([]int32, changing), Blocked: make([]planner.Blocked, blocked)}
		return c
	}
	for name, tt := range map[string]struct {
		c    planner.Change
		want planner.Risk
	}{
		"nothing":                       {diff(plain, on, on), planner.RiskNone},
		"not told":                      {unread, planner.RiskAttention},
		"unknown":                       {as(planner.Unknown), planner.RiskAttention},
		"created":                       {diff(plain, none, on), planner.RiskLow},
		"created for everybody":         {diff(&everybody, none, on), planner.RiskLow},
		"updated":                       {diff(plain, on, noted), planner.RiskLow},
		"updated for everybody":         {diff(&everybody, on, noted), planner.RiskMedium},
		"updated, and something lost":   {diff(&losing, on, noted), planner.RiskMedium},
		"created, and something lost":   {diff(&losing, none, noted), planner.RiskMedium},
		"switched off":                  {diff(plain, on, off), planner.RiskHigh},
		"switched on":                   {diff(plain, off, on), planner.RiskLow},
		"deleted":                       {diff(plain, on, none), planner.RiskHigh},
		"replaced":                      {as(planner.Replace), planner.RiskHigh},
		"run":                           {as(planner.Run), planner.RiskLow},
		"users moved":                   {users(planner.Move, 2, 1), planner.RiskMedium},
		"users enabled":                 {users(planner.Create, 1, 0), planner.RiskLow},
		"users changed":                 {users(planner.Update, 1, 0), planner.RiskLow},
		"users disabled":                {users(planner.Delete, 1, 0), planner.RiskHigh},
		"users who are all as wanted":   {users(planner.NoOp, 0, 0), planner.RiskNone},
		"users who are blocked or done": {users(planner.NoOp, 0, 1), planner.RiskAttention},
		"nobody to disable":             {users(planner.Delete, 0, 3), planner.RiskAttention},
	} {
		if got := tt.c.Risk(); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	settings := diff(plain, on, noted)
	settings.Kind = &once
	if got := settings.Risk(); got != planner.RiskMedium {
		t.Errorf("settings that exist once: %s", got)
	}
}

// A value that is a secret or not known yet is no reason to fail, and is not taken for switching off.
func TestRiskOfWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	k := &schema.Kind{Name: "policy", Attrs: []schema.Attr{{Name: "enabled", Type: cty.Bool}}}
	on := value(k, "x", map[string]cty.Value{"enabled": cty.True})
	for want, enabled := range map[planner.Risk]cty.Value{
		planner.RiskLow: cty.UnknownVal(cty.Bool), planner.RiskHigh: cty.False.Mark(schema.Sensitive),
	} {
		c := planner.Diff(k, on, value(k, "x", map[string]cty.Value{"enabled": enabled}))
		if got := c.Risk(); got != want {
			t.Errorf("%#v: %s, want %s", enabled, got, want)
		}
	}
}

func TestRisksAreTold(t *testing.T) {
	t.Parallel()
	risks := planner.Risks()
	if !slices.IsSortedFunc(risks, func(a, b planner.Risk) int { return int(b - a) }) || len(risks) != 5 {
		t.Error("not the greatest first:", risks)
	}
	seen := map[string]bool{}
	for _, r := range risks {
		seen[r.String()], seen[r.Meaning()] = true, true
	}
	if len(seen) != 10 {
		t.Error("two risks are called the same:", seen)
	}
}
