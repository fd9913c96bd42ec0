package importer

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/engine"
	"hybrid/planner"
	"hybrid/schema"
)

// vault is a kind with everything that an import has to tell apart.
func vault() *schema.Kind {
	return &schema.Kind{Name: "vault", System: "bank", After: []schema.First{{Kind: "key", Why: "x"}}, Attrs: []schema.Attr{
		{Name: "owner", Type: cty.String, Default: cty.StringVal("nobody")},
		{Name: "code", Type: cty.String, Sensitive: true},
		{Name: "guests", Type: cty.Set(cty.String), Word: "all"},
		{Name: "opened", Type: cty.Number, Mode: schema.Computed},
		{Name: "made_in", Type: cty.String, Initial: true},
	}}
}

func vaultOf(owner, code string, guests ...string) planner.Found {
	return planner.Found{Identity: "North", Value: cty.ObjectVal(map[string]cty.Value{
		"identity": cty.StringVal("North"), "owner": cty.StringVal(owner), "code": cty.StringVal(code).Mark(schema.Sensitive),
		"guests": schema.TextSet(guests), "opened": cty.NumberIntVal(3), "made_in": cty.NullVal(cty.String),
	})}
}

// A default is left out, an empty list of which a word can take the place is not, and a secret is a variable of its own.
func TestWhatABlockSays(t *testing.T) {
	t.Parallel()
	w := &work{}
	o := newObject(engine.Listed{Provider: "bank", Kind: vault()}, vaultOf("nobody", "4711"))
	var got []string
	for _, a := range o.written() {
		got = append(got, a.Name+" = "+literalOrReference(w, o, a))
	}
	if diff := cmp.Diff([]string{"code = var.vault_north_code", "guests = []"}, got); diff != "" {
		t.Error(diff)
	}
	o = newObject(engine.Listed{Provider: "bank", Kind: vault()}, vaultOf("Ada", "4711", "ALL"))
	if text := literalOrReference(w, o, o.kind.Attr("guests")); text != `"all"` {
		t.Errorf("the word is %s", text)
	}
}

func literalOrReference(w *work, o *object, a *schema.Attr) string {
	if schema.IsSensitive(o.values[a.Name]) {
		return w.expression(o, a)
	}
	return literal(a, o.values[a.Name])
}

// What an import drops is kept as a sentence, which never holds a secret.
func TestDroppedSecretsAreNotTold(t *testing.T) {
	t.Parallel()
	o := newObject(engine.Listed{Provider: "bank", Kind: vault()}, vaultOf("Ada", "4711"))
	o.drop("code", "it is refused")
	o.drop("owner", "it is refused")
	want := []string{"code is (sensitive), which cannot be declared and is left alone: it is refused.", `owner is "Ada", which cannot be declared and is left alone: it is refused.`}
	if diff := cmp.Diff(want, o.remarks); diff != "" {
		t.Error(diff)
	}
}

func TestTenantWithin(t *testing.T) {
	t.Parallel()
	of := tenant{"9d2f", "local.tenant_id"}
	for text, want := range map[string]string{"9d2f": "local.tenant_id", `https://x/9d2f/"${y}`: `"https://x/${local.tenant_id}/\"$${y}"`} {
		if got, ok := of.within(text); !ok || got != want {
			t.Errorf("%s became %s", text, got)
		}
	}
	if _, ok := of.within("https://x/other"); ok {
		t.Error("found in a text that does not hold it")
	}
}

// All files or none: where one has its name taken, those before it are gone again, and nothing else is left behind.
func TestAllFilesOrNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	taken := filepath.Join(dir, "users.hcl")
	if err := os.WriteFile(taken, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"users.hcl": []byte("theirs"), "dns.hcl": []byte("a"), "users/pool01.csv": []byte("b")}
	if err := Write(dir, files); err == nil {
		t.Error("a file was overwritten, or nobody says that it was not")
	}
	if diff := cmp.Diff([]string{"users.hcl"}, found(t, dir)); diff != "" {
		t.Error(diff)
	}
	if text, _ := os.ReadFile(taken); string(text) != "mine" {
		t.Errorf("what was there is now %q", text)
	}
	fresh := filepath.Join(dir, "new", "estate")
	if err := Write(fresh, files); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"dns.hcl", "users.hcl", "users/pool01.csv"}, found(t, fresh)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"new/estate/dns.hcl", "new/estate/users.hcl", "new/estate/users/pool01.csv", "users.hcl"}, found(t, dir)); diff != "" {
		t.Error(diff)
	}
}

// No name of a file leads out of the folder, whoever made it: nothing is written then, nor through a link within that leads elsewhere.
func TestFilesStayInTheFolder(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../x.csv", "users/../../x.csv", "/tmp/x.csv", ".."} {
		for _, dir := range []string{"new", "there"} {
			above := t.TempDir()
			if err := os.Mkdir(filepath.Join(above, "there"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := Write(filepath.Join(above, dir), map[string][]byte{name: []byte("x"), "a.hcl": []byte("x")}); err == nil || !strings.Contains(err.Error(), "nothing was written") {
				t.Errorf("%s into %s: %v", name, dir, err)
			}
			if left := found(t, above); len(left) > 0 {
				t.Errorf("%s into %s: %q", name, dir, left)
			}
		}
	}
	above := t.TempDir()
	dir, elsewhere := filepath.Join(above, "estate"), filepath.Join(above, "elsewhere")
	for _, made := range []string{dir, elsewhere} {
		if err := os.Mkdir(made, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(elsewhere, filepath.Join(dir, "users")); err != nil {
		t.Skip("SKIPPED: no links can be made here: ", err)
	}
	if err := Write(dir, map[string][]byte{"users/pool01.csv": []byte("x")}); err == nil {
		t.Error("it was written through a link")
	}
	if left := found(t, above); len(left) != 1 || left[0] != "estate/users" {
		t.Errorf("%q", left)
	}
}

func found(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func TestSlugs(t *testing.T) {
	t.Parallel()
	for identity, want := range map[string]string{"LyncOnline": "LyncOnline", "Yahoo!": "Yahoo!", `a "b" ${c}`: "a-b-c", `\`: "unnamed", "Zürich": "Zürich"} {
		if got := proposal(identity); got != want {
			t.Errorf("%q is proposed as %q, not %q", identity, got, want)
		}
	}
}
