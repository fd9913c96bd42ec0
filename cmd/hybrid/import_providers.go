package main

import (
	"bytes"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hybrid/internal/bounded"
	"hybrid/internal/config"
)

// reaching are the blocks that say how to get to the estate. What they refer to goes with them, and nothing else does: another
// local value may well read a file that only the first folder has.
var reaching = []string{"hybrid", "provider"}

// A passage is a part of a configuration as it is written: a block, or one local value.
type passage struct {
	name string // by which others refer to it: "var.domain", "local.pool", "data.tenant.contoso"; "" where nobody can
	text string
	refs []hcl.Traversal
}

// providerFile is what a configuration says of how to reach the estate, as it is written: the file of a folder that has nothing
// else yet. Secrets are no part of it: blocks say where those come from, unless somebody has written one out.
func providerFile(c *config.Config) ([]byte, error) {
	passages, err := passagesOf(c)
	if err != nil {
		return nil, err
	}
	formatted, diags := config.Format(joined(passages, reached(passages)), "providers.hcl")
	if diags.HasErrors() {
		return nil, &invalid{diags, c.Sources}
	}
	return formatted, nil
}

// joined are the passages that are wanted as one file, local values that follow one another in one block.
func joined(passages []passage, wanted map[string]bool) []byte {
	var text bytes.Buffer
	inside := false
	for _, p := range passages {
		if p.name != "" && !wanted[p.name] {
			continue
		}
		switch local := strings.HasPrefix(p.name, "local."); {
		case local && !inside:
			text.WriteString("locals {\n")
			inside = true
		case !local && inside:
			text.WriteString("}\n\n")
			inside = false
		}
		text.WriteString(p.text + "\n")
		if !inside {
			text.WriteString("\n")
		}
	}
	if inside {
		text.WriteString("}\n")
	}
	return text.Bytes()
}

// reached are the names that blocks without a name refer to, and those that these refer to in turn.
func reached(passages []passage) map[string]bool {
	wanted := map[string]bool{}
	for more := true; more; {
		more = false
		for _, p := range passages {
			if p.name != "" && !wanted[p.name] {
				continue
			}
			for _, ref := range p.refs {
				if name := referent(ref); !wanted[name] {
					wanted[name], more = true, true
				}
			}
		}
	}
	return wanted
}

// referent is the name of what a reference leads to: its first two parts, of data the first three.
func referent(ref hcl.Traversal) string {
	parts := []string{ref.RootName()}
	for _, step := range ref[1:] {
		switch s := step.(type) {
		case hcl.TraverseAttr:
			parts = append(parts, s.Name)
		case hcl.TraverseIndex:
			parts = append(parts, hclText(s))
		}
	}
	most := 2
	if parts[0] == "data" {
		most = 3
	}
	return strings.Join(parts[:min(most, len(parts))], ".")
}

// hclText is what an index says, as a label would.
func hclText(s hcl.TraverseIndex) string {
	if s.Key.Type().FriendlyName() != "string" || !s.Key.IsKnown() || s.Key.IsNull() {
		return ""
	}
	return s.Key.AsString()
}

// passagesOf are the passages of a folder that may be needed to reach the estate, in the order of files and lines.
func passagesOf(c *config.Config) ([]passage, error) {
	var all []passage
	for _, name := range slices.Sorted(maps.Keys(c.Sources)) {
		if filepath.Ext(name) != ".hcl" {
			continue
		}
		src, err := bounded.File(filepath.Join(c.Dir, filepath.Base(name)), config.MostFile)
		if err != nil {
			return nil, err
		}
		file, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
		if diags.HasErrors() {
			return nil, &invalid{diags, c.Sources}
		}
		for _, b := range file.Body.(*hclsyntax.Body).Blocks {
			all = append(all, passagesIn(src, b)...)
		}
	}
	return all, nil
}

// passagesIn are the passages of one block: one for each value of locals, none where the block declares something live.
func passagesIn(src []byte, b *hclsyntax.Block) []passage {
	whole := passage{text: string(src[b.TypeRange.Start.Byte:b.CloseBraceRange.End.Byte]), refs: referencesIn(b.Body)}
	switch {
	case slices.Contains(reaching, b.Type):
	case b.Type == "variable" && len(b.Labels) == 1:
		whole.name = "var." + b.Labels[0]
	case b.Type == "data":
		whole.name = strings.Join(append([]string{"data"}, b.Labels...), ".")
	case b.Type == "locals":
		return localsIn(src, b.Body)
	default:
		return nil
	}
	return []passage{whole}
}

func localsIn(src []byte, body *hclsyntax.Body) []passage {
	var all []passage
	for _, attr := range body.Attributes {
		text := string(src[attr.SrcRange.Start.Byte:attr.SrcRange.End.Byte])
		all = append(all, passage{"local." + attr.Name, text, attr.Expr.Variables()})
	}
	slices.SortFunc(all, func(a, b passage) int { return strings.Compare(a.name, b.name) }) // as a map gives them, no order is theirs
	return all
}

// referencesIn are all references in a block and those inside it.
func referencesIn(body *hclsyntax.Body) []hcl.Traversal {
	var refs []hcl.Traversal
	for _, attr := range body.Attributes {
		refs = append(refs, attr.Expr.Variables()...)
	}
	for _, b := range body.Blocks {
		refs = append(refs, referencesIn(b.Body)...)
	}
	return refs
}
