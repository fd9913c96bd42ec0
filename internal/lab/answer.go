package lab

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
)

// answers writes what the host agent writes: lines that start with a mark, '#hybrid j ' and ASCII JSON, or '#hybrid z '
// and base64 of gzipped UTF-8 JSON where it is long or not ASCII. Tables come in no particular order from the real
// agent; the lab's come in a fixed one.
type answers struct {
	out    io.Writer
	ends   func() // before a request's last answer
	json   []byte
	held   []byte // lines on their way: the last rows of an answer leave together with its end, in one packet
	packed bytes.Buffer
	gzip   *gzip.Writer
}

const (
	markJSON = "#hybrid j "
	markGzip = "#hybrid z "
	// plainLimit is the length from which the agent packs an answer.
	plainLimit = 1024
	// rowsPerAnswer is how many objects the agent sends at a time.
	rowsPerAnswer = 500
)

func newAnswers(out io.Writer) *answers {
	fast, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	return &answers{out: out, ends: func() {}, gzip: fast}
}

// send writes the JSON that was built in a.json as one line, and what was held before it.
func (a *answers) send() error {
	if err := a.hold(); err != nil {
		return err
	}
	_, err := a.out.Write(a.held)
	a.held = a.held[:0]
	return err
}

// hold makes a.json a line that leaves with the next one. The line feed in front is for chatter that left its line open.
func (a *answers) hold() error {
	a.held = append(a.held, '\n')
	if len(a.json) < plainLimit && isPlain(a.json) {
		a.held = append(append(a.held, markJSON...), a.json...)
	} else {
		a.packed.Reset()
		a.gzip.Reset(&a.packed)
		if _, err := a.gzip.Write(a.json); err != nil {
			return err
		}
		if err := a.gzip.Close(); err != nil {
			return err
		}
		a.held = base64.StdEncoding.AppendEncode(append(a.held, markGzip...), a.packed.Bytes())
	}
	a.held = append(a.held, '\n')
	return nil
}

// isPlain says whether JSON is printable ASCII.
func isPlain(text []byte) bool {
	for _, c := range text {
		if c < 0x20 || c > 0x7e {
			return false
		}
	}
	return true
}

func (a *answers) hello() error {
	a.ends()
	return a.value(map[string]any{"hello": 1, "pid": 4712, "version": "5.1.17763.1", "language": "FullLanguage"})
}

func (a *answers) value(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	a.json = text
	return a.send()
}

func (a *answers) warning(id json.RawMessage, text string) error {
	return a.value(map[string]any{"id": id, "warning": text})
}

// done ends a request; failure is nil where it succeeded.
func (a *answers) done(id json.RawMessage, millis int64, failure *Failure) error {
	a.ends()
	answer := map[string]any{"id": id, "done": true, "ms": millis}
	if failure != nil {
		answer["error"] = failure
	}
	return a.value(answer)
}

// rows writes n rows, 500 an answer; row appends one of them as JSON.
func (a *answers) rows(id json.RawMessage, n int, row func(b []byte, n int) []byte) error {
	for from := 0; from < n; from += rowsPerAnswer {
		b := append(append(append(a.json[:0], `{"id":`...), id...), `,"rows":[`...)
		for at := from; at < min(from+rowsPerAnswer, n); at++ {
			if at > from {
				b = append(b, ',')
			}
			b = row(b, at)
		}
		a.json = append(b, `]}`...)
		leave := a.send
		if from+rowsPerAnswer > n {
			leave = a.hold
		}
		if err := leave(); err != nil {
			return err
		}
	}
	return nil
}

// objects writes objects: with a selection the values of those properties in that order, null where an object lacks
// one, else tables of all properties. Properties are found in any case, as in PowerShell.
func (a *answers) objects(id json.RawMessage, objects []Object, selected []string) error {
	return a.rows(id, len(objects), func(b []byte, n int) []byte {
		if selected == nil {
			return appendObject(b, objects[n])
		}
		values := make([]any, len(selected))
		for i, name := range selected {
			values[i] = objects[n].property(name)
		}
		return appendList(b, values)
	})
}

// accounts writes users, straight from the accounts where there is a selection.
func (a *answers) accounts(id json.RawMessage, accounts []*Account, selected []string) error {
	columns := make([]func([]byte, *Account) []byte, len(selected))
	for n, name := range selected {
		columns[n] = column(name)
	}
	return a.rows(id, len(accounts), func(b []byte, n int) []byte {
		if selected == nil {
			return appendObject(b, accounts[n].object())
		}
		b = append(b, '[')
		for i, appendColumn := range columns {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendColumn(b, accounts[n])
		}
		return append(b, ']')
	})
}

// online writes users as the tenant has them.
func (a *answers) online(id json.RawMessage, users []onlineView, selected []string) error {
	return a.rows(id, len(users), func(b []byte, n int) []byte {
		if selected == nil {
			return appendObject(b, users[n].object())
		}
		values := make([]any, len(selected))
		for i, name := range selected {
			values[i] = users[n].property(name)
		}
		return appendList(b, values)
	})
}
