package lab

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"hybrid/internal/powershell"
)

// cutOver is when rehearsals begin.
var cutOver = time.Date(2026, 11, 28, 22, 0, 0, 0, time.FixedZone("", 3600))

// byClock is a lab with a clock of its own that skips what nobody works in.
func byClock(t *testing.T, path string) *Lab {
	t.Helper()
	e := Seed(needed(), SeedOptions{})
	e.Put("CsHostingProvider", Object{"Identity": "LyncOnline", "ProxyFqdn": "sipfed.online.lync.com", "Enabled": true})
	set(t, e, "clock.at", "2026-11-28T22:00:00+01:00")
	set(t, e, "clock.skips", "true")
	l, err := Start(t.Context(), Options{Estate: e, Path: path, Skip: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// A cmdlet that takes an hour takes none, and it is an hour later; the next program goes on from there, also where this one was
// killed.
func TestTheEstatesOwnClock(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	began := time.Now() // its clock goes from when it starts
	l := byClock(t, path)
	fault(t, l, Fault{Kind: Lag, Cmdlet: "Move-CsUser", Delay: Duration(time.Hour)})
	if err := session(t, l, "Move-CsUser").Call(t.Context(), moveAlan(), powershell.CallOptions{Deadline: time.Minute}); err != nil {
		t.Fatal(err)
	}
	if later := l.Clock().Since(cutOver); later < time.Hour || later > time.Hour+time.Since(began)+time.Second {
		t.Errorf("it is %s later", later)
	}
	killed, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	closed, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]*Estate{"killed": killed, "closed": closed} {
		if later := e.Now().Sub(cutOver); later < time.Hour || later > time.Hour+time.Minute {
			t.Errorf("%s: it is %s later", name, later)
		}
		time.Sleep(time.Millisecond)
		if now := e.Now(); !e.Now().Equal(now) {
			t.Errorf("%s: the time does not stand still", name)
		}
	}
	set(t, closed, "clock.at", "")
	if now := closed.Now(); time.Since(now).Abs() > time.Minute {
		t.Errorf("by the clock on the wall it is %s", now)
	}
}

// What somebody works on who does not wait by the estate's clock goes on as time does.
func TestNothingIsSkippedForOthers(t *testing.T) {
	t.Parallel()
	e := Seed(needed(), SeedOptions{})
	set(t, e, "clock.at", "2026-11-28T22:00:00+01:00")
	set(t, e, "clock.skips", "true")
	l := start(t, e)
	fault(t, l, Fault{Kind: Lag, Cmdlet: "Get-CsUser", Delay: Duration(50 * time.Millisecond)})
	began := time.Now()
	if err := session(t, l, "Get-CsUser").Call(t.Context(), command("Get-CsUser"), powershell.CallOptions{}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 50*time.Millisecond {
		t.Errorf("it took %s", took)
	}
}

func TestTheClockRefusesWhatIsNoTime(t *testing.T) {
	t.Parallel()
	e := NewEstate()
	for _, s := range Settings() {
		if s.Name == "clock.at" {
			if err := s.Set(e, "22:00"); err == nil || !strings.Contains(err.Error(), "with its distance from UTC, such as") {
				t.Errorf("%v", err)
			}
		}
	}
}

// A fault strikes from its beginning to its end by the estate's time.
func TestFaultsAtTheirTime(t *testing.T) {
	t.Parallel()
	e := NewEstate()
	var now time.Time
	e.now = func() time.Time { return now }
	e.SetFaults([]Fault{{Kind: Throttle, From: cutOver.Add(30 * time.Minute), Until: cutOver.Add(45 * time.Minute)}})
	for minute, want := range map[int]bool{0: false, 29: false, 30: true, 44: true, 45: false, 60: false} {
		now = cutOver.Add(time.Duration(minute) * time.Minute)
		if got := e.strike("", "", "", Throttle).Kind == Throttle; got != want {
			t.Errorf("at %s: %v", now.Format("15:04"), got)
		}
	}
}

// A share of the users is struck, always the same ones however they are called, and each lags by a time of his own.
func TestFaultsOfAShare(t *testing.T) {
	t.Parallel()
	e := NewEstate()
	e.SetFaults([]Fault{{Kind: Fails, Text: "no licence", Share: 0.02}})
	lag := Fault{Kind: Lag, Delay: Duration(5 * time.Second), Most: Duration(20 * time.Second)}
	struck, least, most := 0, time.Hour, time.Duration(0)
	for n := range 12000 {
		who := fmt.Sprintf("sip:user%d@contoso.com", n)
		hit := e.strike("", "Move-CsUser", who, Fails).Kind == Fails
		if again := e.strike("", "Move-CsUser", strings.ToUpper(who[4:]), Fails).Kind == Fails; again != hit {
			t.Fatalf("%s is struck %v, then %v", who, hit, again)
		}
		if hit {
			struck++
		}
		if lag.lag(who) != lag.lag(who[4:]) {
			t.Fatalf("%s lags by %s and by %s", who, lag.lag(who), lag.lag(who[4:]))
		}
		least, most = min(least, lag.lag(who)), max(most, lag.lag(who))
	}
	if struck < 180 || struck > 300 {
		t.Errorf("%d of 12000 are two percent", struck)
	}
	if least < 5*time.Second || least > 6*time.Second || most > 20*time.Second || most < 19*time.Second {
		t.Errorf("from %s to %s", least, most)
	}
	if e.strike("", "Get-CsUser", "", Fails).Kind == Fails {
		t.Error("a call that names nobody is struck")
	}
}

// A user who lags can be refused as well.
func TestALagAndWhatComesOfIt(t *testing.T) {
	t.Parallel()
	l := byClock(t, "")
	fault(t, l, Fault{Kind: Lag, Cmdlet: "Move-CsUser", Delay: Duration(time.Minute)})
	fault(t, l, Fault{Kind: Fails, Cmdlet: "Move-CsUser", Text: moveRefusals()[1].Text})
	err := session(t, l, "Move-CsUser").Call(t.Context(), moveAlan(), powershell.CallOptions{})
	if err == nil || !strings.Contains(err.Error(), "(507)") || l.Clock().Since(cutOver) < time.Minute {
		t.Errorf("%v after %s", err, l.Clock().Since(cutOver))
	}
}

// Invented users are as many as are asked for, each with an address of his own.
func TestPeople(t *testing.T) {
	t.Parallel()
	var first, again bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &again} {
		if err := WritePeople(out, 1000, "contoso.com"); err != nil {
			t.Fatal(err)
		}
	}
	if first.String() != again.String() {
		t.Error("the same number gives other people")
	}
	people, err := csv.NewReader(&first).ReadAll()
	if err != nil || len(people) != 1001 || strings.Join(people[0], ",") != "sip_address,identity,site" {
		t.Fatalf("%d rows, %v", len(people), err)
	}
	seen, sites := map[string]bool{}, map[string]int{}
	for _, row := range people[1:] {
		seen[row[0]] = true
		sites[row[2]]++
		if row[0] != "sip:"+row[1] || !strings.HasSuffix(row[0], "@contoso.com") {
			t.Errorf("%v", row)
		}
	}
	if len(seen) != 1000 || len(sites) != 3 || sites["Berlin"] <= sites["Hamburg"] || sites["Hamburg"] <= sites["Munich"] {
		t.Errorf("%d addresses, %v", len(seen), sites)
	}
}
