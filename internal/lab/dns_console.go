package lab

import (
	"errors"
	"strings"

	"github.com/miekg/dns"

	"hybrid/internal/cmdlets"
	"hybrid/internal/lab/nameserver"
)

// dnsModule is the module of Windows DNS servers. A session that has it has no other.
const dnsModule = "DnsServer"

// A dnsConsole carries out the cmdlets of a Windows DNS server on the zones that the name server of a view serves, so that
// what they write is what a resolver sees. They take their time on the name server, not on the estate: the estate learns of
// a change from the name server, as it does of updates.
type dnsConsole struct {
	estate *Estate // counts calls
	tables *cmdlets.Tables
	server *nameserver.Server // nil: the account has no rights
}

// A dnsHandler carries out one cmdlet.
type dnsHandler func(*dnsCall) error

// A dnsCall is one call on its way.
type dnsCall struct {
	*call
	server *nameserver.Server
}

// handler finds what carries out a cmdlet; nil where the lab has no such cmdlet.
func (d *dnsConsole) handler(cmdlet string) (*cmdlets.Cmdlet, dnsHandler) {
	published := d.tables.Cmdlet(cmdlet)
	if published == nil {
		return nil, nil
	}
	return published, map[string]dnsHandler{
		"Get-DnsServerZone":                getZones,
		"Get-DnsServerResourceRecord":      getRecords,
		"Add-DnsServerResourceRecord":      addRecord,
		"Add-DnsServerResourceRecordA":     addAddresses("IPv4Address", "A"),
		"Add-DnsServerResourceRecordAAAA":  addAddresses("IPv6Address", "AAAA"),
		"Add-DnsServerResourceRecordCName": addAlias,
		"Remove-DnsServerResourceRecord":   removeRecords,
	}[published.Name]
}

func (d *dnsConsole) has(cmdlet string) bool {
	_, h := d.handler(cmdlet)
	return h != nil
}

// run carries out a call. The error is a *Failure, but for one of the lab itself, such as a full disk.
func (d *dnsConsole) run(cmdlet string, params map[string]any) (output, error) {
	published, handle := d.handler(cmdlet)
	if handle == nil {
		return output{}, unknownCmdlet(cmdlet)
	}
	bound, failed := published.Bind(params)
	if failed != nil {
		return output{}, bindFailure(failed)
	}
	verb, noun, _ := strings.Cut(published.Name, "-")
	c := &dnsCall{call: &call{estate: d.estate, cmdlet: published, verb: verb, noun: noun, set: bound.Set, params: bound.Params}, server: d.server}
	if elsewhere := c.elsewhere(); elsewhere != "" {
		return output{}, c.unsimulated(elsewhere)
	}
	if done, err := c.confirm(); done || err != nil {
		return c.output, err
	}
	if err := d.estate.Do(func() error { c.count(); return nil }); err != nil {
		return output{}, err
	}
	if d.server == nil {
		return output{}, c.denied()
	}
	err := handle(c)
	if isWrite(c.verb, c.noun) {
		err = errors.Join(err, d.estate.Do(func() error { return d.estate.note(Write{Call: c.name(), Of: c.owner(), Changed: err == nil}) }))
	}
	return c.output, err
}

// elsewhere names a parameter that would lead to another server, or to what the lab's zones do not have.
func (c *dnsCall) elsewhere() string {
	for _, param := range []string{"ComputerName", "CimSession", "ZoneScope", "VirtualizationInstance", "InputObject", "AsJob", "PassThru", "CreatePtr"} {
		if c.given(param) {
			return param
		}
	}
	return ""
}

// win32 is the error of a cmdlet that the DNS server has refused, by the number that the server gave.
func (c *dnsCall) win32(number, category, format string, args ...any) *Failure {
	f := c.fail(category, "WIN32 "+number, format, args...)
	f.Type = "Microsoft.Management.Infrastructure.CimException"
	return f
}

func (c *dnsCall) denied() *Failure {
	return c.win32("5", "PermissionDenied", "Failed to carry out %s on server DC01: access is denied.", c.name())
}

// zone explains what the name server says of a zone.
func (c *dnsCall) zone(err error) error {
	if errors.Is(err, nameserver.ErrNoZone) {
		return c.win32("9601", "ObjectNotFound", "The zone %s was not found on server DC01.", c.text("ZoneName"))
	}
	return err
}

// owner is the canonical name that -Name means in the zone: "@" is the zone itself, what ends in a dot is a whole name.
func (c *dnsCall) owner() string {
	name, zone := c.text("Name"), dns.CanonicalName(c.text("ZoneName"))
	switch {
	case name == "" || name == "@" || name == ".":
		return zone
	case strings.HasSuffix(name, "."):
		return dns.CanonicalName(name)
	}
	return dns.CanonicalName(name + "." + zone)
}

// getZones is Get-DnsServerZone: all zones, or those that are named.
func getZones(c *dnsCall) error {
	wanted, _ := c.params["Name"].([]any)
	all := c.server.Names()
	for _, name := range wanted {
		if text, _ := name.(string); !contains(all, text) {
			return c.win32("9601", "ObjectNotFound", "The zone %s was not found on server DC01.", text)
		}
	}
	for _, name := range all {
		if wanted == nil || contains(textsOf(wanted), name) {
			c.objects = append(c.objects, Object{
				"ZoneName": name, "ZoneType": "Primary", "DynamicUpdate": "Secure", "IsAutoCreated": false, "IsDsIntegrated": true, "IsPaused": false,
				"IsReadOnly": false, "IsReverseLookupZone": strings.HasSuffix(name, ".arpa"), "IsShutdown": false, "IsSigned": false, "ReplicationScope": "Domain",
			})
		}
	}
	return nil
}

func textsOf(list []any) []string {
	texts := make([]string, len(list))
	for n := range list {
		texts[n], _ = list[n].(string)
	}
	return texts
}

func contains(names []string, name string) bool {
	for _, other := range names {
		if strings.EqualFold(strings.TrimSuffix(other, "."), strings.TrimSuffix(name, ".")) {
			return true
		}
	}
	return false
}
