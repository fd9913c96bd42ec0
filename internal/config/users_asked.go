package config

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// An Asked user is one whom a file names, as it names the user: what is no SIP address is for whoever asks to judge.
type Asked struct {
	Address string
	Place   string // "users.csv:7"
}

// AskedUsers reads whom a CSV file names in its column sip_address, in its order. The file is one of those that users_csv takes,
// by its own path and not from a configuration's folder.
func AskedUsers(path string) ([]Asked, error) {
	src, err := readRegular(path)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %s", path, cause(err))
	}
	f, err := openCSV(filepath.ToSlash(path), src)
	if err != nil {
		return nil, err
	}
	column, err := f.need("sip_address")
	if err != nil {
		return nil, err
	}
	var all []Asked
	for {
		cells, line, err := f.next()
		switch {
		case errors.Is(err, io.EOF) && len(all) == 0:
			return nil, fmt.Errorf("%s names nobody: there is no line below the header", f.name)
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all = append(all, Asked{strings.Clone(cells[column]), f.at(line)})
	}
}
