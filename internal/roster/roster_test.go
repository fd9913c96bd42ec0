package roster_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hybrid/internal/roster"
)

func TestTable(t *testing.T) {
	t.Parallel()
	table := roster.New("sip", "pool")
	rows := [][]string{{"sip:Ada@x.com", "pool01"}, {"alan@x.com", "pool01"}, {"sip:grace@x.com", ""}}
	buffer := make([]string, 2)
	for _, row := range rows {
		copy(buffer, row)
		table.Append(buffer...) // the caller keeps its buffer
	}
	var got [][]string
	for _, cells := range table.Rows() {
		got = append(got, cells)
	}
	if d := cmp.Diff(rows, got); d != "" {
		t.Error(d)
	}
	if row, ok := table.Lookup("SIP:ALAN@X.COM"); !ok || row != 1 {
		t.Errorf("found %d, %t", row, ok)
	}
	if _, ok := table.Lookup("nobody@x.com"); ok {
		t.Error("found nobody")
	}
	if table.Cell(0, "pool") != "pool01" || table.Cell(0, "colour") != "" || table.SIP(0) != "sip:ada@x.com" {
		t.Error("cells are mixed up")
	}
}

func TestNilTableIsEmpty(t *testing.T) {
	t.Parallel()
	var table *roster.Table
	if _, ok := table.Lookup("x"); ok || table.Len() != 0 {
		t.Error("a nil table holds somebody")
	}
	if _, _, ok := table.Index(); !ok {
		t.Error("a nil table holds doubles")
	}
}

func TestDoublesAreFound(t *testing.T) {
	t.Parallel()
	table := roster.New("sip")
	for _, sip := range []string{"sip:a@x", "sip:b@x", "A@X", "sip:b@x"} {
		table.Append(sip)
	}
	if first, second, ok := table.Index(); ok || first != 0 || second != 2 {
		t.Errorf("doubles at %d and %d, %t", first, second, ok)
	}
	if !table.Several("SIP:B@x") || !table.Several("a@x") || table.Several("sip:c@x") {
		t.Error("Several does not tell which addresses more than one row has")
	}
	table.Append("sip:c@x")
	table.Append("sip:c@x")
	if !table.Several("sip:c@x") || roster.New("sip").Several("sip:c@x") {
		t.Error("Several is of the rows that there were")
	}
}

func TestAppendOfAnotherWidthPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a row of the wrong width was taken")
		}
	}()
	roster.New("a", "b").Append("only one")
}

// TestTextsStayAsTheyWere: whatever is appended later, and however long, no cell changes.
func TestTextsStayAsTheyWere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := roster.New("sip", "note")
		var want [][]string
		for n := range rapid.IntRange(0, 40).Draw(t, "rows") {
			note := rapid.String().Draw(t, "note") + strings.Repeat("x", rapid.SampledFrom([]int{0, 1, 70_000, 300_000}).Draw(t, "length"))
			row := []string{fmt.Sprintf("sip:u%d@x", n), note}
			table.Append(row...)
			want = append(want, row)
		}
		for n, row := range want {
			if d := cmp.Diff(row, table.Row(n)); d != "" {
				t.Fatal(d)
			}
			if at, ok := table.Lookup(row[0]); !ok || at != n {
				t.Fatalf("row %d was found at %d", n, at)
			}
		}
	})
}

func TestCanonicalIsIdempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		once := roster.Canonical(rapid.String().Draw(t, "sip"))
		if roster.Canonical(once) != once {
			t.Fatalf("%q becomes %q", once, roster.Canonical(once))
		}
	})
}
