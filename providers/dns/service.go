package dns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/dnsservice"
	"hybrid/internal/rest"
	"hybrid/planner"
	"hybrid/providers"
)

// A hosted is the zones of an account at a DNS service, behind its API.
type hosted struct {
	dnsservice.Service
	kind    dnsservice.Kind
	name    string
	zones   map[string]bool // canonical; empty: all that the account shows
	ids     map[string]bool // of zones; empty: all
	private bool
	log     hclog.Logger
	timeout time.Duration
	reach   func(address string) string
	asked   atomic.Int64 // questions, beside the requests to the API
	seen    sync.Map     // setKey to the [dnsservice.Set] that was read last
}

// openHosted prepares a provider; it reads the CA file and contacts nothing.
func openHosted(s providers.Settings) (providers.Provider, error) {
	v, _ := s.Values.UnmarkDeep()
	p := &hosted{name: s.Name, kind: dnsservice.Kind(text(v.GetAttr("type"))), zones: zonesOf(v), ids: map[string]bool{}, log: s.Log, reach: s.Reach}
	p.private = v.GetAttr("private").RawEquals(cty.True)
	if ids := v.GetAttr("zone_ids"); !ids.IsNull() && ids.IsWhollyKnown() {
		for _, id := range ids.AsValueSlice() {
			p.ids[strings.ToLower(id.AsString())] = true
		}
	}
	if p.log == nil {
		p.log = hclog.NewNullLogger()
	}
	var err error
	if p.timeout, err = timeoutOf(s, v, defaultServiceTimeout); err != nil {
		return nil, err
	}
	client, err := rest.Client(s.Dir, text(v.GetAttr("ca_file")), text(v.GetAttr("fingerprint")))
	if err != nil {
		return nil, fmt.Errorf("provider %s: %w", s.Name, err)
	}
	o := dnsservice.Options{URL: text(v.GetAttr("service_url")), HTTP: client, Timeout: p.timeout, Log: p.log, Sleep: s.Clock.Sleep}
	if p.Service, err = newService(p.kind, v, o, p.private); err != nil {
		return nil, fmt.Errorf("provider %s: %w", s.Name, err)
	}
	return p, nil
}

// defaultServiceTimeout is how long one request to a service may take.
const defaultServiceTimeout = 30 * time.Second

// Describe says where the provider leads: "dns api.cloudflare.com".
func (p *hosted) Describe() string { return "dns " + p.Host() }

// RoundTrips counts the requests that were sent, and the questions.
func (p *hosted) RoundTrips() int64 { return p.Service.RoundTrips() + p.asked.Load() }

// Close ends idle connections.
func (p *hosted) Close() error {
	p.Service.Close()
	return nil
}

// Apply sends the one request that [providers.System.Commands] gives for the change, and nothing else, after it has seen that the
// set is still what the plan was made from. Where the answer does not arrive the error is a [providers.DoubtError].
func (p *hosted) Apply(ctx context.Context, c planner.Change) error {
	todo, err := serviceCommands(c)
	if err != nil || len(todo) == 0 {
		return err
	}
	r, sends := todo[0].(Replacement)
	if !sends {
		return nil // to wait is the engine's
	}
	if r.Pending {
		return fmt.Errorf("%s: %w", c.Address, errPending)
	}
	err = p.Service.Change(ctx, r.Change, func() error { return providers.Leave(ctx) })
	var conflict *dnsservice.ConflictError
	switch {
	case errors.As(err, &conflict):
		return p.conflict(c, conflict)
	case rest.Lost(err):
		return &providers.DoubtError{Err: err}
	}
	return err
}

// conflict explains why a set was left as it is.
func (p *hosted) conflict(c planner.Change, e *dnsservice.ConflictError) error {
	name, rtype, now := display(c.Identity), changedType(c), ""
	switch {
	case e.Clash != nil:
		return fmt.Errorf(`%s holds %s, and a CNAME record stands alone at its name; nothing was changed; declare that set with ensure = "absent" and let %s depend on it`,
			name, cmp.Or(shownAll(e.Clash.Records), "records of the type "+e.Clash.Type), c.Address)
	case e.Odd != "":
		now = ": now it is " + e.Odd
	case e.Known && len(e.Now) == 0:
		now = ": now there is none"
	case e.Known && !sensitive(c):
		now = ": now it holds " + shownAll(e.Now)
	}
	if e.Said != "" {
		now = fmt.Sprintf(" (%s answered %s)", p.kind.Title(), e.Said)
	}
	if before, err := readSet(c.Identity, c.Before); err == nil && len(e.Now) > 0 && sameSet(before.records, e.Now) {
		now = fmt.Sprintf(": now its TTL is %d", e.Now[0].Header().Ttl)
	}
	return fmt.Errorf("%s %s was changed by somebody else after the plan was made%s; nothing was changed; run plan again", name, rtype, now)
}

// A place is where the record sets of a name are kept, as plans carry it: service, id of the zone, and its name.
func placeOf(kind dnsservice.Kind, z dnsservice.Zone) string {
	return string(kind) + ":" + z.ID + ":" + display(z.Name)
}

// placed takes a place apart, false where it is none of a service: a Windows DNS server's is the name of a zone alone.
func placed(place string) (dnsservice.Kind, dnsservice.Zone, bool) {
	kind, rest, ok := strings.Cut(place, ":")
	at := strings.LastIndexByte(rest, ':')
	if !ok || at < 0 || !dnsservice.Known(kind) {
		return "", dnsservice.Zone{}, false
	}
	return dnsservice.Kind(kind), dnsservice.Zone{ID: rest[:at], Name: dns.CanonicalName(rest[at+1:])}, true
}
