package config

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what is wanted anew")

// TestErrors holds what administrators read, word for word: everything that is wrong, in one run. Each archive holds a
// configuration and, under "want", what is said of it; lines before the files are --var name=value.
func TestErrors(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/errors/*.txtar")
	if err != nil || len(archives) < 30 {
		t.Fatalf("%d archives, %v", len(archives), err)
	}
	for _, path := range archives {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := loadArchive(t, archive)
			want := &archive.Files[len(archive.Files)-1]
			if *update {
				want.Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(want.Data), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// loadArchive loads all files but the last and gives what is said of them, an entry a line and its further lines
// indented.
func loadArchive(t *testing.T, archive *txtar.Archive) string {
	t.Helper()
	dir := t.TempDir()
	for _, file := range archive.Files[:len(archive.Files)-1] {
		if err := os.WriteFile(filepath.Join(dir, file.Name), file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	o := testOptions()
	o.Vars = map[string]string{}
	for line := range strings.Lines(string(archive.Comment)) {
		if set, ok := strings.CutPrefix(strings.TrimSpace(line), "--var "); ok {
			name, value, _ := strings.Cut(set, "=")
			o.Vars[name] = value
		}
	}
	_, diags := Load(dir, o)
	var b strings.Builder
	for _, text := range texts(dir, diags) {
		b.WriteString(strings.ReplaceAll(text, "\n", "\n  ") + "\n")
	}
	return b.String()
}
