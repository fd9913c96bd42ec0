package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
)

// everyAction is a plan in which everything happens that can.
func everyAction() *planner.Plan {
	p := estate()
	run := diffed(edge, object(edge, nil), object(edge, nil), 70)
	run.Address.Labels, run.Action, run.Reason = []string{"waits"}, planner.Run, "the resolver 192.0.2.53 still answers 203.0.113.9"
	gone := enabled(3)
	gone.Address.Labels, gone.Action = []string{"gone"}, planner.Delete
	for i := range gone.Users.At {
		gone.Users.At[i] = int32(i)
	}
	p.Changes = append(p.Changes, run, gone, moves(1, 0, planner.Blocked{Row: 0, Reason: "no home known"}))
	return p
}

// document is a plan as Terraform's tools read it.
func terraformPlan(t *testing.T, p *planner.Plan, o Options) (*tfjson.Plan, []byte) {
	t.Helper()
	text := rendered(t, func(b *bytes.Buffer) error { return JSON(b, p, o) })
	var plan tfjson.Plan
	if err := json.Unmarshal(text, &plan); err != nil {
		t.Fatal(err)
	}
	return &plan, text
}

// What Terraform's tools rely on without looking holds for every action, and for users one by one.
func TestTerraformReadsEveryAction(t *testing.T) {
	t.Parallel()
	var secrets planter
	for name, p := range map[string]*planner.Plan{"every action": everyAction(), "secrets": secrets.plan(), "nothing": {}} {
		for _, users := range []bool{false, true} {
			plan, text := terraformPlan(t, p, Options{Users: users, Steps: issued, Refusals: refused})
			if plan.Timestamp != "" || bytes.Contains(text, []byte(`"timestamp"`)) {
				t.Errorf("%s: there is a time in it", name)
			}
			for _, c := range plan.ResourceChanges {
				if err := readable(c); err != nil {
					t.Errorf("%s (users %v): %s: %v", name, users, c.Address, err)
				}
			}
		}
	}
}

var terraformActions = []tfjson.Actions{{"no-op"}, {"create"}, {"update"}, {"delete"}, {"delete", "create"}}

// readable says what of a change a reader of Terraform's would stumble over.
func readable(c *tfjson.ResourceChange) error {
	a := c.Change
	switch {
	case c.Address == "" || c.Type == "" || c.Mode != tfjson.ManagedResourceMode || c.ProviderName == "":
		return fmt.Errorf("it is not named: %+v", c)
	case !slices.ContainsFunc(terraformActions, func(of tfjson.Actions) bool { return slices.Equal(of, a.Actions) }):
		return fmt.Errorf("actions %v", a.Actions)
	case a.Actions.Create() && a.Before != nil:
		return fmt.Errorf("created and there before: %v", a.Before)
	case a.Actions.Delete() && a.After != nil:
		return fmt.Errorf("deleted and there after: %v", a.After)
	case (a.Actions.Update() || a.Actions.Replace()) && (a.Before == nil || a.After == nil):
		return fmt.Errorf("updated from %v to %v", a.Before, a.After)
	case a.Actions.Replace() && len(a.ReplacePaths) == 0:
		return fmt.Errorf("replaced without a path")
	}
	for _, side := range [][2]any{{a.BeforeSensitive, a.Before}, {a.AfterSensitive, a.After}, {a.AfterUnknown, a.After}} {
		if err := hidden(side[0], side[1]); err != nil {
			return err
		}
	}
	return nil
}

// hidden says which leaf a mask is true for and that is there all the same: most readers would print it.
func hidden(mask, value any) error {
	switch mask := mask.(type) {
	case bool:
		if mask && value != nil {
			return fmt.Errorf("%v is shown", value)
		}
	case map[string]any:
		object, _ := value.(map[string]any)
		for name, inner := range mask {
			if err := hidden(inner, object[name]); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	case []any:
		list, _ := value.([]any)
		for n, inner := range mask {
			if n < len(list) {
				if err := hidden(inner, list[n]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func TestHiddenFindsWhatIsShown(t *testing.T) {
	t.Parallel()
	if hidden(map[string]any{"a": []any{false, true}}, map[string]any{"a": []any{"x", "y"}}) == nil {
		t.Error("a leaf that is shown is not found")
	}
}

func TestJSONSaysWhichGuardsRefuse(t *testing.T) {
	t.Parallel()
	secret := diffed(provider, null(provider), object(provider, vals{"password": cty.StringVal("hunter22")}), 1, "x")
	whole := planner.Refusal{Guard: "max_moves", Text: "moves hunter22"}
	_, text := terraformPlan(t, &planner.Plan{Changes: []planner.Change{secret}}, Options{Refusals: append(refused, whole)})
	var got struct{ Refusals []refusal }
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := []refusal{{Guard: "max_deletes", Text: refused[0].Text, Source: "main.hcl:3"}, {Guard: "max_moves", Text: "moves (sensitive)"}}
	if diff := cmp.Diff(want, got.Refusals); diff != "" {
		t.Error(diff)
	}
}

// reader is a tool on PATH and the plan that it is to read.
func reader(t *testing.T, tool string, text []byte) (program, file string) {
	t.Helper()
	program, err := exec.LookPath(tool)
	if err != nil {
		t.Skipf("SKIPPED: no %s on PATH; .ci/%s/go.mod has the version that is tested", tool, tool)
	}
	file = filepath.Join(t.TempDir(), "plan.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return program, file
}

func TestTFSummarizeReadsIt(t *testing.T) {
	t.Parallel()
	_, text := terraformPlan(t, everyAction(), Options{Steps: issued, Refusals: refused})
	program, file := reader(t, "tf-summarize", text)
	out, err := exec.Command(program, "-md", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got, under := map[string][]string{}, ""
	for _, line := range strings.Split(string(out), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || !strings.Contains(cells[2], "`") {
			continue
		}
		if word := strings.TrimSpace(cells[1]); word != "" {
			under = word
		}
		got[under] = append(got[under], strings.Trim(cells[2], " `"))
	}
	want := map[string][]string{
		"add":      {"hosting_provider.LyncOnline", "user.new"},
		"update":   {"hosting_provider.Exchange", `dns_record["_sip._tls.contoso.com"]["SRV"]`, "user_homing.pilot", "access_edge.waits"},
		"recreate": {`hosting_provider["Old.Provider"]`},
		"delete":   {"hosting_provider.Old", "user.gone"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, out)
	}
}

// verdicts are what conftest says of a document by the sample policy.
func verdicts(t *testing.T, p *planner.Plan, o Options) (denied, warned []string) {
	t.Helper()
	_, text := terraformPlan(t, p, o)
	program, file := reader(t, "conftest", text)
	out, err := exec.Command(program, "test", "--no-fail", "--output", "json", "--policy", "../../examples/policy", file).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	type said struct{ Msg string }
	var results []struct{ Failures, Warnings []said }
	if err := json.Unmarshal(out, &results); err != nil || len(results) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	for _, one := range results[0].Failures {
		denied = append(denied, one.Msg)
	}
	for _, one := range results[0].Warnings {
		warned = append(warned, one.Msg)
	}
	slices.Sort(denied)
	slices.Sort(warned)
	return denied, warned
}

func TestConftestReadsIt(t *testing.T) {
	t.Parallel()
	record := diffed(record, object(record, vals{"ttl": cty.NumberIntVal(1)}), null(record), 9, "a.contoso.com", "A")
	p := &planner.Plan{Changes: []planner.Change{record, moves(150, 0)}}
	denied, warned := verdicts(t, p, Options{Refusals: refused})
	if diff := cmp.Diff([]string{
		`dns_record["a.contoso.com"]["A"]: records of DNS are not deleted, and not replaced, by a plan (trust.hcl:9)`,
		"guard max_deletes: " + refused[0].Text,
	}, denied); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"150 users are moved, more than 100 at a time", `dns_record["a.contoso.com"]["A"]: delete of high risk`}, warned); diff != "" {
		t.Error(diff)
	}
	if denied, warned := verdicts(t, &planner.Plan{Changes: []planner.Change{moves(50, 0)}}, Options{}); len(denied)+len(warned) > 0 {
		t.Errorf("denied %v, warned %v", denied, warned)
	}
	if denied, _ := verdicts(t, everyAction(), Options{}); len(denied) != 1 || !strings.Contains(denied[0], "not complete") {
		t.Errorf("denied %v", denied)
	}
}
