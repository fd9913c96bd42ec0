package render

import (
	"strings"

	"hybrid/internal/event"
)

// fewOfACause is how many users of one cause are told line by line. A thousand who fail alike must not scroll away what
// else is to be seen: they are counted, and the journal and the list of what failed have each.
const fewOfACause = 3

// told counts what has been told of users, by block and cause.
type told map[[2]string]int

// line is what is told of a user; false where it was told often enough.
func (t told) line(p paint, e event.Event) (string, bool) {
	if e.User == "" {
		return p.sentence(e), true
	}
	cause := e.Cause
	if cause == "" {
		cause = event.CauseOf(e.Message)
	}
	key := [2]string{e.Block, cause}
	t[key]++
	switch n := t[key]; {
	case n <= fewOfACause:
		return p.sentence(e), true
	case n == fewOfACause+1:
		e.Address = e.Block
		return p.name(e) + "  more users alike are counted from here on, and the journal has each: " + plain(cause), true
	}
	return "", false
}

// shortly is a cause in a few words.
func shortly(cause string) string { return plain(event.Short(cause, 24)) }

// share is how many failed of a cause.
type share struct {
	cause string
	n     int
}

// brief is why users of a block have failed so far, in a few words: "9 Error 507, 3 Error 506". Causes are in the order of
// their numbers; other than the first two are "and 2 more causes".
func brief(shares []share) string {
	var parts []string
	for n, s := range shares {
		if n == 2 {
			parts = append(parts, "and "+quantity(len(shares)-2, "more cause"))
			break
		}
		parts = append(parts, count(s.n)+" "+shortly(s.cause))
	}
	return strings.Join(parts, ", ")
}
