package skype

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

func TestJourneys(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from, to string
		want     Journey
	}{
		{"sipfed.online.lync.com", "pool01.contoso.com", Home},
		{"SIPFED.online.lync.com", "pool01.contoso.com", Home},
		{"sipfed.online.partner.lync.cn", "pool01.contoso.com", Home},
		{"pool01.contoso.com", "Sipfed.online.gov.skypeforbusiness.us", Away},
		{"pool01.contoso.com", "pool02.contoso.com", Within},
		{"sipfed.online.lync.com", "sipfed.online.gov.skypeforbusiness.us", Within},
		{"", "pool02.contoso.com", Within},
	}
	for _, test := range tests {
		if got := JourneyOf(test.from, test.to); got != test.want {
			t.Errorf("from %q to %q: %d, want %d", test.from, test.to, got, test.want)
		}
	}
}

// Of a block to which users come from both sides, each number is of those whom the sentence is about.
func TestNotesOfHomingCountByDirection(t *testing.T) {
	t.Parallel()
	from := map[string]int{"sipfed.online.lync.com": 12, "pool02.contoso.com": 5, "sipfed.online.gov.skypeforbusiness.us": 1}
	tests := []struct {
		target string
		from   map[string]int
		want   []schema.UserNote
	}{
		{"pool01.contoso.com", from, append([]schema.UserNote{{Users: 18, Text: "must sign out and in again"}}, about(13, Home)...)},
		{"sipfed.online.lync.com", map[string]int{"pool02.contoso.com": 5}, append([]schema.UserNote{{Users: 5, Text: "must sign out and in again"}}, about(5, Away)...)},
		{"pool01.contoso.com", map[string]int{"pool02.contoso.com": 5}, []schema.UserNote{{Users: 5, Text: "must sign out and in again"}}},
	}
	for _, test := range tests {
		got := homingNotes(map[string]cty.Value{"target": cty.StringVal(test.target)}, test.from)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("to %s (want - got +):\n%s", test.target, diff)
		}
	}
}

// In China a host must be told about the cloud before it moves anybody there or back, and not between pools.
func TestMovesInChinaNeedAnEnvironment(t *testing.T) {
	t.Parallel()
	for home, want := range map[string]bool{"sipfed.online.partner.lync.cn": true, "pool02.contoso.com": false} {
		notes := homingNotes(map[string]cty.Value{"target": cty.StringVal("pool01.contoso.com"), "cloud": cty.StringVal("china")}, map[string]int{home: 1})
		if got := slices.Contains(notes, schema.UserNote{Text: environmentNote}); got != want {
			t.Errorf("from %s: %t", home, got)
		}
	}
}

func about(users int, j Journey) []schema.UserNote {
	var notes []schema.UserNote
	for _, text := range j.notes() {
		notes = append(notes, schema.UserNote{Users: users, Text: text})
	}
	return notes
}
