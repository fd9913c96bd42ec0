package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// located is what git takes from its environment in place of looking for the repository of a folder, or of looking into that. Hooks
// and `git rebase --exec` set it for all that they start, of the repository that they run in.
var located = []string{
	"GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_INTERNAL_SUPER_PREFIX",
	"GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE",
	"GIT_REPLACE_REF_BASE", "GIT_NO_REPLACE_OBJECTS", "GIT_REF_STORAGE_FORMAT", "GIT_DEFAULT_REF_FORMAT", "GIT_CONFIG",
}

// unlocated is an environment in which git looks for the repository itself. The user's settings stay, with those of GIT_CONFIG_COUNT
// and GIT_CONFIG_PARAMETERS, where a pipeline says which repositories it trusts.
func unlocated(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(setting string) bool {
		name, _, _ := strings.Cut(setting, "=")
		return slices.Contains(located, strings.ToUpper(name)) // Windows takes any case
	})
}

// git is what git answers in a folder.
func git(dir string, args ...string) (string, error) {
	answer, _, err := askGit(dir, "", args...)
	return answer, err
}

// askGit runs git in a folder, and gives what it remarks besides its answer as well. It reads what is committed and neither writes
// nor fetches, so that nothing that the repository configures is started by it.
func askGit(dir, input string, args ...string) (answer, remarks string, err error) {
	var out, said strings.Builder
	c := exec.Command("git", append([]string{
		"--literal-pathspecs", "--no-replace-objects", "-C", dir, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull,
	}, args...)...)
	c.Env = append(unlocated(os.Environ()), "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "LC_ALL=C", "LANGUAGE=")
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(input), &out, &said
	err = c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = &gitError{code: exit.ExitCode(), said: said.String()}
	}
	return out.String(), said.String(), err
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

// head is the ID of the commit that a folder is of; "" where there is no git, no repository, or no commit in it yet.
func head(dir string) (string, error) {
	id, err := git(dir, "rev-parse", "--verify", "--quiet", "HEAD")
	var failed *gitError
	switch {
	case err == nil:
		return strings.TrimSpace(id), nil
	case errors.Is(err, exec.ErrNotFound):
		return "", nil
	case errors.As(err, &failed) && failed.code == 1:
		return "", unborn(dir)
	case errors.As(err, &failed) && strings.Contains(failed.said, "not a git repository (or any"):
		return "", unspoilt(dir)
	}
	return "", err
}

// unborn is nil where HEAD is a branch without a commit yet. A branch that cannot be read looks the same at first.
func unborn(dir string) error {
	branch, err := git(dir, "symbolic-ref", "HEAD")
	args := append([]string{"for-each-ref", "--format="}, strings.Fields(branch)...)
	_, remarks, failed := askGit(dir, "", args...)
	if failed == nil && remarks != "" {
		failed = &gitError{said: remarks}
	}
	return errors.Join(err, failed)
}

// unspoilt is nil where git rightly sees no repository in a folder and those above it. What lies there and has lost its HEAD, as where
// the power failed, is none to it either.
func unspoilt(dir string) error {
	at, err := filepath.Abs(dir)
	if err == nil {
		at, err = filepath.EvalSymlinks(at)
	}
	for ; err == nil; at = filepath.Dir(at) {
		place := filepath.Join(at, ".git")
		if _, missing := os.Lstat(place); missing == nil {
			_, err = git(dir, "--git-dir="+place, "rev-parse", "--git-dir")
			return err // nil where git may not look that far up
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
	return err
}
