package main

import (
	"bytes"
	"crypto/sha1" // what git names content by; nothing rests on it but "changed since"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"hybrid/internal/bounded"
	"hybrid/internal/config"
)

// mostLinks is how many symbolic links one file may be behind.
const mostLinks = 10

// A blob is what a commit has under a name.
type blob struct {
	mode string // "100644", "120000" of a symbolic link
	id   string // of its content, in hexadecimal
}

// asCommitted says whether files are as a commit has them, but for how their lines end. Names have slashes, and are relative to dir or
// absolute.
//
// The comparison is made here and not by `git status`, which writes the index anew and starts what the repository's configuration
// names for that: a hook, a watcher, filters. So a file that git keeps filtered (LFS, git-crypt) never is as committed.
func asCommitted(dir, commit string, names []string) (bool, error) {
	names = below(dir, names)
	for range mostLinks {
		if len(names) == 0 {
			return true, nil
		}
		files, err := filesOf(dir, commit, names)
		if err != nil {
			return false, ignoreOutside(err)
		}
		var behind []string
		for _, name := range names {
			file, there := files[path.Clean(name)]
			target, same := file.same(filepath.Join(dir, filepath.FromSlash(name)))
			if !there || !same {
				return false, nil
			}
			if target != "" {
				behind = append(behind, path.Join(path.Dir(name), target))
			}
		}
		names = behind
	}
	return false, nil
}

// below writes absolute names as git lists them, relative to dir. One that cannot be written so is in no commit, and stays.
func below(dir string, names []string) []string {
	names = slices.Clone(names)
	for i, name := range names {
		if !filepath.IsAbs(name) {
			continue
		}
		at, err := filepath.Abs(dir)
		if err == nil {
			at, err = filepath.EvalSymlinks(at)
		}
		if err == nil {
			name, err = filepath.Rel(at, name)
		}
		if err == nil {
			names[i] = filepath.ToSlash(name)
		}
	}
	return names
}

// filesOf is what a commit has of some names. What it does not have is missing.
func filesOf(dir, commit string, names []string) (map[string]blob, error) {
	args := []string{"ls-tree", "-z", commit}
	for _, name := range names {
		args = append(args, "./"+name) // which no option begins with
	}
	listed, err := git(dir, args...)
	if err != nil {
		return nil, err
	}
	files := map[string]blob{}
	for entry := range strings.SplitSeq(listed, "\x00") {
		about, name, _ := strings.Cut(entry, "\t")
		if f := strings.Fields(about); len(f) == 3 && f[1] == "blob" {
			files[name] = blob{mode: f[0], id: f[2]}
		}
	}
	return files, nil
}

// same says whether what lies at a place is this file. Of a symbolic link it gives where that leads, as well.
func (f blob) same(place string) (target string, same bool) {
	info, err := os.Lstat(place)
	if err != nil {
		return "", false
	}
	switch isLink := info.Mode()&os.ModeSymlink != 0; {
	case isLink != (f.mode == "120000"):
		return "", false
	case isLink:
		target, err = os.Readlink(place)
		target = filepath.ToSlash(target)
		return target, err == nil && !path.IsAbs(target) && f.is([]byte(target))
	}
	content, err := bounded.File(place, config.MostFile)
	return "", err == nil && (f.is(content) || f.is(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))))
}

// is says whether content has the id of the file.
func (f blob) is(content []byte) bool {
	var h hash.Hash = sha1.New()
	if len(f.id) == hex.EncodedLen(sha256.Size) {
		h = sha256.New()
	}
	fmt.Fprintf(h, "blob %d\x00", len(content))
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil)) == f.id
}

// git runs git in a folder. It reads what is committed and neither writes nor fetches, so that nothing that the repository
// configures is started by it.
func git(dir string, args ...string) (string, error) {
	c := exec.Command("git", append([]string{
		"--literal-pathspecs", "-C", dir, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull,
	}, args...)...)
	c.Env = append(c.Environ(), "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "LC_ALL=C", "LANGUAGE=")
	out, err := c.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = &gitError{code: exit.ExitCode(), said: string(exit.Stderr)}
	}
	return string(out), err
}

// gitError is how git failed.
type gitError struct {
	code int
	said string
}

func (e *gitError) Error() string {
	if strings.TrimSpace(e.said) == "" {
		return fmt.Sprintf("git ended with code %d", e.code)
	}
	return e.said
}

// noCommit says whether there is no git, no repository, or no commit in it yet (code 1 of rev-parse --quiet). A repository that
// git was sent to and does not find, or does not trust, is another thing.
func noCommit(err error) bool {
	var failed *gitError
	if errors.As(err, &failed) {
		return failed.code == 1 || strings.Contains(failed.said, "not a git repository (or any")
	}
	return errors.Is(err, exec.ErrNotFound)
}

// ignoreOutside takes it for no error that a file lies outside the repository: it is in no commit, and that is all there is to say.
func ignoreOutside(err error) error {
	var failed *gitError
	if errors.As(err, &failed) && strings.Contains(failed.said, "is outside repository") {
		return nil
	}
	return err
}
