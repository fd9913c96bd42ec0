package powershell

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// The marks that an answer starts with. What has none is a cmdlet talking to its console.
var (
	markJSON = []byte("#hybrid j ")
	markGzip = []byte("#hybrid z ")
)

const (
	maxLine   = 64 << 20  // bytes of one line of output
	maxAnswer = 256 << 20 // bytes of one answer, unpacked: 500 objects of half a megabyte
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
	decoder := json.NewDecoder(limited)
	decoder.UseNumber()
	var a answer
	if err := decoder.Decode(&a); err != nil {
		return nil, fmt.Errorf("an answer cannot be read: %w", err)
	}
	// Reading on to the end also checks gzip's sum and length.
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("an answer is followed by something else: %v", err)
	}
	if limited.N <= 0 {
		return nil, fmt.Errorf("an answer is longer than %d bytes", int64(maxAnswer))
	}
	return &a, nil
}
