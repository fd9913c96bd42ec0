package lab

import (
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// getRecords is Get-DnsServerResourceRecord. Without -Node it gives what is below the name, too. A name that nothing stands
// at or below is an error; one that holds nothing of the type asked for is not.
func getRecords(c *dnsCall) error {
	records, err := c.server.Records(c.text("ZoneName"))
	if err != nil {
		return c.zone(err)
	}
	owner, known := c.owner(), false
	for _, rr := range records {
		h := rr.Header()
		at := dns.CanonicalName(h.Name)
		known = known || dns.IsSubDomain(owner, at)
		if at != owner && (c.on("Node") || !dns.IsSubDomain(owner, at)) || !c.asksFor(h.Rrtype) {
			continue
		}
		c.objects = append(c.objects, recordObject(dns.CanonicalName(c.text("ZoneName")), rr))
	}
	if !known {
		return c.win32("9714", "ObjectNotFound", "Failed to get %s record in %s zone on DC01 server.", c.text("Name"), c.text("ZoneName"))
	}
	return nil
}

// asksFor says whether records of a type are meant: by name, by number, or all.
func (c *dnsCall) asksFor(rtype uint16) bool {
	switch number, numbered := c.params["Type"].(int64); {
	case numbered:
		return number == int64(rtype)
	case c.given("RRType"):
		return strings.EqualFold(c.text("RRType"), dns.TypeToString[rtype])
	}
	return true
}

// add adds records, all of one type at one name.
func (c *dnsCall) add(records []dns.RR, err error) error {
	if err != nil {
		return err
	}
	return c.zone(c.server.Edit(c.text("ZoneName"), c.owner(), func(at []dns.RR) ([]dns.RR, error) {
		for _, rr := range records {
			if slices.ContainsFunc(at, func(other dns.RR) bool { return inTheWay(other, rr) }) {
				return nil, c.win32("9711", "ResourceExists", "Failed to create resource record %s in zone %s on server DC01.", c.text("Name"), c.text("ZoneName"))
			}
		}
		return records, nil
	}))
}

// inTheWay says whether a record that stands at the name keeps another out: the same, or on either side a CNAME record.
func inTheWay(other, rr dns.RR) bool {
	return dns.IsDuplicate(other, rr) || other.Header().Rrtype == dns.TypeCNAME || rr.Header().Rrtype == dns.TypeCNAME
}

// addAddresses is Add-DnsServerResourceRecordA and …AAAA.
func addAddresses(param, rtype string) dnsHandler {
	return func(c *dnsCall) error {
		addresses, several := c.params[param].([]any)
		if !several {
			addresses = []any{c.params[param]}
		}
		var records []dns.RR
		for _, text := range textsOf(addresses) {
			rr, err := c.record(rtype, text)
			if err != nil {
				return err
			}
			records = append(records, rr)
		}
		return c.add(records, nil)
	}
}

// addAlias is Add-DnsServerResourceRecordCName.
func addAlias(c *dnsCall) error { return c.addOne("CNAME", c.text("HostNameAlias")) }

// addRecord is Add-DnsServerResourceRecord, of which the lab has the types without a cmdlet of their own.
func addRecord(c *dnsCall) error {
	switch c.set {
	case "SRV":
		return c.addOne("SRV", number(c.params["Priority"]), number(c.params["Weight"]), number(c.params["Port"]), c.text("DomainName"))
	case "TXT":
		return c.addOne("TXT", c.text("DescriptiveText"))
	}
	return c.unsimulated(c.set)
}

func (c *dnsCall) addOne(rtype string, data ...string) error {
	rr, err := c.record(rtype, data...)
	return c.add([]dns.RR{rr}, err)
}

// removeRecords is Remove-DnsServerResourceRecord: one record of the type at the name, or without -RecordData all of them.
// It asks unless it is forced to, and a session has nobody to answer.
func removeRecords(c *dnsCall) error {
	if !c.on("Force") {
		return c.prompts()
	}
	return c.zone(c.server.Edit(c.text("ZoneName"), c.owner(), func(at []dns.RR) ([]dns.RR, error) {
		if len(at) == 0 {
			return nil, c.win32("9714", "ObjectNotFound", "Failed to remove resource record %s from zone %s on server DC01.", c.text("Name"), c.text("ZoneName"))
		}
		match, err := c.matching()
		if err != nil {
			return nil, err
		}
		var gone []dns.RR
		for _, rr := range at {
			if match(rr) {
				rr = dns.Copy(rr)
				rr.Header().Class, rr.Header().Ttl = dns.ClassNONE, 0
				gone = append(gone, rr)
			}
		}
		if gone == nil {
			return nil, c.win32("9701", "ObjectNotFound", "Failed to remove resource record %s from zone %s on server DC01.", c.text("Name"), c.text("ZoneName"))
		}
		return gone, nil
	}))
}

// matching says which records of the name are meant.
func (c *dnsCall) matching() (func(dns.RR) bool, error) {
	data, given := c.params["RecordData"].([]any)
	if !given {
		return func(rr dns.RR) bool { return c.asksFor(rr.Header().Rrtype) }, nil
	}
	wanted, err := c.record(strings.ToUpper(c.text("RRType")), textsOf(data)...)
	return func(rr dns.RR) bool { return dns.IsDuplicate(rr, wanted) }, err
}
