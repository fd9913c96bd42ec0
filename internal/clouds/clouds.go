// Package clouds knows the hosts and names of Microsoft's clouds: worldwide, those of governments, and China's. They are
// data, in clouds.json, each with the source that it was read in; what no source gives is not there. A configuration can
// lay a file of its own over them.
package clouds

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

//go:embed clouds.json
var data []byte

// Commercial is the cloud that is meant where none is named: Microsoft 365 worldwide.
const Commercial = "commercial"

// A Cloud is one of Microsoft's clouds.
type Cloud struct {
	Name        string // "gcc_high"
	DisplayName string // "Microsoft 365 GCC High"
	Closed      bool   // gone: nothing answers there any more

	LoginHosts []string // where tokens come from, the preferred one first: "login.microsoftonline.us"; may be empty in a cloud of a configuration's own
	GraphHost  string   // "graph.microsoft.us"; "" like LoginHosts
	SubScope   string   // what OpenID discovery says of its tenants in tenant_region_sub_scope; "" says nothing

	facts map[string]Fact // by their name in the file
}

// A Table is clouds by name, closed ones included. Nil is what this program knows by itself: see [BuiltIn].
type Table map[string]Cloud

// builtIn reads the file that is compiled in; a test sees to it that it can be read.
var builtIn = sync.OnceValue(func() Table {
	t, diags := read(Table{}, data, "clouds.json")
	if diags.HasErrors() {
		panic(diags)
	}
	return t
})

// BuiltIn is the table that this program comes with.
func BuiltIn() Table { return maps.Clone(builtIn()) }

func (t Table) orBuiltIn() Table {
	if t == nil {
		return builtIn()
	}
	return t
}

// All gives the clouds in alphabetical order, closed ones included.
func (t Table) All() []Cloud {
	t = t.orBuiltIn()
	all := make([]Cloud, 0, len(t))
	for _, name := range slices.Sorted(maps.Keys(t)) {
		all = append(all, t[name])
	}
	return all
}

// Open names the clouds that are in service, in alphabetical order.
func (t Table) Open() []string {
	var names []string
	for _, c := range t.All() {
		if !c.Closed {
			names = append(names, c.Name)
		}
	}
	return names
}

// Named finds a cloud; "" is [Commercial]. The error says which there are, or that the cloud is closed.
func (t Table) Named(name string) (Cloud, error) {
	if name == "" {
		name = Commercial
	}
	cloud, ok := t.orBuiltIn()[name]
	switch {
	case !ok:
		return Cloud{}, fmt.Errorf("there is no cloud %q; write one of %s", name, strings.Join(t.Open(), ", "))
	case cloud.Closed:
		return Cloud{}, fmt.Errorf("%s is closed, and nothing answers there any more; write one of %s", cloud.DisplayName, strings.Join(t.Open(), ", "))
	}
	return cloud, nil
}

// String is the cloud's name with what it stands for: "gcc_high (Microsoft 365 GCC High)".
func (c Cloud) String() string { return fmt.Sprintf("%s (%s)", c.Name, c.DisplayName) }
