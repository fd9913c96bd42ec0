package ci_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestWorkflowsInTheLab runs what the workflows run, in order and with bash as they do, on a configuration whose estate is the
// lab: the program is put behind a script that adds --lab. What talks to the platform itself is left out.
func TestWorkflowsInTheLab(t *testing.T) {
	t.Parallel()
	bash := linter(t, "bash")
	bin := program(t)
	all := scripts(t)
	for _, platform := range []string{"github", "gitlab", "azure"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			r := newRunner(t, bash, bin)
			for _, s := range all {
				if strings.HasPrefix(s.file, platform+"/") && !talks(s.run) {
					r.run(t, s)
				}
			}
			r.verdict(t)
		})
	}
}

// talks says whether a script calls the platform.
func talks(run string) bool {
	return strings.Contains(run, "gh pr") || strings.Contains(run, "curl") || strings.Contains(run, "GITHUB_STEP_SUMMARY") || strings.Contains(run, "HYBRID_COMMENT_TOKEN")
}

// program builds hybrid and puts a script of that name before it.
func program(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	real := filepath.Join(bin, "hybrid.real")
	if out, err := exec.Command("go", "build", "-o", real, "hybrid/cmd/hybrid").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wrapper := "#!/bin/sh\ncommand=$1\nshift\nexec " + real + " \"$command\" --lab \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "hybrid"), []byte(wrapper), 0o700); err != nil {
		t.Fatal(err)
	}
	return bin
}

// runner is a job's folder, with the configuration in it as a repository.
type runner struct{ bash, bin, dir, approved, outputs string }

func newRunner(t *testing.T, bash, bin string) *runner {
	t.Helper()
	r := &runner{bash: bash, bin: bin, dir: t.TempDir(), approved: t.TempDir(), outputs: filepath.Join(t.TempDir(), "outputs")}
	if err := os.CopyFS(filepath.Join(r.dir, "estate"), os.DirFS("../oauth-trust")); err != nil {
		t.Fatal(err)
	}
	commit(t, r.dir)
	return r
}

func (r *runner) run(t *testing.T, s script) {
	t.Helper()
	run := strings.ReplaceAll(s.run, "$(Pipeline.Workspace)/plan", r.approved)
	run = strings.ReplaceAll(run, "$(System.PullRequest.PullRequestNumber)", "17")
	if s.job == "apply" {
		r.hand(t)
	}
	c := exec.Command(r.bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", run)
	c.Dir = r.dir
	c.Env = append(os.Environ(), "PATH="+r.bin+string(os.PathListSeparator)+os.Getenv("PATH"), "APPROVED="+r.approved,
		"GITHUB_OUTPUT="+r.outputs, "REASON=CHG-4711", "CI_MERGE_REQUEST_IID=17")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s, %s: %v\n$ %s\n%s", s.file, s.job, err, run, out)
	}
}

// hand gives the artifact of the plan to the job that applies it.
func (r *runner) hand(t *testing.T) {
	t.Helper()
	for _, name := range []string{"estate.plan", "commit.txt"} {
		content, err := os.ReadFile(filepath.Join(r.dir, name))
		if os.IsNotExist(err) && name == "commit.txt" {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(r.approved, name), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// verdict holds what the run has left behind: a plan to read, findings, an estate as it is to be, and a journal with the reason.
func (r *runner) verdict(t *testing.T) {
	t.Helper()
	for _, name := range []string{"plan.md", "approved/plan.md"} {
		if content, err := os.ReadFile(filepath.Join(r.dir, name)); err == nil && !strings.Contains(string(content), "partner_application") {
			t.Errorf("%s says nothing of what is planned:\n%s", name, content)
		}
	}
	if content, err := os.ReadFile(filepath.Join(r.dir, "plan.sarif")); err == nil && !json.Valid(content) {
		t.Errorf("plan.sarif is no JSON:\n%s", content)
	}
	c := exec.Command(filepath.Join(r.bin, "hybrid"), "plan", "--detailed-exitcode", "estate")
	c.Dir = r.dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("the estate is not as it is to be: %v\n%s", err, out)
	}
	journals, err := filepath.Glob(filepath.Join(r.dir, "estate", ".hybrid", "journal", "*.jsonl"))
	if err != nil || len(journals) != 1 {
		t.Fatalf("%d journals, %v", len(journals), err)
	}
	if content, err := os.ReadFile(journals[0]); err != nil || !strings.Contains(string(content), `"reason":"CHG-4711"`) && !strings.Contains(string(content), ` request 17"`) {
		t.Errorf("the journal has no reason: %v", err)
	}
}
