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
	"sync"
)

//go:embed clouds.json
var data []byte

// Commercial is the cloud that is meant where none is named: Microsoft 365 worldwide.
const Commercial = "commercial"

// A Cloud is one of Microsoft's clouds: where one signs in, where its directory is, and where SIP traffic goes.
type Cloud struct {
	Name        string // "gcc_high"
	DisplayName string // "Microsoft 365 GCC High"
	Closed      bool   // gone: nothing answers there any more

	LoginHosts []string // where tokens come from, the preferred one first: "login.microsoftonline.us"
	GraphHost  string   // "graph.microsoft.us"
	SubScope   string   // what OpenID discovery says of its tenants in tenant_region_sub_scope; "" says nothing
	DNS        DNS
	Inferred   []string // which of these no source states outright: "graph_host"
}

// DNS is what the records of a SIP domain are when all of its users are in the cloud. Names have no trailing dot.
type DNS struct {
	Federation SRV // of _sipfederationtls._tcp; its target is the proxy FQDN of the hosting provider as well

	// Records of old that may be left where they are; Microsoft's current tables have none of them.
	SipTLS       SRV    // of _sip._tls
	Lyncdiscover string // a CNAME
	Sip          string // a CNAME
}

// An SRV is a service record (RFC 2782).
type SRV struct {
	Priority, Weight, Port uint16
	Target                 string
}

// String is the record's data as zone files write it.
func (s SRV) String() string {
	return fmt.Sprintf("%d %d %d %s.", s.Priority, s.Weight, s.Port, s.Target)
}

// Leads says whether a host is one of those that take SIP clients and partners into the cloud: "webdir0a.online.lync.com".
func (c Cloud) Leads(host string) bool {
	_, parent, ok := strings.Cut(c.DNS.Federation.Target, ".")
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return ok && (host == parent || strings.HasSuffix(host, "."+parent))
}

// All gives the clouds by name, closed ones included.
func All() (map[string]Cloud, error) {
	all, err := table()
	return maps.Clone(all), err
}

// table is read once: it is asked for every DNS record of a configuration.
var table = sync.OnceValues(func() (map[string]Cloud, error) {
	var file struct{ Clouds map[string]entry }
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("the table of clouds cannot be read: %w", err)
	}
	all := make(map[string]Cloud, len(file.Clouds))
	for name, e := range file.Clouds {
		all[name] = e.cloud(name)
	}
	return all, nil
})

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
	DNS         records          `json:"dns"`
}

type records struct {
	Federation   fact[SRV]    `json:"federation_srv"`
	SipTLS       fact[SRV]    `json:"legacy_sip_tls_srv"`
	Lyncdiscover fact[string] `json:"legacy_lyncdiscover_cname"`
	Sip          fact[string] `json:"legacy_sip_cname"`
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
	c := Cloud{Name: name, DisplayName: e.DisplayName, Closed: e.Status == "closed", LoginHosts: e.LoginHosts.Value, GraphHost: e.GraphHost.Value}
	c.DNS = DNS{Federation: e.DNS.Federation.Value, SipTLS: e.DNS.SipTLS.Value, Lyncdiscover: e.DNS.Lyncdiscover.Value, Sip: e.DNS.Sip.Value}
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
