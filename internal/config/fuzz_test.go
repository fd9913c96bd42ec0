package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzLoad holds that no bytes make the loader panic, and that what it says it can say again.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(whole))
	archives, _ := filepath.Glob("testdata/errors/*.txtar")
	for _, path := range archives {
		if archive, err := txtar.ParseFile(path); err == nil {
			f.Add(archive.Files[0].Data)
		}
	}
	dir := f.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "u.csv"), []byte("sip_address\nsip:ada@contoso.com\n"), 0o644); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, name := range []string{"main.hcl", "main.hcl.json"} {
			_, diags := load(dir, map[string][]byte{name: src}, testOptions())
			_, again := load(dir, map[string][]byte{name: src}, testOptions())
			if a, b := strings.Join(texts(dir, tidy(diags)), "\n"), strings.Join(texts(dir, tidy(again)), "\n"); a != b {
				t.Errorf("said once\n%s\nand then\n%s", a, b)
			}
		}
	})
}

// FuzzCSV holds that no bytes make the reader of users panic, and that what it takes is SIP addresses.
func FuzzCSV(f *testing.F) {
	f.Add([]byte("sip_address,identity\nsip:ada@contoso.com,ada\n"))
	f.Add([]byte("#TYPE x\nsep=;\n\"sip_address\";x\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		users, err := readUsers("u.csv", src, nil)
		if err != nil {
			return
		}
		for row, cells := range users.Table.Rows() {
			if sipProblem(cells[0]) != "" || cells[1] == "" || users.Lines[row] < 2 {
				t.Errorf("row %q of line %d was taken", cells, users.Lines[row])
			}
		}
	})
}
