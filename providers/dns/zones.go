package dns

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"hybrid/internal/powershell"
	"hybrid/providers"
	"hybrid/providers/shell"
)

// errNoZones is why nothing can be read of a server of which nothing says what it has.
var errNoZones = errors.New("which zones it has must be known; write them into zones of the provider block")

// Zones reads whole zones by transfer: see [providers.ZoneReader].
func (p *provider) Zones(ctx context.Context, owners []string) ([]providers.Zone, error) {
	names, err := p.zonesOver(ctx, owners)
	if err != nil {
		return nil, fmt.Errorf("provider %s: %w", p.name, err)
	}
	var all []providers.Zone
	for _, name := range names {
		records, err := p.transfer(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("provider %s: %w", p.name, err)
		}
		all = append(all, zoneWith(name, records, nil))
	}
	return all, nil
}

// zonesOver are the zones that the block names, or those that the server says some names are in.
func (p *provider) zonesOver(ctx context.Context, owners []string) ([]string, error) {
	if len(p.zones) > 0 {
		return slices.Sorted(maps.Keys(p.zones)), nil
	}
	l, found := &line{p: p}, map[string]bool{}
	defer l.hangUp()
	for _, owner := range owners {
		name, err := p.zoneOf(ctx, l, dns.CanonicalName(owner))
		if err != nil {
			return nil, err
		}
		found[name] = true
	}
	if len(found) == 0 {
		return nil, errNoZones
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// zoneWith is a zone in the form of zone files.
func zoneWith(name string, records []dns.RR, left map[string]bool) providers.Zone {
	z := providers.Zone{Name: name, Left: slices.Sorted(maps.Keys(left))}
	for _, rr := range records {
		parts := strings.SplitN(rr.String(), "\t", 5) // name, TTL, class, type, data; a type without a name says TYPE65280 (RFC 3597)
		parts[0], parts[2] = dns.CanonicalName(rr.Header().Name), "IN"
		z.Records = append(z.Records, strings.Join(parts, " "))
	}
	slices.Sort(z.Records)
	return z
}

// Zones reads whole zones by the cmdlets: see [providers.ZoneReader]. Where the block names no zones and no owner says which
// are meant, that is an error, since a server in Active Directory has many that are none of hybrid's business.
func (p *windows) Zones(ctx context.Context, owners []string) (all []providers.Zone, err error) {
	served, err := p.listZones(ctx)
	if err != nil {
		return nil, fmt.Errorf("provider %s: %w", p.name, err)
	}
	names, err := p.zonesOver(served, owners)
	if err != nil {
		return nil, fmt.Errorf("provider %s: %w", p.name, err)
	}
	for _, name := range names {
		z, err := p.zone(ctx, name, served[name].name)
		if shell.Lost(err) && ctx.Err() == nil {
			z, err = p.zone(ctx, name, served[name].name)
		}
		if err != nil {
			return nil, fmt.Errorf("provider %s: %w", p.name, err)
		}
		all = append(all, z)
	}
	return all, nil
}

// zonesOver are the zones that the block names, or those of the server that some names are in.
func (p *windows) zonesOver(served map[string]windowsZone, owners []string) ([]string, error) {
	found := map[string]bool{}
	for name := range p.zones {
		if _, there := served[name]; !there {
			return nil, p.noSuchZone(served, name)
		}
		found[name] = true
	}
	for _, owner := range owners {
		if len(p.zones) > 0 {
			break
		}
		name, err := p.zoneOf(served, dns.CanonicalName(owner))
		if err != nil {
			return nil, err
		}
		found[name] = true
	}
	if len(found) == 0 {
		return nil, errNoZones
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// zone reads all records of a zone. Those of which the cmdlets give the data in no form that is known are left.
func (p *windows) zone(ctx context.Context, at, spelled string) (providers.Zone, error) {
	var records []dns.RR
	left := map[string]bool{}
	get := powershell.Command{Cmdlet: getRecord, Params: []powershell.Param{{Name: "ZoneName", Value: spelled}}}
	err := p.Call(ctx, get, powershell.CallOptions{
		Select: []string{"HostName", "RecordType", "TimeToLive", "RecordData"},
		Row: func(cells []any) error {
			rr, err := anyRecord(spelled, cells)
			switch {
			case err != nil:
				return err
			case rr == nil:
				left[strings.ToUpper(scalar(cells[1]))] = true
			default:
				records = append(records, rr)
			}
			return nil
		},
	})
	return zoneWith(at, records, left), p.explained("reading the zone "+spelled, err)
}

// anyRecord is a record of any type, nil where its data is not known.
func anyRecord(zone string, cells []any) (dns.RR, error) {
	rr, err := liveRecord(zone, cells)
	if err != nil {
		return nil, err
	}
	if _, unread := rr.(*dns.ANY); !unread {
		return rr, nil
	}
	data, _ := cells[3].(map[string]any)
	var made dns.RR
	switch h := *rr.Header(); h.Rrtype {
	case dns.TypeNS:
		made = &dns.NS{Hdr: h, Ns: scalar(data["NameServer"])}
	case dns.TypePTR:
		made = &dns.PTR{Hdr: h, Ptr: scalar(data["PtrDomainName"])}
	case dns.TypeMX:
		preference, err := strconv.ParseUint(scalar(data["Preference"]), 10, 16)
		if err != nil {
			return nil, nil
		}
		made = &dns.MX{Hdr: h, Preference: uint16(preference), Mx: scalar(data["MailExchange"])}
	default:
		return nil, nil
	}
	return parsedAgain(made), nil
}

// parsedAgain is a record as zone files have it, nil where one of its parts is missing.
func parsedAgain(made dns.RR) dns.RR {
	rr, err := dns.NewRR(made.String())
	if err != nil {
		return nil
	}
	return rr
}
