package rest

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// MaxAttempts bounds how often a request is sent: every early repetition counts against a service's limit as well.
const MaxAttempts = 6

// Backoff is the pause after an attempt, counted from 0, where the service names none: 1, 2, 4 … seconds and up to half of that
// more, so that many clients do not return at once.
func Backoff(attempt int) time.Duration {
	d := time.Second << attempt
	return d + rand.N(d/2)
}

// RetryAfter is the pause that a service asks for, in either form of the header (RFC 9110 section 10.2.3); 0 where it names none.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds > 0 {
		return time.Duration(min(seconds, 1<<30)) * time.Second // what is longer would overflow
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
