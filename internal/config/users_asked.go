package config

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"hybrid/internal/roster"
)

// An Asked user is one whom a file names, as it names the user: what is no SIP address is for whoever asks to judge.
type Asked struct {
	Address string
	Place   string // "users.csv:7"
}

// AskedUsers reads whom a CSV file names in its column sip_address, in its order, each once, however their addresses are written;
// again is how many lines name somebody whom one above has named. The file is one of those that users_csv takes,
// by its own path and not from a configuration's folder.
func AskedUsers(path string) (all []Asked, again int, err error) {
	src, err := readRegular(path)
	if err != nil {
		return nil, 0, fmt.Errorf("%s cannot be read: %s", path, cause(err))
	}
	f, err := openCSV(filepath.ToSlash(path), src)
	if err != nil {
		return nil, 0, err
	}
	column, err := f.need("sip_address")
	if err != nil {
		return nil, 0, err
	}
	seen := map[string]bool{}
	for {
		cells, line, err := f.next()
		switch {
		case errors.Is(err, io.EOF) && len(all) == 0:
			return nil, 0, fmt.Errorf("%s names nobody: there is no line below the header", f.name)
		case errors.Is(err, io.EOF):
			return all, again, nil
		case err != nil:
			return nil, 0, err
		}
		address := strings.Clone(cells[column])
		key := roster.Canonical(strings.TrimSpace(address))
		if seen[key] {
			again++
			continue
		}
		seen[key] = true
		all = append(all, Asked{address, f.at(line)})
	}
}
