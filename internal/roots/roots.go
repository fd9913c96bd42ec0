// Package roots knows the root authorities that the certificates of Microsoft 365 end at, and those that are dead. They are
// data, in roots.json, with date and sources; a configuration can lay a file of its own over them.
package roots

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	_ "embed"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"hybrid/internal/facts"
)

//go:embed roots.json
var data []byte

// What a root is good for.
const (
	Current = "current" // certificates of Microsoft 365 end there
	Dead    = "dead"    // nobody may rely on it any more
)

// A Root is a root authority.
type Root struct {
	Name       string // as its certificate has it: "DigiCert Global Root G2"
	Thumbprint string // SHA-256 of the certificate, hexadecimal, in upper case
	SHA1       string // by which the stores of Windows name it; "" where the table does not have it
	Use        string // Current or Dead
	NotAfter   string // "2038-01-15"
	Source     string // where that was read, in full
	Note       string // what there is to say of it: of a dead one, why it is
}

// A Table is roots by name.
type Table struct {
	AsOf  string // when it was put together: "2026-11-22"
	Roots map[string]Root
}

// builtIn reads the file that is compiled in; a test sees to it that it can be read.
var builtIn = sync.OnceValue(func() Table {
	t, err := Table{}.Read(data)
	if err != nil {
		panic(err)
	}
	return t
})

// BuiltIn is the table that this program comes with.
func BuiltIn() Table { t := builtIn(); return Table{AsOf: t.AsOf, Roots: maps.Clone(t.Roots)} }

// file is the form of roots.json.
type file struct {
	facts.File
	Roots map[string]struct {
		SHA256   string `json:"sha256"`
		SHA1     string `json:"sha1"`
		Use      string `json:"use"`
		NotAfter string `json:"not_after"`
		Source   string `json:"source"`
		Note     string `json:"note"`
	} `json:"roots"`
}

// Read lays a file in the form of roots.json over the table: it may add roots, and say of those that there are that they are
// dead or current. The error says what is wrong with the file; the table is as it was then.
func (t Table) Read(src []byte) (Table, error) {
	var f file
	if err := facts.Read("roots", src, &f); err != nil {
		return t, err
	}
	read := Table{AsOf: f.AsOf, Roots: maps.Clone(t.Roots)}
	if read.Roots == nil {
		read.Roots = map[string]Root{}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Roots)) {
		r := f.Roots[name]
		root := Root{Name: name, Thumbprint: plain(r.SHA256), SHA1: plain(r.SHA1), Use: r.Use, NotAfter: r.NotAfter, Source: f.Source(r.Source), Note: r.Note}
		if err := root.check(); err != nil {
			return t, err
		}
		read.Roots[name] = root
	}
	return read, nil
}

// plain takes a thumbprint as it is shown anywhere: with blanks or colons, in any case.
func plain(thumbprint string) string {
	return strings.ToUpper(strings.NewReplacer(":", "", " ", "").Replace(thumbprint))
}

func (r Root) check() error {
	if b, err := hex.DecodeString(r.Thumbprint); err != nil || len(b) != sha256.Size {
		return fmt.Errorf("the sha256 of %q is no SHA-256 thumbprint: write its 64 hexadecimal digits", r.Name)
	}
	if b, err := hex.DecodeString(r.SHA1); err != nil || r.SHA1 != "" && len(b) != sha1.Size {
		return fmt.Errorf("the sha1 of %q is no SHA-1 thumbprint: write its 40 hexadecimal digits, or leave it out", r.Name)
	}
	if r.Use != Current && r.Use != Dead {
		return fmt.Errorf("the use of %q is %q: write %q or %q", r.Name, r.Use, Current, Dead)
	}
	if _, err := time.Parse(time.DateOnly, r.NotAfter); r.NotAfter != "" && err != nil {
		return fmt.Errorf("the not_after of %q is %q: write a date, such as 2038-01-15", r.Name, r.NotAfter)
	}
	return nil
}

// With is the table with one more current root, whose certificate is given, unless it speaks of one of that name already.
func (t Table) With(root *x509.Certificate) Table {
	if _, known := t.Roots[root.Subject.CommonName]; known {
		return t
	}
	all := maps.Clone(t.Roots)
	if all == nil {
		all = map[string]Root{}
	}
	all[root.Subject.CommonName] = Root{Name: root.Subject.CommonName, Thumbprint: Thumbprint(root), SHA1: storeThumbprint(root), Use: Current, NotAfter: root.NotAfter.UTC().Format(time.DateOnly)}
	return Table{AsOf: t.AsOf, Roots: all}
}

// Thumbprint is the SHA-256 of a certificate, hexadecimal, in upper case.
func Thumbprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// storeThumbprint is the SHA-1 of a certificate, hexadecimal, in upper case: what the stores of Windows call its thumbprint.
func storeThumbprint(c *x509.Certificate) string {
	sum := sha1.Sum(c.Raw)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// Of finds the root that a certificate is, by its thumbprint.
func (t Table) Of(c *x509.Certificate) (Root, bool) {
	for _, root := range t.Roots {
		if root.Thumbprint == Thumbprint(c) {
			return root, true
		}
	}
	return Root{}, false
}

// Named finds the root by which a certificate says that it was issued: servers leave the root itself out.
func (t Table) Named(c *x509.Certificate) (Root, bool) {
	root, known := t.Roots[c.Issuer.CommonName]
	return root, known
}

// Current are the names of the roots in use, in alphabetical order.
func (t Table) Current() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(t.Roots)) {
		if t.Roots[name].Use == Current {
			names = append(names, name)
		}
	}
	return names
}
