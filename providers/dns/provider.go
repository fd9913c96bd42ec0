// Package dns manages record sets in authoritative DNS servers: reading by zone transfer, writing by dynamic updates (RFC
// 2136) that carry what the plan was made from as their prerequisite.
package dns

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/providers"
	"hybrid/schema"
)

// System is DNS: its provider block, the kind dns_record, and how to reach a server. Commands are of type [Update] and [Wait].
func System() providers.System {
	return providers.System{
		Schema:   systemSchema(),
		Kinds:    []*schema.Kind{dnsRecord()},
		Commands: commands,
		Open:     open,
	}
}

// defaultTimeout is how long one answer may take.
const defaultTimeout = 10 * time.Second

func systemSchema() *schema.System {
	return &schema.System{
		Name:  "dns",
		Named: true,
		Doc: "One authoritative DNS server that takes dynamic updates. Write one block for each view of your names, such as " +
			"`provider \"dns\" \"external\"` and `provider \"dns\" \"internal\"`, and refer to it as `provider = dns.external`.\n\n" +
			"Everything is sent over TCP. The server must allow zone transfers and updates to the key, or to the address of the " +
			"machine that hybrid runs on: in BIND `allow-transfer { key hybrid; };` and `update-policy { grant hybrid zonesub ANY; };`.",
		Attrs: []schema.Attr{
			{Name: "type", Type: cty.String, Mode: schema.Required, OneOf: []string{"rfc2136"},
				Doc: "How the server is written to: `rfc2136`, dynamic updates with a shared key, as BIND, Knot and PowerDNS take " +
					"them. Zones kept in Active Directory want the cmdlets of Windows DNS (`windows`), which this version does not speak yet."},
			{Name: "server", Type: cty.String, Mode: schema.Required, Check: checkServer,
				Doc: "The primary server of the zones, as host or host:port; the port is 53 unless it is written."},
			{Name: "zones", Type: cty.Set(cty.String), Check: checkZones,
				Doc: "The zones that are managed through this block. Unset, the server is asked which zone a name is in. Needed for an " +
					"`exclusive` block, which has to know what all records are."},
			{Name: "timeout", Type: cty.String, Check: checkTimeout, Default: cty.StringVal(defaultTimeout.String()),
				Doc: "How long one answer may take, such as `10s`."},
		},
		Blocks: []schema.Block{{
			Name: "tsig",
			Doc:  "The key that signs every request (TSIG, RFC 8945). Without it requests are not signed, and the server must go by addresses.",
			Attrs: []schema.Attr{
				{Name: "name", Type: cty.String, Mode: schema.Required, Check: checkKeyName,
					Doc: "The key's name, spelled as in the server's configuration."},
				{Name: "algorithm", Type: cty.String, Check: checkAlgorithm, Default: cty.StringVal("hmac-sha256"),
					Doc: "The key's algorithm: `hmac-sha256` (recommended), `hmac-sha512`, `hmac-sha384`, `hmac-sha224`, `hmac-sha1`."},
				{Name: "secret", Type: cty.String, Mode: schema.Required, Sensitive: true, Check: checkSecret,
					Doc: "The key's secret in base64, as tsig-keygen prints it between quotes. Take it from `env()` or `secret_file()`."},
			},
		}},
	}
}

func checkServer(v cty.Value) error {
	_, err := serverAddress(v.AsString())
	return err
}

// serverAddress completes host, host:port, or an IPv6 address with or without brackets, to host:port.
func serverAddress(text string) (string, error) {
	if strings.Contains(text, "/") {
		return "", fmt.Errorf("%q is not a server; write host or host:port, such as ns1.contoso.com, without a scheme", text)
	}
	host, port := text, "53"
	if _, err := netip.ParseAddr(text); err != nil {
		if h, p, err := net.SplitHostPort(text); err == nil {
			host, port = h, p
		}
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", fmt.Errorf("the port of %q is not a number from 1 to 65535", text)
	}
	if _, err := netip.ParseAddr(host); err != nil {
		if err := checkName(host); err != nil {
			return "", fmt.Errorf("%q is not a server: %w; write host or host:port, such as ns1.contoso.com", text, err)
		}
	}
	return net.JoinHostPort(host, port), nil
}

func checkZones(v cty.Value) error {
	for _, zone := range v.AsValueSlice() {
		if zone.IsNull() {
			return errors.New("one of the zones is null")
		}
		if err := checkName(zone.AsString()); err != nil {
			return err
		}
	}
	return nil
}

func checkTimeout(v cty.Value) error {
	if d, err := time.ParseDuration(v.AsString()); err != nil || d <= 0 {
		return fmt.Errorf("%q is not a length of time; write a number with a unit, such as 10s or 1m", v.AsString())
	}
	return nil
}

func checkKeyName(v cty.Value) error {
	if _, ok := dns.IsDomainName(v.AsString()); !ok || v.AsString() == "" || strings.Contains(v.AsString(), " ") {
		return fmt.Errorf("%q is not the name of a key; write it as the server's configuration has it", v.AsString())
	}
	return nil
}

func checkAlgorithm(v cty.Value) error {
	const all = "hmac-sha256, hmac-sha512, hmac-sha384, hmac-sha224 or hmac-sha1"
	switch name := dns.CanonicalName(v.AsString()); name {
	case dns.HmacSHA256, dns.HmacSHA512, dns.HmacSHA384, dns.HmacSHA224, dns.HmacSHA1:
		return nil
	case "hmac-md5.", dns.HmacMD5:
		return errors.New("hmac-md5 must not be used any more (RFC 8945 section 6), because MD5 is broken; make a new key with hmac-sha256 at the server")
	}
	return fmt.Errorf("%q is no algorithm of a key; write %s", v.AsString(), all)
}

// checkSecret says nothing of what the secret is.
func checkSecret(v cty.Value) error {
	if secret, err := base64.StdEncoding.DecodeString(v.AsString()); err != nil || len(secret) == 0 {
		return errors.New("the secret is not base64; copy it from the server's key, without quotes and semicolon")
	}
	return nil
}

// A provider is one server.
type provider struct {
	name    string
	server  string          // host:port
	zones   map[string]bool // canonical; empty: the server is asked
	key     *key
	timeout time.Duration
	log     hclog.Logger
	trips   atomic.Int64
	found   sync.Map // canonical name to zone
	reach   func(address string) string

	negative sync.Map // canonical zone to how many seconds an absence may be remembered
}

// open prepares a provider; it contacts nothing. It fails where the settings are not usable, without showing the secret.
func open(s providers.Settings) (providers.Provider, error) {
	v, _ := s.Values.UnmarkDeep()
	p := &provider{name: s.Name, zones: map[string]bool{}, log: s.Log, timeout: s.Timeout, reach: s.Reach}
	if p.log == nil {
		p.log = hclog.NewNullLogger()
	}
	var err error
	if p.server, err = serverAddress(text(v.GetAttr("server"))); err != nil {
		return nil, fmt.Errorf("provider %s: %w", s.Name, err)
	}
	if timeout := text(v.GetAttr("timeout")); timeout != "" {
		if p.timeout, err = time.ParseDuration(timeout); err != nil {
			return nil, fmt.Errorf("provider %s: timeout: %w", s.Name, err)
		}
	}
	if p.timeout <= 0 {
		p.timeout = defaultTimeout
	}
	if zones := v.GetAttr("zones"); !zones.IsNull() && zones.IsKnown() {
		for _, zone := range zones.AsValueSlice() {
			p.zones[dns.CanonicalName(zone.AsString())] = true
		}
	}
	if p.key, err = newKey(v.GetAttr("tsig")); err != nil {
		return nil, fmt.Errorf("provider %s: %w", s.Name, err)
	}
	return p, nil
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

// Close does nothing: every call ends the connections that it makes.
func (p *provider) Close() error { return nil }
