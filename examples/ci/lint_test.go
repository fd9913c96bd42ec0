package ci_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

// linter finds a program, and skips loudly where it is not there. The CI of this repository installs those that can be had.
func linter(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("SKIPPED: there is no %s on PATH to check examples/ci with", name)
	}
	return path
}

// place copies a workflow to where its platform looks for it, in a repository of its own.
func place(t *testing.T, file, to string) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, to)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text(t, file)), 0o600); err != nil {
		t.Fatal(err)
	}
	commit(t, dir)
	return dir
}

// commit makes a folder a repository with all that is in it.
func commit(t *testing.T, dir string) {
	t.Helper()
	git := linter(t, "git")
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "commit", "-qm", "all"}} {
		c := exec.Command(git, args...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}

// TestGitHubWorkflowsByActionlint holds them to what actionlint knows of GitHub Actions.
func TestGitHubWorkflowsByActionlint(t *testing.T) {
	t.Parallel()
	actionlint := linter(t, "actionlint")
	settings := filepath.Join(t.TempDir(), "actionlint.yaml")
	if err := os.WriteFile(settings, []byte("self-hosted-runner:\n  labels: [estate]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range files[:2] {
		path, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(actionlint, "-config-file", settings, path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", file, err, out)
		}
	}
	// What it would not take: a linter that takes everything shows nothing.
	broken := filepath.Join(t.TempDir(), "broken.yml")
	if err := os.WriteFile(broken, []byte("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    stepps: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(actionlint, "-config-file", settings, broken).CombinedOutput(); err == nil {
		t.Errorf("a broken workflow was taken\n%s", out)
	}
}

// TestGitLabPipelineBySchema holds it to GitLab's own JSON Schema, which gitlab-ci-local carries.
func TestGitLabPipelineBySchema(t *testing.T) {
	t.Parallel()
	local := linter(t, "gitlab-ci-local")
	lint := func(dir string) ([]byte, error) {
		c := exec.Command(local, "--list", "--no-color")
		c.Dir = dir
		return c.CombinedOutput()
	}
	dir := place(t, files[2], ".gitlab-ci.yml")
	if out, err := lint(dir); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, ".gitlab-ci.yml"), []byte("a:\n  script: [\"true\"]\n  scrpt: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := lint(dir); err == nil {
		t.Errorf("a broken pipeline was taken\n%s", out)
	}
}

// The keys that Azure Pipelines defines, as far as these are used, from its YAML schema reference
// (https://learn.microsoft.com/azure/devops/pipelines/yaml-schema). Nothing that checks them against Microsoft's schema can be
// installed from the registries that the CI of this repository reaches.
var azureKeys = map[string][]string{
	"pipeline":   {"name", "trigger", "pr", "schedules", "resources", "parameters", "variables", "pool", "stages", "lockBehavior"},
	"stage":      {"stage", "displayName", "dependsOn", "condition", "variables", "pool", "lockBehavior", "jobs", "trigger", "isSkippable"},
	"job":        {"job", "displayName", "dependsOn", "condition", "strategy", "continueOnError", "pool", "timeoutInMinutes", "cancelTimeoutInMinutes", "variables", "steps", "workspace"},
	"deployment": {"deployment", "displayName", "dependsOn", "condition", "continueOnError", "pool", "timeoutInMinutes", "cancelTimeoutInMinutes", "variables", "environment", "strategy", "workspace"},
	"strategy":   {"runOnce"},
	"runOnce":    {"preDeploy", "deploy", "routeTraffic", "postRouteTraffic", "on"},
	"deploy":     {"steps", "pool"},
	"checkout":   {"checkout", "clean", "fetchDepth", "fetchTags", "lfs", "persistCredentials", "submodules", "path", "condition", "displayName", "env"},
	"bash":       {"bash", "failOnStderr", "workingDirectory", "condition", "continueOnError", "displayName", "enabled", "env", "name", "timeoutInMinutes"},
	"publish":    {"publish", "artifact", "condition", "continueOnError", "displayName", "enabled", "name"},
	"download":   {"download", "artifact", "patterns", "condition", "continueOnError", "displayName", "enabled", "name"},
}

func TestAzurePipelineByItsKeys(t *testing.T) {
	t.Parallel()
	for _, mistake := range azureMistakes(document(t, files[3])) {
		t.Error(mistake)
	}
	for name, broken := range map[string]string{
		"pipeline": "stgaes: []", "stage": "stages: [{stage: a, job: []}]", "job": "stages: [{stage: a, jobs: [{job: a, step: []}]}]",
		"step": "stages: [{stage: a, jobs: [{job: a, steps: [{run: x}]}]}]", "nothing": "stages: [{stage: a, jobs: [{job: a}]}]",
	} {
		v := parsed(t, broken)
		if len(azureMistakes(v)) == 0 {
			t.Errorf("a mistake in a %s was taken: %s", name, broken)
		}
	}
}

func azureMistakes(pipeline cty.Value) []string {
	mistakes := strange("pipeline", pipeline)
	for _, stage := range list(at(pipeline, "stages")) {
		mistakes = append(mistakes, strange("stage", stage)...)
		for _, job := range list(at(stage, "jobs")) {
			mistakes = append(mistakes, azureJob(job)...)
		}
	}
	return mistakes
}

func azureJob(job cty.Value) []string {
	kind, steps := "job", list(at(job, "steps"))
	var mistakes []string
	if word(at(job, "deployment")) != "" {
		kind = "deployment"
		strategy := at(job, "strategy")
		mistakes = append(strange("strategy", strategy), strange("runOnce", at(strategy, "runOnce"))...)
		mistakes = append(mistakes, strange("deploy", at(strategy, "runOnce", "deploy"))...)
		steps = list(at(strategy, "runOnce", "deploy", "steps"))
	}
	if len(steps) == 0 {
		mistakes = append(mistakes, "a "+kind+" without steps")
	}
	mistakes = append(mistakes, strange(kind, job)...)
	for _, step := range steps {
		mistakes = append(mistakes, azureStep(step)...)
	}
	return mistakes
}

func azureStep(step cty.Value) []string {
	for _, kind := range []string{"checkout", "bash", "publish", "download"} {
		if word(at(step, kind)) != "" {
			return strange(kind, step)
		}
	}
	return []string{"a step of no kind that is known"}
}

// strange names the keys that a mapping must not have.
func strange(kind string, v cty.Value) []string {
	var mistakes []string
	for _, name := range names(v) {
		if !slices.Contains(azureKeys[kind], name) {
			mistakes = append(mistakes, "a "+kind+" has no "+name)
		}
	}
	return mistakes
}
