package docs_test

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// A screen is what a terminal of some columns shows of what was written to it: as much of ECMA-48 as hybrid uses, which is to
// set colours, to go up some lines, and to erase from there. Lines that leave the top are kept.
type screen struct {
	columns  int
	lines    [][]cell
	row, col int
	style    string // of what is written next, as in "1" or "33"; "" is plain
	pending  []byte // a sequence or letter whose end has not been written yet
	redrawn  func() // called before the cursor goes up, when all is as somebody sees it; may be nil
}

type cell struct {
	letter rune
	style  string
}

func (s *screen) Write(b []byte) (int, error) {
	s.pending = append(s.pending, b...)
	for len(s.pending) > 0 {
		n := s.next(s.pending)
		if n == 0 {
			break
		}
		s.pending = s.pending[n:]
	}
	return len(b), nil
}

// next takes one letter or sequence off the front, and says how many bytes that was; 0 where its end is missing.
func (s *screen) next(b []byte) int {
	switch b[0] {
	case '\r':
		s.col = 0
		return 1
	case '\n':
		s.row++
		return 1
	case 0x1b:
		end := strings.IndexFunc(string(b[min(2, len(b)):]), func(r rune) bool { return r >= '@' && r <= '~' })
		if end < 0 {
			return 0
		}
		s.sequence(string(b[2:2+end]), b[2+end])
		return 3 + end
	}
	if !utf8.FullRune(b) {
		return 0
	}
	letter, size := utf8.DecodeRune(b)
	s.put(letter)
	return size
}

func (s *screen) sequence(parameter string, command byte) {
	switch command {
	case 'm':
		s.style = strings.TrimPrefix(parameter, "0")
	case 'A':
		if s.redrawn != nil {
			s.redrawn()
		}
		up, err := strconv.Atoi(parameter)
		if err != nil {
			up = 1
		}
		s.row = max(0, s.row-up)
	case 'J':
		if s.row < len(s.lines) {
			s.lines = s.lines[:s.row]
		}
	}
}

func (s *screen) put(letter rune) {
	if s.col == s.columns {
		s.row, s.col = s.row+1, 0
	}
	for len(s.lines) <= s.row {
		s.lines = append(s.lines, nil)
	}
	line := s.lines[s.row]
	for len(line) <= s.col {
		line = append(line, cell{letter: ' '})
	}
	line[s.col] = cell{letter, s.style}
	s.lines[s.row] = line
	s.col++
}

// text is what the lines of a screen say.
func text(lines [][]cell) []string {
	all := make([]string, len(lines))
	for n, line := range lines {
		var b strings.Builder
		for _, c := range line {
			b.WriteRune(c.letter)
		}
		all[n] = strings.TrimRight(b.String(), " ")
	}
	return all
}

func TestScreen(t *testing.T) {
	t.Parallel()
	s := &screen{columns: 8}
	for _, piece := range []string{"\x1b[1mab\x1b", "[0mc\r\nlong \xe2", "\x86\x92 line\r\n> 1\r\n> 2\r\n", "\x1b[2A\x1b[J> 3\r\n"} {
		if _, err := s.Write([]byte(piece)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"abc", "long → l", "ine", "> 3"}, text(s.lines)); diff != "" {
		t.Error(diff)
	}
	if a, c := s.lines[0][0].style, s.lines[0][2].style; a != "1" || c != "" {
		t.Errorf("styles are %q and %q", a, c)
	}
}
