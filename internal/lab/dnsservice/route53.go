package dnsservice

import (
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// route53ID is the id of a zone.
func route53ID(zone string) string {
	h := fnv.New64a()
	h.Write([]byte(zone))
	return fmt.Sprintf("Z%016X", h.Sum64())
}

// route53 answers a request to the API of 2013-04-01.
func (s *Server) route53(w http.ResponseWriter, r *http.Request, path string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // who has hung up gets nothing
	}
	if refused := s.signed(r, body); refused != nil {
		route53Refuse(w, refused)
		return
	}
	parts := strings.Split(path, "/")
	zone, also := "", false
	if len(parts) > 1 {
		zone, also = s.route53Zone(parts[1])
	}
	switch {
	case path == "hostedzone":
		s.route53Zones(w, r)
	case zone == "" && !also:
		route53Refuse(w, &refusal{http.StatusNotFound, "NoSuchHostedZone", "No hosted zone found with ID: " + parts[len(parts)-1]})
	case len(parts) == 2:
		s.route53Servers(w, zone)
	case r.Method == http.MethodGet:
		s.route53Sets(w, r, zone)
	default:
		s.route53Change(w, body, zone)
	}
}

func (s *Server) route53Zone(id string) (zone string, also bool) {
	for _, name := range s.o.Zones.Names() {
		if route53ID(name) == id {
			return name, false
		}
	}
	return "", slices.ContainsFunc(s.o.Also, func(l Listed) bool { return l.ID == id })
}

type route53Listed struct {
	ID      string `xml:"Id"`
	Name    string
	Private bool `xml:"Config>PrivateZone"`
}

func (s *Server) route53Zones(w http.ResponseWriter, r *http.Request) {
	var all []route53Listed
	for _, name := range s.o.Zones.Names() {
		all = append(all, route53Listed{"/hostedzone/" + route53ID(name), name + ".", false})
	}
	for _, l := range s.o.Also {
		all = append(all, route53Listed{"/hostedzone/" + l.ID, l.Name + ".", l.Private})
	}
	from := 0
	if marker := r.URL.Query().Get("marker"); marker != "" {
		from = max(0, slices.IndexFunc(all, func(l route53Listed) bool { return l.ID == "/hostedzone/"+marker }))
	}
	page := struct {
		XMLName   xml.Name        `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ListHostedZonesResponse"`
		Zones     []route53Listed `xml:"HostedZones>HostedZone"`
		Truncated bool            `xml:"IsTruncated"`
		Next      string          `xml:"NextMarker,omitempty"`
	}{Zones: all[from:min(len(all), from+s.o.Page)]}
	if from+s.o.Page < len(all) {
		page.Truncated, page.Next = true, strings.TrimPrefix(all[from+s.o.Page].ID, "/hostedzone/")
	}
	answerXML(w, http.StatusOK, page)
}

func (s *Server) route53Servers(w http.ResponseWriter, zone string) {
	var answer struct {
		XMLName xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ GetHostedZoneResponse"`
		Servers []string `xml:"DelegationSet>NameServers>NameServer"`
	}
	answer.Servers = s.nameServers(zone)
	answerXML(w, http.StatusOK, answer)
}

// nameServers are those that the zone itself names.
func (s *Server) nameServers(zone string) []string {
	var names []string
	for _, set := range s.sets(zone) {
		for _, rr := range set.records {
			if ns, is := rr.(*dns.NS); is && bare(set.owner) == bare(zone) {
				names = append(names, bare(ns.Ns))
			}
		}
	}
	return names
}

// A route53Value is one record: each stands in an element of its own.
type route53Value struct{ Value []string }

type route53Set struct {
	Name   string
	Type   string
	ID     string         `xml:"SetIdentifier,omitempty"`
	Weight string         `xml:",omitempty"`
	TTL    string         `xml:",omitempty"`
	Values []route53Value `xml:"ResourceRecords>ResourceRecord,omitempty"`
	Alias  *struct {
		ZoneID   string `xml:"HostedZoneId"`
		DNSName  string
		Evaluate bool `xml:"EvaluateTargetHealth"`
	} `xml:"AliasTarget"`
}

func (s *Server) route53Sets(w http.ResponseWriter, r *http.Request, zone string) {
	all := s.sets(zone)
	q := r.URL.Query()
	from := slices.IndexFunc(all, func(one set) bool {
		return q.Get("name") == "" || one.rank() >= rank(dns.CanonicalName(strings.ReplaceAll(q.Get("name"), `\052`, "*")))+" "+q.Get("type")
	})
	if from < 0 {
		from = len(all)
	}
	page := struct {
		XMLName   xml.Name     `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ListResourceRecordSetsResponse"`
		Sets      []route53Set `xml:"ResourceRecordSets>ResourceRecordSet"`
		Truncated bool         `xml:"IsTruncated"`
		Name      string       `xml:"NextRecordName,omitempty"`
		Type      string       `xml:"NextRecordType,omitempty"`
	}{}
	for _, one := range all[from:min(len(all), from+s.o.Page)] {
		page.Sets = append(page.Sets, s.route53Shown(one))
	}
	if next := from + s.o.Page; next < len(all) {
		page.Truncated, page.Name, page.Type = true, strings.ReplaceAll(all[next].owner, "*", `\052`), all[next].rtype
	}
	answerXML(w, http.StatusOK, page)
}

// route53Shown is a set as Route 53 shows it: a "*" of a name as an octal escape, texts with octal escapes.
func (s *Server) route53Shown(one set) route53Set {
	shown := route53Set{Name: strings.ReplaceAll(one.owner, "*", `\052`), Type: one.rtype, TTL: fmt.Sprint(one.ttl())}
	for _, rr := range one.records {
		shown.Values = append(shown.Values, route53Value{[]string{route53Data(rr)}})
	}
	switch s.odd(one.owner, one.rtype) {
	case "alias":
		shown.TTL, shown.Values = "", nil
		shown.Alias = &struct {
			ZoneID   string `xml:"HostedZoneId"`
			DNSName  string
			Evaluate bool `xml:"EvaluateTargetHealth"`
		}{"Z2FDTNDATAQYW2", "d111111abcdef8.cloudfront.net.", false}
	case "weighted":
		shown.ID, shown.Weight = "blue", "10"
	}
	return shown
}

// route53Data is a record's data; escapes in texts are octal.
func route53Data(rr dns.RR) string {
	txt, is := rr.(*dns.TXT)
	if !is {
		return data(rr)
	}
	var parts []string
	for _, part := range txt.Txt {
		parts = append(parts, `"`+decimalToOctal(part)+`"`)
	}
	return strings.Join(parts, " ")
}

func decimalToOctal(text string) string { return respell(text, 10, `\%03o`) }
func octalToDecimal(text string) string { return respell(text, 8, `\%03d`) }

// respell writes the numeric escapes of a text, which are of a base, in another way.
func respell(text string, base int, format string) string {
	var b strings.Builder
	for at := 0; at < len(text); at++ {
		if text[at] != '\\' || at+1 == len(text) {
			b.WriteByte(text[at])
			continue
		}
		var value int
		digits := 0
		for digits < 3 && at+1+digits < len(text) && text[at+1+digits] >= '0' && int(text[at+1+digits]-'0') < base {
			value, digits = value*base+int(text[at+1+digits]-'0'), digits+1
		}
		if digits == 3 {
			fmt.Fprintf(&b, format, value)
			at += 3
			continue
		}
		b.WriteString(text[at : at+2])
		at++
	}
	return b.String()
}
