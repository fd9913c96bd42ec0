// Package modules knows which versions of PowerShell modules are new enough, and which are broken. They are data, in
// modules.json, with dates and sources; a configuration can lay a file of its own over them.
package modules

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/go-version"

	"hybrid/internal/facts"
)

//go:embed modules.json
var data []byte

// Teams is the tenant's module, with which Move-CsUser signs in, too.
const Teams = "MicrosoftTeams"

// A Module is what is known of a module.
type Module struct {
	Name    string   // "MicrosoftTeams"
	Least   string   // the oldest version that will do: "6.2.1"
	Install string   // the one to install where another has to go: "7.1.0"
	AsOf    string   // when that was looked up: "2026-11-22"
	Source  string   // where, in full
	Broken  []Broken // in the order of the file
}

// Broken are versions of a module that are known not to work.
type Broken struct {
	From   string // the first of them: "7.2"
	Until  string // the first that works again, "" where none is known
	AsOf   string // when that was said: "2026-07-07"
	Source string // by whom, in full
	Note   string // what does not work
}

// A Table is modules by name.
type Table struct {
	AsOf    string // when it was put together: "2026-11-22"
	Modules map[string]Module
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
func BuiltIn() Table { t := builtIn(); return Table{AsOf: t.AsOf, Modules: maps.Clone(t.Modules)} }

// file is the form of modules.json.
type file struct {
	facts.File
	Modules map[string]struct {
		Least   string `json:"least"`
		Install string `json:"install"`
		AsOf    string `json:"as_of"`
		Source  string `json:"source"`
		Broken  []struct {
			From   string `json:"from"`
			Until  string `json:"until"`
			AsOf   string `json:"as_of"`
			Source string `json:"source"`
			Note   string `json:"note"`
		} `json:"broken"`
	} `json:"modules"`
}

// Read lays a file in the form of modules.json over the table: what it says of a module takes the place of all that was known
// of it. The error says what is wrong with the file; the table is as it was then.
func (t Table) Read(src []byte) (Table, error) {
	var f file
	if err := facts.Read("modules", src, &f); err != nil {
		return t, err
	}
	read := Table{AsOf: f.AsOf, Modules: maps.Clone(t.Modules)}
	if read.Modules == nil {
		read.Modules = map[string]Module{}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Modules)) {
		said := f.Modules[name]
		m := Module{Name: name, Least: said.Least, Install: said.Install, AsOf: said.AsOf, Source: f.Source(said.Source)}
		for _, b := range said.Broken {
			m.Broken = append(m.Broken, Broken{From: b.From, Until: b.Until, AsOf: b.AsOf, Source: f.Source(b.Source), Note: b.Note})
		}
		if err := m.check(); err != nil {
			return t, err
		}
		read.Modules[name] = m
	}
	return read, nil
}

// check says what is wrong with what a file says of a module.
func (m Module) check() error {
	if err := checkVersion(m.Name, "least", m.Least, true); err != nil {
		return err
	}
	if err := checkVersion(m.Name, "install", m.Install, false); err != nil {
		return err
	}
	for _, b := range m.Broken {
		if err := checkVersion(m.Name, "from", b.From, true); err != nil {
			return err
		}
		if err := checkVersion(m.Name, "until", b.Until, false); err != nil {
			return err
		}
		if err := checkDate(m.Name, b.AsOf); err != nil {
			return err
		}
	}
	return checkDate(m.Name, m.AsOf)
}

func checkVersion(name, field, text string, needed bool) error {
	if text == "" && !needed {
		return nil
	}
	if _, err := version.NewVersion(text); err != nil {
		return fmt.Errorf("%s of %q is %q: write a version, such as 6.2.1", field, name, text)
	}
	return nil
}

func checkDate(name, text string) error {
	if _, err := time.Parse(time.DateOnly, text); text != "" && err != nil {
		return fmt.Errorf("as_of of %q is %q: write a date, such as 2026-11-22", name, text)
	}
	return nil
}

// A Finding is what the table says of a version.
type Finding struct {
	Old    bool    // older than the least that will do
	Broken *Broken // why it does not work, nil where nothing is known against it
}

// Judge holds a version, "7.1.0", against what is known of a module. The error says that it is no version.
func (m Module) Judge(text string) (Finding, error) {
	v, err := version.NewVersion(text)
	if err != nil {
		return Finding{}, fmt.Errorf("%q is no version", text)
	}
	f := Finding{Old: before(v, m.Least)}
	for n, b := range m.Broken {
		if !before(v, b.From) && (b.Until == "" || before(v, b.Until)) {
			f.Broken = &m.Broken[n]
			break
		}
	}
	return f, nil
}

// before says whether a version comes before another, which has been checked.
func before(v *version.Version, other string) bool {
	than, err := version.NewVersion(other)
	return err == nil && v.Core().LessThan(than)
}
