package lab

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// A Write is one call that was made to change something, as the far end saw it: what a journal can be held against.
type Write struct {
	At      time.Time `json:"at"`                // when it was carried out, by the clock on the wall, UTC
	Call    string    `json:"call"`              // as in [Calls]: "Move-CsUser", "DNS update"
	Of      string    `json:"of,omitempty"`      // its -Identity; of an update the owner names of the sets that it replaced
	Changed bool      `json:"changed,omitempty"` // the estate is another one since
	Failed  string    `json:"failed,omitempty"`  // the error of the cmdlet
}

// A writeLog is the file of writes. It grows until the counts are forgotten.
type writeLog struct{ file *os.File }

func writesPath(path string) string { return strings.TrimSuffix(path, ".json") + ".writes.jsonl" }

// note adds a write to the file, before its caller is answered. The estate is locked. A write that strikes nobody as
// changed leaves the estate's clock where it was.
func (e *Estate) note(w Write) error {
	if e.path == "" {
		return nil
	}
	w.At = e.now().UTC()
	line, err := json.Marshal(w)
	if err == nil && e.writes == nil {
		e.writes, err = openWrites(e.path)
	}
	if err == nil {
		_, err = e.writes.file.Write(append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("the lab cannot keep a call: %w", err)
	}
	return nil
}

// openWrites opens the file behind its last whole line: what was torn was never answered.
func openWrites(path string) (*writeLog, error) {
	file, err := os.OpenFile(writesPath(path), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(file.Name())
	if err == nil {
		err = file.Truncate(int64(bytes.LastIndexByte(text, '\n') + 1))
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &writeLog{file}, nil
}

// forgetWrites removes the file of an estate that is kept at a path.
func (e *Estate) forgetWrites(path string) error {
	if e.writes != nil {
		e.writes.file.Close()
		e.writes = nil
	}
	if err := os.Remove(writesPath(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the lab's list of calls cannot be removed: %w", err)
	}
	return nil
}

// Writes lists the writes of the estate that is kept at a path, in the order in which they were carried out, since the
// counts were last forgotten. It may be asked while a lab serves the estate.
func Writes(path string) ([]Write, error) {
	text, err := os.ReadFile(writesPath(path))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the lab's list of calls cannot be read: %w", err)
	}
	var list []Write
	for line := range bytes.Lines(text) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break // being written, or torn
		}
		var w Write
		if err := json.Unmarshal(line, &w); err != nil {
			return nil, fmt.Errorf("the lab's list of calls, line %d: %w", len(list)+1, err)
		}
		list = append(list, w)
	}
	return list, nil
}

// noted runs a call and notes it where it is made to change something.
func (c *call) noted(do func() error) error {
	before := c.estate.Clock
	err := do()
	if !isWrite(c.verb, c.noun) {
		return err
	}
	w := Write{Call: c.name(), Of: c.text("Identity"), Changed: !c.estate.Clock.Equal(before)}
	if err != nil {
		w.Failed, _, _ = strings.Cut(err.Error(), "\n")
	}
	return errors.Join(err, c.estate.note(w))
}
