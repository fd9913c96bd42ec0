package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// turnedExamples are two configurations of the kinds that testdata/undo does not name: their examples, and the same with every
// switch and every word of a list turned into another one. Of a kind with a name, one more is there before only, and one after.
func turnedExamples(t *testing.T) (before, after string) {
	t.Helper()
	named := undoText(t, "before.hcl") + undoText(t, "after.hcl")
	_, kinds := declarations()
	var b, a strings.Builder
	for _, k := range kinds {
		if k.Data || k.Rows != nil || k.Task != nil || strings.Contains(named, "\n"+k.Name+" ") {
			continue
		}
		b.WriteString(exampleOf(t, k, "", false) + "\n")
		a.WriteString(exampleOf(t, k, "", true) + "\n")
		if !k.Singleton {
			b.WriteString(exampleOf(t, k, "old.", false) + "\n")
			gone := hclwrite.NewEmptyFile()
			gone.Body().AppendNewBlock(k.Name, []string{"old." + labelOf(t, k)}).Body().SetAttributeValue("ensure", cty.StringVal("absent"))
			a.WriteString(string(gone.Bytes()) + "\n" + exampleOf(t, k, "new.", false) + "\n")
		}
	}
	return b.String(), a.String()
}

// undoText is a file of testdata/undo.
func undoText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "undo", name))
	if err != nil {
		t.Fatal(err)
	}
	return "\n" + string(text)
}

// parsedExample is the example of a kind.
func parsedExample(t *testing.T, k *schema.Kind) (*hclwrite.File, *hclwrite.Block) {
	t.Helper()
	file, diags := hclwrite.ParseConfig([]byte(k.Example), k.Name, hcl.InitialPos)
	if diags.HasErrors() || len(file.Body().Blocks()) != 1 {
		t.Fatalf("the Example of %s is not one block, %q: %v", k.Name, k.Example, diags)
	}
	return file, file.Body().Blocks()[0]
}

func labelOf(t *testing.T, k *schema.Kind) string {
	t.Helper()
	_, one := parsedExample(t, k)
	if len(one.Labels()) != 1 {
		t.Fatalf("%s has not one label: name it in testdata/undo/before.hcl and after.hcl", k.Name)
	}
	return one.Labels()[0]
}

// exampleOf is the example of a kind, its name with something before it, and turned or not.
func exampleOf(t *testing.T, k *schema.Kind, named string, turned bool) string {
	t.Helper()
	file, one := parsedExample(t, k)
	if named != "" {
		one.SetLabels([]string{named + labelOf(t, k)})
	}
	changed := !turned
	for i := range k.Attrs {
		if a := &k.Attrs[i]; turned && a.Mode != schema.Computed && !a.ForceNew && !a.Initial && !a.Settings {
			if value := otherValue(a, one.Body().GetAttribute(a.Name)); value != cty.NilVal {
				one.Body().SetAttributeValue(a.Name, value)
				changed = true
			}
		}
	}
	if !changed {
		t.Fatalf("%s has neither a switch nor a word of a list that could be turned: name it in testdata/undo/before.hcl and after.hcl", k.Name)
	}
	return string(file.Bytes())
}

// otherValue is another value of an attribute than the one that is written, or where nothing is, than the default; NilVal where there
// is no telling.
func otherValue(a *schema.Attr, written *hclwrite.Attribute) cty.Value {
	is := ""
	if written != nil {
		is = strings.Trim(strings.TrimSpace(string(written.Expr().BuildTokens(nil).Bytes())), `"`)
	}
	switch {
	case a.Type == cty.Bool && written != nil:
		return cty.BoolVal(is != "true")
	case a.Type == cty.Bool:
		return cty.BoolVal(a.Default == cty.NilVal || a.Default.False())
	}
	for _, word := range a.OneOf {
		if !strings.EqualFold(word, is) && (written != nil || a.Default == cty.NilVal || a.Default.AsString() != word) {
			return cty.StringVal(word)
		}
	}
	return cty.NilVal
}
