package config

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
)

// users reads a table of users, once for each filter.
func (f *files) users(path string, where filter) (*Users, error) {
	src, err := f.get(path)
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("%q %q", path, where) // maps print sorted
	f.mu.Lock()
	defer f.mu.Unlock()
	if known, ok := f.tables[key]; ok {
		return known.table, known.err
	}
	users, err := readUsers(path, src, where, f.own...)
	f.tables[key] = tableOrErr{users, err}
	return users, err
}

// decodeCSV makes an object of each row, and remembers the text for messages about what becomes of the rows.
func (f *files) decodeCSV(text string) ([]cty.Value, error) {
	name := f.named(text)
	f.mu.Lock()
	f.decoded[name] = text
	f.mu.Unlock()
	table, err := openCSV(name, []byte(text))
	if err != nil {
		return nil, err
	}
	var rows []cty.Value
	for {
		cells, _, err := table.next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		row := make(map[string]cty.Value, len(cells))
		for n, column := range table.columns {
			row[column] = cty.StringVal(strings.Clone(cells[n]))
		}
		rows = append(rows, cty.ObjectVal(row))
	}
}

// named is the path of the file whose text this is, for messages about what was made of it.
func (f *files) named(text string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var names []string
	for name, src := range f.read {
		if len(src) == len(text) && string(src) == text && !f.secret[name] {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "the text"
	}
	return slices.Min(names)
}

// linesOf says in which lines of decoded CSV texts a SIP address stands: " (users/pilot.csv:3 and users/pilot.csv:9)",
// "" where it stands in none. A list of users has lost its lines, and whoever has to correct them needs them.
func (f *files) linesOf(sip string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var places []string
	for _, name := range slices.Sorted(maps.Keys(f.decoded)) {
		places = append(places, linesIn(name, f.decoded[name], sip)...)
	}
	if len(places) == 0 {
		return ""
	}
	return " (" + strings.Join(places, ", ") + ")"
}

// linesIn looks a SIP address up in one text that has been decoded before.
func linesIn(name, text, sip string) []string {
	f, err := openCSV(name, []byte(text))
	if err != nil || f.column("sip_address") < 0 {
		return nil
	}
	var places []string
	for {
		cells, line, err := f.next()
		if err != nil {
			return places
		}
		if cell := cells[f.column("sip_address")]; cell == sip || roster.Canonical(cell) == roster.Canonical(sip) {
			places = append(places, f.at(line))
		}
	}
}
