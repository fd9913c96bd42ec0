package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hybrid/internal/config"
)

// reaching are the blocks without which provider blocks would not lead where they do.
var reaching = []string{"hybrid", "provider", "variable", "locals", "data"}

// providerFile is what a configuration says of how to reach the estate, as it is written: the file of a folder that has nothing
// else yet. Secrets are no part of it: blocks say where those come from, unless somebody has written one out.
func providerFile(c *config.Config) ([]byte, error) {
	var text bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(c.Sources)) {
		if filepath.Ext(name) != ".hcl" {
			continue
		}
		src, err := os.ReadFile(filepath.Join(c.Dir, filepath.Base(name)))
		if err != nil {
			return nil, err
		}
		file, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
		if diags.HasErrors() {
			return nil, &invalid{diags, c.Sources}
		}
		for _, b := range file.Body.(*hclsyntax.Body).Blocks {
			if slices.Contains(reaching, b.Type) {
				text.Write(src[b.TypeRange.Start.Byte:b.CloseBraceRange.End.Byte])
				text.WriteString("\n\n")
			}
		}
	}
	formatted, diags := config.Format(text.Bytes(), "providers.hcl")
	if diags.HasErrors() {
		return nil, &invalid{diags, c.Sources}
	}
	return formatted, nil
}
