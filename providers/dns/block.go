package dns

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
	"hybrid/schema"
)

// The ways to a server, as a provider block's type names them.
const (
	typeRFC2136 = "rfc2136"
	typeWindows = "windows"
)

func systemSchema() *schema.System {
	return &schema.System{
		Name:  "dns",
		Named: true,
		Doc: "One authoritative DNS server. Write one block for each view of your names, such as " +
			"`provider \"dns\" \"external\"` and `provider \"dns\" \"internal\"`, and refer to it as `provider = dns.external`.\n\n" +
			"With `type = \"rfc2136\"` everything is sent over TCP. The server must allow zone transfers and updates to the key, or to the address of the " +
			"machine that hybrid runs on: in BIND `allow-transfer { key hybrid; };` and `update-policy { grant hybrid zonesub ANY; };`.\n\n" +
			"Zones in Active Directory that take secure updates only want the block `gss` in place of `tsig`: updates are then signed with a Kerberos " +
			"ticket (GSS-TSIG, RFC 3645), and records are read unsigned, as every client does. Domain controllers usually refuse transfers; allow " +
			"this machine's address to transfer the zone for an `exclusive` block.\n\n" +
			"With `type = \"route53\"`, `\"azure\"` or `\"cloudflare\"` the zones are kept by that service, and read and changed through its API; a " +
			"block of the same name says who signs in. Record sets are replaced whole, and only while they are what was read.\n\n" +
			"With `type = \"windows\"` the cmdlets of the module DnsServer run on the DNS server itself, reached over WinRM. The account must be in DnsAdmins, " +
			"or be allowed to read and change the zones. It is always one server: domain controllers learn of one another's changes only after a while, " +
			"so what is written to one must be read from the same.",
		Example: `provider "dns" "external" {
  type   = "rfc2136"
  server = "ns1.contoso.com"

  tsig {
    name      = "hybrid"
    algorithm = "hmac-sha256"
    secret    = env("HYBRID_TSIG")
  }
}`,
		Attrs:  slices.Concat(commonAttrs(), windowsAttrs(), serviceAttrs()),
		Blocks: append([]schema.Block{tsig(), gss()}, serviceBlocks()...),
		Rules:  append(blockRules(), serviceRules()...),
	}
}

func commonAttrs() []schema.Attr {
	return []schema.Attr{
		{
			Name: "type", Type: cty.String, Mode: schema.Required, OneOf: append([]string{typeRFC2136, typeWindows}, serviceTypes()...),
			Doc: "How the server is written to: `rfc2136`, dynamic updates with a shared key, as BIND, Knot and PowerDNS take " +
				"them, or with a Kerberos ticket, as zones in Active Directory do; `windows`, the cmdlets of Windows DNS; `route53`, " +
				"`azure` and `cloudflare`, the API of the service that keeps the zones.",
		},
		{
			Name: "server", Type: cty.String, Check: checkServer,
			Doc: "With `rfc2136`: the primary server of the zones, as host or host:port; the port is 53 unless it is written.",
		},
		{
			Name: "zones", Type: cty.Set(cty.String), Check: checkZones,
			Doc: "The zones that are managed through this block. Unset, the server is asked which zone a name is in. Needed for an " +
				"`exclusive` block, which has to know what all records are.",
		},
		{
			Name: "view", Type: cty.String, OneOf: []string{"external", "internal"},
			Doc: "From where these names are seen, for `hybrid check`: `external`, as the Internet sees them, or `internal`, as servers and " +
				"clients in your own network do. Unset, a block whose label holds `intern` is internal, any other external.",
		},
		{
			Name: "resolvers", Type: cty.List(cty.String), Check: checkResolvers,
			Doc: "Resolvers that `hybrid check` asks about these names, beside the name servers, as address or address:port. Unset, it asks " +
				"this machine's own about internal names, and 8.8.8.8 and 1.1.1.1 about external ones.",
		},
		{
			Name: "timeout", Type: cty.String, Check: checkTimeout, Default: cty.StringVal(defaultTimeout.String()),
			Doc: "How long one answer may take, such as `10s`. With `windows` that is one cmdlet, and `5m` where nothing is said; with a service one request, and `30s`.",
		},
	}
}

func windowsAttrs() []schema.Attr {
	attrs := append([]schema.Attr{
		{
			Name: "host", Type: cty.String, Check: shell.CheckHost,
			Doc: "With `windows`: the DNS server, usually a domain controller. Its name or address, without port.",
		},
		{
			Name: "transport", Type: cty.String, OneOf: []string{"winrm", "local"}, Default: cty.StringVal("winrm"),
			Doc: "With `windows`: `winrm` runs PowerShell on `host`; `local` runs it on this machine, which then is the DNS server itself.",
		},
	}, append(shell.ListenerAttrs(), shell.AuthAttrs()...)...)
	return append(attrs,
		schema.Attr{
			Name: "username", Type: cty.String,
			Doc: "With `windows`: the account that signs in to `host`, and that changes the records.",
		},
		schema.Attr{
			Name: "password", Type: cty.String, Sensitive: true,
			Doc: "Its password: `env(\"…\")` or `secret_file(\"…\")`.",
		},
	)
}

func tsig() schema.Block {
	return schema.Block{
		Name: "tsig",
		Doc:  "With `rfc2136`: the key that signs every request (TSIG, RFC 8945). Without it requests are not signed, and the server must go by addresses.",
		Attrs: []schema.Attr{
			{
				Name: "name", Type: cty.String, Mode: schema.Required, Check: checkKeyName,
				Doc: "The key's name, spelled as in the server's configuration.",
			},
			{
				Name: "algorithm", Type: cty.String, Check: checkAlgorithm, Default: cty.StringVal("hmac-sha256"),
				Doc: "The key's algorithm: `hmac-sha256` (recommended), `hmac-sha512`, `hmac-sha384`, `hmac-sha224`, `hmac-sha1`.",
			},
			{
				Name: "secret", Type: cty.String, Mode: schema.Required, Sensitive: true, Check: checkSecret,
				Doc: "The key's secret in base64, as tsig-keygen prints it between quotes. Take it from `env()` or `secret_file()`.",
			},
		},
	}
}

// blockRules hold arguments against the type. A secret is looked at only for whether it is there, so that one that is not
// known yet hides nothing.
func blockRules() []schema.Rule {
	rules := []schema.Rule{
		{Attrs: []string{"server", "type"}, Doc: "`server` with `type = \"rfc2136\"`, and only then.", Check: ruleServer},
		{Attrs: []string{"host", "transport", "type"}, Doc: "`host` with `type = \"windows\"`, unless `transport = \"local\"`.", Check: ruleHost},
		{Attrs: []string{"type"}, Doc: "`tsig` only with `type = \"rfc2136\"`.", Check: ruleKey},
		{Attrs: []string{"type"}, Doc: "`gss` only with `type = \"rfc2136\"`, and not with `tsig`.", Check: ruleTicket},
		{Attrs: []string{"username", "auth", "type"}, Doc: "`username` and `password` go together: write both, or neither.", Check: ruleAccount},
		onlyWindows("password", "type"),
	}
	for _, a := range windowsAttrs() {
		if a.Name != "password" && !slices.Contains(trustAttrs, a.Name) {
			rules = append(rules, onlyWindows(a.Name, a.Name, "type"))
		}
	}
	return append(rules, shell.AuthRules()...)
}

// onlyWindows refuses an argument that has no meaning for a server that takes dynamic updates.
func onlyWindows(name string, attrs ...string) schema.Rule {
	return schema.Rule{
		Attrs: attrs, Doc: "`" + name + "` only with `type = \"windows\"`.",
		Check: func(v map[string]cty.Value) string {
			switch {
			case v[name].IsNull() || shell.IsText(v["type"], typeWindows):
				return ""
			case isService(v["type"]):
				return fmt.Sprintf("%s has no meaning with type = %q, which opens no session: take it out; the block %s says who signs in.", name, text(v["type"]), text(v["type"]))
			case !shell.IsText(v["type"], typeRFC2136):
				return ""
			}
			return fmt.Sprintf(`%s has no meaning with type = "rfc2136", which opens no session: take it out, or write type = "windows".`, name)
		},
	}
}

func ruleServer(v map[string]cty.Value) string {
	none := v["server"].IsNull()
	switch {
	case shell.IsText(v["type"], typeRFC2136) && none:
		return "server is missing: name the primary server of the zones, such as ns1.contoso.com."
	case isService(v["type"]) && !none:
		return "server has no meaning with type = \"" + text(v["type"]) + "\": the service is found by itself. Take it out."
	case shell.IsText(v["type"], typeWindows) && !none:
		return `server has no meaning with type = "windows": name the DNS server in host, since that is where the cmdlets run.`
	}
	return ""
}

func ruleHost(v map[string]cty.Value) string {
	none, local := v["host"].IsNull(), shell.IsText(v["transport"], "local")
	switch {
	case !shell.IsText(v["type"], typeWindows):
		return ""
	case none && !local:
		return `host is missing: name the Windows DNS server, such as dc01.contoso.com, or write transport = "local" on the server itself.`
	case !none && local:
		return `No host is used with transport = "local": take it out, or take out transport.`
	}
	return ""
}

func ruleKey(v map[string]cty.Value) string {
	switch {
	case v["tsig"].IsNull():
		return ""
	case isService(v["type"]):
		return "tsig has no meaning with type = \"" + text(v["type"]) + "\": the block of that name says who signs in. Take it out."
	case !shell.IsText(v["type"], typeWindows):
		return ""
	}
	return `tsig has no meaning with type = "windows": Windows DNS takes no shared keys. Take it out; username and password say who changes the records.`
}

func ruleAccount(v map[string]cty.Value) string {
	if shell.IsText(v["type"], typeWindows) {
		return shell.Together(v)
	}
	return ""
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
