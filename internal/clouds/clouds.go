// Package clouds knows the hosts and names of Microsoft's clouds: worldwide, those of governments, and China's. They are
// data, in clouds.json, each with the source that it was read in; what no source gives is not there.
package clouds

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

//go:embed clouds.json
var data []byte

// Commercial is the cloud that is meant where none is named: Microsoft 365 worldwide.
const Commercial = "commercial"

// A Cloud is one of Microsoft's clouds, as far as signing in and Microsoft Graph go.
type Cloud struct {
	Name        string // "gcc_high"
	DisplayName string // "Microsoft 365 GCC High"
	Closed      bool   // gone: nothing answers there any more

	LoginHosts []string // where tokens come from, the preferred one first: "login.microsoftonline.us"
	GraphHost  string   // "graph.microsoft.us"
	SubScope   string   // what OpenID discovery says of its tenants in tenant_region_sub_scope; "" says nothing
	Inferred   []string // which of these no source states outright: "graph_host"
	Records    Records  // what its tenants' own names lead to
}

// All gives the clouds by name, closed ones included.
func All() (map[string]Cloud, error) {
	var file struct{ Clouds map[string]entry }
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("the table of clouds cannot be read: %w", err)
	}
	all := make(map[string]Cloud, len(file.Clouds))
	for name, e := range file.Clouds {
		all[name] = e.cloud(name)
	}
	return all, nil
}

// Open names the clouds that are in service, in alphabetical order.
func Open() []string {
	all, err := All()
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(all)), func(name string) bool { return all[name].Closed })
}

// Named finds a cloud; "" is [Commercial]. The error says which there are, or that the cloud is closed.
func Named(name string) (Cloud, error) {
	if name == "" {
		name = Commercial
	}
	all, err := All()
	if err != nil {
		return Cloud{}, err
	}
	cloud, ok := all[name]
	switch {
	case !ok:
		return Cloud{}, fmt.Errorf("there is no cloud %q; write one of %s", name, strings.Join(Open(), ", "))
	case cloud.Closed:
		return Cloud{}, fmt.Errorf("%s is closed, and nothing answers there any more; write one of %s", cloud.DisplayName, strings.Join(Open(), ", "))
	}
	return cloud, nil
}

// An entry is a cloud as the file has it.
type entry struct {
	Status      string
	DisplayName string           `json:"display_name"`
	LoginHosts  fact[[]string]   `json:"login_hosts"`
	GraphHost   fact[string]     `json:"graph_host"`
	OIDC        fact[*discovery] `json:"oidc"`
	DNS         records
	Extra       fact[further] `json:"dns_extra"`
}

type discovery struct {
	SubScope string `json:"tenant_region_sub_scope"`
}

// A fact is a value with what it rests on.
type fact[T any] struct {
	Value T
	Mark  string
}

func (e entry) cloud(name string) Cloud {
	c := Cloud{Name: name, DisplayName: e.DisplayName, Closed: e.Status == "closed", LoginHosts: e.LoginHosts.Value, GraphHost: e.GraphHost.Value, Records: e.records()}
	if e.OIDC.Value != nil {
		c.SubScope = e.OIDC.Value.SubScope
	}
	for name, mark := range map[string]string{"login_hosts": e.LoginHosts.Mark, "graph_host": e.GraphHost.Mark} {
		if mark != "v" && mark != "" {
			c.Inferred = append(c.Inferred, name)
		}
	}
	slices.Sort(c.Inferred)
	return c
}
