// Package journal keeps what a run meant to do and what became of it: one file of JSON lines a run, on disk before
// the call that it announces and after the call that it reports.
//
// Whoever writes an [Entry] sees to it that no secret is in it; the journal keeps what it is given.
package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"time"

	"hybrid/internal/bounded"
)

// Format is the version of the files that this program writes. A file with a higher one is refused. Version 2 added the
// lines of a [Baseline].
const Format = 2

// A Run is the first line of a journal file: who does what, why and with which configuration.
type Run struct {
	ID      string `json:"id"`                // the file's name without ".jsonl"; made by Begin where it is empty
	Command string `json:"command"`           // "apply"
	Who     string `json:"who,omitempty"`     // the user's name
	Host    string `json:"host,omitempty"`    // the machine on which it runs
	Reason  string `json:"reason,omitempty"`  // --reason
	Config  string `json:"config,omitempty"`  // digest of the configuration
	Version string `json:"version,omitempty"` // of the program
	// Plan is the ID of the saved plan that is carried out, Planned who made it; "" where the run made its own.
	Plan    string `json:"plan,omitempty"`
	Planned string `json:"planned,omitempty"`
	// Digest is that of the changes that were approved, as plans show it; "" in journals of older programs.
	Digest string `json:"digest,omitempty"`
	// Approved is how the plan was approved: [Typed], [Flagged] or [SavedPlan]; "" in journals of older programs. Whoever
	// approved it is Who; of a saved plan Planned tells who made it.
	Approved string `json:"approved,omitempty"`
	// RollsBack is the ID of the run that this one takes back; "" for any other.
	RollsBack string `json:"rolls_back,omitempty"`
	// Overrides are the guards that the plan did not pass and that were set aside for it.
	Overrides []Override `json:"overrides,omitempty"`
	// Checks are what was found by the checks that concerned the changes, before the first of them; nil where none did, and in
	// journals of older programs. Unchecked says that they were left out, for Reason.
	Checks    []Check `json:"checks,omitempty"`
	Unchecked bool    `json:"unchecked,omitempty"`
	// Seen is how many objects complete lists held when the run began, by what was listed; what it did not list itself is as
	// the run before knew it.
	Seen    map[string]int `json:"seen,omitempty"`
	Started time.Time      `json:"started"` // UTC; the time of Begin where it is zero
	// OwnClock says that the times of a run in the lab are those of the lab's own clock, which Now tells; where that is nil they
	// are the machine's.
	OwnClock bool             `json:"own_clock,omitempty"`
	Now      func() time.Time `json:"-"`
}

// How a plan was approved.
const (
	Typed     = "yes was typed"
	Flagged   = "--auto-approve"
	SavedPlan = "a saved plan"
)

// An Override sets a guard aside for one run.
type Override struct {
	Guard  string `json:"guard"`         // "max_deletes", "policy.no-fridays"
	Reason string `json:"reason"`        // --reason
	Who    string `json:"who,omitempty"` // the user's name
}

// A Check is what a check found before a run.
type Check struct {
	ID     string `json:"id"`             // "T-SIP"
	Result string `json:"result"`         // "pass", "unknown" or "waived"; nothing is begun where one that blocks fails
	Text   string `json:"text,omitempty"` // why it is not known, or why it is waived
}

// The results of an entry. The result of an entry whose call has not been answered is "".
const (
	Done     = "done"
	Failed   = "failed"
	Doubt    = "doubt"     // sent, and nobody knows what became of it
	NotShown = "not-shown" // done, and reading back does not show it
)

// An Entry is one change of one object or user: as an intent without a Result, as an outcome with one.
type Entry struct {
	Address  string          `json:"address"`
	Action   string          `json:"action"`
	Kind     string          `json:"kind,omitempty"`
	Identity string          `json:"identity,omitempty"`
	Provider string          `json:"provider,omitempty"` // the provider block that it went through
	User     string          `json:"user,omitempty"`     // the canonical address of the user that it is about; "" for an object
	Commands []string        `json:"commands,omitempty"` // what is issued, in order
	Result   string          `json:"result,omitempty"`
	Error    string          `json:"error,omitempty"`
	Lost     bool            `json:"lost,omitempty"`    // of an outcome: nobody heard the end of the call, so that Result is what reading has shown
	Millis   int64           `json:"ms,omitempty"`      // how long it took
	Changed  []string        `json:"changed,omitempty"` // the attributes that differed
	Before   json.RawMessage `json:"before,omitempty"`  // the live object as it was
	After    json.RawMessage `json:"after,omitempty"`
	// Was is, of a user whose state is more than Before tells, what the user showed before by property.
	Was      json.RawMessage `json:"was,omitempty"`
	Fence    int64           `json:"fence,omitempty"`   // of an intent: how often the store had changed hands when it was announced; see [Lease]
	Answered time.Time       `json:"answered,omitzero"` // when the first outcome was written, UTC; set by reading only
	Begun    time.Time       `json:"-"`                 // when it was announced, UTC; set by reading only
}

// Sent says whether the run announced the change. It did not where it only found what became of what an earlier one had sent.
func (e Entry) Sent() bool { return !e.Begun.IsZero() }

// The results of a run, besides [Done] and [Failed].
const (
	Partial     = "partial"     // something was done, in whole or in part, or may have been
	Interrupted = "interrupted" // nothing new was begun after somebody stopped it
)

// A Summary is the last line of a run that came to its end.
type Summary struct {
	Result   string `json:"result"` // [Done], [Failed], [Partial] or [Interrupted]
	Message  string `json:"message,omitempty"`
	Done     int    `json:"done,omitempty"`
	Failed   int    `json:"failed,omitempty"`
	Doubt    int    `json:"doubt,omitempty"`
	NotShown int    `json:"not_shown,omitempty"`
	Skipped  int    `json:"skipped,omitempty"`
	// Seen is [Run.Seen] with what the run itself has created and deleted.
	Seen map[string]int `json:"seen,omitempty"`
	// Remembered is until when others may go on with TTLs that the run has lowered; zero of a run that lowered none ahead of another.
	Remembered time.Time `json:"remembered,omitzero"`
}

// The types of lines.
const (
	typeRun      = "run"
	typeIntent   = "intent"
	typeOutcome  = "outcome"
	typeNote     = "note"
	typeBaseline = "baseline"
	typeEnd      = "end"
)

// A record is one line. Exactly one of the pointers is set, Note for a note.
type record struct {
	Seq    int       `json:"seq"` // 1, 2, 3 … without a gap
	Time   time.Time `json:"time"`
	Type   string    `json:"type"`
	Format int       `json:"format,omitempty"` // of the file, in its first line
	Run    *Run      `json:"run,omitempty"`
	Entry  *Entry    `json:"entry,omitempty"`
	Note   string    `json:"note,omitempty"`
	// Baseline stays text here, since most readers have no use for it.
	Baseline json.RawMessage `json:"baseline,omitempty"`
	End      *Summary        `json:"end,omitempty"`
}

// A line is `{"crc":"9ae0daaf",` and the rest of the record's JSON. The checksum, CRC-32C (RFC 3720 section 12.1), is
// of that rest up to the line's end, so that it can be taken without knowing what the line says.
const (
	crcHead = `{"crc":"`
	crcTail = `",`
	restAt  = len(crcHead) + 8 + len(crcTail)
)

func checksum(rest []byte) uint32 {
	return crc32.Checksum(rest, crc32.MakeTable(crc32.Castagnoli))
}

// appendLine adds a record as a line, with its line feed, to buf.
func appendLine(buf *bytes.Buffer, r record) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text) // ends in a line feed
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("journal: %s cannot be written: %w", r.what(), err)
	}
	if text.Len() > MostLine-restAt {
		return fmt.Errorf("journal: %s cannot be written: it has %s, and at most %s could be read again", r.what(), bounded.Size(int64(text.Len())), bounded.Size(MostLine))
	}
	rest := bytes.TrimSuffix(text.Bytes()[1:], []byte("\n"))
	fmt.Fprintf(buf, "%s%08x%s", crcHead, checksum(rest), crcTail)
	buf.Write(rest)
	buf.WriteByte('\n')
	return nil
}

// restOf is what a line's checksum is of, where the two agree.
func restOf(line []byte) ([]byte, error) {
	if len(line) < restAt || !bytes.HasPrefix(line, []byte(crcHead)) {
		return nil, errors.New("not a line of a journal")
	}
	rest := line[restAt:]
	sum, err := strconv.ParseUint(string(line[len(crcHead):len(crcHead)+8]), 16, 32)
	if err != nil || uint32(sum) != checksum(rest) || string(line[restAt-len(crcTail):restAt]) != crcTail {
		return nil, errors.New("its checksum does not match: the line was changed or damaged")
	}
	return rest, nil
}

// parseLine reads a line without its line feed.
func parseLine(line []byte) (record, error) {
	rest, err := restOf(line)
	if err != nil {
		return record{}, err
	}
	var r record
	if err := json.Unmarshal(append([]byte("{"), rest...), &r); err != nil {
		return record{}, fmt.Errorf("not a line of a journal: %w", err)
	}
	return r, r.check()
}

// check says whether a record holds what its type promises. Types of a later program that this one does not know are
// of a higher [Format], so there are none here.
func (r record) check() error {
	if r.Format > Format {
		return nil
	}
	var complete bool
	switch r.Type {
	case typeRun:
		complete = r.Run != nil && r.Run.ID != ""
	case typeIntent:
		complete = r.Entry != nil
	case typeOutcome:
		complete = r.Entry != nil && r.Entry.Result != ""
	case typeNote:
		complete = true
	case typeBaseline:
		complete = len(r.Baseline) > 0
	case typeEnd:
		complete = r.End != nil
	}
	if !complete {
		return fmt.Errorf("a line of type %q that holds none", r.Type)
	}
	return nil
}

// what names a record in an error.
func (r record) what() string {
	if r.Entry != nil {
		return "the " + r.Type + " of " + r.Entry.Address
	}
	return "the line " + strconv.Quote(r.Type)
}
