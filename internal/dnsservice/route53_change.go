package dnsservice

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/miekg/dns"

	"hybrid/internal/rest"
)

// Change sends one batch that deletes what stands, value by value as it was read, and creates what shall be
// (ChangeResourceRecordSets). Route 53 carries a batch out wholly or not at all, and refuses to delete what is otherwise by then.
func (s *route53) Change(ctx context.Context, c Change, leave func() error) error {
	doing := "changing " + shown(c.Owner) + " " + c.Type
	at, err := s.at(ctx, c.Zone, c.Owner)
	if err != nil {
		return fmt.Errorf("%w; nothing was changed", err)
	}
	own, err := standing(at, c)
	if err != nil {
		return err
	}
	body, err := xml.Marshal(route53Batch(own, c))
	if err != nil {
		return err
	}
	answer, err := s.do(ctx, request{
		doing: doing, method: http.MethodPost, path: route53Path + "/" + c.Zone.ID + "/rrset/", body: append([]byte(xml.Header), body...),
		header: http.Header{"Content-Type": {"application/xml"}}, leave: leave,
	})
	if err != nil {
		return route53Conflict(err)
	}
	var said struct {
		XMLName xml.Name `xml:"ChangeResourceRecordSetsResponse"`
	}
	if err := xml.Unmarshal(answer, &said); err != nil {
		return &rest.LostError{Err: s.unreadable(doing, err)}
	}
	return nil
}

// A route53Changes is the body of ChangeResourceRecordSets.
type route53Changes struct {
	XMLName xml.Name        `xml:"ChangeResourceRecordSetsRequest"`
	Space   string          `xml:"xmlns,attr"`
	Comment string          `xml:"ChangeBatch>Comment"`
	Changes []route53Change `xml:"ChangeBatch>Changes>Change"`
}

type route53Change struct {
	Action string
	Set    route53Written `xml:"ResourceRecordSet"`
}

// A route53Written is a plain set, with its members in the order that the API's schema has.
type route53Written struct {
	Name    string
	Type    string
	TTL     uint32
	Records []route53Datum `xml:"ResourceRecords>ResourceRecord"`
}

type route53Datum struct{ Value string }

func route53Batch(own *Set, c Change) route53Changes {
	batch := route53Changes{Space: route53Space, Comment: "hybrid"}
	if own != nil {
		raw := own.held.(route53Set)
		deleted := route53Written{Name: raw.Name, Type: raw.Type, TTL: own.TTL}
		for _, value := range raw.Values {
			deleted.Records = append(deleted.Records, route53Datum{value})
		}
		batch.Changes = append(batch.Changes, route53Change{"DELETE", deleted})
	}
	if len(c.After) > 0 {
		created := route53Written{Name: c.Owner, Type: c.Type, TTL: c.After[0].Header().Ttl}
		for _, rr := range c.After {
			created.Records = append(created.Records, route53Datum{route53Value(rr)})
		}
		batch.Changes = append(batch.Changes, route53Change{"CREATE", created})
	}
	return batch
}

// route53Value writes a record's data. Escapes in texts are octal.
func route53Value(rr dns.RR) string {
	txt, is := rr.(*dns.TXT)
	if !is {
		return strings.TrimPrefix(rr.String(), rr.Header().String())
	}
	var parts []string
	for _, part := range txt.Txt {
		parts = append(parts, `"`+octal(octets(part))+`"`)
	}
	return strings.Join(parts, " ")
}

// octal writes octets as Route 53 has them in texts.
func octal(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(c))
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// route53Refusal reads an error: ErrorResponse, or an InvalidChangeBatch, which has a form of its own.
func route53Refusal(r *Refusal, body []byte) {
	var answer struct {
		XMLName  xml.Name
		Code     string   `xml:"Error>Code"`
		Message  string   `xml:"Error>Message"`
		Messages []string `xml:"Messages>Message"`
	}
	_ = xml.Unmarshal(body, &answer) // what is not XML has no code
	r.Code, r.Message = answer.Code, answer.Message
	if answer.XMLName.Local == "InvalidChangeBatch" {
		r.Code, r.Message = "InvalidChangeBatch", strings.Join(answer.Messages, "; ")
	}
	r.Remedy = map[string]string{
		"AccessDenied":                "permit the account route53:ListHostedZones, route53:ListResourceRecordSets and, to apply, route53:ChangeResourceRecordSets on the zone",
		"InvalidClientTokenId":        "the access key is not known: check access_key_id, and that the key is active",
		"SignatureDoesNotMatch":       "check secret_access_key, and this machine's clock",
		"ExpiredToken":                "the session has expired: sign in anew",
		"RequestExpired":              "this machine's clock and Amazon's differ: set it right",
		"NoSuchHostedZone":            "the zone is gone: run plan again",
		"OptInRequired":               "the account has no Route 53",
		"UnrecognizedClientException": "the access key is not known: check access_key_id, and that the key is active",
	}[r.Code]
	switch r.Code {
	case "Throttling", "ThrottlingException", "PriorRequestNotComplete":
		r.throttled = true
	}
}

// route53Conflict tells a batch that was refused because a set is not what it was.
func route53Conflict(err error) error {
	var refused *Refusal
	if !errors.As(err, &refused) || refused.Code != "InvalidChangeBatch" {
		return err
	}
	for _, said := range []string{"but it was not found", "but it already exists", "values provided do not match the current values", "conflicts with other records"} {
		if strings.Contains(refused.Message, said) {
			return refused.conflict()
		}
	}
	return err
}
