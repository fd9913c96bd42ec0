package handout

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/journal"
)

const (
	cloud = "sipfed.online.lync.com"
	pool  = "pool01.contoso.com"
)

var newYearsEve = time.Date(2025, 12, 31, 23, 30, 0, 0, time.UTC)

// columns reads a list back as a spreadsheet does.
func columns(t *testing.T, rows ...Row) []map[string]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(Encode(rows), []byte("\xef\xbb\xbf"))))
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for n, name := range records[0] {
			row[name] = record[n]
		}
		all = append(all, row)
	}
	return all
}

func TestWhatEachJourneyMeans(t *testing.T) {
	t.Parallel()
	tests := []struct {
		row  Row
		want [4]string // meetings, contacts, sign_in_to_teams_by, note
	}{
		{Row{From: cloud, To: pool}, [4]string{"schedule again", "not moved: export first", "", "call forwarding is not moved: set it again"}},
		{Row{From: cloud, To: pool, Moved: newYearsEve}, [4]string{"schedule again", "not moved: add again", "", "call forwarding is not moved: set it again"}},
		{Row{From: pool, To: cloud}, [4]string{"converted, check", "moved", "within 30 days", "call forwarding is not moved: set it again in Teams"}},
		{Row{From: pool, To: cloud, Moved: newYearsEve}, [4]string{"converted, check", "moved", "2026-01-30", "call forwarding is not moved: set it again in Teams"}},
		{Row{From: pool, To: cloud, Moved: newYearsEve.In(time.FixedZone("", 9*3600))}, [4]string{"converted, check", "moved", "2026-01-30", "call forwarding is not moved: set it again in Teams"}},
		{Row{From: "pool02.contoso.com", To: pool}, [4]string{"unchanged", "unchanged", "", ""}},
		{Row{From: pool, To: cloud, Doubt: "in doubt"}, [4]string{"converted, check", "moved", "within 30 days", "in doubt; call forwarding is not moved: set it again in Teams"}},
		{Row{From: "pool02.contoso.com", To: pool, Doubt: "in doubt"}, [4]string{"unchanged", "unchanged", "", "in doubt"}},
		{Row{From: pool, To: "(sensitive)"}, [4]string{"not known", "not known", "not known", "where the user comes from or goes to is not shown"}},
		{Row{From: "", To: cloud}, [4]string{"not known", "not known", "not known", "where the user comes from or goes to is not shown"}},
	}
	for _, test := range tests {
		test.row.SIP = "sip:ada@contoso.com"
		got := columns(t, test.row)[0]
		if diff := cmp.Diff(test.want, [4]string{got["meetings"], got["contacts"], got["sign_in_to_teams_by"], got["note"]}); diff != "" {
			t.Errorf("%+v (want - got +):\n%s", test.row, diff)
		}
		if got["sip_address"] != "sip:ada@contoso.com" || got["from"] != test.row.From || got["to"] != test.row.To || got["sign_out_and_in"] != "yes" {
			t.Errorf("%+v: %v", test.row, got)
		}
	}
}

func TestNoFieldIsAFormula(t *testing.T) {
	t.Parallel()
	for _, begin := range []string{"=", "+", "-", "@", "\t", "\r", "\n"} {
		got := columns(t, Row{SIP: "sip:ada@contoso.com", Identity: begin + `HYPERLINK("https://example.com")`, From: cloud, To: pool})[0]
		if !strings.HasPrefix(got["identity"], "'") {
			t.Errorf("%q is written as %q", begin, got["identity"])
		}
	}
	if got := columns(t, Row{SIP: `sip:o'brien,"x"@contoso.com`, Identity: "a=b"})[0]; got["sip_address"] != `sip:o'brien,"x"@contoso.com` || got["identity"] != "a=b" {
		t.Errorf("what is no formula was changed: %v", got)
	}
}

// Excel takes a file for the machine's code page unless it begins with the mark; who else reads it trips over the mark.
func TestByteOrderMarkOnlyWhereItIsNeeded(t *testing.T) {
	t.Parallel()
	mark := []byte("\xef\xbb\xbf")
	if bytes.HasPrefix(Encode([]Row{{SIP: "sip:ada@contoso.com", From: cloud, To: pool}}), mark) {
		t.Error("ASCII has a mark")
	}
	if !bytes.HasPrefix(Encode([]Row{{SIP: "sip:ada@contoso.com", Identity: "CN=Jürgen"}}), mark) {
		t.Error("an umlaut has none")
	}
}

func entry(user, result string) journal.Entry {
	return journal.Entry{
		Address: `user_homing.pilot["` + user + `"]`, Action: "move", Kind: "user_homing", User: user, Identity: user, Result: result, Begun: newYearsEve, Answered: newYearsEve,
		Before: json.RawMessage(`{"target":"\"` + cloud + `\""}`), After: json.RawMessage(`{"target":"\"` + pool + `\"","wave":"{}"}`),
	}
}

func TestWhoARunHasMoved(t *testing.T) {
	t.Parallel()
	past := &journal.Past{End: &journal.Summary{}, Entries: []journal.Entry{
		{Address: "hosting_provider.LyncOnline", Action: "create", Kind: "hosting_provider", Result: journal.Done},
		{Address: `user.pilot["sip:new@x.com"]`, Action: "create", Kind: "user", User: "sip:new@x.com", Result: journal.Done},
		entry("sip:a@x.com", journal.Done), entry("sip:b@x.com", journal.Failed), entry("sip:c@x.com", journal.NotShown),
		entry("sip:d@x.com", journal.Doubt), entry("sip:e@x.com", ""),
		// found half way, and moved by an earlier run
		{Address: `user_homing.pilot["sip:f@x.com"]`, Action: "move", Kind: "user_homing", User: "sip:f@x.com", Result: journal.Doubt, Answered: newYearsEve},
	}}
	const doubt = "in doubt: find out with Get-CsUser where the user is homed"
	row := func(user, doubt string) Row {
		return Row{SIP: user, Identity: user, From: cloud, To: pool, Moved: newYearsEve, Doubt: doubt}
	}
	want := []Row{row("sip:a@x.com", ""), row("sip:d@x.com", doubt), row("sip:e@x.com", doubt)}
	if diff := cmp.Diff(want, Done(past, nil)); diff != "" {
		t.Errorf("want - got +:\n%s", diff)
	}

	past.End = nil // cut off, or under way
	want[0].Doubt = "moved, but not yet read back: find out with Get-CsUser where the user is homed"
	if diff := cmp.Diff(want, Done(past, nil)); diff != "" {
		t.Errorf("cut off: want - got +:\n%s", diff)
	}
	want[0].Doubt = ""
	if diff := cmp.Diff(want, Done(past, func(block string) bool { return block == "user_homing.pilot" })); diff != "" {
		t.Errorf("read back: want - got +:\n%s", diff)
	}
}

func TestALaterRunEndsDoubt(t *testing.T) {
	t.Parallel()
	first := []Row{{SIP: "a", Doubt: "in doubt"}, {SIP: "b"}, {SIP: "c", Doubt: "in doubt"}}
	second := []Row{{SIP: "a", To: pool}, {SIP: "b", To: pool}}
	want := []Row{{SIP: "a", To: pool}, {SIP: "b"}, {SIP: "c", Doubt: "in doubt"}, {SIP: "b", To: pool}}
	if diff := cmp.Diff(want, Join(first, second)); diff != "" {
		t.Errorf("want - got +:\n%s", diff)
	}
}

func TestAListIsWrittenWholeAndOverwritesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "moved.csv")
	if err := Free(path); err != nil {
		t.Fatal(err)
	}
	list, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := Free(path); err == nil || !strings.Contains(err.Error(), "name another file, or remove it") {
		t.Errorf("a list that is there: %v", err)
	}
	if _, err := Create(path); err == nil || !strings.Contains(err.Error(), "is not overwritten") {
		t.Errorf("made over one that is there: %v", err)
	}
	rows := []Row{{SIP: "sip:ada@contoso.com", From: cloud, To: pool}}
	if err := list.Replace(rows); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(content, Encode(rows)) {
		t.Errorf("%q, %v", content, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("%d files, %v", len(files), err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := list.Replace(rows); err == nil || !strings.Contains(err.Error(), "could not be written") {
		t.Errorf("without its folder: %v", err)
	}
}
