package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/bounded"
)

// MostFile bounds what a configuration may read from one file, in bytes. A million users are about 60 MB.
const MostFile = 64 << 20

// utf8BOM is what Notepad and Excel put before a file's text.
var utf8BOM = []byte("\xef\xbb\xbf")

// readFolder reads the configuration's files as they are, by the name that ranges will give them.
func readFolder(dir string) (map[string][]byte, hcl.Diagnostics) {
	sources := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return sources, hcl.Diagnostics{{
			Severity: hcl.DiagError, Summary: "Cannot read the configuration",
			Detail: fmt.Sprintf("The folder %s cannot be read: %s. Name the folder that holds the *.hcl files.", dir, cause(err)),
		}}
	}
	var diags hcl.Diagnostics
	hidden := "" // a file that its editor has given a second ending, which Windows does not show
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasSuffix(strings.ToLower(name), ".hcl.txt") {
			hidden = name
		}
		if entry.IsDir() || !Reads(name) {
			continue
		}
		shown := filepath.ToSlash(filepath.Join(shortest(dir), name)) // as on any system: what a plan says of a place is compared
		src, err := readRegular(filepath.Join(dir, name))
		if err != nil {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Cannot read the configuration",
				Detail: fmt.Sprintf("%s: %s.", shown, cause(err)),
			})
			continue
		}
		if inUTF16(src) {
			diags = append(diags, utf16Problem(shown))
			continue
		}
		sources[shown] = src
	}
	if len(sources) == 0 && len(diags) == 0 {
		detail := fmt.Sprintf("The folder %s holds no *.hcl files. Name the folder that does, or write one to start from with `hybrid init`.", dir)
		if hidden != "" {
			detail = fmt.Sprintf("The folder %s holds no *.hcl files, but %s, which an editor has given a second ending: rename it to %s.", dir, hidden, hidden[:len(hidden)-len(".txt")])
		}
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "No configuration here", Detail: detail})
	}
	return sources, diags
}

// inUTF16 says whether a text begins as Windows PowerShell's > and Out-File write it.
func inUTF16(src []byte) bool {
	return bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff"))
}

// utf16Problem has no place: none of its lines could be shown.
func utf16Problem(file string) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Cannot read the configuration",
		Detail: fmt.Sprintf("%s is in UTF-16, as > and Out-File of Windows PowerShell write it. Save it as UTF-8, there with Set-Content -Encoding UTF8.", file),
	}
}

// withDrafts adds files to those of a folder, which need not exist then.
func withDrafts(dir string, sources map[string][]byte, diags hcl.Diagnostics, drafts map[string][]byte) (map[string][]byte, hcl.Diagnostics) {
	if len(sources) == 0 {
		diags = nil // there is none yet, or none that holds anything
	}
	for name, src := range drafts {
		if isConfiguration(name) && !strings.Contains(name, "/") {
			sources[filepath.Join(shortest(dir), name)] = src
		}
	}
	return sources, diags
}

// Reads says whether a file of this name, in the folder of a configuration, is part of that for its name.
func Reads(name string) bool { return isConfiguration(name) && !strings.HasPrefix(name, ".") }

func isConfiguration(name string) bool {
	return strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hcl.json")
}

// shortest is a folder as seen from the working directory, where it lies below that.
func shortest(dir string) string {
	if !filepath.IsAbs(dir) {
		return dir
	}
	here, err := os.Getwd()
	if err != nil {
		return dir
	}
	if rel, err := filepath.Rel(here, dir); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return dir
}

// readRegular reads a file that is a file and not beyond MostFile.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errors.New("it is a folder, not a file")
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	}
	return bounded.File(path, MostFile)
}

// cause words an error of the file system without repeating the path.
func cause(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "it does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "this account may not read it (permission denied)"
	}
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

// files are the files that a configuration's functions read. Each is read once, so that evaluating again gives the same.
type files struct {
	dir     string
	drafts  map[string][]byte // instead of what the folder holds, by path with slashes
	own     []string          // columns of users that users_csv keeps, where a file has them
	mu      sync.Mutex
	read    map[string][]byte // by path as written, cleaned
	failed  map[string]error
	secret  map[string]bool // paths that must not show in the digest
	sealed  bool
	present map[string]bool       // what fileexists was told
	decoded map[string]string     // texts given to csvdecode, by the name of their file
	tables  map[string]tableOrErr // by users_csv's arguments
	fetched map[string]bool       // what was asked for a secret
	remarks map[string]string     // what programs said that were asked, by their names
}

type tableOrErr struct {
	table *Users
	err   error
}

func newFiles(dir string) *files {
	return &files{
		dir: dir, read: map[string][]byte{}, failed: map[string]error{}, secret: map[string]bool{},
		present: map[string]bool{}, decoded: map[string]string{}, tables: map[string]tableOrErr{},
		fetched: map[string]bool{}, remarks: map[string]string{},
	}
}

// get gives a file's content. Files that are read for the first time after seal are refused: they would be part of
// what is applied and not of what was planned.
func (f *files) get(path string) ([]byte, error) { return f.load(path, false) }

func (f *files) getSecret(path string) ([]byte, error) { return f.load(path, true) }

func (f *files) load(path string, secret bool) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name := filepath.ToSlash(filepath.Clean(path))
	if src, ok := f.read[name]; ok {
		f.secret[name] = f.secret[name] || secret
		return src, nil
	}
	if err, ok := f.failed[name]; ok {
		return nil, err
	}
	if f.sealed {
		return nil, fmt.Errorf("%s was not read when the plan was made: a file's name must be known before apply", path)
	}
	src, err := f.content(path, name)
	if err != nil {
		f.failed[name] = &fileError{path, err}
		return nil, f.failed[name]
	}
	f.read[name], f.secret[name] = src, secret
	return src, nil
}

// content is what a draft or the file itself holds.
func (f *files) content(path, name string) ([]byte, error) {
	if src, drafted := f.drafts[name]; drafted {
		return src, nil
	}
	return readRegular(f.at(path))
}

// exists says whether there is such a file. An error is no absence.
func (f *files) exists(path string) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name := filepath.ToSlash(filepath.Clean(path))
	if known, ok := f.present[name]; ok {
		return known, nil
	}
	info, err := os.Stat(f.at(path))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, &fileError{path, err}
	}
	f.present[name] = err == nil && info.Mode().IsRegular()
	return f.present[name], nil
}

// missing says whether a file could not be read because there is none.
func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// at is where a path of the configuration lies.
func (f *files) at(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(f.dir, path)
}

func (f *files) seal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sealed = true
}

// fileError names the file as the configuration writes it.
type fileError struct {
	path string
	err  error
}

func (e *fileError) Error() string {
	return fmt.Sprintf("cannot read %q: %s; paths are relative to the configuration's folder", e.path, cause(e.err))
}

func (e *fileError) Unwrap() error { return e.err }
