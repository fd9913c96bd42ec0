// Package builds knows the versions of Lync and Skype for Business Server: from which build on users can be moved to the cloud,
// and which versions may be in one hybrid deployment. They are data, in builds.json, with date and sources; a configuration can
// lay a file of its own over them.
package builds

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hybrid/internal/facts"
)

//go:embed builds.json
var data []byte

// A Product is a version of the servers.
type Product struct {
	Name     string   // "Skype for Business Server 2019"
	Builds   string   // what all its builds begin with: "7.0.2046"
	Minimum  string   // the oldest build that moves users to Teams: "7.0.2046.385"; "" where none does
	Update   string   // with which that build came: "CU6"
	Date     string   // of the source: "2026-08-21"
	Source   string   // where the minimum was read, in full
	Topology int      // Version of its services, as Get-CsService shows it
	Beside   []string // the products that may be deployed with it in a hybrid
	// TopologySource is where Topology and Beside were read, in full.
	TopologySource string
}

// A Table is products by name.
type Table struct {
	AsOf     string // when it was put together: "2026-11-22"
	Products map[string]Product
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
func BuiltIn() Table { t := builtIn(); return Table{AsOf: t.AsOf, Products: maps.Clone(t.Products)} }

// file is the form of builds.json.
type file struct {
	facts.File
	Products map[string]struct {
		Builds         string   `json:"builds"`
		Minimum        string   `json:"minimum"`
		Update         string   `json:"update"`
		Date           string   `json:"date"`
		Source         string   `json:"source"`
		Topology       int      `json:"topology"`
		Beside         []string `json:"beside"`
		TopologySource string   `json:"topology_source"`
	} `json:"products"`
}

// Read lays a file in the form of builds.json over the table: it may add products, and replace those that there are. The error
// says what is wrong with the file; the table is as it was then.
func (t Table) Read(src []byte) (Table, error) {
	var f file
	if err := facts.Read("builds", src, &f); err != nil {
		return t, err
	}
	read := Table{AsOf: f.AsOf, Products: maps.Clone(t.Products)}
	if read.Products == nil {
		read.Products = map[string]Product{}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Products)) {
		p := f.Products[name]
		product := Product{
			Name: name, Builds: p.Builds, Minimum: p.Minimum, Update: p.Update, Date: p.Date, Source: f.Source(p.Source),
			Topology: p.Topology, Beside: p.Beside, TopologySource: f.Source(p.TopologySource),
		}
		if err := product.check(); err != nil {
			return t, err
		}
		read.Products[name] = product
	}
	return read, nil
}

func (p Product) check() error {
	if _, ok := numbers(p.Builds); !ok {
		return fmt.Errorf("the builds of %q are %q: write what all its versions begin with, such as 7.0.2046", p.Name, p.Builds)
	}
	if _, ok := numbers(p.Minimum); p.Minimum != "" && (!ok || !p.has(p.Minimum)) {
		return fmt.Errorf("the minimum of %q is %q: write one of its builds, such as %s.385, or \"\" where none moves users", p.Name, p.Minimum, p.Builds)
	}
	if _, err := time.Parse(time.DateOnly, p.Date); p.Date != "" && err != nil {
		return fmt.Errorf("the date of %q is %q: write a date, such as 2026-08-21", p.Name, p.Date)
	}
	return nil
}

// has says whether a build is one of the product.
func (p Product) has(build string) bool { return strings.HasPrefix(build+".", p.Builds+".") }

// Of finds the product that a build is of.
func (t Table) Of(build string) (Product, bool) {
	for _, name := range slices.Sorted(maps.Keys(t.Products)) {
		if p := t.Products[name]; p.has(build) {
			return p, true
		}
	}
	return Product{}, false
}

// InTopology finds the product that the topology names by a number.
func (t Table) InTopology(version int) (Product, bool) {
	for _, name := range slices.Sorted(maps.Keys(t.Products)) {
		if p := t.Products[name]; p.Topology == version {
			return p, true
		}
	}
	return Product{}, false
}

// Older says whether a build is older than another, number by number. ok is false where one of them is no version.
func Older(build, than string) (older, ok bool) {
	a, aok := numbers(build)
	b, bok := numbers(than)
	return slices.Compare(a, b) < 0, aok && bok
}

func numbers(version string) ([]int, bool) {
	var all []int
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, false
		}
		all = append(all, n)
	}
	return all, true
}
