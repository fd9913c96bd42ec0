// Package catalogue is what is known about what servers and cloud say when they refuse: the cause, what helps, and which check
// looks into it. It is data, in catalogue.json, each entry with its source. Refusals are told by what no language changes: codes
// first, then pieces of text that are never translated, and last what people call a symptom.
package catalogue

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

//go:embed catalogue.json
var data []byte

// An Entry is one thing that is known to go wrong.
type Entry struct {
	ID    string `json:"id"`    // "address-space-not-shared"
	Title string `json:"title"` // a sentence without its full stop

	// Codes are schemes and values: "migration 510", "entra 90002", "event 14517"; "entra *" is any that no other entry has.
	Codes []string `json:"codes,omitempty"`
	// Texts are pieces of messages; " … " stands between two that follow one another at some distance.
	Texts []string `json:"texts,omitempty"`
	// Symptoms are the words of people, not of a server: whoever types them gets the entry, an error message never does.
	Symptoms []string `json:"symptoms,omitempty"`
	With     string   `json:"with,omitempty"`   // a code counts only near this text
	Cmdlet   string   `json:"cmdlet,omitempty"` // only this one says so; "" means any
	Module   string   `json:"module,omitempty"` // only cmdlets of this module say so; "" means any

	Cause     string   `json:"cause"`
	Remedy    string   `json:"remedy"`
	Checks    []string `json:"checks,omitempty"`    // ids of the checks that look into it: "T-SIP"
	Everybody bool     `json:"everybody,omitempty"` // every other user would meet it, too
	Source    string   `json:"source"`
	Guess     bool     `json:"guess,omitempty"` // no source says that this text has this cause
}

// Entries are all that is known, in the order of the file.
func Entries() []Entry { return built().entries }

// known is the catalogue with its look-up by code.
type known struct {
	entries []Entry
	codes   map[string]int   // "migration 510" to the entry's number
	near    map[string][]int // likewise, of those that count only near a text
}

// built reads the file that is compiled in; a test sees to it that it can be read.
var built = sync.OnceValue(func() known {
	k, err := read(data)
	if err != nil {
		panic(err)
	}
	return k
})

func read(data []byte) (known, error) {
	k := known{codes: map[string]int{}, near: map[string][]int{}}
	if err := json.Unmarshal(data, &k.entries); err != nil {
		return known{}, fmt.Errorf("catalogue.json: %w", err)
	}
	for n, e := range k.entries {
		if err := k.index(n, e); err != nil {
			return known{}, fmt.Errorf("catalogue.json: %w", err)
		}
	}
	return k, nil
}

// index adds the codes of one entry.
func (k known) index(n int, e Entry) error {
	for _, code := range e.Codes {
		code = strings.ToLower(code)
		other, taken := k.codes[code]
		switch {
		case e.With != "":
			k.near[code] = append(k.near[code], n)
		case taken:
			return fmt.Errorf("%s and %s both have code %s", k.entries[other].ID, e.ID, code)
		default:
			k.codes[code] = n
		}
	}
	return nil
}
