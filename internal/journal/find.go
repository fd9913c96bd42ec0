package journal

import (
	"fmt"
	"path/filepath"
	"strings"
)

// mostNamed is how many runs an error names: as many as somebody would choose among.
const mostNamed = 5

// Find gives the file of the run of a folder whose ID, or the beginning of whose ID, is given. A beginning that several have
// names none of them.
func Find(dir, id string) (string, error) {
	ids, err := IDs(dir)
	if err != nil {
		return "", err
	}
	var begin []string
	for _, known := range ids {
		if known == id {
			begin = []string{known}
			break
		}
		if strings.HasPrefix(known, id) {
			begin = append(begin, known)
		}
	}
	switch {
	case id == "" || len(begin) == 0:
		return "", fmt.Errorf("there is no run %q in %s; `hybrid runs` lists those that there are", id, dir)
	case len(begin) > 1:
		return "", fmt.Errorf("%q is the beginning of %d runs in %s: %s. Write more of it", id, len(begin), dir, several(begin))
	}
	return filepath.Join(dir, begin[0]+suffix), nil
}

// IDs names the runs of a folder, the latest first, by the names of its files alone. A folder that does not exist has none.
func IDs(dir string) ([]string, error) {
	names, err := runFiles(dir)
	for n := range names {
		names[n] = strings.TrimSuffix(names[n], suffix)
	}
	return names, err
}

func several(names []string) string {
	if len(names) > mostNamed {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNamed], ", "), len(names)-mostNamed)
	}
	return strings.Join(names, ", ")
}
