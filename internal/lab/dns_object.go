package lab

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// recordObject is a record as Get-DnsServerResourceRecord gives it: a CimInstance#DnsServerResourceRecord whose data is an
// instance of its own, by type, and whose name is relative to the zone, "@" at its top.
func recordObject(zone string, rr dns.RR) Object {
	h := rr.Header()
	name := "@"
	if owner := dns.CanonicalName(h.Name); owner != zone {
		name = strings.TrimSuffix(owner, "."+zone)
	}
	return Object{
		"HostName": name, "RecordType": dns.TypeToString[h.Rrtype], "Type": int64(h.Rrtype), "RecordClass": "IN",
		"TimeToLive": timeSpan(time.Duration(h.Ttl) * time.Second), "Timestamp": nil, "RecordData": recordData(rr),
	}
}

// recordData are the members of a record's data.
func recordData(rr dns.RR) Object {
	switch rr := rr.(type) {
	case *dns.A:
		return Object{"IPv4Address": rr.A.String()}
	case *dns.AAAA:
		return Object{"IPv6Address": rr.AAAA.String()}
	case *dns.CNAME:
		return Object{"HostNameAlias": rr.Target}
	case *dns.SRV:
		return Object{"DomainName": rr.Target, "Priority": int64(rr.Priority), "Weight": int64(rr.Weight), "Port": int64(rr.Port)}
	case *dns.TXT:
		return Object{"DescriptiveText": unescaped(strings.Join(rr.Txt, "\r\n"))}
	case *dns.NS:
		return Object{"NameServer": rr.Ns}
	case *dns.MX:
		return Object{"MailExchange": rr.Mx, "Preference": int64(rr.Preference)}
	case *dns.PTR:
		return Object{"PtrDomainName": rr.Ptr}
	}
	return Object{"Data": strings.TrimPrefix(rr.String(), rr.Header().String())}
}

var escapes = regexp.MustCompile(`\\([0-9]{3}|.)`)

// unescaped takes the escapes of zone files out of a text.
func unescaped(text string) string {
	return escapes.ReplaceAllStringFunc(text, func(e string) string {
		if n, err := strconv.ParseUint(e[1:], 10, 8); err == nil {
			return string([]byte{byte(n)})
		}
		return e[1:]
	})
}

// record makes a record of what parameters say, with the TTL that was given.
func (c *dnsCall) record(rtype string, data ...string) (dns.RR, error) {
	if rtype == "TXT" {
		data = quotedLines(strings.Join(data, ""))
	}
	ttl, err := c.ttl()
	if err != nil {
		return nil, err
	}
	rr, err := dns.NewRR(fmt.Sprintf("%s %d IN %s %s", c.owner(), ttl, rtype, strings.Join(data, " ")))
	if err != nil || rr == nil {
		return nil, c.win32("87", "InvalidArgument", "The parameter is incorrect.")
	}
	return rr, nil
}

// quotedLines gives each line of a text as a string of a TXT record.
func quotedLines(text string) []string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for n, line := range lines {
		lines[n] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(line) + `"`
	}
	return lines
}

func number(v any) string {
	n, _ := v.(int64)
	return strconv.FormatInt(n, 10)
}

// defaultTTL is the time to live where -TimeToLive does not say one, in seconds.
const defaultTTL = 3600

// ttl is -TimeToLive in seconds. A bare number is so many ticks of 100 ns, as PowerShell makes a TimeSpan of it: whoever
// means seconds gets a TTL of 0.
func (c *dnsCall) ttl() (int64, error) {
	switch v := c.params["TimeToLive"].(type) {
	case nil:
		return defaultTTL, nil
	case string:
		if d, ok := parseTimeSpan(v); ok {
			return int64(d / time.Second), nil
		}
	case float64:
		return int64(v) / 10_000_000, nil
	}
	return 0, &Failure{
		Message:  fmt.Sprintf("Cannot process argument transformation on parameter 'TimeToLive'. Cannot convert value %q to type \"System.TimeSpan\".", fmt.Sprint(c.params["TimeToLive"])),
		Category: "InvalidData", Kind: "ParameterArgumentTransformationError," + c.name(), Type: "System.Management.Automation.ParameterBindingArgumentTransformationException",
	}
}

// timeSpan is how .NET writes a TimeSpan: [d.]hh:mm:ss.
func timeSpan(d time.Duration) string {
	text := fmt.Sprintf("%02d:%02d:%02d", int(d.Hours())%24, int(d.Minutes())%60, int(d.Seconds())%60)
	if days := int(d.Hours()) / 24; days > 0 {
		text = strconv.Itoa(days) + "." + text
	}
	return text
}

var timeSpanForm = regexp.MustCompile(`^(?:(\d+)\.)?(\d{1,2}):(\d{1,2}):(\d{1,2})$`)

func parseTimeSpan(text string) (time.Duration, bool) {
	parts := timeSpanForm.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	var d time.Duration
	for n, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		count, _ := strconv.Atoi(parts[n+1]) // "" is 0
		d += time.Duration(count) * unit
	}
	return d, true
}
