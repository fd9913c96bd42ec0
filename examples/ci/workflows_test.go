// Package ci_test holds the workflows to what their platforms take, and runs their commands against the lab.
package ci_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
)

// files are all workflows.
var files = []string{"github/plan.yml", "github/apply.yml", "gitlab/.gitlab-ci.yml", "azure/azure-pipelines.yml"}

// text is a workflow as it stands.
func text(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// document is a workflow as values.
func document(t *testing.T, file string) cty.Value {
	t.Helper()
	return parsed(t, text(t, file))
}

// at is what stands below some names; null where nothing does.
func at(v cty.Value, names ...string) cty.Value {
	for _, name := range names {
		if v.IsNull() || !v.Type().IsObjectType() || !v.Type().HasAttribute(name) {
			return cty.NullVal(cty.DynamicPseudoType)
		}
		v = v.GetAttr(name)
	}
	return v
}

// list is the elements of a list; none of what is no list.
func list(v cty.Value) []cty.Value {
	if v.IsNull() || !v.Type().IsTupleType() {
		return nil
	}
	return v.AsValueSlice()
}

// word is a text, "" for anything else.
func word(v cty.Value) string {
	if v.IsNull() || v.Type() != cty.String {
		return ""
	}
	return v.AsString()
}

func names(v cty.Value) []string {
	if v.IsNull() || !v.Type().IsObjectType() {
		return nil
	}
	var all []string
	for name := range v.Type().AttributeTypes() {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// TestApplyWaitsForAnApproval holds what stands between a plan and the estate: an environment, one run at a time that is not
// broken off, and the saved plan.
func TestApplyWaitsForAnApproval(t *testing.T) {
	t.Parallel()
	github := document(t, "github/apply.yml")
	gitlab := at(document(t, "gitlab/.gitlab-ci.yml"), "apply")
	azure := list(at(document(t, "azure/azure-pipelines.yml"), "stages"))[1]
	deployment := list(at(azure, "jobs"))[0]
	for what, holds := range map[string]bool{
		"GitHub: environment":       word(at(github, "jobs", "apply", "environment")) == "estate",
		"GitHub: one at a time":     word(at(github, "concurrency", "group")) == "estate",
		"GitHub: not broken off":    at(github, "concurrency", "cancel-in-progress").RawEquals(cty.False),
		"GitHub: only when asked":   strings.Contains(text(t, "github/apply.yml"), "\non:\n  workflow_dispatch:\n    inputs:\n") && !strings.Contains(text(t, "github/apply.yml"), "\n  push:"),
		"GitLab: environment":       word(at(gitlab, "environment", "name")) == "estate",
		"GitLab: one at a time":     word(at(gitlab, "resource_group")) == "estate",
		"GitLab: not broken off":    at(gitlab, "interruptible").RawEquals(cty.False),
		"GitLab: only when asked":   word(at(gitlab, "when")) == "manual",
		"Azure: environment":        word(at(deployment, "environment")) == "estate",
		"Azure: one at a time":      word(at(azure, "lockBehavior")) == "sequential",
		"Azure: after the plan":     word(at(azure, "dependsOn")) == "plan",
		"Azure: a deployment of it": word(at(deployment, "deployment")) == "apply",
	} {
		if !holds {
			t.Error(what)
		}
	}
	apply := regexp.MustCompile(`hybrid apply .*estate\.plan estate`)
	for _, file := range files {
		if applies := strings.Contains(text(t, file), "hybrid apply"); applies && !apply.MatchString(text(t, file)) {
			t.Errorf("%s applies something else than the saved plan", file)
		}
		if strings.Contains(text(t, file), "--auto-approve") {
			t.Errorf("%s approves by itself", file)
		}
	}
}

// TestRightsAreLeast holds what the jobs at GitHub may do, and that no secret is on a command line.
func TestRightsAreLeast(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]map[string]string{
		"github/plan.yml":  {"plan": "contents=read", "comment": "contents=read pull-requests=write security-events=write"},
		"github/apply.yml": {"apply": "actions=read contents=read"},
	} {
		workflow := document(t, file)
		if len(names(at(workflow, "permissions"))) > 0 || at(workflow, "permissions").IsNull() {
			t.Errorf("%s: the permissions of all jobs are not none", file)
		}
		if got := names(at(workflow, "jobs")); len(got) != len(want) {
			t.Errorf("%s has the jobs %v", file, got)
		}
		for job, rights := range want {
			var given []string
			for _, name := range names(at(workflow, "jobs", job, "permissions")) {
				given = append(given, name+"="+word(at(workflow, "jobs", job, "permissions", name)))
			}
			if strings.Join(given, " ") != rights {
				t.Errorf("%s, %s: %v", file, job, given)
			}
		}
	}
	secret := regexp.MustCompile(`(?i)\$\{?(HYBRID_[A-Z_]*(PASSWORD|TSIG)|GH_TOKEN)|\$\{\{ *secrets`)
	for _, s := range scripts(t) {
		if found := secret.FindString(s.run); found != "" {
			t.Errorf("%s: %s stands in a script: %s", s.file, found, s.run)
		}
		if strings.Contains(s.run, "${{") {
			t.Errorf("%s: an expression in a script runs what a title says: %s", s.file, s.run)
		}
	}
}

// TestActionsArePinned holds every action to a commit, with the version beside it.
func TestActionsArePinned(t *testing.T) {
	t.Parallel()
	pinned := regexp.MustCompile(`uses: [a-z0-9-]+/[a-z0-9/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\n`)
	for _, file := range files[:2] {
		uses := strings.Count(text(t, file), "uses: ")
		if found := len(pinned.FindAllString(text(t, file), -1)); uses == 0 || found != uses {
			t.Errorf("%s: %d of %d actions are pinned", file, found, uses)
		}
	}
}

// A script is what one step runs.
type script struct{ file, job, run string }

// scripts are all of them, in the order in which they run.
func scripts(t *testing.T) []script {
	t.Helper()
	var all []script
	for _, file := range files[:2] {
		jobs := at(document(t, file), "jobs")
		for _, job := range []string{"plan", "comment", "apply"} {
			for _, step := range list(at(jobs, job, "steps")) {
				all = append(all, script{file, job, word(at(step, "run"))})
			}
		}
	}
	gitlab := document(t, files[2])
	for _, stage := range list(at(gitlab, "stages")) {
		for _, line := range list(at(gitlab, word(stage), "script")) { // each job is called as its stage
			all = append(all, script{files[2], word(stage), word(line)})
		}
	}
	for _, stage := range list(at(document(t, files[3]), "stages")) {
		for _, job := range list(at(stage, "jobs")) {
			for _, step := range append(list(at(job, "steps")), list(at(job, "strategy", "runOnce", "deploy", "steps"))...) {
				all = append(all, script{files[3], word(at(stage, "stage")), word(at(step, "bash"))})
			}
		}
	}
	return slices.DeleteFunc(all, func(s script) bool { return s.run == "" })
}

func TestEveryWorkflowValidatesPlansAndApplies(t *testing.T) {
	t.Parallel()
	said := map[string]string{}
	for _, s := range scripts(t) {
		platform, _, _ := strings.Cut(s.file, "/")
		said[platform] += fmt.Sprintln(s.run)
	}
	for platform, all := range said {
		at := 0
		for _, command := range []string{"hybrid validate estate", "hybrid fmt --check", "hybrid plan --out estate.plan estate", "hybrid show --format markdown estate.plan", "hybrid apply --reason"} {
			found := strings.Index(all[at:], command)
			if found < 0 {
				t.Errorf("%s does not run %q after what comes before", platform, command)
				continue
			}
			at += found
		}
	}
	if len(said) != 3 {
		t.Errorf("%d platforms", len(said))
	}
}

func parsed(t *testing.T, src string) cty.Value {
	t.Helper()
	kind, err := yaml.Standard.ImpliedType([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	v, err := yaml.Standard.Unmarshal([]byte(src), kind)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
