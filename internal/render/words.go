package render

import (
	"strings"

	"hybrid/internal/amount"
	"hybrid/planner"
)

// count writes a number with commas: 100,000.
func count[N int | int64](n N) string { return amount.Count(n) }

// numbered puts a number before the word that agrees with it: "1 stays", "2 stay".
func numbered[N int | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

// quantity is a number of things: "1 user", "50 users".
func quantity[N int | int64](n N, thing string) string { return numbered(n, thing, thing+"s") }

// are is "1 is", "2 are" or, of things, "2 users are".
func are(n int, thing ...string) string {
	if len(thing) == 0 {
		return numbered(n, "is", "are")
	}
	return numbered(n, thing[0]+" is", thing[0]+"s are")
}

// capitalised is a text as the beginning of a sentence.
func capitalised(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// riskWords is a risk with its noun: "high risk", "needs attention".
func riskWords(r planner.Risk) string {
	switch r {
	case planner.RiskAttention:
		return "needs attention"
	case planner.RiskNone:
		return "no risk"
	}
	return r.String() + " risk"
}

// oneLine is a text without what would break a line or steer a terminal.
func oneLine(text string) string { return strings.Join(strings.Fields(plain(text)), " ") }
