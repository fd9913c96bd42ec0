package lab

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/lab/nameserver"
)

func saved(t *testing.T) (*Estate, string) {
	t.Helper()
	path := statePath(t)
	e := Seed(needed(), SeedOptions{})
	if err := e.Save(path); err != nil {
		t.Fatal(err)
	}
	return e, path
}

func addresses(owner string, records ...string) nameserver.Set {
	s := nameserver.Set{Owner: owner, Type: "A"}
	for _, address := range records {
		s.Records = append(s.Records, owner+" 300 IN A "+address)
	}
	return s
}

func updateZone(t *testing.T, e *Estate, sets ...nameserver.Set) {
	t.Helper()
	err := e.Do(func() error {
		e.UpdateZone("dns.external", "contoso.com.", sets)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestZoneUpdatesAreLoggedAsWhatTheyChange(t *testing.T) {
	t.Parallel()
	e, path := saved(t)
	updateZone(t, e, addresses("new.contoso.com.", "192.0.2.1", "192.0.2.2"), addresses("lyncdiscover.contoso.com."))
	log, err := os.ReadFile(path + ".log")
	if err != nil {
		t.Fatal(err)
	}
	want := `{"at":"2026-01-01T00:00:01Z","view":"dns.external","zone":"contoso.com.","sets":[` +
		`{"owner":"new.contoso.com.","type":"A","records":["new.contoso.com. 300 IN A 192.0.2.1","new.contoso.com. 300 IN A 192.0.2.2"]},` +
		`{"owner":"lyncdiscover.contoso.com.","type":"A"}]}` + "\n"
	if diff := cmp.Diff(want, string(log)); diff != "" {
		t.Error(diff)
	}
}

// Updates, whole views and saves come in any order; what is loaded is what was last said.
func TestZoneUpdatesSurviveAKill(t *testing.T) {
	t.Parallel()
	e, path := saved(t)
	holds := func(name string, want bool) {
		t.Helper()
		zone := strings.Join(killed(t, path).Views["dns.external"]["contoso.com."], "\n")
		if strings.Contains(zone, name+".contoso.com. 300 IN A 192.0.2.1") != want {
			t.Errorf("%s there: want %v in\n%s", name, want, zone)
		}
	}
	updateZone(t, e, addresses("a.contoso.com.", "192.0.2.1"), addresses("b.contoso.com.", "192.0.2.1"))
	updateZone(t, e, addresses("b.contoso.com."), addresses("a.contoso.com.", "192.0.2.1"))
	holds("a", true)
	holds("b", false)
	if err := e.Save(path); err != nil {
		t.Fatal(err)
	}
	holds("a", true)
	updateZone(t, e, addresses("a.contoso.com."), addresses("c.contoso.com.", "192.0.2.1"))
	holds("a", false)
	holds("c", true)
	view := killed(t, path).Views["dns.external"]
	if err := e.Do(func() error {
		e.SetView("dns.external", map[string][]string{"contoso.com.": view["contoso.com."][:2]})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	holds("c", false)
	updateZone(t, e, addresses("d.contoso.com.", "192.0.2.1"))
	holds("c", false)
	holds("d", true)
	if diff := cmp.Diff(encoded(t, e), encoded(t, killed(t, path))); diff != "" {
		t.Error(diff)
	}
	if len(killed(t, path).Views["dns.external"]["contoso.com."]) != 3 {
		t.Errorf("%v", killed(t, path).Views)
	}
}

func TestLogThatDoesNotFitItsZone(t *testing.T) {
	t.Parallel()
	_, path := saved(t)
	line := `{"at":"2026-01-01T00:00:01Z","view":"dns.external","zone":"contoso.com.","sets":[{"owner":"a.contoso.com.","type":"A","records":["nonsense"]}]}` + "\n"
	if err := os.WriteFile(path+".log", []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "lab.json.log: view dns.external: zone contoso.com.: \"nonsense\"") ||
		!strings.Contains(err.Error(), "hybrid lab reset") {
		t.Errorf("got %v", err)
	}
}

// A lab that is kept in memory only shows what became of its zones once it is closed.
func TestViewsAfterClose(t *testing.T) {
	t.Parallel()
	e := Seed(needed(), SeedOptions{})
	l := start(t, e)
	updateZone(t, e, addresses("a.contoso.com.", "192.0.2.1"))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if zone := strings.Join(e.Views["dns.external"]["contoso.com."], "\n"); !strings.Contains(zone, "a.contoso.com. 300 IN A 192.0.2.1") {
		t.Errorf("got %s", zone)
	}
}

// The log is not folded again and again into a file that is larger than itself.
func TestLogWaitsForALargeFile(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	e := Seed(needed(), SeedOptions{})
	e.Put("CsPool", Object{"Identity": "big.contoso.com", "Note": strings.Repeat("x", maxLog/8*12)})
	if err := e.Save(path); err != nil {
		t.Fatal(err)
	}
	note := strings.Repeat("y", maxLog/8*5)
	for n, folded := range []bool{false, false, true} {
		if err := e.Do(func() error {
			e.Put("CsPool", Object{"Identity": "other.contoso.com", "Note": note, "Number": int64(n)})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path + ".log"); os.IsNotExist(err) != folded {
			t.Errorf("after change %d: folded %v", n+1, !folded)
		}
	}
}
