package render

import (
	"bufio"
	"strconv"
)

// Markup is HTML that stands in this package as a constant. A text of any other origin is a string, which does not become markup
// by itself: the compiler refuses it.
type markup string

// A markupWriter writes HTML. Whatever is not [markup] goes through text, which escapes it for both places where it is used:
// between tags, and in the value of an attribute between double quotes. A failed write shows itself when it is flushed.
type markupWriter struct{ out *bufio.Writer }

func (h markupWriter) tag(m markup) { h.out.WriteString(string(m)) }

// text escapes what ends a text or begins something else, as html/template does, so that the page is written one way throughout.
func (h markupWriter) text(text string) {
	done := 0
	for i := range len(text) {
		if code := htmlCodes[text[i]]; code != "" {
			h.out.WriteString(text[done:i])
			h.out.WriteString(code)
			done = i + 1
		}
	}
	h.out.WriteString(text[done:])
}

// htmlCodes is what stands for a byte of a text, "" where it stands for itself. All are ASCII, and so are never part of another
// character in UTF-8. Plus is among them for what takes a text for UTF-7.
var htmlCodes = [256]string{0: "\uFFFD", '"': "&#34;", '&': "&amp;", '\'': "&#39;", '+': "&#43;", '<': "&lt;", '>': "&gt;"}

func (h markupWriter) number(n int) { h.text(strconv.Itoa(n)) }

// with writes a text between tags, and nothing where there is none.
func (h markupWriter) with(open markup, text string, end markup) {
	if text != "" {
		h.around(open, text, end)
	}
}

func (h markupWriter) around(open markup, text string, end markup) {
	h.tag(open)
	h.text(text)
	h.tag(end)
}

// each writes texts, each between tags.
func (h markupWriter) each(open markup, texts []string, end markup) {
	for _, text := range texts {
		h.around(open, text, end)
	}
}

// list writes texts between tags, in a list of its own tags that is left out where there are none.
func (h markupWriter) list(begin, open markup, texts []string, end, finish markup) {
	if len(texts) > 0 {
		h.tag(begin)
		h.each(open, texts, end)
		h.tag(finish)
	}
}
