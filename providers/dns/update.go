package dns

import (
	"errors"
	"fmt"
	"strings"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// An Update is one dynamic update (RFC 2136): it is carried out wholly, or not at all where a prerequisite does not hold.
type Update struct {
	// Prerequisites and Changes are the records of the message's sections, with the classes that RFC 2136 gives a meaning:
	// IN, ANY and NONE.
	Prerequisites, Changes []dns.RR
	// Sensitive says that the records' data must not be shown.
	Sensitive bool
	// Pending says that not all records are known before apply; such an update is shown and never sent.
	Pending bool
}

// String is the update as nsupdate takes it. Server and zone are left out: nsupdate finds them by itself.
func (u Update) String() string {
	var b strings.Builder
	for _, rr := range u.Prerequisites {
		b.WriteString(u.prerequisite(rr) + "\n")
	}
	for _, rr := range u.Changes {
		b.WriteString(u.change(rr) + "\n")
	}
	if u.Pending {
		b.WriteString("; not all records are known before apply\n")
	}
	b.WriteString("send")
	return b.String()
}

func (u Update) prerequisite(rr dns.RR) string {
	head, data := prerequisiteLine(rr)
	return head + u.shown(data)
}

func (u Update) change(rr dns.RR) string {
	head, data := changeLine(rr)
	return head + u.shown(data)
}

// shown is a record's data as it may be seen.
func (u Update) shown(data string) string {
	if u.Sensitive && data != "" {
		return "(sensitive value)"
	}
	return data
}

// prerequisiteLine is the line of a prerequisite for nsupdate, without and with the data that it ends in.
func prerequisiteLine(rr dns.RR) (head, data string) {
	h := rr.Header()
	switch {
	case h.Class == dns.ClassNONE && h.Rrtype == dns.TypeANY:
		return "prereq nxdomain " + h.Name, ""
	case h.Class == dns.ClassNONE:
		return fmt.Sprintf("prereq nxrrset %s IN %s", h.Name, dns.TypeToString[h.Rrtype]), ""
	}
	return fmt.Sprintf("prereq yxrrset %s IN %s ", h.Name, dns.TypeToString[h.Rrtype]), presentation(rr)
}

func changeLine(rr dns.RR) (head, data string) {
	h := rr.Header()
	if h.Class == dns.ClassANY {
		return fmt.Sprintf("update delete %s IN %s", h.Name, dns.TypeToString[h.Rrtype]), ""
	}
	return fmt.Sprintf("update add %s %d IN %s ", h.Name, h.Ttl, dns.TypeToString[h.Rrtype]), presentation(rr)
}

// message is the update for a zone, unsigned.
func (u Update) message(zone string) *dns.Msg {
	m := new(dns.Msg).SetUpdate(zone)
	m.Answer, m.Ns = u.Prerequisites, u.Changes
	return m
}

// commands translates a change of a record set: one update, which demands to find what the plan was made from, deletes the
// old set and adds the new one. A change that does nothing has no commands.
func commands(c planner.Change) ([]providers.Command, error) {
	switch c.Action {
	case planner.NoOp, planner.Unknown:
		return nil, nil
	case planner.Run:
		return []providers.Command{Wait{c.Reason}}, nil
	}
	u, err := newUpdate(c)
	if err != nil {
		return nil, err
	}
	return []providers.Command{u}, nil
}

func newUpdate(c planner.Change) (Update, error) {
	before, err := readSet(c.Identity, c.Before)
	if err != nil {
		return Update{}, untranslatable(c, "what stands in the zone", err)
	}
	after, err := readSet(c.Identity, c.After)
	if err != nil {
		return Update{}, untranslatable(c, "what is declared", err)
	}
	after.live(before)
	u := Update{Pending: before.pending || after.pending, Sensitive: sensitive(c), Changes: after.additions()}
	if !before.present() {
		if !after.present() {
			return Update{}, fmt.Errorf("%s: %s cannot be translated: it says neither what stands in the zone nor what should", c.Address, c.Action)
		}
		u.Prerequisites = after.vacant()
		return u, nil
	}
	u.Prerequisites = before.exact()
	u.Changes = append([]dns.RR{before.deletion()}, u.Changes...)
	return u, nil
}

func untranslatable(c planner.Change, what string, err error) error {
	if sensitive(c) {
		err = errors.New("it is not data of the record's type; it is sensitive, so what is wrong is not shown")
	}
	return fmt.Errorf("%s: %s cannot be written as an update: %w", c.Address, what, err)
}

// sensitive says whether a change holds what must not be shown.
func sensitive(c planner.Change) bool {
	return isSensitive(c.Before) || isSensitive(c.After)
}

func isSensitive(v cty.Value) bool { return v != cty.NilVal && schema.IsSensitive(v) }

// A recordSet is one side of a change.
type recordSet struct {
	owner   string
	rtype   uint16
	ttl     uint32
	hasTTL  bool
	records []dns.RR // without owner and TTL; nil where the set is absent
	pending bool     // not known yet
}

// readSet takes a value of the kind apart; null is the absent set.
func readSet(identity string, v cty.Value) (recordSet, error) {
	s := recordSet{owner: dns.Fqdn(identity)}
	v, _ = v.UnmarkDeep()
	if v == cty.NilVal || v.IsNull() {
		return s, nil
	}
	if !v.IsKnown() || !v.GetAttr("type").IsKnown() {
		return s, errors.New("its type is not known")
	}
	rtype := strings.ToUpper(text(v.GetAttr("type")))
	s.rtype = dns.StringToType[rtype]
	if ttl := v.GetAttr("ttl"); ttl.IsKnown() && !ttl.IsNull() {
		n, _ := ttl.AsBigFloat().Int64()
		s.ttl, s.hasTTL = uint32(n), true
	} else if !ttl.IsKnown() {
		s.pending = true
	}
	values := v.GetAttr("values")
	if !values.IsWhollyKnown() {
		s.pending = true
		return s, nil
	}
	return s, s.parse(rtype, values)
}

// parse reads the values, each record once however it is spelled.
func (s *recordSet) parse(rtype string, values cty.Value) error {
	if values.IsNull() {
		return errors.New("it has no values")
	}
	for _, value := range values.AsValueSlice() {
		rr, err := parseData(rtype, value.AsString())
		if err != nil {
			return err
		}
		rr.Header().Name = s.owner
		if !holds(s.records, rr) {
			s.records = append(s.records, rr)
		}
	}
	return nil
}

func holds(set []dns.RR, rr dns.RR) bool {
	for _, other := range set {
		if dns.IsDuplicate(other, rr) {
			return true
		}
	}
	return false
}

func (s *recordSet) present() bool { return s.pending || len(s.records) > 0 }

// live lays the TTL of the live set under one that says none.
func (s *recordSet) live(before recordSet) {
	if s.rtype == 0 {
		s.rtype = before.rtype
	}
	if s.hasTTL {
		return
	}
	if s.ttl = before.ttl; !before.hasTTL {
		s.ttl = defaultTTL
	}
}

// additions are the records to add (RFC 2136 section 2.5.1).
func (s *recordSet) additions() []dns.RR {
	var all []dns.RR
	if s.pending {
		return nil
	}
	for _, rr := range s.records {
		rr = dns.Copy(rr)
		rr.Header().Ttl = s.ttl
		all = append(all, rr)
	}
	return all
}

// exact demands that the set is this one, record by record; TTLs are not compared (RFC 2136 section 2.4.2).
func (s *recordSet) exact() []dns.RR {
	var all []dns.RR
	for _, rr := range s.records {
		rr = dns.Copy(rr)
		rr.Header().Ttl = 0
		all = append(all, rr)
	}
	return all
}

// deletion deletes the whole set (RFC 2136 section 2.5.2).
func (s *recordSet) deletion() dns.RR {
	return &dns.ANY{Hdr: dns.RR_Header{Name: s.owner, Rrtype: s.rtype, Class: dns.ClassANY}}
}

// vacant demands that nothing is in the way of a new set: for a CNAME record anything at the name, for others a CNAME record.
// Without it a server ignores what clashes and answers that all is well (RFC 2136 section 3.4.2.2).
func (s *recordSet) vacant() []dns.RR {
	none := func(rtype uint16) dns.RR {
		return &dns.ANY{Hdr: dns.RR_Header{Name: s.owner, Rrtype: rtype, Class: dns.ClassNONE}}
	}
	if s.rtype == dns.TypeCNAME {
		return []dns.RR{none(dns.TypeANY)}
	}
	return []dns.RR{none(s.rtype), none(dns.TypeCNAME)}
}
