package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// TestImportLaw: whatever an estate has grown into, the plan right after its import shows no changes, another import of it gives
// the same bytes and one into the same folder writes nothing; and applied to an empty lab the import gives the same estate. Six
// estates, or with HYBRID_SUITES=whole two hundred; every third of them breaks its own rules.
func TestImportLaw(t *testing.T) {
	t.Parallel()
	estates := uint64(6)
	if wholeSuites() {
		estates = 200
	}
	for seed := range estates {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			g := grow(t, seed)
			before := g.survey(g.dir)
			first, second := filepath.Join(filepath.Dir(g.dir), "first"), filepath.Join(filepath.Dir(g.dir), "second")
			told := hybrid(t, 0, "import", "--lab", "--out", first, g.dir)
			hybrid(t, 0, "import", "--lab", "--out", second, g.dir)
			if diff := cmp.Diff(contents(t, first), contents(t, second)); diff != "" {
				t.Errorf("the same estate gives other bytes:\n%s", diff)
			}
			hybrid(t, 0, "import", "--lab", g.dir)
			planned := hybrid(t, 0, "plan", "--lab", "--detailed-exitcode", g.dir)
			if !strings.Contains(planned, "No changes.") || strings.Contains(planned, " 0 objects") {
				t.Errorf("after the import:\n%s", planned)
			}
			imported := contents(t, g.dir)
			if again := hybrid(t, 0, "import", "--lab", g.dir); !strings.Contains(again, "Nothing new") {
				t.Errorf("a second import: %s", again)
			}
			if diff := cmp.Diff(imported, contents(t, g.dir)); diff != "" {
				t.Errorf("the second import has changed the folder:\n%s", diff)
			}
			if broken := strings.Contains(told, "cannot be declared"); broken != g.broken && g.broken {
				t.Errorf("that the estate breaks its rules is not told: %s", told)
			}
			if !g.broken {
				hybrid(t, 0, "apply", "--lab", "--auto-approve", first)
				after := g.survey(first)
				for _, key := range undeclared(told) {
					delete(before, key)
					delete(after, key)
				}
				if diff := cmp.Diff(before, after); diff != "" {
					t.Errorf("applied to an empty lab:\n%s", diff)
				}
			}
		})
	}
}

// contents are the files of a folder by name, but for the lab's.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if entry != nil && entry.Name() == ".hybrid" {
				return fs.SkipDir
			}
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// survey is what a configuration could say of an estate, as text by object and attribute, read anew.
func (g *grown) survey(dir string) map[string]string {
	g.t.Helper()
	a := &app{out: io.Discard, err: io.Discard, warned: map[string]bool{}, lab: true}
	s, err := a.open(g.t.Context(), dir)
	if err != nil {
		g.t.Fatal(err)
	}
	defer s.close()
	s.engine.ReadOnly, s.engine.Surveys = true, true
	_, kinds := declarations()
	seen := map[string]string{}
	listed, _ := s.engine.ListEverything(g.t.Context(), func(_ string, k *schema.Kind) bool { return isOne(kinds, k) })
	for _, one := range listed {
		if one.Listing.Err != nil {
			g.t.Fatal(one.Listing.Err)
		}
		for id, found := range one.Listing.Objects {
			declarable(one.Kind, found.Value, func(attr, text string) { seen[one.Provider+" "+one.Kind.Name+" "+id+" "+attr] = text })
		}
		for row := range one.Listing.Users.Len() {
			text := ""
			for _, attr := range one.Kind.OfUsers() {
				text += attr.Name + "=" + strings.ToLower(one.Listing.Users.Cell(row, attr.ReadName())) + " "
			}
			if one.Kind.Rows.State != nil {
				text = one.Kind.Rows.State(one.Listing.Users.Row(row)[:len(one.Kind.Rows.Columns)])
			}
			seen[one.Provider+" "+one.Kind.Name+" "+one.Listing.Users.SIP(row)] = text
		}
	}
	return seen
}

// undeclaredForm is what an import says of an attribute that it leaves alone.
var undeclaredForm = regexp.MustCompile(`(?m)^  - (\w+) (".*"), behind (\S+): (\w+) is `)

// undeclared are the keys in a survey of what an import has left alone, as it was told.
func undeclared(told string) []string {
	var keys []string
	for _, m := range undeclaredForm.FindAllStringSubmatch(told, -1) {
		if identity, err := strconv.Unquote(m[2]); err == nil {
			keys = append(keys, m[3]+" "+m[1]+" "+strings.ToLower(identity)+" "+m[4])
		}
	}
	return keys
}

// declarable tells what can be declared of an object, attribute by attribute in the form in which it is compared.
func declarable(k *schema.Kind, v cty.Value, tell func(attr, text string)) {
	live, _ := v.UnmarkDeep()
	values := live.AsValueMap()
	tell("", "is there")
	for i := range k.Attrs {
		a := &k.Attrs[i]
		own := values[a.Name]
		if a.Settings || a.Initial || a.WriteOnly || a.Mode == schema.Computed || !own.IsWhollyKnown() {
			continue
		}
		if own.IsNull() && a.Default != cty.NilVal {
			own = a.Default
		}
		own = a.CanonicalIn(values, own)
		if own.IsNull() || own.Type() == cty.Bool && own.False() && a.Default == cty.NilVal || own.Type().IsCollectionType() && own.LengthInt() == 0 && a.Word == "" {
			continue
		}
		tell(a.Name, fmt.Sprintf("%#v", own))
	}
}
