package main

import (
	"io/fs"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// private fails where a file or folder, or what is in it, can be read or written by others than its owner. A folder that is named may
// have been made by the story itself.
func private(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: private FILE…")
	}
	for _, name := range args {
		checked := 0
		ts.Check(filepath.WalkDir(ts.MkAbs(name), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			checked++
			if info.Mode().Perm()&0o077 != 0 {
				ts.Logf("%s is %s", path, info.Mode())
				neg = true
			}
			return nil
		}))
		ts.Logf("%s: %d looked at", name, checked)
	}
	if neg {
		ts.Fatalf("others than the owner may get at it")
	}
}
