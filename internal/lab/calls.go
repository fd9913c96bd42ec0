package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"strings"
)

// Calls counts what has been asked of the far end since the estate was made, by cmdlet; updates of name servers are
// "DNS update", requests to Microsoft Graph "Graph PATCH".
type Calls struct {
	Writes map[string]int `json:"writes"` // kept with the estate, as they are made
	Reads  map[string]int `json:"reads"`  // kept when the program ends
}

// isWrite says whether a cmdlet is made to change something. Signing in is not, nor are those that only make a value for
// another; starting a synchronisation is.
func isWrite(verb, noun string) bool {
	switch verb {
	case "Get", "Test", "Connect", "Disconnect":
		return false
	}
	return !strings.HasPrefix(noun, "CsEdge")
}

// wrote counts a call that is made to change something, whatever comes of it. It does not move the clock on.
func (e *Estate) wrote(what string) {
	e.Calls.Writes[what]++
	e.dirty = true
	if e.path != "" {
		e.pending = append(e.pending, change{At: e.Clock, Called: what})
	}
}

func (e *Estate) read(what string) { e.Calls.Reads[what]++ }

// count counts a call of a cmdlet.
func (c *call) count() {
	if isWrite(c.verb, c.noun) {
		c.estate.wrote(c.name())
		return
	}
	c.estate.read(c.name())
}

// ForgetCalls sets all counts to zero.
func (e *Estate) ForgetCalls() {
	e.Calls = Calls{Writes: map[string]int{}, Reads: map[string]int{}}
	e.dirty = true
}

func readsPath(path string) string { return strings.TrimSuffix(path, ".json") + ".reads.json" }

// loadReads reads the counts that are kept beside an estate's file; what cannot be read counts from zero.
func (e *Estate) loadReads() {
	data, err := os.ReadFile(readsPath(e.path))
	if err != nil {
		return
	}
	reads := map[string]int{}
	if json.Unmarshal(data, &reads) == nil && reads != nil {
		e.Calls.Reads = reads
	}
}

// Keep saves the estate and the counts of reads beside it. Where no write is counted, none is listed either.
func (e *Estate) Keep(path string) error {
	err := errors.Join(e.Save(path), e.saveReads(path))
	if len(e.Calls.Writes) == 0 {
		err = errors.Join(err, e.forgetWrites(path))
	}
	return err
}

// saveReads keeps the counts of reads.
func (e *Estate) saveReads(path string) error {
	e.mu.Lock()
	reads := maps.Clone(e.Calls.Reads)
	e.mu.Unlock()
	if len(reads) == 0 {
		if err := os.Remove(readsPath(path)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("the lab's counts cannot be removed: %w", err)
		}
		return nil
	}
	err := writeWhole(readsPath(path), func(w io.Writer) error { return json.NewEncoder(w).Encode(reads) })
	if err != nil {
		return fmt.Errorf("the lab's counts cannot be kept: %w", err)
	}
	return nil
}
