package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hybrid/internal/bounded"
)

// List gives the runs of a folder, newest first, with their first line and, where they have one, their last: Entries
// and Notes are left to Read. Files that cannot be read are in the error, beside the runs that can; a file whose run was
// cut off before it announced anything is left out. A folder that does not exist has no runs.
func List(dir string) ([]*Past, error) {
	names, err := runFiles(dir)
	if err != nil {
		return nil, err
	}
	var runs []*Past
	var failed []error
	for _, name := range names {
		p, err := outline(filepath.Join(dir, name))
		switch {
		case err == nil:
			runs = append(runs, p)
		case !errors.Is(err, errNoRun):
			failed = append(failed, err)
		}
	}
	slices.SortFunc(runs, func(a, b *Past) int {
		if n := b.Started.Compare(a.Started); n != 0 {
			return n
		}
		return strings.Compare(b.ID, a.ID)
	})
	return runs, errors.Join(failed...)
}

// Since gives the runs of a folder that began after one of them, oldest first, as [List] gives them. Files that are older by their
// names are not opened.
func Since(dir string, run *Past) ([]*Past, error) {
	names, err := runFiles(dir)
	if err != nil {
		return nil, err
	}
	var later []*Past
	for _, name := range names {
		if second(name) < second(run.ID) {
			break
		}
		p, err := outline(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, errNoRun) {
			return nil, err
		}
		if err == nil && p.ID != run.ID && !p.Started.Before(run.Started) {
			later = append(later, p)
		}
	}
	slices.SortFunc(later, func(a, b *Past) int { return a.Started.Compare(b.Started) })
	return later, nil
}

// Latest is the run of a folder that began last, as far as [List] tells of it; nil where there is none. However long a journal
// is, only the files of the last second are opened.
func Latest(dir string) (*Past, error) {
	names, err := runFiles(dir)
	if err != nil {
		return nil, err
	}
	var latest *Past
	for _, name := range names {
		if latest != nil && second(name) != second(latest.ID) {
			break
		}
		p, err := outline(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, errNoRun) {
			return nil, err
		}
		if err == nil && (latest == nil || p.Started.After(latest.Started)) {
			latest = p
		}
	}
	return latest, nil
}

// runFiles names the files of the runs of a folder, the latest first as far as their names tell: these begin with the second of
// their run. A folder that does not exist has none.
func runFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("journal: %w", err)
	}
	var names []string
	for _, e := range slices.Backward(entries) {
		if !e.IsDir() && strings.HasSuffix(e.Name(), suffix) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// second is the part of a run's ID that says when it began.
func second(id string) string {
	at, _, _ := strings.Cut(id, "-")
	return at
}

// outline reads the first and the last line of a file.
func outline(path string) (*Past, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	first, err := bounded.Line(bufio.NewReader(f), MostLine)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("journal: %s: %w", path, err)
	}
	p, err := read(bytes.NewReader(first), path)
	if err != nil {
		return nil, err
	}
	last, err := lastLine(f)
	if err != nil {
		return nil, fmt.Errorf("journal: %s: %w", path, err)
	}
	if r, err := parseLine(last); err == nil && r.End != nil {
		p.End, p.Ended = r.End, r.Time
	}
	return p, nil
}

// lastLine gives the text after the last line feed but one. It reads backwards, twice as much each time.
func lastLine(f *os.File) ([]byte, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	for window := int64(4 << 10); ; window *= 2 {
		if window > 2*MostLine {
			return nil, fmt.Errorf("its last line: %w", &bounded.TooLargeError{Most: MostLine})
		}
		end := make([]byte, min(size, window))
		if _, err := f.ReadAt(end, size-int64(len(end))); err != nil && err != io.EOF {
			return nil, err
		}
		end = bytes.TrimSuffix(end, []byte("\n"))
		if start := bytes.LastIndexByte(end, '\n'); start >= 0 || window >= size {
			return end[start+1:], nil
		}
	}
}
