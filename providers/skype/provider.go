package skype

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/powershell"
	"hybrid/internal/wsman"
	"hybrid/providers"
	"hybrid/schema"
)

// What holds where a provider block says nothing.
const (
	defaultTimeout  = 300 * time.Second // a Move-CsUser with many contacts takes minutes
	defaultSessions = 8
	defaultModule   = "SkypeForBusiness"
)

// A caller runs cmdlets: a pool of sessions, or in tests something in its place.
type caller interface {
	Call(ctx context.Context, c powershell.Command, options powershell.CallOptions) error
}

// pool is a caller that counts and ends.
type pool interface {
	caller
	Calls() int64
	Close() error
}

// A provider is one open provider block.
type provider struct {
	*translator
	pool     pool
	place    string // "skype fe01.contoso.com"
	readOnly bool
	log      hclog.Logger
}

// open prepares a provider; it reads the CA file and contacts nothing.
func open(s providers.Settings, t *translator) (providers.Provider, error) {
	log := s.Log
	if log == nil {
		log = hclog.NewNullLogger()
	}
	v := arguments{s.Values.AsValueMap()}
	if auth := v.text("auth"); auth != "" && auth != "basic" {
		return nil, fmt.Errorf("provider %q: auth = %q is not built yet: use basic over TLS", s.Name, auth)
	}
	hosts, err := v.hosts(s, log)
	if err != nil {
		return nil, fmt.Errorf("provider %q: %w", s.Name, err)
	}
	options := powershell.PoolOptions{
		Hosts: hosts, Open: v.open(s), Size: v.size(s), Log: log,
		Deadline: cmp.Or(s.Timeout, v.seconds("timeout"), defaultTimeout),
	}
	return &provider{translator: t, pool: powershell.NewPool(options), place: s.Name + " " + v.place(), readOnly: s.ReadOnly, log: log}, nil
}

// Describe says where the provider leads: "skype fe01.contoso.com".
func (p *provider) Describe() string { return p.place }

// Close ends all sessions.
func (p *provider) Close() error { return p.pool.Close() }

// RoundTrips is how many requests have been sent to hosts, the opening of sessions included.
func (p *provider) RoundTrips() int64 { return p.pool.Calls() }

// arguments are those of the provider block, null where unset.
type arguments struct{ values map[string]cty.Value }

func (a arguments) text(name string) string { return textOf(a.values[name]) }

func (a arguments) int(name string) int {
	v, _ := a.values[name].Unmark()
	if !tells(v) {
		return 0
	}
	n, _ := v.AsBigFloat().Int64()
	return int(n)
}

func (a arguments) seconds(name string) time.Duration {
	return time.Duration(a.int(name)) * time.Second
}

func (a arguments) off(name string) bool {
	v, _ := a.values[name].Unmark()
	return tells(v) && v.False()
}

func (a arguments) local() bool { return a.text("transport") == "local" }

// names are the hosts' names.
func (a arguments) names() []string {
	v, _ := a.values["hosts"].UnmarkDeep()
	if !tells(v) {
		return nil
	}
	var names []string
	for it := v.ElementIterator(); it.Next(); {
		_, name := it.Element()
		names = append(names, textOf(name))
	}
	return names
}

// place is where the first session goes, and what lies behind it.
func (a arguments) place() string {
	place := "this machine"
	if names := a.names(); !a.local() && len(names) > 0 {
		place = names[0]
	}
	if endpoint := a.text("endpoint"); endpoint != "" {
		pool, _, _ := strings.Cut(strings.TrimPrefix(endpoint, "https://"), "/")
		place += " → " + pool
	}
	return place
}

// hosts are where sessions run.
func (a arguments) hosts(s providers.Settings, log hclog.Logger) ([]powershell.Host, error) {
	if a.local() {
		return []powershell.Host{powershell.Local("")}, nil
	}
	names := a.names()
	if len(names) == 0 {
		return nil, errors.New(`hosts is missing: name the Windows hosts with the management shell, such as ["fe01.contoso.com"]`)
	}
	ca, err := a.authorities(s.Dir)
	if err != nil {
		return nil, err
	}
	var hosts []powershell.Host
	for _, name := range names {
		host, err := powershell.WinRM(wsman.Options{
			Host: name, Port: a.int("port"), HTTP: a.off("https"),
			CA: ca, Fingerprint: a.text("fingerprint"), ServerName: a.text("server_name"),
			Username: a.text("username"), Password: a.text("password"), Log: log,
		})
		if err != nil {
			return nil, err
		}
		hosts = append(hosts, host)
	}
	return hosts, nil
}

// authorities reads the CA file, if there is one.
func (a arguments) authorities(dir string) ([]byte, error) {
	name := a.text("ca_file")
	if name == "" {
		return nil, nil
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, name)
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file: %s holds no certificate in PEM (lines between BEGIN CERTIFICATE and END CERTIFICATE)", name)
	}
	return pem, nil
}

// open says what every session is opened with.
func (a arguments) open(s providers.Settings) powershell.Open {
	open := powershell.Open{Modules: []string{cmp.Or(a.text("module"), defaultModule)}, Endpoint: a.text("endpoint"), Cmdlets: needed(s)}
	if open.Endpoint == "" {
		return open
	}
	for _, account := range []string{"endpoint_", ""} {
		if name := a.text(account + "username"); name != "" {
			open.Credential = &powershell.Credential{Username: name, Password: a.text(account + "password")}
			break
		}
	}
	return open
}

// size is how many sessions there may be at once.
func (a arguments) size(s providers.Settings) int {
	most := cmp.Or(a.int("sessions"), defaultSessions)
	if s.Parallel > 0 {
		return min(s.Parallel, most)
	}
	return most
}

// needed lists the cmdlets that reading and, unless nothing is to be changed, writing the kinds takes.
func needed(s providers.Settings) []string {
	var names []string
	for _, k := range kinds() {
		changed := s.Kinds == nil || slices.Contains(s.Kinds, k.Name)
		if !changed && !slices.Contains(s.Reads, k.Name) {
			continue
		}
		remote := k.Remote.(schema.Cmdlet)
		names = append(names, "Get-"+remote.Noun)
		for _, step := range []string{"create", "update", "delete"} {
			if verb := remote.Verb(step); verb != "" && changed && !s.ReadOnly {
				names = append(names, verb+"-"+remote.Noun)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
