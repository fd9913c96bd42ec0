package dnsservice

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/miekg/dns"
)

// Route53Options say as whom Route 53 is asked.
type Route53Options struct {
	Options
	Credentials aws.CredentialsProvider
	Region      string // "us-east-1" or "": of the partition, see [route53Hosts]
}

// route53Hosts are where Route 53 is, and for which region requests are signed, by the partition that a region is in
// (https://docs.aws.amazon.com/general/latest/gr/r53.html).
var route53Hosts = []struct{ prefix, url, region string }{
	{"cn-", "https://route53.amazonaws.com.cn", "cn-northwest-1"},
	{"us-gov-", "https://route53.us-gov.amazonaws.com", "us-gov-west-1"},
	{"", "https://route53.amazonaws.com", "us-east-1"},
}

// route53 speaks the API of 2013-04-01 (https://docs.aws.amazon.com/Route53/latest/APIReference/).
type route53 struct{ *client }

const (
	route53Path  = "/2013-04-01/hostedzone"
	route53Space = "https://route53.amazonaws.com/doc/2013-04-01/"
)

// NewRoute53 prepares Amazon Route 53; it contacts nothing.
func NewRoute53(o Route53Options) (Service, error) {
	at := route53Hosts[slices.IndexFunc(route53Hosts, func(h struct{ prefix, url, region string }) bool { return strings.HasPrefix(o.Region, h.prefix) })]
	c, err := newClient(Route53.Title(), at.url, o.Options)
	if err != nil {
		return nil, err
	}
	signer := v4.NewSigner()
	c.sign = func(ctx context.Context, r *http.Request, body []byte) error {
		credentials, err := o.Credentials.Retrieve(ctx)
		if err != nil {
			return fmt.Errorf("signing in to AWS: no credentials: %w; write access_key_id and secret_access_key into the block route53, or name a profile of this machine's AWS configuration", err)
		}
		sum := sha256.Sum256(body)
		return signer.SignHTTP(ctx, credentials, r, hex.EncodeToString(sum[:]), "route53", at.region, time.Now())
	}
	c.refusal = route53Refusal
	return &route53{c}, nil
}

func (s *route53) read(ctx context.Context, doing, path string, v any) error {
	body, err := s.do(ctx, request{doing: doing, method: http.MethodGet, path: path})
	if err != nil {
		return err
	}
	if err := xml.Unmarshal(body, v); err != nil {
		return s.unreadable(doing, err)
	}
	return nil
}

// Zones lists the hosted zones (ListHostedZones).
func (s *route53) Zones(ctx context.Context) ([]Zone, error) {
	var zones []Zone
	seen := map[string]bool{"": true}
	for marker, page := "", 0; ; page++ {
		var answer struct {
			XMLName xml.Name `xml:"ListHostedZonesResponse"`
			Zones   []struct {
				ID      string `xml:"Id"`
				Name    string
				Private bool   `xml:"Config>PrivateZone"`
				Owner   string `xml:"LinkedService>ServicePrincipal"`
			} `xml:"HostedZones>HostedZone"`
			More bool   `xml:"IsTruncated"`
			Next string `xml:"NextMarker"`
		}
		if err := s.read(ctx, "listing the zones", route53Path+"?"+url.Values{"maxitems": {"100"}, "marker": {marker}}.Encode(), &answer); err != nil {
			return nil, err
		}
		for _, z := range answer.Zones {
			zone := Zone{ID: strings.TrimPrefix(z.ID, "/hostedzone/"), Name: route53Name(z.Name), Private: z.Private}
			if z.Owner != "" {
				zone.Trouble = "it belongs to the AWS service " + z.Owner + ", which changes it by itself"
			}
			zones = append(zones, zone)
		}
		if !answer.More {
			return zones, nil
		}
		if page == maxPages || seen[answer.Next] {
			return nil, fmt.Errorf("listing the zones: the pages of %s do not end", s.title)
		}
		marker, seen[answer.Next] = answer.Next, true
	}
}

// NameServers asks for the zone's delegation set (GetHostedZone).
func (s *route53) NameServers(ctx context.Context, z Zone) ([]string, error) {
	var answer struct {
		XMLName xml.Name `xml:"GetHostedZoneResponse"`
		Servers []string `xml:"DelegationSet>NameServers>NameServer"`
	}
	err := s.read(ctx, "asking for the name servers of "+shown(z.Name), route53Path+"/"+z.ID, &answer)
	for n := range answer.Servers {
		answer.Servers[n] = dns.CanonicalName(answer.Servers[n])
	}
	return answer.Servers, err
}

// A route53Set is a record set as it is sent and received.
type route53Set struct {
	Name       string
	Type       string
	Identifier string        `xml:"SetIdentifier,omitempty"`
	TTL        *uint32       `xml:"TTL,omitempty"`
	Values     []string      `xml:"ResourceRecords>ResourceRecord>Value,omitempty"`
	Alias      *route53Alias `xml:"AliasTarget,omitempty"`
	HealthID   string        `xml:"HealthCheckId,omitempty"`
	Weight     *string       `xml:",omitempty"`
	Region     string        `xml:",omitempty"`
	Failover   string        `xml:",omitempty"`
	Multi      *bool         `xml:"MultiValueAnswer,omitempty"`
	Policy     string        `xml:"TrafficPolicyInstanceId,omitempty"`
}

type route53Alias struct {
	DNSName string
}

type route53Page struct {
	XMLName xml.Name     `xml:"ListResourceRecordSetsResponse"`
	Sets    []route53Set `xml:"ResourceRecordSets>ResourceRecordSet"`
	More    bool         `xml:"IsTruncated"`
	Name    string       `xml:"NextRecordName"`
	Type    string       `xml:"NextRecordType"`
	ID      string       `xml:"NextRecordIdentifier"`
}

// Sets reads all record sets of a zone (ListResourceRecordSets).
func (s *route53) Sets(ctx context.Context, z Zone) ([]Set, error) {
	return s.list(ctx, z, "reading the zone "+shown(z.Name), url.Values{}, func(string) bool { return true })
}

// at reads the sets at one name. They are listed in an order of their own, from the name on.
func (s *route53) at(ctx context.Context, z Zone, owner string) ([]Set, error) {
	return s.list(ctx, z, "reading "+shown(owner), url.Values{"name": {owner}}, func(name string) bool { return name == owner })
}

// list reads from a place on, page by page, as long as names are of interest.
func (s *route53) list(ctx context.Context, z Zone, doing string, from url.Values, interests func(owner string) bool) ([]Set, error) {
	var raw []route53Set
	seen := map[string]bool{}
	for page := 0; ; page++ {
		from.Set("maxitems", "300")
		seen[from.Encode()] = true
		var answer route53Page
		if err := s.read(ctx, doing, route53Path+"/"+z.ID+"/rrset?"+from.Encode(), &answer); err != nil {
			return nil, err
		}
		for _, set := range answer.Sets {
			if !interests(route53Name(set.Name)) {
				return route53Sets(raw), nil
			}
			raw = append(raw, set)
		}
		if !answer.More {
			return route53Sets(raw), nil
		}
		next := url.Values{"name": {answer.Name}, "type": {answer.Type}, "maxitems": {"300"}}
		if answer.ID != "" {
			next.Set("identifier", answer.ID)
		}
		if page == maxPages || answer.Name == "" || seen[next.Encode()] {
			return nil, fmt.Errorf("%s: the pages of %s do not end", doing, s.title)
		}
		from = next
	}
}

// route53Sets takes record sets over. Those that share name and type, under a routing policy, are one that is odd.
func route53Sets(raw []route53Set) []Set {
	var all []Set
	for _, r := range raw {
		set := r.set()
		if last := len(all) - 1; last >= 0 && all[last].Owner == set.Owner && all[last].Type == set.Type {
			all[last].Odd = cmp.Or(all[last].Odd, set.Odd, "one of several sets of that name and type")
			continue
		}
		all = append(all, set)
	}
	return all
}

func (r route53Set) set() Set {
	set := Set{Owner: route53Name(r.Name), Type: r.Type, Odd: r.odd(), held: r}
	if r.TTL != nil {
		set.TTL = *r.TTL
	}
	if !managed(r.Type) || set.Odd != "" {
		return set
	}
	for _, value := range r.Values {
		rr, err := route53Record(header(set.Owner, r.Type, set.TTL), value)
		if err != nil {
			set.Odd, set.Records = "data that cannot be read ("+err.Error()+")", nil
			return set
		}
		set.Records = append(set.Records, rr)
	}
	return set
}

// odd says what a set is beside its records.
func (r route53Set) odd() string {
	switch {
	case r.Alias != nil:
		return "an alias of " + shown(r.Alias.DNSName)
	case r.Policy != "":
		return "made by the traffic policy instance " + r.Policy
	case r.Weight != nil:
		return fmt.Sprintf("one of several weighted sets (%s)", r.Identifier)
	case r.Identifier != "":
		return fmt.Sprintf("one of several sets of a routing policy (%s)", r.Identifier)
	case r.HealthID != "":
		return "bound to the health check " + r.HealthID
	}
	return ""
}

// route53Name is a name as Route 53 writes it, with octal escapes (\052 is "*"), in canonical form.
func route53Name(text string) string {
	name := unescape(text, 8)
	return dns.CanonicalName(strings.ReplaceAll(escape(name), `\"`, `"`))
}

// route53Record reads one value. Escapes in texts are octal.
func route53Record(h dns.RR_Header, value string) (dns.RR, error) {
	switch h.Rrtype {
	case dns.TypeA, dns.TypeAAAA:
		return addressRecord(h, value)
	case dns.TypeCNAME:
		return aliasRecord(h, unescape(value, 8))
	case dns.TypeTXT:
		parts, err := quotedParts(value, 8)
		return textRecord(h, parts...), err
	}
	var (
		priority, weight, port uint16
		name                   string
	)
	if _, err := fmt.Sscan(value, &priority, &weight, &port, &name); err != nil {
		return nil, fmt.Errorf("%q is no data of an SRV record", value)
	}
	return serviceRecord(h, priority, weight, port, unescape(name, 8))
}

// shown is a name without the dot at the end.
func shown(name string) string {
	if name == "." {
		return name
	}
	return strings.TrimSuffix(name, ".")
}
