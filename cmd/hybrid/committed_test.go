package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"hybrid/internal/config"
)

// changed says whether the commit of a configuration is named with changes.
func changed(t *testing.T, c *config.Config) bool {
	t.Helper()
	got, err := revisionOf(c)
	if err != nil || got == nil {
		t.Fatalf("%+v, %v", got, err)
	}
	return got.Dirty
}

// What counts as changed since the commit.
func TestFilesAsCommitted(t *testing.T) {
	t.Parallel()
	const main = "locals {\n  read = [file(\"-users.csv\"), file(\"../shared/policies.txt\")]\n}\n"
	dir, run := repository(t, map[string]string{
		"estate/main.hcl": main, "estate/-users.csv": "sip_address\n", "estate/notes.txt": "one\n", "shared/policies.txt": "# shared\n",
		"estate/dos.hcl": "# dos\r\n", "estate/mark.hcl": "\xef\xbb\xbf# mark\n",
	})
	estate := filepath.Join(dir, "estate")
	dirty := func() bool { t.Helper(); return changed(t, loaded(t, estate)) }
	puts := func(name, content string) { t.Helper(); putFile(t, filepath.Join(estate, name), content) }
	puts("notes.txt", "two\n")
	if dirty() {
		t.Error("files that nobody touched are changed, or one counts that the configuration does not consist of")
	}
	puts("main.hcl", strings.ReplaceAll(main, "\n", "\r\n"))
	if dirty() {
		t.Error("lines that end as on Windows are a change")
	}
	puts("main.hcl", main+"# three\n")
	run("add", ".") // is not committed for that
	if !dirty() {
		t.Error("a change is none")
	}
	puts("main.hcl", main)
	puts("../shared/policies.txt", "# others\n")
	if !dirty() {
		t.Error("a change of what is read from another folder is none")
	}
	puts("../shared/policies.txt", "# shared\n")
	puts("mark.hcl", "# mark\n")
	if !dirty() {
		t.Error("a byte order mark is gone, and that is no change")
	}
	puts("mark.hcl", "\xef\xbb\xbf# mark\n")
	puts("../.gitignore", "new.hcl\n")
	puts("new.hcl", "# new\n")
	if !dirty() {
		t.Error("a file that is ignored is committed")
	}
}

// Names that a configuration may have for files.
func TestNamesAsCommitted(t *testing.T) {
	t.Parallel()
	dir, run := repository(t, map[string]string{"estate/tables/clouds.json": "{\"clouds\": {}}\n", "estate/users.csv": "sip_address\n"})
	estate := filepath.Join(dir, "estate")
	real, err := filepath.EvalSymlinks(estate)
	if err != nil {
		t.Fatal(err)
	}
	committed := func(main string) *config.Config {
		t.Helper()
		putFile(t, filepath.Join(estate, "main.hcl"), main)
		run("add", ".")
		run("commit", "-q", "-m", "next")
		return loaded(t, estate)
	}
	if changed(t, committed(fmt.Sprintf("locals {\n  read = file(%q)\n}\n", filepath.ToSlash(filepath.Join(real, "users.csv"))))) {
		t.Error("a file that is named from the root is changed")
	}
	if changed(t, committed("hybrid {\n  clouds = \"tables/clouds.json\"\n}\n")) {
		t.Error("a table of clouds in another folder is changed")
	}
	putFile(t, filepath.Join(dir, "..", "elsewhere.csv"), "sip_address\n")
	if !changed(t, committed("locals {\n  read = file(\"../../elsewhere.csv\")\n}\n")) {
		t.Error("a file outside the repository is committed")
	}
}

// A file of the configuration that is gone is a change, and so is one that has another name. What would not be read is not missed.
func TestFilesGone(t *testing.T) {
	t.Parallel()
	dir, _ := repository(t, map[string]string{
		"estate/main.hcl": "# first\n", "estate/guards.hcl": "# guards\n", "estate/.draft.hcl": "# draft\n", "estate/more/parts.hcl": "# parts\n",
		"estate/read.me": "first\n", "other.hcl": "# other\n",
	})
	estate := filepath.Join(dir, "estate")
	for _, name := range []string{".draft.hcl", "more/parts.hcl", "read.me", "../other.hcl"} {
		if err := os.Remove(filepath.Join(estate, name)); err != nil {
			t.Fatal(err)
		}
	}
	if changed(t, loaded(t, estate)) {
		t.Error("files are missed that the configuration does not consist of")
	}
	if err := os.Rename(filepath.Join(estate, "guards.hcl"), filepath.Join(estate, "guards.hcl.off")); err != nil {
		t.Fatal(err)
	}
	if !changed(t, loaded(t, estate)) {
		t.Error("a file is gone, and that is no change")
	}
}

// A plan is of what was read, whatever becomes of the files while it is made.
func TestFilesAsRead(t *testing.T) {
	t.Parallel()
	const main, users = "locals {\n  read = file(\"users.csv\")\n}\n", "sip_address\n"
	dir, run := repository(t, map[string]string{"main.hcl": main, "users.csv": users})
	committed := loaded(t, dir)
	putFile(t, filepath.Join(dir, "main.hcl"), main+"# more\n")
	edited := loaded(t, dir)
	run("checkout", "main.hcl")
	putFile(t, filepath.Join(dir, "users.csv"), users+"sip:ada@contoso.com\n")
	longer := loaded(t, dir)
	if changed(t, committed) {
		t.Error("what was read as it is committed is changed by what came later")
	}
	run("checkout", "users.csv")
	if !changed(t, edited) || !changed(t, longer) {
		t.Error("what was read with a change is as committed, since the change was taken back later")
	}
}

// A link is followed within the commit.
func TestLinksAsCommitted(t *testing.T) {
	t.Parallel()
	dir, run := repository(t, map[string]string{
		"main.hcl": "locals {\n  read = [file(\"users.csv\"), file(\"lists/users.csv\")]\n}\n", "shared/users.csv": "sip_address\n", "shared/other.csv": "identity\n",
	})
	leads := func(name, to string) {
		t.Helper()
		link := filepath.Join(dir, name)
		_ = os.Remove(link)
		if err := os.Symlink(filepath.FromSlash(to), link); err != nil {
			t.Skipf("NOT TESTED: no symbolic link can be made here: %v", err)
		}
	}
	leads("users.csv", "shared/users.csv")
	leads("lists", "shared")
	run("add", ".")
	run("commit", "-q", "-m", "links")
	if changed(t, loaded(t, dir)) {
		t.Error("links that nobody touched are changed")
	}
	leads("users.csv", "shared/other.csv")
	if !changed(t, loaded(t, dir)) {
		t.Error("a link that leads elsewhere is not changed")
	}
	leads("users.csv", "shared/users.csv")
	putFile(t, filepath.Join(dir, "shared", "users.csv"), "identity\n")
	if !changed(t, loaded(t, dir)) {
		t.Error("what a link leads to is changed, and that does not count")
	}
}

// What of a commit cannot be read is not what it lacks: git's words are told.
func TestTreesMissing(t *testing.T) {
	t.Parallel()
	dir, run := repository(t, map[string]string{"main.hcl": "locals {\n  read = file(\"shared/users.csv\")\n}\n", "shared/users.csv": "sip_address\n"})
	tree := run("rev-parse", "HEAD:shared")
	if err := os.Remove(filepath.Join(dir, ".git", "objects", tree[:2], tree[2:])); err != nil {
		t.Fatal(err)
	}
	got, err := revisionOf(loaded(t, dir))
	if got == nil || !got.Dirty || err == nil || !strings.Contains(err.Error(), "Could not read "+tree) {
		t.Errorf("%+v, %v", got, err)
	}
}

// What `git replace` puts in the place of a commit is in this clone alone.
func TestCommitsReplaced(t *testing.T) {
	t.Parallel()
	dir, run := repository(t, map[string]string{"main.hcl": "# first\n"})
	first := run("rev-parse", "HEAD")
	putFile(t, filepath.Join(dir, "main.hcl"), "# second\n")
	run("commit", "-q", "-a", "-m", "second")
	second := run("rev-parse", "HEAD")
	run("reset", "-q", "--soft", first)
	run("replace", first, second)
	if !changed(t, loaded(t, dir)) {
		t.Error("what a commit was replaced by counts as the commit")
	}
}

// A command line of Windows has 32,767 characters, and a configuration any number of files.
func TestManyFiles(t *testing.T) { // not parallel: it sets PATH
	files := map[string]string{}
	for n := range 700 {
		files[fmt.Sprintf("rules-for-the-voice-of-a-site-with-a-long-name-%03d.hcl", n)] = "# rule\n"
	}
	dir, _ := repository(t, files)
	if runtime.GOOS != "windows" {
		git, err := exec.LookPath("git")
		if err != nil {
			t.Fatal(err)
		}
		narrow := t.TempDir()
		putFile(t, filepath.Join(narrow, "git"), "#!/bin/sh\nline=\"$*\"\n[ ${#line} -lt 32767 ] || exit 126\nexec '"+git+"' \"$@\"\n")
		t.Setenv("PATH", narrow+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
	if changed(t, loaded(t, dir)) {
		t.Error("files that nobody touched are changed")
	}
}
