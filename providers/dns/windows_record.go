package dns

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// liveRecord is a record as Get-DnsServerResourceRecord gives it, from the cells HostName, RecordType, TimeToLive and
// RecordData. Of a type that is not managed only that it stands there is told.
func liveRecord(zone string, cells []any) (dns.RR, error) {
	host, _ := cells[0].(string)
	rtype, _ := cells[1].(string)
	rtype = strings.ToUpper(rtype)
	if host == "" || rtype == "" {
		return nil, fmt.Errorf("%s returned a record without name or type", getRecord)
	}
	h := dns.RR_Header{Name: absolute(host, zone), Rrtype: dns.StringToType[rtype], Class: dns.ClassINET}
	ttl, err := seconds(cells[2])
	if err == nil {
		h.Ttl = ttl
	}
	if !slices.Contains(recordTypes(), rtype) {
		return &dns.ANY{Hdr: h}, nil
	}
	data, _ := cells[3].(map[string]any)
	if err == nil && data == nil {
		err = fmt.Errorf("its data came as %T", cells[3])
	}
	var rr dns.RR
	if err == nil {
		rr, err = liveData(rtype, data)
	}
	if err != nil {
		return nil, fmt.Errorf("the %s record at %s in the zone %s cannot be read: %w", rtype, host, zone, err)
	}
	*rr.Header() = h
	return rr, nil
}

// liveData makes a record of the members that RecordData has for its type.
func liveData(rtype string, d map[string]any) (dns.RR, error) {
	switch rtype {
	case "A":
		return parsed(rtype, address(d["IPv4Address"]))
	case "AAAA":
		return parsed(rtype, address(d["IPv6Address"]))
	case "CNAME":
		return parsed(rtype, scalar(d["HostNameAlias"]))
	case "SRV":
		return parsed(rtype, scalar(d["Priority"]), scalar(d["Weight"]), scalar(d["Port"]), scalar(d["DomainName"]))
	}
	return liveText(d)
}

func parsed(rtype string, fields ...string) (dns.RR, error) {
	for _, field := range fields {
		if field == "" {
			return nil, errors.New("its data lacks a part, or has it in a form that is not known")
		}
	}
	return parseData(rtype, strings.Join(fields, " "))
}

// scalar is a text or a number as text; "" for anything else.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// address is an IP address as text, or as the object that .NET has for one.
func address(v any) string {
	if object, ok := v.(map[string]any); ok {
		v = object["IPAddressToString"]
	}
	text := scalar(v)
	if addr, err := netip.ParseAddr(text); err == nil {
		return addr.WithZone("").String()
	}
	return text
}

// liveText reads a TXT record, whose character strings come as the lines of one text, or as a list of texts.
func liveText(d map[string]any) (dns.RR, error) {
	var lines []string
	switch v := d["DescriptiveText"].(type) {
	case string:
		lines = strings.Split(strings.ReplaceAll(v, "\r\n", "\n"), "\n")
	case []any:
		for _, line := range v {
			text, ok := line.(string)
			if !ok {
				return nil, fmt.Errorf("a part of its text came as %T", line)
			}
			lines = append(lines, text)
		}
	default:
		return nil, fmt.Errorf("its text came as %T", v)
	}
	rr := &dns.TXT{}
	for _, line := range lines {
		rr.Txt = append(rr.Txt, split([]byte(line))...)
	}
	return rr, nil
}

var timeSpanForm = regexp.MustCompile(`^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)?$`)

// seconds reads a TimeSpan: in .NET's constant form, [d.]hh:mm:ss, or as an object with its length.
func seconds(v any) (uint32, error) {
	if object, ok := v.(map[string]any); ok {
		if total, err := strconv.ParseFloat(scalar(object["TotalSeconds"]), 64); err == nil {
			return uint32(total), nil
		}
	}
	text, _ := v.(string)
	parts := timeSpanForm.FindStringSubmatch(text)
	if parts == nil {
		return 0, fmt.Errorf("its TTL came as %v", v)
	}
	var total uint64
	for n, unit := range []uint64{86400, 3600, 60, 1} {
		count, _ := strconv.ParseUint(parts[n+1], 10, 32) // "" is 0
		total += count * unit
	}
	if total > maxTTL {
		return 0, fmt.Errorf("its TTL is %s, and the highest there is has %d seconds", text, uint32(maxTTL))
	}
	return uint32(total), nil
}

// timeSpan writes seconds as .NET's constant form of a TimeSpan. A bare number would be taken for ticks of 100 ns.
func timeSpan(ttl uint32) string {
	text := fmt.Sprintf("%02d:%02d:%02d", ttl/3600%24, ttl/60%60, ttl%60)
	if days := ttl / 86400; days > 0 {
		text = strconv.FormatUint(uint64(days), 10) + "." + text
	}
	return text
}

// absolute is the whole name of one that is relative to a zone, where "@" is the zone itself.
func absolute(host, zone string) string {
	switch {
	case host == "@" || host == ".":
		return dns.Fqdn(zone)
	case strings.HasSuffix(host, "."):
		return host
	}
	return dns.Fqdn(host + "." + strings.TrimSuffix(zone, "."))
}

// relative is a name as cmdlets take it in a zone.
func relative(name, zone string) string {
	name, zone = strings.TrimSuffix(name, "."), strings.TrimSuffix(zone, ".")
	if strings.EqualFold(name, zone) {
		return "@"
	}
	return name[:max(0, len(name)-len(zone)-1)]
}
