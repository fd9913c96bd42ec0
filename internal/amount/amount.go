// Package amount writes numbers and durations as people say them, the same in every sentence of the program.
package amount

import (
	"fmt"
	"strconv"
	"time"
)

// Count writes a number with commas: "100,000".
func Count[N int | int64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Lasting writes a duration with no more digits than matter: "0.3 s", "12 s", "4 min", "4 min 10 s", "2 h 5 min". Tenths are
// told below ten seconds, unless it is whole seconds; seconds below an hour.
func Lasting(d time.Duration) string {
	switch {
	case d < 9950*time.Millisecond && d%time.Second != 0:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 59500*time.Millisecond:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour-500*time.Millisecond:
		seconds := int(d.Round(time.Second).Seconds())
		return of(seconds/60, "min", seconds%60, "s")
	}
	minutes := int(d.Round(time.Minute).Minutes())
	return of(minutes/60, "h", minutes%60, "min")
}

// of leaves out a second unit of which there is none.
func of(whole int, unit string, rest int, small string) string {
	if rest == 0 {
		return fmt.Sprintf("%d %s", whole, unit)
	}
	return fmt.Sprintf("%d %s %d %s", whole, unit, rest, small)
}
