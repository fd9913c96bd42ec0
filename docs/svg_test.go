package docs_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Sizes of a picture of a terminal, in pixels: a letter of a fixed width, a line, and the margin around all.
const (
	letterWidth = 8.4
	lineHeight  = 19
	pageMargin  = 18
)

// fills are the colours of the styles on the picture's own dark ground, which a page in light or dark shows alike. Each has a
// contrast of more than 5:1 with it.
var fills = map[string]string{
	"":   "#e6edf3",
	"1":  "#ffffff",
	"2":  "#9aa4b0",
	"31": "#ff8f87",
	"32": "#56d364",
	"33": "#e3b341",
	"35": "#d2a8ff",
	"36": "#56d4dd",
}

// drawing makes a picture of the lines of a screen, in which text stays text; title is what it shows, for those who cannot see it.
func drawing(title string, columns int, lines [][]cell) string {
	var b strings.Builder
	width, height := float64(columns)*letterWidth+2*pageMargin, len(lines)*lineHeight+2*pageMargin
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" viewBox="0 0 %.0f %d" role="img">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, "<title>%s</title>\n", escaped(title))
	fmt.Fprintf(&b, `<rect x="0.5" y="0.5" width="%.0f" height="%d" rx="8" fill="#0d1117" stroke="#6e7681"/>`+"\n", width-1, height-1)
	b.WriteString(`<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace" font-size="14">` + "\n")
	for n, line := range lines {
		fmt.Fprintf(&b, `<text y="%d" xml:space="preserve">`, pageMargin+n*lineHeight+14)
		for start := 0; start < len(line); {
			end := start
			for end < len(line) && line[end].style == line[start].style {
				end++
			}
			b.WriteString(span(line, start, end))
			start = end
		}
		b.WriteString("</text>\n")
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// span is the letters of one style; textLength keeps columns straight whatever font is there.
func span(line []cell, start, end int) string {
	weight := ""
	if line[start].style == "1" {
		weight = ` font-weight="bold"`
	}
	return fmt.Sprintf(`<tspan x="%.1f" textLength="%.1f" fill="%s"%s>%s</tspan>`, pageMargin+float64(start)*letterWidth,
		float64(end-start)*letterWidth, fills[line[start].style], weight, escaped(string(letters(line[start:end]))))
}

func letters(cells []cell) []rune {
	all := make([]rune, len(cells))
	for n, c := range cells {
		all[n] = c.letter
	}
	return all
}

func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// drawn is what the lines of a picture say.
func drawn(picture string) ([]string, error) {
	var lines []string
	in := false
	for d := xml.NewDecoder(strings.NewReader(picture)); ; {
		token, err := d.Token()
		switch e := token.(type) {
		case nil:
			if err == io.EOF {
				return lines, nil
			}
			return nil, err
		case xml.StartElement:
			if e.Name.Local == "text" {
				in, lines = true, append(lines, "")
			}
		case xml.EndElement:
			in = in && e.Name.Local != "text"
		case xml.CharData:
			if in {
				lines[len(lines)-1] += string(e)
			}
		}
	}
}

func TestDrawing(t *testing.T) {
	t.Parallel()
	s := &screen{columns: 20}
	if _, err := s.Write([]byte("\x1b[33m~\x1b[0m a <b> & c\r\n\r\n    \x1b[2mx → y\x1b[0m")); err != nil {
		t.Fatal(err)
	}
	picture := drawing("A <title>", s.columns, s.lines)
	got, err := drawn(picture)
	if diff := cmp.Diff(text(s.lines), got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if !strings.Contains(picture, `fill="#e3b341">~<`) {
		t.Errorf("the sign has lost its colour:\n%s", picture)
	}
}
