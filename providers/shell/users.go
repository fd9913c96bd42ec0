package shell

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"hybrid/planner"
)

// CellText is a property's value as text. An object of which only some properties came through has none.
func CellText(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case bool:
		if v {
			return "True", nil
		}
		return "False", nil
	case json.Number:
		return v.String(), nil
	}
	return "", errors.New("the server sent an object or a list in the place of a text")
}

// UserFilters makes the filters that find the wanted users by SIP address, so many addresses each; false where everybody
// is to be listed: nobody in particular is wanted or everybody is, more than most are, or an address holds a character that would end the
// text in the filter.
func UserFilters(want []planner.Object, most, each int) (filters []string, some bool) {
	if want == nil {
		return nil, false
	}
	var sips []string
	for i := range want {
		if want[i].Everybody || len(sips)+want[i].Users.Len() > most {
			return nil, false
		}
		for row := range want[i].Users.Len() {
			sips = append(sips, want[i].Users.SIP(row))
		}
	}
	slices.Sort(sips)
	sips = slices.Compact(sips)
	if slices.ContainsFunc(sips, Unfilterable) {
		return nil, false
	}
	for batch := range slices.Chunk(sips, each) {
		filters = append(filters, "SipAddress -eq '"+strings.Join(batch, "' -or SipAddress -eq '")+"'")
	}
	return filters, true
}

// Unfilterable says whether an address cannot stand between single quotes in a filter: it holds one of the characters
// that PowerShell takes for a quote, a variable or an escape.
func Unfilterable(sip string) bool { return strings.ContainsAny(sip, "'\u2018\u2019\u201a\u201b\"`$") }
