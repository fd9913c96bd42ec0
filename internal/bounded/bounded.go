// Package bounded reads what comes from outside, and no more of it than it can be meant to hold: a file may be a device, a disk's
// image or what somebody has put in the place of another, and what is read whole is held in memory whole.
package bounded

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

// A TooLargeError says that there is more than is read.
type TooLargeError struct {
	Has  int64 // bytes, where that was known without reading; else 0
	Most int64 // bytes that are read
}

func (e *TooLargeError) Error() string {
	if e.Has > 0 {
		return fmt.Sprintf("it has %s, and at most %s are read", Size(e.Has), Size(e.Most))
	}
	return fmt.Sprintf("it has more than %s, which is the most that is read", Size(e.Most))
}

// TooLarge says whether an error is that of something larger than is read.
func TooLarge(err error) bool {
	var e *TooLargeError
	return errors.As(err, &e)
}

// Size is a number of bytes as people say it: "64 MiB", "512 bytes"; what is not round loses its remainder.
func Size(bytes int64) string {
	for _, unit := range []struct {
		shift int
		name  string
	}{{30, "GiB"}, {20, "MiB"}, {10, "KiB"}} {
		if bytes>>unit.shift > 0 {
			return fmt.Sprintf("%d %s", bytes>>unit.shift, unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// File reads a whole file of so many bytes at most. One that says itself that it is larger is not read at all. Errors are those of
// opening and reading, which name the path, and an *fs.PathError with a [*TooLargeError].
func File(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().IsRegular() && info.Size() > most {
		return nil, &os.PathError{Op: "read", Path: path, Err: &TooLargeError{Has: info.Size(), Most: most}}
	}
	content, err := Read(f, most)
	if TooLarge(err) {
		return nil, &os.PathError{Op: "read", Path: path, Err: err}
	}
	return content, err
}

// Read reads to the end, which has to come within so many bytes: else a [*TooLargeError].
func Read(r io.Reader, most int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(content)) > most {
		return nil, &TooLargeError{Most: most}
	}
	return content, err
}

// Line reads up to and with the next line feed, as [bufio.Reader.ReadBytes] does, which has to come within so many bytes: else a
// [*TooLargeError]. A last line without one comes with [io.EOF].
func Line(r *bufio.Reader, most int) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > most {
			return nil, &TooLargeError{Most: int64(most)}
		}
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

// MostPEM is how large a file of certificates may be, in bytes: all authorities that a system trusts are some 250,000.
const MostPEM = 4 << 20

// PEM is [File] for certificates and keys.
func PEM(path string) ([]byte, error) { return File(path, MostPEM) }
