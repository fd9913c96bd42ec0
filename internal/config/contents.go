package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// Contents are the Files as they were read, by the names that they have there. What is written out in them as a secret stands in
// them: they are for comparing, not for showing.
func (c *Config) Contents() map[string][]byte { return c.contents }

// contents are all files read, without those of secrets.
func (l *loader) contents() map[string][]byte {
	all := map[string][]byte{}
	for name, src := range l.files.read {
		if !l.files.secret[name] {
			all[name] = src
		}
	}
	for name, src := range l.folder {
		all[filepath.Base(name)] = src
	}
	return all
}

// withoutMarks are files without the byte order marks that some begin with.
func withoutMarks(files map[string][]byte) map[string][]byte {
	plain := make(map[string][]byte, len(files))
	for name, src := range files {
		plain[name] = bytes.TrimPrefix(src, utf8BOM)
	}
	return plain
}

// digest is over every file read, in the order of their names, and the variables' values; never over secrets. Lines may
// end as on any system: a clone on Windows is the same configuration.
func (l *loader) digest() string {
	h := sha256.New()
	part := func(what, name string, content []byte) {
		content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
		fmt.Fprintf(h, "%s %d %s %d\n", what, len(name), filepath.ToSlash(name), len(content))
		h.Write(content)
	}
	for _, name := range slices.Sorted(maps.Keys(l.sources)) {
		part("source", filepath.Base(name), l.sources[name])
	}
	for _, name := range slices.Sorted(maps.Keys(l.files.read)) {
		if !l.files.secret[name] {
			part("file", name, l.files.read[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.varValues)) {
		if v := l.varValues[name]; !v.ContainsMarked() && v.IsWhollyKnown() {
			if text, err := ctyjson.Marshal(v, v.Type()); err == nil {
				part("variable", name, text)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
