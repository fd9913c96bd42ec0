package catalogue

import (
	"sort"
	"strings"
	"unicode"
)

// A flat is a text without what consoles and mails do to it: in lower case, its white space one blank each, or none at all, since
// PowerShell breaks words at the width of its window. It knows which line each byte came from.
type flat struct {
	text  string
	lines []int // where each line of the original begins
}

// flatten keeps white space as single blanks, or drops it.
func flatten(text string, blanks bool) flat {
	var b strings.Builder
	b.Grow(len(text))
	f := flat{lines: []int{0}}
	gap := false
	for _, r := range text {
		if r == '\n' {
			f.lines = append(f.lines, b.Len())
		}
		if unicode.IsSpace(r) || r == '\ufeff' {
			gap = true
			continue
		}
		if gap && blanks && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(unicode.ToLower(r))
	}
	f.text = b.String()
	return f
}

// line is the number, from 1, of the line that a byte came from.
func (f flat) line(at int) int {
	return sort.Search(len(f.lines), func(n int) bool { return f.lines[n] > at })
}

// near is the text about a place, so many bytes to both sides.
func (f flat) near(at, reach int) string {
	return f.text[max(0, at-reach):min(len(f.text), at+reach)]
}

// within is how far apart two pieces of one message may stand.
const within = 400

// find lists where a pattern's first piece stands with all others after it.
func (f flat) find(pattern string) []int {
	var pieces []string
	for _, piece := range strings.Split(pattern, "…") {
		pieces = append(pieces, flatten(piece, false).text)
	}
	var places []int
	for from := 0; ; {
		at := strings.Index(f.text[from:], pieces[0])
		if at < 0 {
			return places
		}
		at += from
		from = at + len(pieces[0])
		if f.follow(from, pieces[1:]) {
			places = append(places, at)
		}
	}
}

// follow says whether pieces stand one after the other from a place on.
func (f flat) follow(from int, pieces []string) bool {
	rest := f.text[from:min(len(f.text), from+within)]
	for _, piece := range pieces {
		at := strings.Index(rest, piece)
		if at < 0 {
			return false
		}
		rest = rest[at+len(piece):]
	}
	return true
}
