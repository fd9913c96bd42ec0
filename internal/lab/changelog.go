package lab

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"hybrid/internal/lab/graph"
	"hybrid/internal/lab/nameserver"
)

// A change is one line of the change log: what an object, an account, a view, record sets of a zone or the faults are from
// now on. Playing it twice does no harm.
type change struct {
	At       time.Time           `json:"at"`
	Noun     string              `json:"noun,omitempty"`
	Identity string              `json:"identity,omitempty"`
	Object   Object              `json:"object,omitempty"` // nil: removed
	Row      int                 `json:"row,omitempty"`
	Cells    json.RawMessage     `json:"cells,omitempty"`
	View     string              `json:"view,omitempty"`
	Zones    map[string][]string `json:"zones,omitempty"` // all of the view
	Zone     string              `json:"zone,omitempty"`
	Sets     []nameserver.Set    `json:"sets,omitempty"` // those of the zone that changed
	Faults   *[]Fault            `json:"faults,omitempty"`
	Tenant   *Tenant             `json:"tenant,omitempty"`

	UPN    string      `json:"upn,omitempty"`
	Online *OnlineUser `json:"online,omitempty"` // with UPN; empty: nothing beyond the account
	Sync   *Sync       `json:"directory_sync,omitempty"`
	Called string      `json:"called,omitempty"` // a call that is made to change something

	Replication *Replication `json:"replication,omitempty"`
	Watch       *Watch       `json:"watch,omitempty"`
	Now         time.Time    `json:"now,omitzero"` // the time of day, in an estate that has its own
	Limits      *Limits      `json:"limits,omitempty"`
	Hindrances  *Hindrances  `json:"hindrances,omitempty"`
	Ends        *Ends        `json:"ends,omitempty"`
	Servers     *Servers     `json:"servers,omitempty"`
	Windows     *Windows     `json:"windows,omitempty"`
	Forest      *Forest      `json:"forest,omitempty"`
	Trust       *Trust       `json:"trust,omitempty"`

	Directory *graph.Directory `json:"directory,omitempty"`

	Account *Account `json:"-"`
}

// A changeLog is the file of changes since the estate's file was written.
type changeLog struct {
	file *os.File
	size int64
}

// maxLog is the size in bytes from which the log is folded into the estate's file. A file that is larger waits until the log
// has grown as large, so that writing the whole again and again does not come to more than the changes do.
const maxLog = 8 << 20

func (e *Estate) logPath() string { return e.path + ".log" }

// replay plays the change log. A torn last line is a change that was never acknowledged.
func (e *Estate) replay() error {
	file, err := os.Open(e.logPath())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the lab's change log cannot be read: %w", err)
	}
	defer file.Close()
	e.dirty = true
	reader := bufio.NewReader(file)
	for line := 1; ; line++ {
		data, err := reader.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the lab's change log cannot be read: %w", err)
		}
		if err := e.play(data); err != nil {
			return fmt.Errorf("%s:%d: %w. Start afresh with `hybrid lab reset`", e.logPath(), line, err)
		}
	}
}

func (e *Estate) play(line []byte) error {
	var c change
	if err := json.Unmarshal(line, &c); err != nil {
		return err
	}
	path := e.path
	e.path = "" // what is played is in the log already
	defer func() { e.path = path; e.Clock = c.At }()
	if !c.Now.IsZero() {
		e.Watch.At = c.Now
	}
	switch {
	case c.Noun != "" && c.Object == nil:
		e.Remove(c.Noun, c.Identity)
	case c.Noun != "":
		e.Put(c.Noun, plain(c.Object).(Object))
	case c.Zone != "":
		e.UpdateZone(c.View, c.Zone, c.Sets)
	case c.View != "":
		e.SetView(c.View, c.Zones)
	case c.Faults != nil:
		e.SetFaults(*c.Faults)
	case c.Tenant != nil:
		e.SetTenant(*c.Tenant)
	case c.Directory != nil:
		e.SetDirectory(*c.Directory)
	case c.UPN != "":
		e.SetOnline(c.UPN, *c.Online)
	case c.Sync != nil:
		e.SetSync(*c.Sync)
	case c.Replication != nil:
		e.SetReplication(*c.Replication)
	case c.Watch != nil:
		e.SetWatch(*c.Watch)
	case c.Hindrances != nil:
		e.SetHindrances(*c.Hindrances)
	case c.Limits != nil:
		e.SetLimits(*c.Limits)
	case c.Servers != nil:
		e.SetServers(*c.Servers)
	case c.Trust != nil:
		e.SetTrust(*c.Trust)
	case c.Ends != nil:
		e.SetEnds(*c.Ends)
	case c.Forest != nil:
		e.SetForest(*c.Forest)
	case c.Windows != nil:
		e.SetWindows(*c.Windows)
	case c.Called != "":
		e.wrote(c.Called)
	case c.Cells != nil:
		return e.playAccount(c)
	}
	return nil
}

func (e *Estate) playAccount(c change) error {
	a, err := parseAccount(c.Cells, map[string]string{})
	switch {
	case err != nil:
		return err
	case c.Row < len(e.Accounts):
		e.replace(c.Row, a)
	case c.Row == len(e.Accounts):
		e.Add(a)
	default:
		return fmt.Errorf("a change of account %d, of which there are %d", c.Row+1, len(e.Accounts))
	}
	return nil
}

// flush appends the pending changes to the log, in one write.
func (e *Estate) flush() error {
	if len(e.pending) == 0 {
		return nil
	}
	lines, err := e.pendingLines()
	if err != nil {
		return fmt.Errorf("the lab cannot keep a change: %w", err)
	}
	if e.log == nil {
		file, err := os.OpenFile(e.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("the lab cannot keep a change: %w", err)
		}
		e.log = &changeLog{file: file}
	}
	if _, err := e.log.file.Write(lines); err != nil {
		return fmt.Errorf("the lab cannot keep a change: %w", err)
	}
	if e.log.size += int64(len(lines)); e.log.size > max(maxLog, e.size) {
		return e.save(e.path)
	}
	return nil
}

// pendingLines are the pending changes, one a line; after that there are none.
func (e *Estate) pendingLines() ([]byte, error) {
	pending := e.pending
	e.pending = nil
	var lines []byte
	for _, c := range pending {
		if c.Account != nil {
			c.Cells = c.Account.row(nil)
		}
		line, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		lines = append(append(lines, line...), '\n')
	}
	return lines, nil
}
