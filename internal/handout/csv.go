package handout

import (
	"strings"
	"time"

	"hybrid/internal/sheet"
	"hybrid/providers/skype"
)

// header names the columns.
func header() []string {
	return []string{"sip_address", "identity", "from", "to", "sign_out_and_in", "meetings", "contacts", "sign_in_to_teams_by", "note"}
}

// Encode writes the list as CSV, as spreadsheets take it.
func Encode(rows []Row) []byte {
	text := [][]string{header()}
	for _, r := range rows {
		text = append(text, r.fields())
	}
	return sheet.Encode(text)
}

func (r Row) fields() []string {
	meetings, contacts, teams, note := r.means()
	if r.Doubt != "" {
		note = strings.TrimSuffix(r.Doubt+"; "+note, "; ")
	}
	return []string{r.SIP, r.Identity, r.From, r.To, "yes", meetings, contacts, teams, note}
}

// means says what becomes of meetings and contacts, by when the user must have signed in to Teams, and what else to know.
func (r Row) means() (meetings, contacts, teams, note string) {
	journey, known := r.journey()
	switch {
	case !known:
		return "not known", "not known", "not known", "where the user comes from or goes to is not shown"
	case journey == skype.Home && r.Moved.IsZero():
		return "schedule again", "not moved: export first", "", "call forwarding is not moved: set it again"
	case journey == skype.Home:
		return "schedule again", "not moved: add again", "", "call forwarding is not moved: set it again"
	case journey == skype.Away:
		return "converted, check", "moved", r.deadline(), "call forwarding is not moved: set it again in Teams"
	}
	return "unchanged", "unchanged", "", ""
}

// deadline is the last day, in UTC, on which a user who went online must have signed in to Teams.
func (r Row) deadline() string {
	if r.Moved.IsZero() {
		return "within 30 days"
	}
	return r.Moved.UTC().AddDate(0, 0, skype.TeamsSignInDays).Format(time.DateOnly)
}
