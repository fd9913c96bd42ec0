package powershell

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"hybrid/internal/bounded"
)

// The marks that an answer starts with. What has none is a cmdlet talking to its console.
var (
	markJSON = []byte("#hybrid j ")
	markGzip = []byte("#hybrid z ")
)

const (
	maxLine    = 64 << 20  // bytes of one line of output
	maxAnswer  = 256 << 20 // bytes of one answer, unpacked: 500 objects of half a megabyte
	maxValues  = 4_000_000 // of one answer: 500 objects of 8,000 values. A value may be two bytes long, and takes fifty here
	maxObjects = 5_000_000 // of one call: the largest deployments have some hundred thousand users
	maxCall    = 8 << 30   // bytes of one call, as they come
)

// An answer is one marked line. Its numbers are [json.Number].
type answer struct {
	Hello    int    `json:"hello"`
	PID      int    `json:"pid"`
	Version  string `json:"version"`
	Language string `json:"language"`

	ID      *int64   `json:"id"` // null where a request could not be read
	Rows    []any    `json:"rows"`
	Warning *string  `json:"warning"`
	Done    bool     `json:"done"`
	Millis  int64    `json:"ms"`
	Error   *failure `json:"error"`
}

// A failure is what the agent says of an ErrorRecord.
type failure struct {
	Message  string `json:"message"`
	Kind     string `json:"kind"`
	Category string `json:"category"`
	Type     string `json:"type"`
}

func (f *failure) error(x *exchange) *CmdletError {
	return &CmdletError{
		Cmdlet: x.what, Message: x.secrets.hide(f.Message), Kind: x.secrets.hide(f.Kind), Category: f.Category, Type: f.Type,
	}
}

// readAnswer reads a line of output; nil without an error is a line that is not the agent's.
func readAnswer(line []byte) (*answer, error) {
	var (
		text io.Reader
		err  error
	)
	switch {
	case bytes.HasPrefix(line, markJSON):
		text = bytes.NewReader(line[len(markJSON):])
	case bytes.HasPrefix(line, markGzip):
		packed := base64.NewDecoder(base64.StdEncoding, bytes.NewReader(line[len(markGzip):]))
		if text, err = gzip.NewReader(packed); err != nil {
			return nil, fmt.Errorf("an answer cannot be unpacked: %w", err)
		}
	default:
		return nil, nil
	}
	return decodeAnswer(text)
}

func decodeAnswer(text io.Reader) (*answer, error) {
	limited := &io.LimitedReader{R: text, N: maxAnswer}
	decoder := json.NewDecoder(&counting{text: limited})
	decoder.UseNumber()
	var a answer
	err := decoder.Decode(&a)
	if limited.N <= 0 {
		return nil, fmt.Errorf("an answer is longer than %s", bounded.Size(maxAnswer))
	}
	if err != nil {
		return nil, fmt.Errorf("an answer cannot be read: %w", err)
	}
	// Reading on to the end also checks gzip's sum and length.
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("an answer is followed by something else: %v", err)
	}
	if limited.N <= 0 {
		return nil, fmt.Errorf("an answer is longer than %s", bounded.Size(maxAnswer))
	}
	return &a, nil
}

// counting counts the marks before which values begin, those within texts as well, and ends a text that has too many: a line of some
// thousand bytes can be unpacked to a hundred million of them.
type counting struct {
	text   io.Reader
	values int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.text.Read(p)
	for _, mark := range [...]byte{',', '[', '{'} {
		c.values += bytes.Count(p[:n], []byte{mark})
	}
	if c.values > maxValues {
		return 0, fmt.Errorf("it holds more than %d values", maxValues)
	}
	return n, err
}
