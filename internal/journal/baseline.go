package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"hybrid/internal/bounded"
)

// A Baseline is a part of what stood when a run ended, one line of its file: what a later reading is compared with. The
// first part of a run says how far it goes, all others hold objects, or users of one block.
type Baseline struct {
	// Whole says that the run was of everything that its configuration declares, so that what is in no part was not declared.
	Whole bool `json:"whole,omitempty"`
	// Swept are the sources of which all that exists is known.
	Swept     []Swept     `json:"swept,omitempty"`
	Objects   []Standing  `json:"objects,omitempty"`
	Users     *Crowd      `json:"users,omitempty"`
	Uncertain []Uncertain `json:"uncertain,omitempty"`
}

// An Uncertain is an object, or a user of a block, of which a run did not learn what became of it.
type Uncertain struct {
	Address string `json:"address"`
	User    string `json:"user,omitempty"` // the SIP address, which is also part of Address; "" for an object
}

// Swept is the whole of one kind behind one provider, by the keys of live objects.
type Swept struct {
	Kind     string   `json:"kind"`
	Provider string   `json:"provider"`
	IDs      []string `json:"ids"`
}

// A Standing is one object as it stood: its values by attribute, in JSON or as the word that stands for one that is not
// shown; null where it was absent.
type Standing struct {
	Address  string            `json:"address"`
	Provider string            `json:"provider"`
	ID       string            `json:"id,omitempty"`
	Values   map[string]string `json:"values"`
}

// A Crowd is users of one block as they stood. A row is a SIP address and a cell a column; of a user who did not exist it
// is the address alone.
type Crowd struct {
	Block    string     `json:"block"`
	Kind     string     `json:"kind"`
	Provider string     `json:"provider"`
	Columns  []string   `json:"columns"`
	Rows     [][]string `json:"rows"`
}

// Baseline writes parts of what stands at the end of a run, by one fsync.
func (j *Journal) Baseline(parts ...Baseline) error {
	records := make([]record, 0, len(parts))
	for _, part := range parts {
		var text bytes.Buffer
		enc := json.NewEncoder(&text)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(part); err != nil {
			return fmt.Errorf("journal: what stands cannot be written: %w", err)
		}
		records = append(records, record{Type: typeBaseline, Baseline: bytes.TrimSuffix(text.Bytes(), []byte("\n"))})
	}
	if len(records) == 0 {
		return nil
	}
	return j.append(records...)
}

// ReadBaseline gives the parts of a run's baseline one after another, as they are read: those of a run of a hundred thousand
// users are not in memory at once. There are none in the file of an older program. An error of visit ends reading, and is
// given back.
func ReadBaseline(path string, visit func(Baseline) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	lines := bufio.NewReaderSize(f, 256<<10)
	for number := 1; ; number++ {
		line, err := bounded.Line(lines, MostLine)
		if err == io.EOF {
			return nil // a torn last line is none
		}
		if err != nil {
			return fmt.Errorf("journal: %s: %w", path, err)
		}
		if !isBaseline(line) {
			continue
		}
		part, err := parsePart(bytes.TrimSuffix(line, []byte("\n")))
		if err != nil {
			return fmt.Errorf("journal: %s:%d: %w", path, number, err)
		}
		if err := visit(part); err != nil {
			return err
		}
	}
}

// mostHead bounds what stands before the type of a line: checksum, number and time.
const mostHead = 128

func parsePart(line []byte) (Baseline, error) {
	var part Baseline
	r, err := parseLine(line)
	if err == nil && r.Type == typeBaseline {
		err = json.Unmarshal(r.Baseline, &part)
	}
	return part, err
}
