package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"hybrid/internal/config"
)

// repository is a repository of git with one commit of files, and a function that runs git in it.
func repository(t *testing.T, files map[string]string) (dir string, run func(args ...string) string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("NOT TESTED: git is not installed; which commit a plan names, and what that starts, was not tried")
	}
	dir = t.TempDir()
	run = func(args ...string) string {
		t.Helper()
		c := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=Ada", "-c", "user.email=ada@example.com"}, args...)...)
		c.Env = append(unlocated(os.Environ()), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_COUNT=", "GIT_CONFIG_PARAMETERS=")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("init", "-q")
	for name, content := range files {
		putFile(t, filepath.Join(dir, name), content)
	}
	run("add", ".")
	run("commit", "-q", "-m", "first")
	return dir, run
}

// loaded is the configuration of a folder.
func loaded(t *testing.T, dir string) *config.Config {
	t.Helper()
	c, diags := config.Load(dir, config.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return c
}

func putFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o700); err != nil { // a hook is a program
		t.Fatal(err)
	}
}

// Whoever writes a repository's .git/config has nothing started by a plan: no hook, no watcher of files, no filter, nothing that
// fetches what is missing. That each would be is seen first.
func TestNothingOfTheRepositoryIsStarted(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("NOT TESTED: what is planted here are scripts for sh")
	}
	dir, run := repository(t, map[string]string{"main.hcl": "# first\n", ".gitattributes": "*.hcl filter=planted\n"})
	traces := t.TempDir()
	leaves := func(name string) string { return "touch '" + filepath.Join(traces, name) + "'" }
	hooks := t.TempDir()
	putFile(t, filepath.Join(hooks, "post-index-change"), "#!/bin/sh\n"+leaves("hook")+"\n")
	putFile(t, filepath.Join(hooks, "watcher"), "#!/bin/sh\n"+leaves("watcher")+"\n")
	run("config", "core.hooksPath", hooks)
	run("config", "core.fsmonitor", filepath.Join(hooks, "watcher"))
	run("config", "filter.planted.clean", leaves("filter")+"; cat")
	run("config", "filter.planted.required", "true")
	aged := func() { // what git would look at again, and then write its index
		if err := os.Chtimes(filepath.Join(dir, "main.hcl"), time.Time{}, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	started := func() []string {
		var names []string
		all, err := os.ReadDir(traces)
		for _, one := range all {
			names = append(names, one.Name())
			err = os.Remove(filepath.Join(traces, one.Name()))
		}
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	aged()
	run("status", "--porcelain")
	if got := strings.Join(started(), " "); got != "filter hook watcher" {
		t.Fatalf("git itself starts only %q of what is planted: this test shows nothing", got)
	}
	aged()
	index := writtenAt(t, filepath.Join(dir, ".git", "index"))
	got, err := revisionOf(loaded(t, dir))
	if err != nil || got == nil || got.Dirty || got.ID != run("rev-parse", "HEAD") {
		t.Errorf("%+v, %v", got, err)
	}
	if names := started(); len(names) > 0 {
		t.Errorf("started were %q", names)
	}
	if now := writtenAt(t, filepath.Join(dir, ".git", "index")); now != index {
		t.Error("the index was written")
	}
}

// writtenAt is what changes when a file is replaced.
func writtenAt(t *testing.T, path string) time.Time {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime()
}

// A clone without trees has git fetch what is asked for, by a program that its configuration names. Git does not, and that is said.
func TestNothingIsFetched(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("NOT TESTED: what is planted here are scripts for sh")
	}
	origin, run := repository(t, map[string]string{"main.hcl": "# first\n"})
	run("config", "uploadpack.allowFilter", "true")
	clone := filepath.Join(t.TempDir(), "clone")
	run("clone", "-q", "--no-checkout", "--filter=tree:0", "file://"+origin, clone)
	putFile(t, filepath.Join(clone, "main.hcl"), "# first\n")
	trace := filepath.Join(t.TempDir(), "fetched")
	run("-C", clone, "config", "remote.origin.uploadpack", "touch '"+trace+"'; git-upload-pack")
	run("-C", clone, "config", "protocol.allow", "always")
	got, err := revisionOf(loaded(t, clone))
	if got == nil || !got.Dirty || err == nil {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := os.Stat(trace); err == nil {
		t.Error("it was fetched")
	}
	run("-C", clone, "ls-tree", "HEAD") // which shows that it would have been
	if _, err := os.Stat(trace); err != nil {
		t.Fatalf("git itself fetches nothing here: this test shows nothing: %v", err)
	}
}

// No repository and no commit yet are nothing to speak of; a repository that git does not find any more is.
func TestWhereNoCommitIs(t *testing.T) { // not parallel: it sets how far up git looks, since there may be a repository
	outside := t.TempDir()
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(outside))
	dir, run := repository(t, map[string]string{"main.hcl": "# first\n"})
	run("checkout", "-q", "--orphan", "empty")
	if got, err := revisionOf(loaded(t, dir)); got != nil || err != nil {
		t.Errorf("without a commit: %+v, %v", got, err)
	}
	if got, err := revisionOf(&config.Config{Dir: outside}); got != nil || err != nil {
		t.Errorf("without a repository: %+v, %v", got, err)
	}
	putFile(t, filepath.Join(outside, ".git"), "gitdir: /there/is/none\n")
	if got, err := revisionOf(&config.Config{Dir: outside}); got != nil || err == nil || !strings.Contains(err.Error(), "not a git repository: /there/is/none") {
		t.Errorf("a work tree whose repository is gone: %+v, %v", got, err)
	}
}

// What a machine that lost its power has left of a repository is not one without commits, nor none: git's words are told.
func TestBrokenRepositories(t *testing.T) { // not parallel: it sets how far up git looks, since there may be a repository
	t.Setenv("GIT_CEILING_DIRECTORIES", os.TempDir())
	for name, c := range map[string]struct{ file, content, says string }{
		"an empty branch":   {"refs/heads/main", "", "ignoring broken ref refs/heads/main"},
		"a branch of zeros": {"refs/heads/main", strings.Repeat("\x00", 41), "ignoring broken ref refs/heads/main"},
		"an empty HEAD":     {"HEAD", "", "not a git repository"},
		"a branch of no ID": {"refs/heads/main", "garbage\n", "ignoring broken ref refs/heads/main"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, run := repository(t, map[string]string{"estate/main.hcl": "# first\n"})
			run("branch", "-M", "main")
			putFile(t, filepath.Join(dir, ".git", filepath.FromSlash(c.file)), c.content)
			got, err := revisionOf(loaded(t, filepath.Join(dir, "estate")))
			if got != nil || err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// Hooks, and what `git rebase --exec` starts, are told a repository. That is theirs, and not the one of every folder.
func TestRepositoryOfTheEnvironment(t *testing.T) { // not parallel: it sets the environment
	other, run := repository(t, map[string]string{"main.hcl": "# other\n"})
	first := run("rev-parse", "HEAD")
	t.Setenv("GIT_DIR", filepath.Join(other, ".git"))
	t.Setenv("GIT_INDEX_FILE", filepath.Join(other, ".git", "index"))
	t.Setenv("GIT_PREFIX", "elsewhere/")
	dir, inDir := repository(t, map[string]string{"estate/main.hcl": "# first\n"})
	if now := run("rev-parse", "HEAD"); now != first {
		t.Error("the tests write to the repository that they run from")
	}
	got, err := revisionOf(loaded(t, filepath.Join(dir, "estate")))
	if err != nil || got == nil || got.Dirty || got.ID != inDir("rev-parse", "HEAD") {
		t.Errorf("%+v, %v", got, err)
	}
}

// What the user sets for git alone stays: that a repository of somebody else is trusted, say.
func TestSettingsOfTheEnvironment(t *testing.T) { // not parallel: it sets the environment
	dir, _ := repository(t, map[string]string{"main.hcl": "# first\n"})
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
	if _, err := revisionOf(loaded(t, dir)); err == nil {
		t.Fatal("git trusts a repository of somebody else: this test shows nothing")
	}
	t.Setenv("GIT_CONFIG_COUNT", "1")
	t.Setenv("GIT_CONFIG_KEY_0", "safe.directory")
	t.Setenv("GIT_CONFIG_VALUE_0", "*")
	if got, err := revisionOf(loaded(t, dir)); err != nil || got == nil || got.Dirty {
		t.Errorf("%+v, %v", got, err)
	}
}

// The git that is installed may know more such variables than the program does.
func TestVariablesThatLocate(t *testing.T) {
	t.Parallel()
	_, run := repository(t, map[string]string{"main.hcl": "# first\n"})
	for name := range strings.FieldsSeq(run("rev-parse", "--local-env-vars")) {
		settings := name == "GIT_CONFIG_COUNT" || name == "GIT_CONFIG_PARAMETERS"
		if left := len(unlocated([]string{name + "=x"})) == 1; left != settings {
			t.Errorf("%s: left %t", name, left)
		}
	}
}

// Without git there is nothing to speak of, either.
func TestWithoutGit(t *testing.T) { // not parallel: it sets PATH
	t.Setenv("PATH", t.TempDir())
	if got, err := revisionOf(&config.Config{Dir: t.TempDir()}); got != nil || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
}
