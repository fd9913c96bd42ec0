// Package dnsservice reads and changes zones that a service keeps for its customers behind an API over HTTPS: Amazon Route 53,
// Azure DNS and Cloudflare. A record set is read and replaced whole, in one request, on the condition that it still is what was
// read; what a service cannot be told in those terms is named, and left alone.
package dnsservice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// A Service is one account at a DNS service. Its methods may be called from several goroutines.
type Service interface {
	// Zones lists all zones that the account shows, page by page.
	Zones(ctx context.Context) ([]Zone, error)
	// Sets reads a whole zone, page by page. A zone that cannot be read whole is an error, never a smaller zone.
	Sets(ctx context.Context, z Zone) ([]Set, error)
	// NameServers names those that answer for a zone, canonical.
	NameServers(ctx context.Context, z Zone) ([]string, error)
	// Change replaces one record set after it has seen that it still is what the change says, in one request that the service
	// carries out wholly or not at all. Right before that is sent, and each time it is sent again, leave is asked. Errors are a
	// [ConflictError], a [Refusal], a [rest.LostError] where nobody knows whether it was done, or say why nothing was sent.
	Change(ctx context.Context, c Change, leave func() error) error
	// Host is where the service is reached: "route53.amazonaws.com".
	Host() string
	// RoundTrips counts the requests that were sent; signing in is not among them.
	RoundTrips() int64
	// Close ends idle connections.
	Close()
}

// A Zone is one zone of an account.
type Zone struct {
	ID          string   // as the service names it: "Z0123456789ABC", "/subscriptions/…/dnszones/contoso.com", "023e105f…"
	Name        string   // canonical: "contoso.com."
	Private     bool     // seen only in networks that it is linked to
	Trouble     string   // why it cannot be changed, "" where it can: "it is a secondary zone"
	NameServers []string // canonical, where the list of zones tells them
}

// A Set is all records of one type at one name.
type Set struct {
	Owner   string // canonical
	Type    string // "A", "SRV"; also of types that nobody manages here
	TTL     uint32 // 1 at Cloudflare: the service chooses
	Records []dns.RR
	// Odd says why it is more than records of that type, so that replacing it would lose something, as what it is: "an alias of
	// contoso.cloudfront.net". Such a set may have no records. "" is a plain set.
	Odd string
	// Flattened says that name servers answer with the addresses of what an alias leads to, in its place.
	Flattened bool

	held any // what the service has to be told to change exactly this set
}

// A Change replaces a record set.
type Change struct {
	Zone          Zone
	Owner         string // canonical
	Type          string
	Before, After []dns.RR // with owner and TTL; none: there is no such set
}

// Types are the types of records whose data is read. Of others only that they stand there is told.
func Types() []string { return []string{"A", "AAAA", "CNAME", "SRV", "TXT"} }

func managed(rtype string) bool { return slices.Contains(Types(), rtype) }

// A Kind is one of the services, as a provider block's type names it.
type Kind string

// The services.
const (
	Route53    Kind = "route53"
	Azure      Kind = "azure"
	Cloudflare Kind = "cloudflare"
)

// Kinds are the services, in the order in which they are named to administrators.
func Kinds() []Kind { return []Kind{Route53, Azure, Cloudflare} }

// Known says whether a text names a service.
func Known(text string) bool { return slices.Contains(Kinds(), Kind(text)) }

// Title is what people call the service.
func (k Kind) Title() string {
	return map[Kind]string{Route53: "Amazon Route 53", Azure: "Azure DNS", Cloudflare: "Cloudflare"}[k]
}

// AliasAtTop says whether the service takes a CNAME record at the top of a zone, and answers with what it leads to.
func (k Kind) AliasAtTop() bool { return k == Cloudflare }

// CheckTTL says why the service does not keep a TTL in seconds as it is, and what to write instead.
func (k Kind) CheckTTL(ttl uint32) error {
	switch {
	case k == Cloudflare && ttl != 1 && (ttl < 60 || ttl > 86400):
		return fmt.Errorf("Cloudflare takes a TTL from 60 to 86400 seconds, or 1, with which it chooses one itself, and this is %d", ttl)
	case k == Azure && ttl == 0:
		return errors.New("Azure DNS takes a TTL from 1 to 2147483647 seconds, and this is 0")
	}
	return nil
}

// CheckRecord says why the service does not keep a record's data as it is, and what to do instead. Route 53 has octal escapes for
// what the other two have to be sent in JSON, where octets that are no text do not survive.
func (k Kind) CheckRecord(rr dns.RR) error {
	txt, is := rr.(*dns.TXT)
	if !is || k == Route53 || !strings.ContainsFunc(joined(txt), func(r rune) bool { return r < ' ' || r > '~' }) {
		return nil
	}
	return fmt.Errorf("the text holds a character outside printable ASCII, which %s does not keep as it is; write this record at the service", k.Title())
}

// CheckSet says why the service does not take a set in place of what stands there, and what to do instead: Route 53 takes 1,000
// records and 32,000 characters of values in one request, which deletes the one and creates the other; Cloudflare keeps 8,192
// characters of one name and type.
func (k Kind) CheckSet(now, then []dns.RR) error {
	sum, own := characters(now)+characters(then), characters(then)
	switch {
	case k == Route53 && (sum > 32000 || len(now)+len(then) > 1000):
		return fmt.Errorf("replacing the set takes %d records with %d characters in one request, and Amazon Route 53 takes 1000 with 32000; declare fewer values",
			len(now)+len(then), sum)
	case k == Cloudflare && own > 8192:
		return fmt.Errorf("its values have %d characters together, and Cloudflare keeps 8192 of one name and type; declare fewer values", own)
	}
	return nil
}

// characters is how long the data of some records is, as they are sent.
func characters(records []dns.RR) (sum int) {
	for _, rr := range records {
		sum += len(route53Value(rr))
	}
	return sum
}

// Request is the one request that a change becomes, as far as the change alone tells, on a line of its own; the records that go
// and come are not in it.
func (k Kind) Request(c Change) string {
	switch k {
	case Route53:
		return "POST /2013-04-01/hostedzone/" + c.Zone.ID + "/rrset"
	case Azure:
		return azureRequest(c)
	}
	return "POST /zones/" + c.Zone.ID + "/dns_records/batch"
}

// relative is a canonical name as services take it within a zone, "@" for the zone itself.
func relative(owner, zone string) string {
	if owner == zone {
		return "@"
	}
	return strings.TrimSuffix(owner, "."+zone)
}

// header is what every record of a set begins with.
func header(owner, rtype string, ttl uint32) dns.RR_Header {
	return dns.RR_Header{Name: owner, Rrtype: dns.StringToType[rtype], Class: dns.ClassINET, Ttl: ttl}
}
