package dnsservice

import (
	"encoding/json"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

func azureRecords(one set) map[string]any {
	var list []any
	for _, rr := range one.records {
		switch rr := rr.(type) {
		case *dns.A:
			list = append(list, map[string]any{"ipv4Address": rr.A.String()})
		case *dns.AAAA:
			list = append(list, map[string]any{"ipv6Address": rr.AAAA.String()})
		case *dns.SRV:
			list = append(list, map[string]any{"priority": rr.Priority, "weight": rr.Weight, "port": rr.Port, "target": bare(rr.Target)})
		case *dns.TXT:
			list = append(list, map[string]any{"value": plain(rr.Txt)})
		case *dns.CNAME:
			return map[string]any{"CNAMERecord": map[string]any{"cname": bare(rr.Target)}}
		case *dns.NS:
			list = append(list, map[string]any{"nsdname": rr.Ns})
		}
	}
	return map[string]any{one.rtype + "Records": list}
}

// plain takes the escapes of the presentation form out of texts.
func plain(parts []string) []string {
	all := make([]string, len(parts))
	for n, part := range parts {
		all[n] = respell(part, 10, "\x00%03d")
		for at := strings.IndexByte(all[n], 0); at >= 0; at = strings.IndexByte(all[n], 0) {
			value, _ := strconv.Atoi(all[n][at+1 : at+4])
			all[n] = all[n][:at] + string([]byte{byte(value)}) + all[n][at+4:]
		}
		all[n] = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(all[n])
	}
	return all
}

// An azureBody is what is put.
type azureBody struct {
	Properties struct {
		TTL  uint32 `json:"TTL"`
		A    []struct{ Ipv4Address string }
		AAAA []struct{ Ipv6Address string }
		SRV  []struct {
			Priority, Weight, Port uint16
			Target                 string
		}
		TXT   []struct{ Value []string }
		CNAME *struct{ Cname string }
	}
}

// UnmarshalJSON takes the members by the names that the API has.
func (b *azureBody) UnmarshalJSON(text []byte) error {
	var raw struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	p := &b.Properties
	for name, to := range map[string]any{"ttl": &p.TTL, "arecords": &p.A, "aaaarecords": &p.AAAA, "srvrecords": &p.SRV, "txtrecords": &p.TXT, "cnamerecord": &p.CNAME} {
		for member, value := range raw.Properties {
			if !strings.EqualFold(member, name) {
				continue
			}
			if err := json.Unmarshal(value, to); err != nil {
				return fmt.Errorf("%s: %w", member, err)
			}
		}
	}
	return nil
}

func (b azureBody) records(owner, rtype string) []dns.RR {
	h := dns.RR_Header{Name: owner, Rrtype: dns.StringToType[rtype], Class: dns.ClassINET, Ttl: b.Properties.TTL}
	var all []dns.RR
	for _, r := range b.Properties.A {
		all = append(all, &dns.A{Hdr: h, A: net.ParseIP(r.Ipv4Address)})
	}
	for _, r := range b.Properties.AAAA {
		all = append(all, &dns.AAAA{Hdr: h, AAAA: net.ParseIP(r.Ipv6Address)})
	}
	for _, r := range b.Properties.SRV {
		all = append(all, &dns.SRV{Hdr: h, Priority: r.Priority, Weight: r.Weight, Port: r.Port, Target: dns.Fqdn(r.Target)})
	}
	for _, r := range b.Properties.TXT {
		txt := &dns.TXT{Hdr: h}
		for _, part := range r.Value {
			txt.Txt = append(txt.Txt, escaped(part))
		}
		all = append(all, txt)
	}
	if b.Properties.CNAME != nil {
		all = append(all, &dns.CNAME{Hdr: h, Target: dns.Fqdn(b.Properties.CNAME.Cname)})
	}
	return all
}

// escaped writes octets as the presentation form has them.
func escaped(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(c))
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\%03d`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
