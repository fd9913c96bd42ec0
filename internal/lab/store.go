package lab

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hybrid/internal/bounded"
	"hybrid/internal/lab/graph"
)

// fileHead is the estate's file without the accounts, which follow one a line.
type fileHead struct {
	Seed    int64                          `json:"seed"`
	Clock   time.Time                      `json:"clock"`
	Taken   *Taken                         `json:"taken,omitempty"`
	Tenant  Tenant                         `json:"tenant"`
	Objects map[string][]Object            `json:"objects"`
	Views   map[string]map[string][]string `json:"views"`
	Faults  []Fault                        `json:"faults,omitempty"`
	Sync    Sync                           `json:"directory_sync,omitzero"`
	Online  map[string]*OnlineUser         `json:"online_users,omitempty"`
	Writes  map[string]int                 `json:"write_calls,omitempty"`

	Replication Replication `json:"replication,omitzero"`
	Watch       Watch       `json:"watch,omitzero"`
	Limits      Limits      `json:"limits,omitzero"`
	Hindrances  Hindrances  `json:"hindrances,omitzero"`
	Ends        Ends        `json:"ends,omitzero"`
	Servers     Servers     `json:"servers,omitzero"`
	Windows     Windows     `json:"windows,omitzero"`
	Forest      Forest      `json:"forest,omitzero"`
	Trust       Trust       `json:"trust,omitzero"`

	Directory *graph.Directory `json:"directory,omitempty"`

	Columns []string `json:"account_columns"`
}

// mostEstate is how large the file of an estate may be, in bytes: a million accounts are some 700 MB.
const mostEstate = 2 << 30

// Load reads an estate from its file and the change log beside it. The error is fs.ErrNotExist where there is no file.
func Load(path string) (*Estate, error) {
	data, err := bounded.File(path, mostEstate)
	if err != nil {
		return nil, fmt.Errorf("the lab's estate cannot be read: %w", err)
	}
	e, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("the lab's estate %s cannot be read: %w. Repair it, or start afresh with `hybrid lab reset`", path, err)
	}
	e.path, e.size = path, int64(len(data))
	if err := e.replay(); err != nil {
		return nil, err
	}
	e.loadReads()
	if err := e.settle(); err != nil {
		return nil, fmt.Errorf("%s: %w. Start afresh with `hybrid lab reset`", e.logPath(), err)
	}
	return e, nil
}

func decode(data []byte) (*Estate, error) {
	var file struct {
		fileHead
		Accounts []json.RawMessage `json:"accounts"`
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&file); err != nil {
		return nil, positioned(data, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("something follows the end of the estate: take out what stands behind its last brace")
	}
	e := NewEstate()
	e.Seed, e.Clock, e.Taken, e.Tenant, e.Faults, e.Directory = file.Seed, file.Clock, file.Taken, file.Tenant, file.Faults, file.Directory
	for _, f := range e.Faults {
		if err := f.Check(); err != nil {
			return nil, err
		}
	}
	if file.Views != nil {
		e.Views = file.Views
	}
	e.Sync, e.Replication, e.Watch, e.Limits, e.Ends = file.Sync, file.Replication, file.Watch, file.Limits, file.Ends
	e.Hindrances, e.Servers, e.Windows, e.Forest, e.Trust = file.Hindrances, file.Servers, file.Windows, file.Forest, file.Trust
	if file.Writes != nil {
		e.Calls.Writes = file.Writes
	}
	for upn, u := range file.Online {
		e.Online[strings.ToLower(upn)] = u
	}
	for noun, objects := range file.Objects {
		for _, o := range objects {
			e.of(noun).put(plain(o).(Object))
		}
	}
	return e, e.readAccounts(file.Accounts)
}

func (e *Estate) readAccounts(rows []json.RawMessage) error {
	e.Accounts = make([]*Account, len(rows))
	shared := map[string]string{}
	for n, row := range rows {
		a, err := parseAccount(row, shared)
		if err != nil {
			return fmt.Errorf("account %d: %w", n+1, err)
		}
		e.Accounts[n] = a
	}
	return nil
}

// positioned adds the line to a syntax error, since people edit the file.
func positioned(data []byte, err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && int(syntax.Offset) <= len(data) {
		return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:syntax.Offset], []byte("\n")), err)
	}
	return err
}

// tristates are the states of Enabled as they are written.
var tristates = map[string]Tristate{"true": True, "false": False, "": Unset}

// parseAccount reads a row. Texts that repeat, such as a pool's name, are kept once.
func parseAccount(row json.RawMessage, shared map[string]string) (*Account, error) {
	var cells []any
	if err := json.Unmarshal(row, &cells); err != nil {
		return nil, err
	}
	a := &Account{}
	texts := [len(accountColumns)]string{}
	for n, cell := range cells {
		switch v := cell.(type) {
		case string:
			if n >= len(texts) {
				return nil, fmt.Errorf("%d columns, there are only %d", len(cells), len(texts))
			}
			texts[n] = v
		case map[string]any:
			a.More = plain(Object(v)).(Object)
		default:
			return nil, fmt.Errorf("column %d is neither a text nor the table of further properties", n+1)
		}
	}
	for _, n := range []int{3, 4} {
		if kept, ok := shared[texts[n]]; ok {
			texts[n] = kept
		} else {
			shared[texts[n]] = texts[n]
		}
	}
	a.SIP, a.DisplayName, a.HostingProvider, a.RegistrarPool = texts[0], texts[1], texts[3], texts[4]
	a.UPN, a.Sam, a.DN, a.LineURI = texts[5], texts[6], texts[7], texts[8]
	enabled, known := tristates[texts[2]]
	if !known {
		return nil, fmt.Errorf("enabled is %q; write \"true\", \"false\" or \"\"", texts[2])
	}
	a.Enabled = enabled
	return a, nil
}

// plain turns what encoding/json gives into the values of an [Object].
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case float64:
		if v == float64(int64(v)) {
			return int64(v)
		}
		return v
	case []any:
		for n := range v {
			v[n] = plain(v[n])
		}
		return v
	case map[string]any:
		return plain(Object(v))
	case Object:
		for name := range v {
			v[name] = plain(v[name])
		}
		return v
	}
	return v
}

// Save writes the estate to a file, whole or not at all, readable to its owner only, and drops the change log, which it
// then holds. The estate is kept in that file from then on.
func (e *Estate) Save(path string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.save(path)
}

func (e *Estate) save(path string) error {
	if path == e.path && !e.dirty {
		return nil
	}
	if err := writeWhole(path, e.encode); err != nil {
		return fmt.Errorf("the lab's estate cannot be saved: %w", err)
	}
	if info, err := os.Stat(path); err == nil {
		e.size = info.Size()
	}
	e.path, e.dirty, e.pending = path, false, nil
	if e.log != nil {
		e.log.file.Close()
		e.log = nil
	}
	if err := os.Remove(e.logPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("the lab's estate is saved, its change log cannot be removed: %w", err)
	}
	return nil
}

// writeWhole writes a file by way of a temporary one beside it.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	if err := errors.Join(write(file), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// encode writes the estate as JSON, laid out for people: accounts one a line.
func (e *Estate) encode(w io.Writer) error {
	if err := e.settle(); err != nil {
		return err
	}
	head := fileHead{
		Seed: e.Seed, Clock: e.Clock, Taken: e.Taken, Tenant: e.Tenant, Objects: map[string][]Object{},
		Views: e.Views, Faults: e.Faults, Sync: e.Sync, Replication: e.Replication, Watch: e.Watch,
		Limits: e.Limits, Hindrances: e.Hindrances, Ends: e.Ends, Servers: e.Servers, Windows: e.Windows, Forest: e.Forest,
		Trust: e.Trust, Online: e.Online, Writes: e.Calls.Writes, Directory: e.Directory, Columns: accountColumns[:],
	}
	for noun, c := range e.objects {
		if c.count > 0 {
			head.Objects[noun] = e.Objects(noun)
		}
	}
	text, err := json.MarshalIndent(head, "", "  ")
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	out.WriteString(strings.TrimSuffix(string(text), "\n}"))
	out.WriteString(",\n  \"accounts\": [")
	var line []byte
	for n, a := range e.Accounts {
		line = append(line[:0], ",\n    "...)
		if n == 0 {
			line = append(line[:0], "\n    "...)
		}
		out.Write(a.row(line))
	}
	out.WriteString("\n  ]\n}\n")
	return out.Flush()
}
