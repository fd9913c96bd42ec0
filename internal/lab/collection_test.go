package lab

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestCollection holds an estate's objects against a plain list, through any order of changes, and the reader that is behind
// against the list before the last change.
func TestCollection(t *testing.T) {
	t.Parallel()
	const noun = "CsHostingProvider"
	rapid.Check(t, func(t *rapid.T) {
		e := NewEstate()
		var list, before []Object
		at := func(identity string) int {
			return slices.IndexFunc(list, func(o Object) bool { return strings.EqualFold(o.Text("Identity"), identity) })
		}
		for n := range rapid.IntRange(1, 80).Draw(t, "changes") {
			identity := rapid.StringMatching(`[a-cA-C]{1,2}`).Draw(t, "identity")
			switch row := at(identity); {
			case rapid.IntRange(0, 2).Draw(t, "remove") == 0:
				if row >= 0 {
					before, list = list, slices.Delete(slices.Clone(list), row, row+1)
				}
				e.Remove(noun, identity)
			default:
				o := Object{"Identity": identity, "ProxyFqdn": rapid.StringMatching(`[p-rP-R]`).Draw(t, "proxy"), "Number": int64(n)}
				before, list = list, slices.Clone(list)
				if row >= 0 {
					list[row] = o
				} else {
					list = append(list, o)
				}
				e.Put(noun, o)
			}
			agrees(t, e, noun, list, before)
		}
	})
}

func agrees(t *rapid.T, e *Estate, noun string, list, before []Object) {
	if diff := cmp.Diff(list, e.Objects(noun)); diff != "" && len(list)+len(e.Objects(noun)) > 0 {
		t.Fatalf("objects:\n%s", diff)
	}
	if diff := cmp.Diff(before, e.before(noun)); diff != "" && len(before)+len(e.before(noun)) > 0 {
		t.Fatalf("to a reader that is behind:\n%s", diff)
	}
	if e.of(noun).count != len(list) || len(e.of(noun).rows) > 16+2*len(list) {
		t.Fatalf("count %d, %d rows for %d objects", e.of(noun).count, len(e.of(noun).rows), len(list))
	}
	for _, o := range list {
		if found, ok := e.Object(noun, strings.ToUpper(o.Text("Identity"))); !ok || found["Number"] != o["Number"] {
			t.Fatalf("%v is found as %v", o, found)
		}
	}
	for _, proxy := range []string{"p", "Q", "r"} {
		want := slices.IndexFunc(list, func(o Object) bool { return strings.EqualFold(o.Text("ProxyFqdn"), proxy) })
		found, ok := e.objectWith(noun, "ProxyFqdn", proxy)
		if ok != (want >= 0) || ok && found["Number"] != list[want]["Number"] {
			t.Fatalf("the provider at %s is found as %v, want that of %v at %d", proxy, found, list, want)
		}
	}
}

func TestStaleReadOfObjects(t *testing.T) {
	t.Parallel()
	s, err := newSimulator(Seed(needed(), SeedOptions{}), nil)
	if err != nil {
		t.Fatal(err)
	}
	names := func(stale bool) (names []string) {
		t.Helper()
		out, err := s.run("Get-CsPublicProvider", nil, stale)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range out.objects {
			names = append(names, o.Text("Identity"))
		}
		return names
	}
	if _, err := s.run("Remove-CsPublicProvider", params{"Identity": "aol"}, false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Yahoo!", "MSN"}, names(false)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Yahoo!", "AOL", "MSN"}, names(true)); diff != "" {
		t.Error(diff)
	}
	if _, err := s.run("Get-CsPublicProvider", params{"Identity": "AOL"}, true); err != nil {
		t.Errorf("a reader that is behind does not see what was removed: %v", err)
	}
	if _, err := s.run("New-CsPublicProvider", params{"Identity": "AOL", "ProxyFqdn": "a.example.com", "Enabled": true}, false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.run("Get-CsPublicProvider", params{"Identity": "AOL"}, true); err == nil {
		t.Error("a reader that is behind sees what was only just made")
	}
	if diff := cmp.Diff([]string{"Yahoo!", "MSN", "AOL"}, names(false)); diff != "" {
		t.Error(diff)
	}
}
