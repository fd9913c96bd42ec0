package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestList(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if runs, err := List(filepath.Join(dir, "none")); err != nil || len(runs) != 0 {
		t.Errorf("a folder that is not there: %v, %v", runs, err)
	}
	for i, id := range []string{"b", "a", "c"} {
		run := sample()
		run.ID, run.Started = id, noon.Add(time.Duration(i)*time.Hour)
		j, err := Begin(dir, run)
		must(t, err)
		must(t, j.Intent(Entry{Address: "x", Error: strings.Repeat("long ", 4000)}))
		if id != "c" { // c is cut off
			must(t, j.End(Summary{Result: "done", Message: strings.Repeat(id, 10_000)}))
		} else {
			must(t, j.file.Close())
		}
	}
	must(t, os.WriteFile(filepath.Join(dir, "torn.jsonl"), []byte(`{"crc":"12`), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "readme.txt"), []byte("x"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "bad.jsonl"), []byte("rubbish\n"), 0o600))
	runs, err := List(dir)
	if err == nil || !strings.Contains(err.Error(), "bad.jsonl:1: not a line of a journal") || strings.Contains(err.Error(), "torn") {
		t.Errorf("error: %v", err)
	}
	var got []string
	for _, p := range runs {
		got = append(got, fmt.Sprint(p.ID, " ", p.End != nil && p.End.Message == strings.Repeat(p.ID, 10_000), " ", len(p.Entries)))
	}
	if diff := cmp.Diff([]string{"c false 0", "a true 0", "b true 0"}, got); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}
