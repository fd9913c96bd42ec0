package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"hybrid/schema"
)

// writePages writes reference pages into a folder, in the place of what stands there under their names.
func (a *app) writePages(dir string, kinds []*schema.Kind, systems []*schema.System) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	pages := schema.Pages(kinds, systems)
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(pages[name]), 0o644); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(a.err, "Written to %s: %d pages. Begin with %s.\n", dir, len(pages), filepath.Join(dir, "index.md"))
	return err
}
