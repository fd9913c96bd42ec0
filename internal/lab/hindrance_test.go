package lab

import (
	"strings"
	"testing"
)

// What stands in the way is kept with the estate, in its change log and in its file.
func TestHindrancesAreKept(t *testing.T) {
	t.Parallel()
	e := Seed(Needs{}, SeedOptions{})
	path := t.TempDir() + "/lab.json"
	if err := e.Save(path); err != nil {
		t.Fatal(err)
	}
	if err := e.Do(func() error {
		set(t, e, "servers.lacks", "Set-CsUser/LineURI")
		set(t, e, "tenant.refuses", "50126")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		again, err := Load(path)
		if err != nil || len(again.Hindrances.Lacks) != 1 || again.Tenant.Refuses != 50126 {
			t.Fatalf("%v, %+v", err, again.Hindrances)
		}
		if err := again.Save(path); err != nil {
			t.Fatal(err)
		}
	}
}

// What a refusal quotes is what was asked for: nothing of the table's own is left in it.
func TestRefusalsQuoteWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	e := Seed(Needs{}, SeedOptions{})
	for _, r := range Refusals() {
		if said := e.words(r.Text, "{sip}", "sip:ada@contoso.com", "{name}", "LYNCONLINE"); strings.ContainsAny(said, "{}") {
			t.Errorf("%s: %s", r.ID, said)
		}
	}
}
