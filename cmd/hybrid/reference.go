package main

import (
	_ "embed"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hybrid/schema"
)

// examplesText is one configuration with every provider block and kind in it, of which reference pages show a block each.
//
//go:embed reference/examples.hcl
var examplesText string

// examples are the blocks of that configuration, with the comment right above, by kind, or for providers "provider.dns".
func examples() map[string]string {
	file, diags := hclsyntax.ParseConfig([]byte(examplesText), "examples.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		panic(diags)
	}
	blocks := map[string]string{}
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		name := block.Type
		if name == "provider" || name == "data" {
			name += "." + block.Labels[0]
		}
		start, end := withComment(block.TypeRange.Start.Byte), block.Body.SrcRange.End.Byte
		blocks[name] = examplesText[start:end]
	}
	return blocks
}

// withComment is where the comment begins that stands right above a place.
func withComment(at int) int {
	for {
		above := strings.LastIndexByte(strings.TrimSuffix(examplesText[:at], "\n"), '\n') + 1
		if at == 0 || !strings.HasPrefix(examplesText[above:], "#") {
			return at
		}
		at = above
	}
}

// writePages writes reference pages into a folder, in the place of what stands there under their names.
func (a *app) writePages(dir string, kinds []*schema.Kind, systems []*schema.System) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	pages := schema.Pages(kinds, systems, examples())
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(pages[name]), 0o644); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(a.err, "Written to %s: %d pages. Begin with %s.\n", dir, len(pages), filepath.Join(dir, "index.md"))
	return err
}
