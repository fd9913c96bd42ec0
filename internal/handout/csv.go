package handout

import (
	"bytes"
	"encoding/csv"
	"strings"
	"time"
	"unicode/utf8"

	"hybrid/providers/skype"
)

// header names the columns.
func header() []string {
	return []string{"sip_address", "identity", "from", "to", "sign_out_and_in", "meetings", "contacts", "sign_in_to_teams_by", "note"}
}

// Encode writes the list as CSV (RFC 4180), in UTF-8. Where anything is not ASCII, and there only, a byte order mark stands
// before it: Excel needs it to tell UTF-8, and others take it for a part of the first column's name. No field begins with
// what a spreadsheet takes for a formula.
func Encode(rows []Row) []byte {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	w.UseCRLF = true
	_ = w.Write(header()) // a buffer takes everything
	for _, r := range rows {
		_ = w.Write(r.fields())
	}
	w.Flush()
	if bytes.ContainsFunc(text.Bytes(), func(c rune) bool { return c >= utf8.RuneSelf }) {
		return append([]byte("\xef\xbb\xbf"), text.Bytes()...)
	}
	return text.Bytes()
}

func (r Row) fields() []string {
	meetings, contacts, teams, note := r.means()
	if r.Doubt != "" {
		note = strings.TrimSuffix(r.Doubt+"; "+note, "; ")
	}
	fields := []string{r.SIP, r.Identity, r.From, r.To, "yes", meetings, contacts, teams, note}
	for n := range fields {
		fields[n] = noFormula(fields[n])
	}
	return fields
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

// noFormula puts an apostrophe before what a spreadsheet would calculate; it then takes the field for text.
func noFormula(field string) string {
	if field != "" && strings.ContainsRune("=+-@\t\r\n", rune(field[0])) {
		return "'" + field
	}
	return field
}
