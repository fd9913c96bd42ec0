package bounded

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// endless never ends, and counts what was taken of it.
type endless struct{ taken int64 }

func (e *endless) Read(p []byte) (int, error) {
	for n := range p {
		p[n] = 'x'
	}
	e.taken += int64(len(p))
	return len(p), nil
}

func TestWhatNeverEndsIsReadNoFurtherThanItMayBe(t *testing.T) {
	t.Parallel()
	var e endless
	if content, err := Read(&e, 1000); !TooLarge(err) || content != nil || e.taken > 64<<10 {
		t.Errorf("%d bytes, %v, after %d", len(content), err, e.taken)
	}
	e.taken = 0
	if line, err := Line(bufio.NewReader(&e), 10_000); !TooLarge(err) || line != nil || e.taken > 64<<10 {
		t.Errorf("a line of %d bytes, %v, after %d", len(line), err, e.taken)
	}
	if content, err := Read(strings.NewReader("12345"), 5); err != nil || string(content) != "12345" {
		t.Errorf("%q %v", content, err)
	}
}

func TestLinesAreThoseOfAReader(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 5000)
	r := bufio.NewReaderSize(strings.NewReader("a\n"+long+"\n\nend"), 16)
	for _, want := range []string{"a\n", long + "\n", "\n"} {
		if line, err := Line(r, 20_000); err != nil || string(line) != want {
			t.Fatalf("%.20q %v, want %.20q", line, err, want)
		}
	}
	if line, err := Line(r, 20_000); !errors.Is(err, io.EOF) || string(line) != "end" {
		t.Errorf("%q %v", line, err)
	}
}

func TestAFileThatIsTooLargeIsNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(path, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	if content, err := File(path, 5); err != nil || string(content) != "12345" {
		t.Errorf("%q %v", content, err)
	}
	if err := os.Truncate(path, 10<<30); err != nil { // without taking room
		t.Skip("SKIPPED: no file with holes can be made here:", err)
	}
	_, err := File(path, 64<<20)
	var named *fs.PathError
	if !TooLarge(err) || !errors.As(err, &named) || named.Path != path || !strings.Contains(err.Error(), "it has 10 GiB, and at most 64 MiB are read") {
		t.Error(err)
	}
	if _, err := os.Stat("/dev/zero"); err == nil {
		if _, err := File("/dev/zero", 1<<20); !TooLarge(err) || !strings.Contains(err.Error(), "/dev/zero: it has more than 1 MiB") {
			t.Error(err)
		}
	}
	if _, err := File(filepath.Join(t.TempDir(), "none"), 5); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
