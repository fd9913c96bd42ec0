package journal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hybrid/internal/bounded"
	"hybrid/internal/hostile"
)

// What no run has written is not read into memory, and is named: a file of 10 GiB, a line without end, a lock that is none.
func TestWhatNoRunHasWrittenIsNotRead(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "20261122T000000Z-apply-1111.jsonl")
	line := filepath.Join(dir, "20261122T000001Z-apply-2222.jsonl")
	for path, size := range map[string]int64{large: 10 << 30, line: 2 * MostLine, filepath.Join(dir, lockName): 1 << 30} {
		if err := os.WriteFile(path, []byte(`{"crc":"00000000",`), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, size); err != nil { // without taking room
			t.Skip("SKIPPED: no file with holes can be made here:", err)
		}
	}
	for what, do := range map[string]func() error{
		"a file of 10 GiB": func() error { _, err := Read(large); return err },
		"its outline":      func() error { _, err := outline(large); return err },
		"a line":           func() error { _, err := Read(line); return err },
		"what stood":       func() error { return ReadBaseline(line, nil) },
		"a list":           func() error { _, err := List(dir); return err },
		"a lock":           func() error { _, err := held(dir, machine()); return err },
	} {
		var err error
		peak := hostile.Peak(t, func() { err = do() })
		if !bounded.TooLarge(err) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v", what, err)
		}
		if peak > 400<<20 {
			t.Errorf("%s: it took %d bytes of memory", what, peak)
		}
	}
}
