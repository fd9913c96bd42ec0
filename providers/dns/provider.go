// Package dns manages record sets in authoritative DNS servers, in one of three ways. By RFC 2136 it reads zone transfers and
// writes dynamic updates that carry what the plan was made from as their prerequisite. On Windows DNS servers it calls the
// cmdlets of the module DnsServer, a record at a time, in an order in which a failure loses as little as can be. At a DNS service
// it replaces sets whole through the service's API, on the condition that they are what was read.
package dns

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/dnsservice"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// System is DNS: its provider block, the kind dns_record, and how to reach a server. Commands are of type [Update], or, of a
// change that names the zone it is in, cmdlet calls; in a zone at a DNS service they are of type [Replacement]. What is only
// waited for is a [Wait].
func System() providers.System {
	t := shell.NewTranslator(windowsModule)
	return providers.System{
		Schema: systemSchema(),
		Kinds:  []*schema.Kind{dnsRecord()},
		Part:   part,
		Lacks:  lacks,
		Commands: func(c planner.Change) ([]providers.Command, error) {
			if _, _, service := placed(c.Place); service {
				return serviceCommands(c)
			}
			if c.Place != "" {
				return windowsCommands(t, c)
			}
			return commands(c)
		},
		Open: func(s providers.Settings) (providers.Provider, error) {
			switch written := text(s.Values.GetAttr("type")); {
			case written == typeWindows:
				return openWindows(s, t)
			case dnsservice.Known(written):
				return openHosted(s)
			}
			return open(s)
		},
	}
}

// defaultTimeout is how long one answer may take.
const defaultTimeout = 10 * time.Second

// A provider is one server, by RFC 2136.
type provider struct {
	name    string
	server  string           // host:port
	zones   map[string]bool  // canonical; empty: the server is asked
	key     *key             // of all requests, nil for none
	account *account         // of updates, nil for none
	now     func() time.Time // this machine's clock, for signatures
	timeout time.Duration
	log     hclog.Logger
	trips   atomic.Int64
	found   sync.Map // canonical name to zone
	reach   func(address string) string

	compared sync.Map // canonical zones whose primary servers have been asked whether they have a newer version
	negative sync.Map // canonical zone to how many seconds an absence may be remembered
}

// open prepares a provider; it contacts nothing. It fails where the settings are not usable, without showing the secret.
func open(s providers.Settings) (providers.Provider, error) {
	v, _ := s.Values.UnmarkDeep()
	p := &provider{name: s.Name, zones: zonesOf(v), log: s.Log, timeout: s.Timeout, reach: s.Reach, now: time.Now}
	if p.log == nil {
		p.log = hclog.NewNullLogger()
	}
	var err error
	if p.server, err = serverAddress(text(v.GetAttr("server"))); err != nil {
		return nil, fmt.Errorf("provider %s: %w", s.Name, err)
	}
	if p.timeout, err = timeoutOf(s, v, defaultTimeout); err != nil {
		return nil, err
	}
	if p.key, err = newKey(v.GetAttr("tsig")); err != nil {
		return nil, fmt.Errorf("provider %s: %w", s.Name, err)
	}
	if p.account, err = newAccount(v.GetAttr("gss"), p.server, s.Dir); err != nil {
		return nil, fmt.Errorf("provider %s: %w", s.Name, err)
	}
	return p, nil
}

// zonesOf are the zones that a provider block names, canonical.
func zonesOf(block cty.Value) map[string]bool {
	named := map[string]bool{}
	if zones := block.GetAttr("zones"); !zones.IsNull() && zones.IsKnown() {
		for _, zone := range zones.AsValueSlice() {
			named[dns.CanonicalName(zone.AsString())] = true
		}
	}
	return named
}

// timeoutOf is how long one answer may take: what the block says, else the settings, else what is usual.
func timeoutOf(s providers.Settings, block cty.Value, usual time.Duration) (time.Duration, error) {
	if written := text(block.GetAttr("timeout")); written != "" {
		timeout, err := time.ParseDuration(written)
		if err != nil {
			return 0, fmt.Errorf("provider %s: timeout: %w", s.Name, err)
		}
		if timeout > 0 {
			return timeout, nil
		}
	}
	if s.Timeout > 0 {
		return s.Timeout, nil
	}
	return usual, nil
}

func newKey(v cty.Value) (*key, error) {
	if v.IsNull() {
		return nil, nil
	}
	algorithm, secret := v.GetAttr("algorithm"), v.GetAttr("secret")
	if text(algorithm) == "" {
		algorithm = cty.StringVal("hmac-sha256")
	}
	if secret.IsNull() || !secret.IsKnown() {
		return nil, errors.New("tsig: the secret is missing")
	}
	if err := errors.Join(checkAlgorithm(algorithm), checkSecret(secret)); err != nil {
		return nil, fmt.Errorf("tsig: %w", err)
	}
	return &key{name: dns.CanonicalName(text(v.GetAttr("name"))), algorithm: dns.CanonicalName(text(algorithm)), secret: secret.AsString()}, nil
}

// Describe says where the provider leads: "dns ns1.contoso.com".
func (p *provider) Describe() string {
	host, port, err := net.SplitHostPort(p.server)
	if err != nil || port != "53" {
		return "dns " + p.server
	}
	return "dns " + host
}

// RoundTrips counts the requests that were sent.
func (p *provider) RoundTrips() int64 { return p.trips.Load() }

// Close gives tickets up; every call ends the connections that it makes.
func (p *provider) Close() error {
	if p.account != nil {
		return p.account.close()
	}
	return nil
}
