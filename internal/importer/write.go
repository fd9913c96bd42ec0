package importer

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// What is imported is for its owner alone, until that says otherwise: it names everybody who has a home, and blocks that are copied
// from another configuration may have a password in them.
const (
	folderMode = 0o700
	fileMode   = 0o600
)

// Write puts files into a folder, by path with slashes, all of them or none. No file that is there is overwritten. They are
// written into a folder beside or within first, and get their names when all are on disk: a folder that does not exist appears
// whole; in one that does, tables come before the files that read them.
func Write(dir string, files map[string][]byte) error {
	_, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = writeFolder(dir, files)
	case err == nil:
		err = writeInto(dir, files)
	}
	if err != nil {
		return fmt.Errorf("nothing was written: %w", err)
	}
	return nil
}

// Writable says what is in the way of [Write] putting files into a folder, before anything has been read for them, which may
// take long. It leaves nothing behind.
func Writable(dir string) error {
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		draft, err := os.MkdirTemp(at, ".import-")
		switch {
		case err == nil:
			return os.Remove(draft)
		case errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at):
			continue
		}
		return fmt.Errorf("nothing can be written into %s: %w. Nothing was read", dir, errors.Unwrap(err))
	}
}

// writeFolder makes the folder beside its place and then gives it its name.
func writeFolder(dir string, files map[string][]byte) error {
	parent := filepath.Dir(filepath.Clean(dir))
	if err := os.MkdirAll(parent, folderMode); err != nil {
		return err
	}
	draft, err := os.MkdirTemp(parent, ".import-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(draft)
	if err := fill(draft, files); err != nil {
		return err
	}
	return os.Rename(draft, dir)
}

// writeInto links files into a folder that is there; what was linked before one that cannot be is taken away again.
func writeInto(dir string, files map[string][]byte) (err error) {
	draft, err := os.MkdirTemp(dir, ".import-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(draft)
	if err := fill(draft, files); err != nil {
		return err
	}
	var placed []string
	defer func() {
		if err != nil {
			for _, path := range placed {
				os.Remove(path)
			}
		}
	}()
	root, err := os.OpenRoot(dir) // a link within that leads out of the folder is an error
	if err != nil {
		return err
	}
	defer root.Close()
	for _, name := range tablesFirst(files) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := makeWithin(root, filepath.Dir(filepath.FromSlash(name))); err != nil {
			return err
		}
		if err := rename(filepath.Join(draft, filepath.FromSlash(name)), path); err != nil {
			return err
		}
		placed = append(placed, path)
	}
	return nil
}

// makeWithin makes the folders on the way to a file of a folder.
func makeWithin(root *os.Root, name string) error {
	if err := root.MkdirAll(name, folderMode); err != nil {
		return err
	}
	_, err := root.Stat(name)
	return err
}

// tablesFirst orders names: those in folders below, which others read, come first.
func tablesFirst(files map[string][]byte) []string {
	names := slices.Sorted(maps.Keys(files))
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return names
}

func rank(name string) int {
	if filepath.Ext(name) == ".hcl" {
		return 1
	}
	return 0
}

// rename gives a file its name unless another has it.
func rename(from, to string) error {
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s exists by now, and is not overwritten", to)
	}
	return os.Rename(from, to)
}

// fill writes the files into a folder and sees them to the disk.
func fill(dir string, files map[string][]byte) error {
	for name, text := range files {
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return fmt.Errorf("%q is no name of a file in the folder", name)
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), folderMode); err != nil {
			return err
		}
		if err := save(path, text); err != nil {
			return err
		}
	}
	return nil
}

func save(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Sync(), file.Close())
}
