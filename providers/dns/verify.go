package dns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/question"
	"hybrid/planner"
	"hybrid/schema"
)

// Verify asks the name servers and resolvers that the wanted record sets name in their block propagation, side by side, and
// says in the listing who does not answer with what stands in the zone.
func (p *provider) Verify(ctx context.Context, _ *schema.Kind, want []planner.Object, listing planner.Listing) {
	l := &line{p: p}
	defer l.hangUp()
	v := newVerification(p.server, p.timeout, p.reach, &p.trips)
	v.zoneOf, v.primary = func(name string) (string, error) { return p.zoneOf(ctx, l, name) }, l.ask
	v.listing(ctx, want, listing)
}

// newVerification asks for what stands on one server, host:port. How that one is asked for zones and names is still to be said.
func newVerification(server string, limit time.Duration, reach func(string) string, trips *atomic.Int64) *verification {
	return &verification{
		limit: limit, reach: reach, port: "53", server: server, trips: trips, now: time.Now,
		lookup: func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		},
	}
}

// A verification asks others for record sets that stand in the zone.
type verification struct {
	zoneOf  func(name string) (string, error)
	primary func(ctx context.Context, name string, rtype uint16) (*dns.Msg, error) // asks the zone's own server
	server  string                                                                 // where that is, host:port
	port    string                                                                 // at which the other name servers are asked
	limit   time.Duration                                                          // of one answer
	reach   func(address string) string
	trips   *atomic.Int64
	now     func() time.Time
	lookup  func(ctx context.Context, host string) ([]netip.Addr, error) // as this machine looks up any name

	zones map[string][]witness // the name servers of the zones that were looked at
}

// A witness is a server that may be asked, or, with err, one that cannot.
type witness struct {
	name          string // "the resolver 192.0.2.53", "the name server ns2.contoso.com (192.0.2.2)"
	address       string // host:port
	authoritative bool
	err           error
}

// atOnce is how many questions are under way at once.
const atOnce = 32

// listing goes through the wanted objects that stand in the zone as they are wanted.
func (v *verification) listing(ctx context.Context, want []planner.Object, listing planner.Listing) {
	v.zones = map[string][]witness{}
	answers := map[string][]string{} // by live id: what each witness has against the set, "" for nothing
	var wait sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i := range want {
		set, witnesses := v.prepare(ctx, &want[i], listing)
		said := make([]string, len(witnesses))
		for n, w := range witnesses {
			slots <- struct{}{}
			wait.Go(func() {
				defer func() { <-slots }()
				said[n] = v.hear(ctx, w, set)
			})
		}
		if len(witnesses) > 0 {
			answers[want[i].LiveID()] = said
		}
	}
	wait.Wait()
	for id, said := range answers {
		found := listing.Objects[id]
		found.Pending = strings.Join(slices.DeleteFunc(said, func(text string) bool { return text == "" }), "; ")
		listing.Objects[id] = found
	}
}

// prepare gives what an object's records are and who is to be asked for them; nobody where there is nothing to verify.
func (v *verification) prepare(ctx context.Context, o *planner.Object, listing planner.Listing) (expected, []witness) {
	p, ok := propagationOf(o.Want.AsValueMap())
	found, exists := listing.Objects[o.LiveID()]
	if !ok || o.Absent || !exists {
		return expected{}, nil
	}
	set := newExpected(o, found)
	if !set.asDeclared(o) {
		return expected{}, nil
	}
	var all []witness
	if p.authoritative {
		all = v.nameServers(ctx, set.owner)
	}
	if p.unknown {
		all = append(all, witness{name: "the resolvers", err: errors.New("which they are is not known before apply; write their addresses out")})
	}
	for _, resolver := range p.resolvers {
		address, err := serverAddress(resolver)
		all = append(all, witness{name: "the resolver " + resolver, address: address, err: err})
	}
	return set, all
}

// hear asks one witness and says what it has against a record set, "" for nothing.
func (v *verification) hear(ctx context.Context, w witness, set expected) string {
	if w.err != nil {
		return fmt.Sprintf("%s could not be asked: %v", w.name, w.err)
	}
	v.trips.Add(1)
	q := question.Question{Name: set.owner, Type: set.rtype, Recursive: !w.authoritative}
	m, err := q.Ask(ctx, v.at(w.address), v.limit)
	switch {
	case err != nil:
		return fmt.Sprintf("%s could not be asked: %v", w.name, err)
	case m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError:
		return fmt.Sprintf("%s could not be asked: it answered %s", w.name, rcodeName(m.Rcode))
	case w.authoritative && !m.Authoritative:
		return w.name + " could not be asked: it does not answer for the zone with authority"
	}
	a := newAnswer(m, set)
	if a.agrees(set) {
		return ""
	}
	return w.name + " still answers " + a.text(set) + v.until(w, a)
}

// until says for how long a resolver may go on with its answer. A name server of the zone does not go by the TTL.
func (v *verification) until(w witness, a answer) string {
	if w.authoritative || a.remaining == 0 {
		return ""
	}
	now := v.now()
	end := now.Add(a.remaining).Truncate(time.Minute).Add(time.Minute) // so that it is the same sentence each time
	layout := "15:04 MST"
	if end.YearDay() != now.YearDay() || end.Year() != now.Year() {
		layout = "Mon 2 Jan 15:04 MST"
	}
	return ", until " + end.Format(layout) + " at the latest"
}

// at is where an address is reached.
func (v *verification) at(address string) string {
	if v.reach == nil {
		return address
	}
	return v.reach(address)
}

// An expected is a record set that stands in the zone.
type expected struct {
	owner  string // canonical
	rtype  uint16
	values []string // canonical, sorted
	secret bool
}

func newExpected(o *planner.Object, found planner.Found) expected {
	rtype := typeOf(found.Value)
	return expected{
		owner: dns.CanonicalName(found.Identity), rtype: dns.StringToType[rtype],
		values: canonicalTexts(rtype, found.Value.GetAttr("values")), secret: isSensitive(o.Want),
	}
}

// asDeclared says whether the set has the values that an object wants. While it has not, nobody is asked: a resolver would
// remember the old values from then on. Where that cannot be told, they are asked all the same.
func (e expected) asDeclared(o *planner.Object) bool {
	values, _ := o.Want.GetAttr("values").UnmarkDeep()
	if slices.Contains(o.Ignore, "values") || !values.IsWhollyKnown() || values.IsNull() {
		return true
	}
	return slices.Equal(canonicalTexts(typeOf(o.Want), values), e.values)
}

func canonicalTexts(rtype string, values cty.Value) []string {
	var all []string
	for _, value := range values.AsValueSlice() {
		all = append(all, canonical(rtype, value.AsString()))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// An answer is what a witness says about a record set.
type answer struct {
	values    []string // canonical, sorted
	alias     string   // the name that a CNAME record in its place leads to
	remaining time.Duration
}

func newAnswer(m *dns.Msg, set expected) answer {
	var a answer
	lowest := uint32(maxTTL)
	for _, rr := range m.Answer {
		if dns.CanonicalName(rr.Header().Name) != set.owner {
			continue
		}
		if cname, is := rr.(*dns.CNAME); is && set.rtype != dns.TypeCNAME {
			a.alias = display(cname.Target)
		} else if rr.Header().Rrtype == set.rtype {
			a.values = append(a.values, canonical(dns.TypeToString[set.rtype], presentation(rr)))
		}
		lowest = min(lowest, rr.Header().Ttl)
	}
	if a.values == nil && a.alias == "" {
		lowest = negativeTTL(m.Ns)
	}
	slices.Sort(a.values)
	a.remaining = time.Duration(lowest) * time.Second
	return a
}

// negativeTTL is for how many seconds an absence may be remembered (RFC 2308 section 5), 0 where nothing says it.
func negativeTTL(records []dns.RR) uint32 {
	for _, rr := range records {
		if soa, is := rr.(*dns.SOA); is {
			return min(soa.Hdr.Ttl, soa.Minttl)
		}
	}
	return 0
}

func (a answer) agrees(set expected) bool {
	return a.alias == "" && slices.Equal(slices.Compact(a.values), set.values)
}

func (a answer) text(set expected) string {
	switch {
	case a.alias != "":
		return "with a CNAME record for " + a.alias
	case len(a.values) == 0:
		return "that there is none"
	case set.secret:
		return "otherwise"
	}
	return strings.Join(a.values, ", ")
}
