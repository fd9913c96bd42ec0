// Package handout makes the list of users who are, or have been, moved, for those who tell them: what each must do, what
// comes along and what does not.
package handout

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hybrid/internal/journal"
	"hybrid/planner"
	"hybrid/providers/skype"
)

// kind is the one whose moves users must be told of.
const kind = "user_homing"

// A Row is one user on the list.
type Row struct {
	SIP, Identity string
	From, To      string    // where the user is homed before and after; "" or in parentheses where that is not shown
	Moved         time.Time // zero where the move is only planned
	Doubt         string    // why the move is not certain; "" where it is
}

// Planned lists the users whom a plan moves, in its order.
func Planned(p *planner.Plan) []Row {
	var rows []Row
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Kind.Name != kind || c.Action != planner.Move {
			continue
		}
		to := plain(planner.Texts(c.After)[c.Kind.Rows.Attr])
		for n := range c.Users.Len() {
			rows = append(rows, Row{SIP: c.Users.SIP(n), Identity: c.Users.Identity(n), From: c.Origin(n), To: to})
		}
	}
	return rows
}

// Done lists the users whom a run has moved, as its journal tells it, in the order in which they were begun. Those of whom
// nobody knows are among them, with the doubt: they may have been moved. While a run has not come to its end, confirmed
// says of a block's address whether its users have been read back; nil says of none.
func Done(past *journal.Past, confirmed func(block string) bool) []Row {
	var rows []Row
	for _, e := range past.Entries {
		if !e.Sent() || e.Kind != kind || e.Action != string(planner.Move) || e.Result == journal.Failed || e.Result == journal.NotShown {
			continue
		}
		r := Row{SIP: e.User, Identity: e.Identity, From: target(e.Before), To: target(e.After), Moved: e.Answered}
		switch {
		case e.Result != journal.Done:
			r.Doubt = "in doubt: find out with Get-CsUser where the user is homed"
		case past.End == nil && (confirmed == nil || !confirmed(blockOf(e))):
			r.Doubt = "moved, but not yet read back: find out with Get-CsUser where the user is homed"
		}
		rows = append(rows, r)
	}
	return rows
}

// blockOf is the address of the block that an entry's user is of.
func blockOf(e journal.Entry) string {
	return strings.TrimSuffix(e.Address, fmt.Sprintf("[%q]", e.User))
}

// Join puts the lists of several runs one behind the other. What is certain of a user takes the place of an earlier doubt.
func Join(lists ...[]Row) []Row {
	var all []Row
	at := map[string]int{}
	for _, list := range lists {
		for _, r := range list {
			if n, known := at[r.SIP]; known && all[n].Doubt != "" {
				all[n] = r
				continue
			}
			at[r.SIP] = len(all)
			all = append(all, r)
		}
	}
	return all
}

// target is where a journal says that a user is homed.
func target(values json.RawMessage) string {
	var texts map[string]string
	if json.Unmarshal(values, &texts) != nil {
		return ""
	}
	return plain(texts["target"])
}

// plain is a text without its quotation marks. What is secret or not known is a word in parentheses and has none.
func plain(text string) string {
	if bare, err := strconv.Unquote(text); err == nil {
		return bare
	}
	return text
}

// journey is what the move means; false where that cannot be told from what is shown.
func (r Row) journey() (skype.Journey, bool) {
	if hidden(r.From) || hidden(r.To) {
		return skype.Within, false
	}
	return skype.JourneyOf(r.From, r.To), true
}

func hidden(home string) bool { return home == "" || home[0] == '(' }
