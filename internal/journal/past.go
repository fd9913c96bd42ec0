package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Past is a run as its file tells it.
type Past struct {
	Run
	Path    string   `json:"path"`
	Entries []Entry  `json:"entries,omitempty"` // in the order of the intents, each with what its last outcome added; nil from List
	Notes   []Note   `json:"notes,omitempty"`   // nil from List
	End     *Summary `json:"end,omitempty"`     // nil where the run did not come to its end, or has not yet
	Torn    bool     `json:"torn,omitempty"`    // the last line was being written when the run was cut off; nothing relied on it

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

func (e Entry) key() string { return e.Address + "\x00" + e.Action }

// Read reads a journal file. A last line that was cut off is left out and told by Torn; damage anywhere else is an
// error that names file and line, and so is a file of a newer program.
func Read(path string) (*Past, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	return read(f, path)
}

// errNoRun is the error of a file without a complete first line: its run was cut off before it announced anything.
var errNoRun = errors.New("it holds no run: what wrote it was cut off before it did anything; the file can be deleted")

func read(r io.Reader, path string) (*Past, error) {
	p := &Past{Path: path, open: map[string]int{}}
	lines, number := bufio.NewReaderSize(r, 64<<10), 0
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("journal: %s: %w", path, err)
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
		p.open[r.Entry.key()] = len(p.Entries)
		p.Entries = append(p.Entries, *r.Entry)
	case typeOutcome:
		r.Entry.Answered = r.Time
		p.outcome(*r.Entry)
	case typeNote:
		p.Notes = append(p.Notes, Note{Time: r.Time, Text: r.Note})
	case typeEnd:
		p.End = r.End
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

// List gives the runs of a folder, newest first, with their first line and, where they have one, their last: Entries
// and Notes are left to Read. Files that cannot be read are in the error, beside the runs that can; a file whose run was
// cut off before it announced anything is left out. A folder that does not exist has no runs.
func List(dir string) ([]*Past, error) {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	var runs []*Past
	var failed []error
	for _, f := range files {
		if f.IsDir() || !strings.HasSuffix(f.Name(), suffix) {
			continue
		}
		p, err := outline(filepath.Join(dir, f.Name()))
		switch {
		case err == nil:
			runs = append(runs, p)
		case !errors.Is(err, errNoRun):
			failed = append(failed, err)
		}
	}
	slices.SortFunc(runs, func(a, b *Past) int {
		if n := b.Started.Compare(a.Started); n != 0 {
			return n
		}
		return strings.Compare(b.ID, a.ID)
	})
	return runs, errors.Join(failed...)
}

// outline reads the first and the last line of a file.
func outline(path string) (*Past, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	first, err := bufio.NewReader(f).ReadBytes('\n')
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("journal: %s: %w", path, err)
	}
	p, err := read(bytes.NewReader(first), path)
	if err != nil {
		return nil, err
	}
	last, err := lastLine(f)
	if err != nil {
		return nil, fmt.Errorf("journal: %s: %w", path, err)
	}
	if r, err := parseLine(last); err == nil {
		p.End = r.End
	}
	return p, nil
}

// lastLine gives the text after the last line feed but one. It reads backwards, twice as much each time.
func lastLine(f *os.File) ([]byte, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	for window := int64(4 << 10); ; window *= 2 {
		end := make([]byte, min(size, window))
		if _, err := f.ReadAt(end, size-int64(len(end))); err != nil && err != io.EOF {
			return nil, err
		}
		end = bytes.TrimSuffix(end, []byte("\n"))
		if start := bytes.LastIndexByte(end, '\n'); start >= 0 || window >= size {
			return end[start+1:], nil
		}
	}
}
