package dnsservice

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// A route53Batch is the body of ChangeResourceRecordSets.
type route53Batch struct {
	XMLName xml.Name `xml:"ChangeResourceRecordSetsRequest"`
	Changes []struct {
		Action string
		Set    struct {
			Name   string
			Type   string
			TTL    uint32
			Values []route53Value `xml:"ResourceRecords>ResourceRecord"`
		} `xml:"ResourceRecordSet"`
	} `xml:"ChangeBatch>Changes>Change"`
}

func (s *Server) route53Change(w http.ResponseWriter, body []byte, zone string) {
	var batch route53Batch
	if err := xml.Unmarshal(body, &batch); err != nil || len(batch.Changes) == 0 {
		route53Refuse(w, &refusal{http.StatusBadRequest, "InvalidInput", fmt.Sprint("Invalid XML; ", err)})
		return
	}
	owner := dns.CanonicalName(strings.ReplaceAll(batch.Changes[0].Set.Name, `\052`, "*"))
	err := s.write(zone, owner, func(sets map[string][]dns.RR) error { return batch.play(owner, zone, sets) })
	if err != nil {
		route53Refuse(w, err)
		return
	}
	answerXML(w, http.StatusOK, struct {
		XMLName xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ChangeResourceRecordSetsResponse"`
		ID      string   `xml:"ChangeInfo>Id"`
		Status  string   `xml:"ChangeInfo>Status"`
	}{ID: "/change/C2682N5HXP0BZ4", Status: "PENDING"})
}

// play goes through a batch, wholly or not at all.
func (b route53Batch) play(owner, zone string, sets map[string][]dns.RR) error {
	invalid := func(format string, args ...any) error {
		return &refusal{http.StatusBadRequest, "InvalidChangeBatch", fmt.Sprintf(format, args...)}
	}
	for _, c := range b.Changes {
		at := fmt.Sprintf("[name='%s', type='%s']", owner, c.Set.Type)
		var records []dns.RR
		for _, value := range c.Set.Values {
			if len(value.Value) != 1 {
				return &refusal{http.StatusBadRequest, "InvalidInput", "Invalid XML ; cvc-complex-type.2.4.d: Invalid content was found starting with element 'Value'."}
			}
			rr, err := dns.NewRR(fmt.Sprintf("%s %d IN %s %s", owner, c.Set.TTL, c.Set.Type, octalToDecimal(value.Value[0])))
			if err != nil {
				return invalid("Invalid Resource Record: '%s'", value.Value[0])
			}
			records = append(records, rr)
		}
		there := sets[c.Set.Type]
		switch {
		case dns.CanonicalName(strings.ReplaceAll(c.Set.Name, `\052`, "*")) != owner:
			return invalid("the lab carries out batches of one name only")
		case c.Action == "DELETE" && len(there) == 0:
			return invalid("Tried to delete resource record set %s but it was not found", at)
		case c.Action == "DELETE" && !slices.Equal(texts(there), texts(records)):
			return invalid("Tried to delete resource record set %s but the values provided do not match the current values", at)
		case c.Action == "DELETE":
			sets[c.Set.Type] = nil
		case c.Action == "CREATE" && len(there) > 0:
			return invalid("Tried to create resource record set %s but it already exists", at)
		default:
			sets[c.Set.Type] = records
		}
	}
	if clash(sets) {
		return invalid("RRSet of type CNAME with DNS name %s is not permitted as it conflicts with other records with the same DNS name in zone %s.", owner, zone)
	}
	return nil
}

func texts(records []dns.RR) (all []string) {
	for _, rr := range records {
		all = append(all, fmt.Sprint(rr.Header().Ttl, " ", data(rr)))
	}
	slices.Sort(all)
	return all
}

func answerXML(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(xml.Header)) // who has hung up gets nothing
	_ = xml.NewEncoder(w).Encode(v)
}

// route53Refuse answers with an error in one of the two forms that Route 53 has.
func route53Refuse(w http.ResponseWriter, err error) {
	said := &refusal{http.StatusInternalServerError, "InternalFailure", err.Error()}
	_ = errors.As(err, &said)
	switch said.status {
	case http.StatusTooManyRequests:
		said = &refusal{http.StatusBadRequest, "Throttling", "Rate exceeded"}
	case http.StatusForbidden:
		if said.code == "" {
			said = &refusal{http.StatusForbidden, "AccessDenied", "User is not authorized to perform: route53:ChangeResourceRecordSets"}
		}
	}
	if said.code == "InvalidChangeBatch" {
		answerXML(w, said.status, struct {
			XMLName  xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ InvalidChangeBatch"`
			Messages []string `xml:"Messages>Message"`
			ID       string   `xml:"RequestId"`
		}{Messages: []string{said.message}, ID: "b25f48e8-84fd-11e6-80d9-574e0c4664cb"})
		return
	}
	answerXML(w, said.status, struct {
		XMLName xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ErrorResponse"`
		Type    string   `xml:"Error>Type"`
		Code    string   `xml:"Error>Code"`
		Message string   `xml:"Error>Message"`
		ID      string   `xml:"RequestId"`
	}{Type: "Sender", Code: said.code, Message: said.message, ID: "b25f48e8-84fd-11e6-80d9-574e0c4664cb"})
}
