package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"hybrid/internal/bounded"
	"hybrid/internal/journal"
)

// markOf is the file beside a run's that says that not all of it may be in the bucket.
func markOf(dir, run string) string { return filepath.Join(dir, run+".unshared") }

// Refresh brings into the folder what it lacks. A file that holds more than the bucket is this machine's own and stays; a run that
// has come to its end is not asked for again.
func (s *Store) Refresh(ctx context.Context) error {
	o, err := s.open(ctx)
	if err != nil {
		return err
	}
	if err := s.refresh(ctx, o); err != nil {
		return s.unusable(err)
	}
	return nil
}

func (s *Store) refresh(ctx context.Context, o Objects) error {
	runs, err := o.Folders(ctx)
	if err != nil {
		return err
	}
	over := s.over()
	for _, run := range runs {
		if over[run] {
			continue
		}
		if !plainName(run) {
			return fmt.Errorf("%q is no name of a run: something else is kept there. Give the journal a prefix of its own: ?prefix=hybrid/", run)
		}
		if err := s.fetch(ctx, o, run); err != nil {
			return fmt.Errorf("run %s: %w", run, err)
		}
	}
	return nil
}

// over are the runs of which the folder holds everything, to the end.
func (s *Store) over() map[string]bool {
	all := map[string]bool{}
	runs, _ := journal.List(s.Dir()) // what is damaged is fetched where it is short, and told by whoever reads it
	for _, run := range runs {
		all[run.ID] = run.End != nil
	}
	return all
}

// plainName says whether a run can be a file of the folder.
func plainName(run string) bool {
	return run == filepath.Base(run) && !strings.HasPrefix(run, ".") && !strings.ContainsAny(run, `/\:`)
}

// fetch brings the file of a run up to the bucket.
func (s *Store) fetch(ctx context.Context, o Objects, run string) error {
	there, err := piecesOf(ctx, o, run)
	if err != nil || bytesOf(there) == 0 {
		return err
	}
	if total := bytesOf(there); total > journal.MostFile {
		return &bounded.TooLargeError{Has: total, Most: journal.MostFile}
	}
	path := filepath.Join(s.Dir(), run+suffix)
	size := sizeOf(path) // after the list: a run that is at work writes here first
	have, missing := split(there, size)
	if len(missing) == 0 {
		return nil
	}
	begin, err := beginning(path, have)
	if err != nil {
		return err
	}
	rest, err := getAll(ctx, o, missing)
	if err != nil {
		return err
	}
	return replace(path, append([][]byte{begin}, rest...))
}

// piecesOf are the objects of a run, all of them; none where a folder is something else's, such as another journal's below this one.
func piecesOf(ctx context.Context, o Objects, run string) ([]Object, error) {
	there, err := o.List(ctx, run)
	if err != nil {
		return nil, err
	}
	there = slices.DeleteFunc(there, func(object Object) bool { return !pieceName.MatchString(strings.TrimPrefix(object.Name, run+"/")) })
	for n, object := range there {
		if want := nameOf(run, n+1); object.Name != want {
			return nil, fmt.Errorf("%s is missing, and %s is there: somebody has deleted a part of the journal", want, object.Name)
		}
	}
	return there, nil
}

// pieceName is what the objects of a run are called.
var pieceName = regexp.MustCompile(`^[0-9]{6,}\.jsonl$`)

func bytesOf(objects []Object) (total int64) {
	for _, object := range objects {
		total += object.Size
	}
	return total
}

func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// split tells what a file of a size holds, in bytes, and the objects that it lacks. One that does not end where an object ends was
// not written to its end, and is made anew.
func split(there []Object, size int64) (have int64, missing []Object) {
	var total int64
	for n, object := range there {
		if total == size {
			return total, there[n:]
		}
		if total += object.Size; total > size {
			return 0, there
		}
	}
	return total, nil
}

// beginning is as much of a file.
func beginning(path string, n int64) ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	content, err := bounded.File(path, journal.MostFile)
	if err != nil {
		return nil, err
	}
	return content[:n], nil
}

// atOnce is how many objects are read side by side.
const atOnce = 16

// getAll reads objects.
func getAll(ctx context.Context, o Objects, objects []Object) ([][]byte, error) {
	contents, failed := make([][]byte, len(objects)), make([]error, atOnce)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	for w := range atOnce {
		all.Go(func() {
			for n := w; n < len(objects) && failed[w] == nil; n += atOnce {
				if contents[n], _, failed[w] = o.Get(ctx, objects[n].Name); failed[w] != nil {
					stop()
				}
			}
		})
	}
	all.Wait()
	for _, err := range failed {
		if err != nil && !errors.Is(err, context.Canceled) {
			return nil, err
		}
	}
	return contents, errors.Join(failed...)
}

// replace makes a file anew, whole or not at all.
func replace(path string, parts [][]byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".fetched-")
	if err != nil {
		return err
	}
	_, err = f.Write(bytes.Join(parts, nil))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// deliver puts into the bucket what runs of this machine could not. Whoever calls it holds the lease, so that none of them is at work.
func (s *Store) deliver(ctx context.Context, o Objects) error {
	marks, err := filepath.Glob(markOf(s.Dir(), "*"))
	if err != nil {
		return err
	}
	for _, mark := range marks {
		run := strings.TrimSuffix(filepath.Base(mark), ".unshared")
		if err := s.deliverRun(ctx, o, run); err != nil {
			return fmt.Errorf("run %s, of which this machine has more than the bucket: %w", run, err)
		}
		if err := os.Remove(mark); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) deliverRun(ctx context.Context, o Objects, run string) error {
	content, err := bounded.File(filepath.Join(s.Dir(), run+suffix), journal.MostFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	content = content[:bytes.LastIndexByte(content, '\n')+1] // nothing relied on a torn line
	there, err := piecesOf(ctx, o, run)
	if err != nil {
		return err
	}
	total := bytesOf(there)
	if total >= int64(len(content)) {
		return nil
	}
	w := &writer{objects: o, clock: s.clock, run: run, patience: s.Term, count: len(there)}
	return w.write(ctx, content[total:])
}
