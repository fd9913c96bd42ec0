package main

import (
	"bytes"
	"crypto/sha1" // what git names content by; nothing rests on it but "changed since"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"hybrid/internal/config"
)

// asCommitted says whether a configuration, of which these contents were read, is as a commit has it, but for how lines end: the same
// files in its folder, and in each the same. Names have slashes, and are relative to dir or absolute.
//
// What was read is compared, not what lies there by now. And it is compared here and not by `git status`, which writes the index anew
// and starts what the repository's configuration names for that: a hook, a watcher, filters. So a file that git keeps filtered (LFS,
// git-crypt) never is as committed.
func asCommitted(dir, commit string, read map[string][]byte) (bool, error) {
	whole, err := readWhole(dir, commit, read)
	if err != nil || !whole {
		return false, err
	}
	names := slices.Sorted(maps.Keys(read))
	ids, err := committedIDs(dir, commit, names)
	if err != nil || len(ids) < len(names) {
		return false, err
	}
	for n, name := range names {
		content := read[name]
		if !hasID(content, ids[n]) && !hasID(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")), ids[n]) {
			return false, nil
		}
	}
	return true, nil
}

// readWhole says whether every file that a commit has for the configuration in dir was read: one that is gone, or has another name now,
// was not.
func readWhole(dir, commit string, read map[string][]byte) (bool, error) {
	listed, err := git(dir, "ls-tree", "-z", commit)
	if err != nil {
		return false, err
	}
	for entry := range strings.SplitSeq(listed, "\x00") {
		about, name, _ := strings.Cut(entry, "\t")
		f := strings.Fields(about)
		if len(f) != 3 || f[1] != "blob" || !config.Reads(name) {
			continue
		}
		if _, there := read[name]; !there {
			return false, nil
		}
	}
	return true, nil
}

// committedIDs are the IDs of what a commit has under names, as far as the first that it does not have. Where it has a symbolic link, git
// follows it within the commit. The names go by standard input: a command line on Windows has room for some 700.
func committedIDs(dir, commit string, names []string) ([]string, error) {
	places, err := placesOf(dir, names)
	if err != nil || len(places) < len(names) {
		return nil, err
	}
	var asked strings.Builder
	for _, place := range places {
		fmt.Fprintf(&asked, "%s:%s\n", commit, place)
	}
	answers, _, err := askGit(dir, asked.String(), "cat-file", "--batch-check=%(objectname)", "--follow-symlinks")
	if err != nil {
		return nil, err
	}
	ids := strings.Fields(answers)
	for n, place := range places {
		if n < len(ids) && isID(ids[n]) {
			continue
		}
		// To cat-file what cannot be read is missing as well. This fails there.
		_, err := git(dir, "ls-tree", "--full-tree", commit, "--", place)
		return ids[:min(n, len(ids))], err
	}
	return ids, nil
}

// placesOf are names as commits have them, from the root of the repository, as far as the first that can be in no commit.
func placesOf(dir string, names []string) ([]string, error) {
	within, err := git(dir, "rev-parse", "--show-prefix")
	if err != nil {
		return nil, err
	}
	within = strings.TrimSuffix(within, "\n")
	var places []string
	for _, name := range names {
		if filepath.IsAbs(name) {
			name = below(dir, name)
		}
		place := path.Join(within, name)
		if filepath.IsAbs(name) || strings.HasPrefix(place, "../") || strings.ContainsAny(place, "\r\n") {
			return places, nil
		}
		places = append(places, place)
	}
	return places, nil
}

// below writes an absolute name relative to dir. One that cannot be written so, as on another volume, stays.
func below(dir, name string) string {
	at, err := filepath.Abs(dir)
	if err == nil {
		at, err = filepath.EvalSymlinks(at)
	}
	rel := ""
	if err == nil {
		rel, err = filepath.Rel(at, name)
	}
	if err != nil {
		return name
	}
	return filepath.ToSlash(rel)
}

func isID(text string) bool {
	_, err := hex.DecodeString(text)
	return err == nil
}

// hasID says whether content has an ID of git, in hexadecimal.
func hasID(content []byte, id string) bool {
	var h hash.Hash = sha1.New()
	if len(id) == hex.EncodedLen(sha256.Size) {
		h = sha256.New()
	}
	fmt.Fprintf(h, "blob %d\x00", len(content))
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil)) == id
}
