package render

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
)

// A stream is JSON on its way out, an element of a list at a time: the document is never in memory.
type stream struct {
	w    *bufio.Writer
	text bytes.Buffer // of one element
	some bool         // whether an element of the list has been written
	err  error
}

func newStream(w io.Writer) stream { return stream{w: bufio.NewWriterSize(w, 64<<10)} }

// end is the first error of all that was written.
func (s *stream) end() error {
	if s.err != nil {
		return s.err
	}
	return s.w.Flush()
}

// list writes an element of the list that is open.
func (s *stream) list(element any) {
	if s.some {
		s.raw(",")
	}
	s.some = true
	s.raw("\n")
	s.encode(element)
}

// member writes a member of the document unless it says nothing.
func (s *stream) member(name string, v any) {
	if v == "" || v == int64(0) {
		return
	}
	s.raw(",\"" + name + "\":")
	s.encode(v)
}

func (s *stream) encode(v any) {
	if s.err != nil {
		return
	}
	s.text.Reset()
	enc := json.NewEncoder(&s.text)
	enc.SetEscapeHTML(false)
	if s.err = enc.Encode(v); s.err == nil {
		_, s.err = s.w.Write(bytes.TrimSuffix(s.text.Bytes(), []byte("\n")))
	}
}

func (s *stream) raw(text string) {
	if s.err == nil {
		_, s.err = s.w.WriteString(text)
	}
}
