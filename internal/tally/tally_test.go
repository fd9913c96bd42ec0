package tally

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/event"
)

const pilot = "user_homing.pilot"

// of is an event about a user of the pilot.
func of(kind event.Type, name, result, cause string) event.Event {
	sip := "sip:" + name + "@contoso.com"
	return event.Event{Type: kind, Address: pilot + `["` + sip + `"]`, Block: pilot, User: sip, Action: "move", Result: result, Cause: cause}
}

// night is a run in which much happens.
func night() *Tally {
	t := &Tally{}
	licence := of(event.Failed, "ada", "failed", "no licence")
	licence.Remedy = "Assign one."
	for _, e := range []event.Event{
		{Type: event.Start, Address: "dns_record.a", Action: "create", Total: 1},
		{Type: event.Start, Address: `dns_record.b["x"]`, Block: "dns_record.b", Action: "update", Total: 1},
		{Type: event.Done, Address: "dns_record.a", Action: "create", Millis: 100, Result: "done"},
		{Type: event.Failed, Address: `dns_record.b["x"]`, Block: "dns_record.b", Action: "update", Result: "not-shown", Cause: "not there", Millis: 50},
		{Type: event.Done, Address: `dns_record.b["y"]`, Block: "dns_record.b", Action: "update", Millis: 70, Result: "done"},
		{Type: event.Start, Address: pilot, Action: "move", Total: 9, Users: true},
		licence,
		of(event.Doubt, "lost", "doubt", "the answer was lost"),
		of(event.Doubt, "found", "doubt", "the answer was lost"),
		of(event.Doubt, "gone", "doubt", "the answer was lost"),
		{Type: event.Progress, Address: pilot, Action: "move", Users: true, Done: 3, Failed: 3, Total: 9},
		of(event.Note, "found", "done", ""),
		of(event.Failed, "gone", "failed", "no licence"),
		of(event.Failed, "grace", "failed", "no licence"),
		of(event.Failed, "alan", "failed", "no licence"),
		{Type: event.Skipped, Address: pilot, Action: "move", Users: true, Total: 2},
		{Type: event.Later, Address: pilot, Action: "move", Users: true, Total: 2},
		{Type: event.Doubt, Address: pilot, Action: "move", Users: true, Total: 9, Message: "the whole block"},
		{Type: event.Done, Address: pilot, Action: "move", Users: true, Done: 3, Total: 9, Millis: 5000},
		{Type: event.Skipped, Address: "user.rest", Action: "create", Users: true, Total: 40},
		{Type: event.Failed, Address: "thing.x", Message: "cannot be planned"},
	} {
		t.Add(e)
	}
	return t
}

func TestReport(t *testing.T) {
	t.Parallel()
	want := &event.Report{
		Blocks: []event.Block{
			{Address: "dns_record.a", Action: "create", Done: 1, Millis: 100},
			{Address: "dns_record.b", Action: "update", Done: 1, NotShown: 1, Millis: 120},
			{Address: pilot, Action: "move", Users: true, Done: 3, Failed: 4, Doubt: 1, Skipped: 2, Millis: 5000},
			{Address: "user.rest", Action: "create", Users: true, Skipped: 40},
			{Address: "thing.x", Failed: 1},
		},
		Causes: []event.Cause{
			{Cause: "no licence", Remedy: "Assign one.", Users: 4, First: []string{"sip:ada@contoso.com", "sip:gone@contoso.com", "sip:grace@contoso.com"}},
			{Cause: "not there", Others: 1, First: []string{`dns_record.b["x"]`}},
			{Cause: "the answer was lost", Users: 1, First: []string{"sip:lost@contoso.com"}},
			{Cause: "cannot be planned", Others: 1, First: []string{"thing.x"}},
		},
	}
	if diff := cmp.Diff(want, night().Report()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&event.Report{Blocks: []event.Block{}}, new(Tally).Report()); diff != "" {
		t.Errorf("of nothing (-want +got):\n%s", diff)
	}
}

// A cause keeps its words where all who met it met the same, and only there.
func TestCausesKeepTheirWords(t *testing.T) {
	t.Parallel()
	full, taken := "The log for database 'rtcxds' is full.", "the line %s is in use"
	tally := &Tally{}
	for _, user := range []string{"ada", "alan"} {
		for _, said := range []string{full, fmt.Sprintf(taken, "tel:+1"+strings.Repeat("5", len(user)))} {
			e := of(event.Failed, user, "failed", "")
			e.Address, e.Message, e.Remedy = user+said, said+"\nBack it up.", "Back it up."
			tally.Add(e)
		}
	}
	for _, c := range tally.Report().Causes {
		if want := map[bool]string{true: full}[strings.Contains(c.Cause, "log")]; c.Text != want || c.Users != 2 {
			t.Errorf("%+v", c)
		}
	}
}

func TestSheet(t *testing.T) {
	t.Parallel()
	text := string(Sheet(night().Failures()))
	want := []string{
		"sip_address,block,action,result,cause,remedy",
		`,"dns_record.b[""x""]",update,in doubt,not there,`,
		"sip:ada@contoso.com,user_homing.pilot,move,not moved,no licence,Assign one.",
		"sip:lost@contoso.com,user_homing.pilot,move,in doubt,the answer was lost,",
		"sip:gone@contoso.com,user_homing.pilot,move,not moved,no licence,",
		"sip:grace@contoso.com,user_homing.pilot,move,not moved,no licence,",
		"sip:alan@contoso.com,user_homing.pilot,move,not moved,no licence,",
		",thing.x,,failed,cannot be planned,", "",
	}
	if diff := cmp.Diff(want, strings.Split(text, "\r\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What a server says is no formula, and a line of its own is still one field.
func TestSheetIsSafe(t *testing.T) {
	t.Parallel()
	hostile := "=cmd|' /C calc'!A0\r\n\"x\",ü"
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(Sheet([]Failure{{Cause: hostile, Remedy: "@x", Action: "-1", Block: "+b"}}), []byte("\xef\xbb\xbf")))).ReadAll()
	want := []string{"", "", "'-1", "", "'" + strings.ReplaceAll(hostile, "\r\n", "\n"), "'@x"}
	if err != nil || len(rows) != 2 || !cmp.Equal(rows[1], want) {
		t.Errorf("%v, %q, want %q", err, rows, want)
	}
}

// A verdict that the engine gives holds; else a result means for its action what people say.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		e    event.Event
		want string
	}{
		{event.Event{Type: event.Failed, Action: "move", User: "sip:a@b", Result: "failed"}, "not moved"},
		{event.Event{Type: event.Failed, Action: "create", User: "sip:a@b", Result: "failed"}, "not enabled"},
		{event.Event{Type: event.Failed, Action: "delete", User: "sip:a@b"}, "not disabled"},
		{event.Event{Type: event.Failed, Action: "update", User: "sip:a@b"}, "not changed"},
		{event.Event{Type: event.Failed, Action: "create", Result: "failed"}, "not created"},
		{event.Event{Type: event.Failed, Action: "move", User: "sip:a@b", Result: "not-shown"}, "in doubt"},
		{event.Event{Type: event.Failed, Action: "move", User: "sip:a@b", Result: "not-shown", Verdict: event.NotMoved}, "not moved"},
		{event.Event{Type: event.Doubt, Action: "delete"}, "in doubt"},
	} {
		if got := failureOf(one.e).Verdict; got != one.want {
			t.Errorf("%+v: %q, want %q", one.e, got, one.want)
		}
	}
}
