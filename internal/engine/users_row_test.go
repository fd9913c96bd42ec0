package engine_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What became of a user and what is about to be done of the next are handed to the disk together: a move costs one fsync.
func TestOutcomeAndNextIntentTogether(t *testing.T) {
	t.Parallel()
	f, hcl := movers(5, "wave {\n parallel = 1\n }")
	tr := try(t, f, hcl)
	if sum, _ := tr.apply(); sum.Done != 5 {
		t.Fatalf("summary %+v", sum)
	}
	lines := handed(t, tr)
	if len(lines) != 10 {
		t.Fatalf("%d lines about users", len(lines))
	}
	for n := 1; n+1 < len(lines); n += 2 {
		if lines[n].Type != "outcome" || lines[n+1].Type != "intent" || !lines[n].Time.Equal(lines[n+1].Time) {
			t.Errorf("%+v and %+v were handed over one after the other", lines[n], lines[n+1])
		}
	}
}

type handedOver struct {
	Type  string
	Time  time.Time
	Entry struct{ Address string }
}

// handed is the intents and outcomes in the journal. What is handed over together has one time.
func handed(t *testing.T, tr *trial) (lines []handedOver) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(tr.dir, "journal", "*.jsonl"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%q, %v", files, err)
	}
	file, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		var line handedOver
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if line.Entry.Address != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
