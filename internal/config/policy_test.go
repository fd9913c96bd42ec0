package config

import (
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/planner/guard"
	"hybrid/schema"
)

// judged loads one policy and holds a plan against it.
func judged(t *testing.T, condition, message string, changes ...planner.Change) (string, string) {
	t.Helper()
	dir := write(t, providers+"locals { least = 1 }\nvariable \"most\" { default = 2 }\npolicy \"p\" {\n  condition = "+condition+"\n  error_message = "+message+"\n}\n")
	c, diags := Load(dir, testOptions())
	if diags.HasErrors() {
		t.Fatal(texts(dir, diags))
	}
	said, diags := c.Policies[0].Judge(guard.Facts(&planner.Plan{Changes: changes}), "nobody knows")
	return said, strings.Join(texts(dir, diags), "\n")
}

func TestPoliciesAreDecided(t *testing.T) {
	t.Parallel()
	k := &schema.Kind{Name: "partner", Attrs: []schema.Attr{{Name: "comment", Type: cty.String}, {Name: "key", Type: cty.String, Sensitive: true}}}
	change := func(action planner.Action, comment cty.Value) planner.Change {
		return planner.Change{
			Address: planner.Address{Kind: "partner", Labels: []string{"a"}}, Kind: k, Action: action, Before: cty.NullVal(k.Type()),
			After: cty.ObjectVal(map[string]cty.Value{"identity": cty.StringVal("a"), "comment": comment, "key": cty.StringVal("k")}),
		}
	}
	commented := `alltrue([for c in plan.changes : c.after.comment != "" if c.kind == "partner"])`
	created := change(planner.Create, cty.StringVal("x"))
	for _, tt := range []struct {
		condition string
		change    planner.Change
		want      string
	}{
		{commented, created, ""},
		{commented, change(planner.Create, cty.StringVal("")), "wrong"},
		{commented, change(planner.Create, cty.UnknownVal(cty.String)), "It could not be decided: nobody knows."},
		{commented, change(planner.Unknown, cty.NullVal(cty.String)), "It could not be decided: nobody knows."},
		{`plan.count.created >= local.least && plan.count.total <= var.most`, created, ""},
		{`plan.count.created < 1`, created, "wrong"},
		{`alltrue([for c in plan.changes : c.after.nothing == ""])`, created, "It could not be decided: Unsupported attribute."},
		{`alltrue([for c in plan.changes : c.before.comment == ""])`, created, "It could not be decided: Attempt to get attribute from null value."},
		{`alltrue([for c in plan.changes : c.before == null])`, created, ""},
		{`plan.count.unknown == 0`, change(planner.Unknown, cty.NullVal(cty.String)), "wrong"},
	} {
		said, wrong := judged(t, tt.condition, `"wrong"`, tt.change)
		if wrong != "" || !strings.HasPrefix(said, tt.want) || tt.want == "" && said != "" {
			t.Errorf("%s: %q, %q; want %q", tt.condition, said, wrong, tt.want)
		}
	}
	for _, part := range [][2]string{{`alltrue([for c in plan.changes : c.after.key == "k"])`, `"x"`}, {`plan.count.total == 0`, `"it is ${join("", [for c in plan.changes : c.after.key])}"`}} {
		said, wrong := judged(t, part[0], part[1], created)
		if said != "" || !strings.Contains(wrong, "A policy that depends on a sensitive value") {
			t.Errorf("%s: %q, %q", part, said, wrong)
		}
	}
	if said, wrong := judged(t, `plan.count.total == 0`, `join("", [for c in plan.changes : c.after.comment])`, change(planner.Create, cty.UnknownVal(cty.String))); wrong != "" || !strings.Contains(said, "could not be made: nobody knows") {
		t.Errorf("%q, %q", said, wrong)
	}
}
