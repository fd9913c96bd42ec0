package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"hybrid/internal/bounded"
)

// A Past is a run as its file tells it.
type Past struct {
	Run
	Path    string   `json:"path"`
	Entries []Entry  `json:"entries,omitempty"` // in the order of the intents, each with what its last outcome added
	Notes   []Note   `json:"notes,omitempty"`
	End     *Summary `json:"end,omitempty"` // nil where the run did not come to its end, or has not yet
	// Ended is when the last line was written, UTC; the zero time with End nil.
	Ended time.Time `json:"ended,omitzero"`
	Torn  bool      `json:"torn,omitempty"` // the last line was being written when the run was cut off; nothing relied on it

	open map[string]int // key of an entry to its place in Entries
}

// A Note is a sentence of the journal.
type Note struct {
	Time time.Time `json:"time"`
	Text string    `json:"text"`
}

// Open gives the entries of which nobody knows what became: announced and never answered, or answered with doubt. Each
// must be read in the estate before anything else is done to the object.
func (p *Past) Open() []Entry {
	var open []Entry
	for i, e := range p.Entries {
		if latest := p.open[e.key()] == i; latest && (e.Result == "" || e.Result == Doubt) {
			open = append(open, e)
		}
	}
	return open
}

// Count counts the entries of a run that did not come to its end, by what became of them; those that are open are in doubt.
// Of one that did, it is [Past.End].
func (p *Past) Count() Summary {
	if p.End != nil {
		return *p.End
	}
	var n Summary
	for i, e := range p.Entries {
		if p.open[e.key()] != i {
			continue
		}
		switch e.Result {
		case Done:
			n.Done++
		case Failed:
			n.Failed++
		case NotShown:
			n.NotShown++
		default:
			n.Doubt++
		}
	}
	return n
}

func (e Entry) key() string { return e.Address + "\x00" + e.Action }

// How much is read of a journal, in bytes: what a run writes of one change is some thousand, and of 100,000 users some 200 MB.
const (
	MostLine = 64 << 20
	MostFile = 4 << 30
	mostNote = 64 << 10 // of a lock, and of a note that a lock was taken away
)

// Read reads a journal file. A last line that was cut off is left out and told by Torn; damage anywhere else is an
// error that names file and line, and so is a file of a newer program.
func Read(path string) (*Past, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > MostFile {
		return nil, fmt.Errorf("journal: %s: %w: no run writes that much", path, &bounded.TooLargeError{Has: info.Size(), Most: MostFile})
	}
	return read(f, path)
}

// errNoRun is the error of a file without a complete first line: its run was cut off before it announced anything.
var errNoRun = errors.New("it holds no run: what wrote it was cut off before it did anything; the file can be deleted")

func read(r io.Reader, path string) (*Past, error) {
	p := &Past{Path: path, open: map[string]int{}}
	lines, number := bufio.NewReaderSize(r, 64<<10), 0
	for {
		line, err := bounded.Line(lines, MostLine)
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("journal: %s:%d: %w", path, number+1, err)
		}
		if len(line) > 0 {
			number++
			if failed := p.line(line, number); failed != nil {
				return nil, fmt.Errorf("journal: %s:%d: %w", path, number, failed)
			}
		}
		if err == io.EOF {
			break
		}
	}
	if p.ID == "" {
		return nil, fmt.Errorf("journal: %s: %w", path, errNoRun)
	}
	return p, nil
}

// line takes one line in. Only the last one can lack its line feed.
func (p *Past) line(line []byte, number int) error {
	text, whole := bytes.CutSuffix(line, []byte("\n"))
	r, err := parseLine(text)
	switch {
	case err != nil && !whole:
		p.Torn = true
		return nil
	case err != nil:
		return err
	case r.Format > Format:
		return fmt.Errorf("it was written by a newer hybrid (format %d, this one reads up to %d): use that one", r.Format, Format)
	case r.Seq != number:
		return fmt.Errorf("it has number %d where %d is due: lines are missing or out of order", r.Seq, number)
	case (number == 1) != (r.Type == typeRun):
		return fmt.Errorf("a line of type %q cannot stand here: a journal is one run, and begins with it", r.Type)
	case p.End != nil:
		return errors.New("a line after the end of the run")
	}
	p.take(r)
	return nil
}

func (p *Past) take(r record) {
	switch r.Type {
	case typeRun:
		p.Run = *r.Run
	case typeIntent:
		r.Entry.Begun = r.Time
		p.open[r.Entry.key()] = len(p.Entries)
		p.Entries = append(p.Entries, *r.Entry)
	case typeOutcome:
		r.Entry.Answered = r.Time
		p.outcome(*r.Entry)
	case typeNote:
		p.Notes = append(p.Notes, Note{Time: r.Time, Text: r.Note})
	case typeEnd:
		p.End, p.Ended = r.End, r.Time
	}
}

// outcome adds what became of it to the intent; an outcome that was never announced stands on its own.
func (p *Past) outcome(e Entry) {
	at, ok := p.open[e.key()]
	if !ok {
		p.open[e.key()] = len(p.Entries)
		p.Entries = append(p.Entries, e)
		return
	}
	intent := &p.Entries[at]
	intent.Result, intent.Error, intent.Millis = e.Result, e.Error, e.Millis
	intent.Lost = intent.Lost || e.Lost // reading tells what stands, and not whether the call is over
	if intent.Answered.IsZero() {
		intent.Answered = e.Answered
	}
	if e.Identity != "" {
		intent.Identity = e.Identity
	}
	if len(e.Commands) > 0 {
		intent.Commands = e.Commands
	}
	if e.Before != nil {
		intent.Before = e.Before
	}
	if e.After != nil {
		intent.After = e.After
	}
}
