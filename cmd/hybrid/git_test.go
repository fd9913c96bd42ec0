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
		c.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
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
	got, err := revisionOf(&config.Config{Dir: dir, Files: []string{"main.hcl"}})
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
	got, err := revisionOf(&config.Config{Dir: clone, Files: []string{"main.hcl"}})
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

// What counts as changed since the commit.
func TestFilesAsCommitted(t *testing.T) {
	t.Parallel()
	dir, run := repository(t, map[string]string{
		"estate/main.hcl": "# one\n# two\n", "estate/-users.csv": "sip_address\n", "shared/policies.hcl": "# shared\n", "estate/dos.hcl": "# dos\r\n",
	})
	estate := filepath.Join(dir, "estate")
	dirty := func(names ...string) bool {
		t.Helper()
		got, err := revisionOf(&config.Config{Dir: estate, Files: names})
		if err != nil || got == nil {
			t.Fatalf("%+v, %v", got, err)
		}
		return got.Dirty
	}
	all := []string{"main.hcl", "-users.csv", "dos.hcl", "../shared/policies.hcl"}
	real, err := filepath.EvalSymlinks(estate)
	if err != nil {
		t.Fatal(err)
	}
	if dirty(append(all, filepath.ToSlash(filepath.Join(real, "main.hcl")))...) {
		t.Error("files that nobody touched are changed")
	}
	putFile(t, filepath.Join(estate, "main.hcl"), "# one\r\n# two\r\n")
	if dirty(all...) {
		t.Error("lines that end as on Windows are a change")
	}
	putFile(t, filepath.Join(estate, "main.hcl"), "# one\n# three\n")
	run("add", ".") // is not committed for that
	if !dirty(all...) {
		t.Error("a change is none")
	}
	if dirty(all[1:]...) {
		t.Error("a file that the configuration does not consist of counts")
	}
	putFile(t, filepath.Join(dir, ".gitignore"), "new.hcl\n")
	putFile(t, filepath.Join(estate, "new.hcl"), "# new\n")
	if !dirty("new.hcl") {
		t.Error("a file that is ignored is committed")
	}
	if !dirty("../../elsewhere.csv") {
		t.Error("a file outside the repository is committed")
	}
}

// A link is as committed where it is, and what it leads to.
func TestLinksAsCommitted(t *testing.T) {
	t.Parallel()
	dir, run := repository(t, map[string]string{"shared/users.csv": "sip_address\n", "shared/other.csv": "sip_address\n"})
	link := filepath.Join(dir, "users.csv")
	leads := func(to string) {
		t.Helper()
		_ = os.Remove(link)
		if err := os.Symlink(filepath.FromSlash(to), link); err != nil {
			t.Skipf("NOT TESTED: no symbolic link can be made here: %v", err)
		}
	}
	dirty := func() bool {
		t.Helper()
		got, err := revisionOf(&config.Config{Dir: dir, Files: []string{"users.csv"}})
		if err != nil || got == nil {
			t.Fatalf("%+v, %v", got, err)
		}
		return got.Dirty
	}
	leads("shared/users.csv")
	run("add", ".")
	run("commit", "-q", "-m", "a link")
	if dirty() {
		t.Error("a link that nobody touched is changed")
	}
	leads("shared/other.csv")
	if !dirty() {
		t.Error("a link that leads elsewhere is not changed")
	}
	leads("shared/users.csv")
	putFile(t, filepath.Join(dir, "shared", "users.csv"), "identity\n")
	if !dirty() {
		t.Error("what a link leads to is changed, and that does not count")
	}
}

// No repository and no commit yet are nothing to speak of; a repository that git does not find any more is.
func TestWhereNoCommitIs(t *testing.T) {
	t.Parallel()
	dir, run := repository(t, map[string]string{"main.hcl": "# first\n"})
	run("checkout", "-q", "--orphan", "empty")
	if got, err := revisionOf(&config.Config{Dir: dir, Files: []string{"main.hcl"}}); got != nil || err != nil {
		t.Errorf("without a commit: %+v, %v", got, err)
	}
	outside := t.TempDir()
	if got, err := revisionOf(&config.Config{Dir: outside}); got != nil || err != nil {
		t.Errorf("without a repository: %+v, %v", got, err)
	}
	putFile(t, filepath.Join(outside, ".git"), "gitdir: /there/is/none\n")
	if got, err := revisionOf(&config.Config{Dir: outside}); got != nil || err == nil || !strings.Contains(err.Error(), "not a git repository: /there/is/none") {
		t.Errorf("a work tree whose repository is gone: %+v, %v", got, err)
	}
}

// Without git there is nothing to speak of, either.
func TestWithoutGit(t *testing.T) { // not parallel: it sets PATH
	t.Setenv("PATH", t.TempDir())
	if got, err := revisionOf(&config.Config{Dir: t.TempDir(), Files: []string{"main.hcl"}}); got != nil || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
}
