package render

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"hybrid/planner"
)

// count writes a number with commas: 100,000.
func count[N int | int64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

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

// lasting writes a duration as people say it, with no more digits than matter: "0.3 s", "12 s", "4 min 10 s", "2 h 5 min".
func lasting(d time.Duration) string {
	switch {
	case d < 9950*time.Millisecond:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 59500*time.Millisecond:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour-500*time.Millisecond:
		d = d.Round(time.Second)
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
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
