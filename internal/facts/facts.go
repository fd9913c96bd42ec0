// Package facts reads files of facts: JSON with the version of its form, the date on which it was put together, and the sources that
// what it says rests on.
package facts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// A File is what every file of facts has. What it is about embeds it beside its own entries.
type File struct {
	About   string            `json:"about"`
	Schema  int               `json:"schema"`  // the version of the form: 1
	AsOf    string            `json:"as_of"`   // "2026-11-22"
	Sources map[string]string `json:"sources"` // in full, by the keys that entries name them by
}

func (f *File) head() *File { return f }

// Read reads a file into a struct that embeds [File]. of is what its entries are, for the error: "builds". A field that nobody
// knows is an error, too: it may be a misspelt one.
func Read(of string, src []byte, into interface{ head() *File }) error {
	decoder := json.NewDecoder(bytes.NewReader(src))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("it is no file of %s: %w", of, err)
	}
	if into.head().Schema != 1 {
		return fmt.Errorf(`this version reads files of %s with "schema": 1`, of)
	}
	return nil
}

// Source is what an entry's keys, with + between several, stand for: the sources in full, with semicolons between. What is no key
// is a source as it stands.
func (f *File) Source(keys string) string {
	parts := strings.Split(keys, "+")
	for n, key := range parts {
		if full := f.Sources[key]; full != "" {
			parts[n] = full
		}
	}
	return strings.Join(parts, "; ")
}
