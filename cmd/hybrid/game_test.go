package main

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"hybrid/internal/check"
)

// notPlanted are the checks that no estate of the game can be made to fail, and why.
func notPlanted() map[string]string {
	return map[string]string{}
}

// notKnown are the checks that are unknown where everything is as it should be, by the kind of the estate, and why.
func notKnown(kind string) map[string]string {
	const nobodyTells = "behind an endpoint nobody knows which of the pool's servers answers"
	const windowsGroups = "on a host itself groups of Active Directory count, which no cmdlet shows"
	const noDirectory = "behind an endpoint there is no module of Active Directory"
	excused := map[string]string{"P-LOG": "no cmdlet of the servers tells how full a log is"}
	maps.Copy(excused, map[string]map[string]string{
		"endpoint": {
			"E-ROOT": "there is no session on the Edge", "E-CERT": nobodyTells, "H-BUILD": nobodyTells, "P-UREP": nobodyTells, "C-CLK": nobodyTells, "E-NET": nobodyTells,
			"U-DUP": noDirectory, "U-PROX": noDirectory, "U-ADM": noDirectory,
		},
		"edge": {"C-ROLE": windowsGroups, "O-KEY": "an Edge has no certificate for OAuth"},
	}[kind])
	if kind != "endpoint" && kind != "edge" {
		excused["C-ROLE"], excused["E-ROOT"] = windowsGroups, "there is no session on the Edge"
	}
	return excused
}

// TestThePlantedCauseIsNamedFirst plants one fault in each of a number of estates, all drawn by a seed, and holds `check` to naming
// its cause before anything that follows from it: ten estates, or with HYBRID_SUITES=whole forty at the least, and every fault of
// the table. HYBRID_SEED repeats a game.
func TestThePlantedCauseIsNamedFirst(t *testing.T) {
	t.Parallel()
	seed, estates := gameSeed(t), 10
	if wholeSuites() {
		estates = max(40, len(plants()))
	}
	for n, p := range dealt(seed, estates) {
		t.Run(fmt.Sprintf("%d %s %s", n, p.check, p.what), func(t *testing.T) {
			t.Parallel()
			p.play(t, rand.New(rand.NewPCG(seed, uint64(n))))
		})
	}
}

// gameSeed is what a game is drawn by, and tells it.
func gameSeed(t *testing.T) uint64 {
	seed := uint64(time.Now().UnixNano())
	if again := os.Getenv("HYBRID_SEED"); again != "" {
		var err error
		if seed, err = strconv.ParseUint(again, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("HYBRID_SEED=%d", seed)
	return seed
}

// dealt draws faults from the table; none comes again before all have come.
func dealt(seed uint64, many int) (drawn []plant) {
	random := rand.New(rand.NewPCG(seed, 0x67616d65))
	for len(drawn) < many {
		deck := plants()
		random.Shuffle(len(deck), func(a, b int) { deck[a], deck[b] = deck[b], deck[a] })
		drawn = append(drawn, deck...)
	}
	return drawn[:many]
}

// play plants a fault in an estate that is drawn, and holds the program to naming it first.
func (p plant) play(t *testing.T, random *rand.Rand) {
	b := healthy(t, random, cmp.Or(p.kind, "hybrid"))
	b.choose(p.whom)
	p.do(b)
	text := b.told(p.whom)
	if named := firstNamed(text); named != p.check {
		t.Errorf("%s is planted (%s), and %q is named first:\n%s", p.check, p.what, named, text)
	}
}

// TestAHealthyEstateIsAccusedOfNothing draws estates with nothing wrong, five or with HYBRID_SUITES=whole twenty: nothing fails, of
// the estate or of anybody in it, and nothing is unknown but what cannot be known.
func TestAHealthyEstateIsAccusedOfNothing(t *testing.T) {
	t.Parallel()
	seed, estates := gameSeed(t), 5
	if wholeSuites() {
		estates = 20
	}
	for n := range estates {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 1000+uint64(n)))
			b := healthy(t, random, []string{"hybrid", "endpoint", "edge", "teams_only", "exchange"}[n%5])
			b.accuses(b.look("--lab", "--format", "json"))
			b.accuses(b.look("user", "--lab", "--format", "json", "--file", filepath.Join(b.dir, "staff.csv")))
		})
	}
}

// accuses fails where anything is wrong, or unknown without being excused, in findings as JSON.
func (b *board) accuses(text string) {
	b.t.Helper()
	found := findingsIn(b.t, text)
	if len(found) == 0 {
		b.t.Fatalf("nothing was found at all:\n%s", text)
	}
	for _, f := range found {
		_, excused := notKnown(b.Kind)[f.ID]
		if f.Verdict == check.Fail || f.Verdict == check.Unknown && !excused {
			b.t.Errorf("%s: %s: %s", f.ID, f.Verdict, f.Text)
		}
	}
}

// Every check is played: a new one needs a row, or a reason why it has none.
func TestEveryCheckIsPlayed(t *testing.T) {
	t.Parallel()
	played := map[string]bool{}
	for _, p := range plants() {
		played[p.check] = true
	}
	ids := checkIDs()
	for _, id := range ids {
		if reason := notPlanted()[id]; played[id] == (reason != "") {
			t.Errorf("%s: played %v, excused with %q: add a plant, or a reason why there is none", id, played[id], reason)
		}
	}
	for id := range played {
		if !slices.Contains(ids, id) {
			t.Errorf("%s is planted, and is no check", id)
		}
	}
}

// checkIDs are those of all checks, of the estate and of users.
func checkIDs() (ids []string) {
	for _, c := range check.All() {
		ids = append(ids, c.ID)
	}
	for _, c := range check.UserChecks() {
		ids = append(ids, c.ID)
	}
	return ids
}

// The same seed plays the same game.
func TestASeedRepeatsAGame(t *testing.T) {
	t.Parallel()
	names := func(seed uint64) (all []string) {
		for _, p := range dealt(seed, 100) {
			all = append(all, p.what)
		}
		c := draw(rand.New(rand.NewPCG(seed, 3)), "hybrid")
		return append(all, c.Pool, c.Tenant, fmt.Sprint(c.Domains, c.Online))
	}
	if !slices.Equal(names(7), names(7)) || slices.Equal(names(7), names(8)) {
		t.Error("a seed does not decide the game")
	}
}
