package handout

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A File is a list on disk that this run has made. It never takes the place of a file that was there: somebody may have
// sent or edited that.
type File struct{ path string }

// Free says whether a list can be made at a path: nil where nothing is there yet.
func Free(path string) error {
	switch _, err := os.Lstat(path); {
	case err == nil:
		return exists(path)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the handout: %w", err)
	}
	return nil
}

func exists(path string) error {
	return fmt.Errorf("the handout %s exists, and a list that somebody may have sent or edited is not overwritten: name another file, or remove it", path)
}

// Create makes a list with its header, readable by this account only.
func Create(path string) (*File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, exists(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the handout: %w", err)
	}
	_, err = file.Write(Encode(nil))
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("the handout: %w", err)
	}
	return &File{path: path}, nil
}

// Replace writes the list anew, whole: whoever reads it meanwhile sees the list before or after, never half of one.
func (f *File) Replace(rows []Row) error {
	if err := f.replace(rows); err != nil {
		return fmt.Errorf("the handout %s could not be written: %w", f.path, err)
	}
	return nil
}

func (f *File) replace(rows []Row) error {
	temporary, err := os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+".*") // mode 0600
	if err != nil {
		return err
	}
	_, err = temporary.Write(Encode(rows))
	if err == nil {
		err = temporary.Sync()
	}
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), f.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary.Name()))
	}
	return nil
}
