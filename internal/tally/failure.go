package tally

import (
	"cmp"
	"strings"

	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/internal/sheet"
)

// A Failure is one object or user that failed, is in doubt or is not shown.
type Failure struct {
	Address string // of the object or user
	Block   string // of the block that it is of
	User    string // the SIP address; "" for an object
	Action  string
	Result  string // [journal.Failed], [journal.NotShown] or [journal.Doubt]
	Verdict string // for people: "not moved", "in doubt"
	Cause   string
	Message string // without the remedy
	Remedy  string
}

func failureOf(e event.Event) Failure {
	result := cmp.Or(e.Result, map[event.Type]string{event.Doubt: journal.Doubt}[e.Type], journal.Failed)
	return Failure{
		Address: e.Address, Block: cmp.Or(e.Block, e.Address), User: e.User, Action: e.Action, Result: result,
		Verdict: cmp.Or(e.Verdict, verdict(e.Action, result, e.User != "")),
		Cause:   cmp.Or(e.Cause, event.CauseOf(e.Message)), Message: strings.TrimSuffix(e.Message, "\n"+e.Remedy), Remedy: e.Remedy,
	}
}

// verdict is what a result means for an action: "not moved". What the far end said it had done, and reading does not show, is in
// doubt, as is what nobody answered.
func verdict(action, result string, user bool) string {
	if result != journal.Failed {
		return event.InDoubt
	}
	if words := map[string]string{"create": "not enabled", "delete": "not disabled"}; user && words[action] != "" {
		return words[action]
	}
	return map[string]string{
		"move": event.NotMoved, "create": "not created", "update": "not changed", "replace": "not replaced", "delete": "not deleted", "run": "not run",
	}[action]
}

// Sheet is a list of failures as CSV, with a header, for spreadsheets.
func Sheet(failures []Failure) []byte {
	rows := [][]string{{"sip_address", "block", "action", "result", "cause", "remedy"}}
	for _, f := range failures {
		where := f.Block
		if f.User == "" {
			where = f.Address
		}
		rows = append(rows, []string{f.User, where, f.Action, cmp.Or(f.Verdict, f.Result), f.Cause, f.Remedy})
	}
	return sheet.Encode(rows)
}
