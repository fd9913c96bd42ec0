package dns

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/clock"
	"hybrid/internal/dnsservice"
	labservice "hybrid/internal/lab/dnsservice"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// eachService runs a test for each of the services.
func eachService(t *testing.T, test func(t *testing.T, kind dnsservice.Kind)) {
	t.Helper()
	for _, kind := range dnsservice.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			test(t, kind)
		})
	}
}

// with is settings with further arguments of the block.
func with(s providers.Settings, further map[string]cty.Value) providers.Settings {
	values := s.Values.AsValueMap()
	for name, v := range further {
		values[name] = v
	}
	s.Values = cty.ObjectVal(values)
	return s
}

// impatient waits no longer than a test has time for, and counts how long it would have.
func impatient(s providers.Settings) providers.Settings {
	s.Clock = clock.New(time.Date(2026, 3, 6, 22, 0, 0, 0, time.UTC))
	s.Clock.Skip()
	return s
}

// refusedAtPlan holds what a reading has against a declared record, or why it fails, against what is to be said.
func refusedAtPlan(t *testing.T, s providers.Settings, v cty.Value, want string) {
	t.Helper()
	o := wanted(v)
	listing := openAt(t, s).Read(t.Context(), o.Kind, []planner.Object{o})
	said := cmp.Or(listing.Err, listing.Refused[o.LiveID()])
	if said == nil || !strings.Contains(said.Error(), want) {
		t.Errorf("got  %v\nwant %s", said, want)
	}
	if c := planner.Check(&o, listing); c.Action != planner.Unknown || !strings.Contains(c.Reason, want) {
		t.Errorf("%s is planned of what is refused (%s)", c.Action, c.Reason)
	}
}

// What is more than a plain set is named where it is declared, and is in nobody's way where it is not: also not in the list of all
// records, of which those go that nobody declares.
func TestOddSetsAreNamedAndLeftAlone(t *testing.T) {
	t.Parallel()
	odd := map[dnsservice.Kind]map[string]string{
		dnsservice.Route53: {"alias": "is an alias of d111111abcdef8.cloudfront.net;", "weighted": "is one of several weighted sets (blue);"},
		dnsservice.Azure: {"alias": "is an alias of the resource /subscriptions/" + serviceKey +
			"/resourceGroups/lab/providers/Microsoft.Network/publicIPAddresses/edge;"},
		dnsservice.Cloudflare: {"proxied": "is proxied: Cloudflare answers with addresses of its own, and takes only what browsers send;"},
	}
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		for what, said := range odd[kind] {
			_, s := serviceLab(t, kind, lab(t, labKey), labservice.Options{Odd: map[string]string{"sip.contoso.com. A": what}})
			refusedAtPlan(t, s, set("sip.contoso.com", "A", -1, "203.0.113.10"), "sip.contoso.com A at "+kind.Title()+" "+said+" hybrid replaces whole plain sets only, and would lose that")
			refusedAtPlan(t, s, set("sip.contoso.com", "A", -1), "sip.contoso.com A at "+kind.Title()+" "+said)
			if c := plan(t, openAt(t, s), set("_sip._tls.contoso.com", "SRV", 300, "0 0 443 sip.contoso.com")); c.Action != planner.NoOp {
				t.Errorf("%s of a set beside", c.Action)
			}
			all := openAt(t, s).Read(t.Context(), dnsRecord(), nil)
			if _, shown := all.Objects["sip.contoso.com a"]; shown || all.Err != nil || !all.Complete {
				t.Errorf("%s: in the list of all: %v, %v", what, shown, all.Err)
			}
		}
	})
}

func TestWhatServicesDoNotKeepIsRefusedAtPlan(t *testing.T) {
	t.Parallel()
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		_, s := serviceLab(t, kind, lab(t, labKey), labservice.Options{})
		p := openAt(t, s)
		foreign := set("new.contoso.com", "TXT", -1, "ë")
		switch kind {
		case dnsservice.Cloudflare:
			for _, ttl := range []int64{0, 2, 59, 86401} {
				refusedAtPlan(t, s, set("new.contoso.com", "A", ttl, "192.0.2.1"), "new.contoso.com A: Cloudflare takes a TTL from 60 to 86400 seconds, or 1, with which it chooses one itself, and this is")
			}
			converge(t, p, set("new.contoso.com", "A", 1, "192.0.2.1"), planner.Create)
			converge(t, p, set("new.contoso.com", "A", 60, "192.0.2.1"), planner.Update)
			refusedAtPlan(t, s, foreign, "outside printable ASCII, which Cloudflare does not keep as it is")
		case dnsservice.Azure:
			refusedAtPlan(t, s, set("new.contoso.com", "A", 0, "192.0.2.1"), "Azure DNS takes a TTL from 1 to 2147483647 seconds, and this is 0")
			refusedAtPlan(t, s, foreign, "outside printable ASCII, which Azure DNS does not keep as it is")
		default:
			converge(t, p, set("new.contoso.com", "A", 0, "192.0.2.1"), planner.Create)
			converge(t, p, foreign, planner.Create)
		}
		converge(t, p, set("*.new.contoso.com", "A", 300, "192.0.2.1"), planner.Create) // a wildcard is a plain set
	})
}

// An answer that was lost is a doubt whether the write was carried out or not, and nothing is sent a second time by itself.
func TestLostWriteAtAServiceIsInDoubt(t *testing.T) {
	t.Parallel()
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		for _, strike := range []labservice.Strike{{Silent: true, Effect: true}, {Silent: true}, {Status: http.StatusServiceUnavailable}, {Status: http.StatusBadGateway}} {
			var writes atomic.Int32
			_, s := serviceLab(t, kind, lab(t, labKey), labservice.Options{Struck: func(string) labservice.Strike { writes.Add(1); return strike }})
			p := openAt(t, s)
			want := set("new.contoso.com", "A", 300, "192.0.2.1")
			err := p.Apply(t.Context(), plan(t, p, want))
			if !providers.InDoubt(err) {
				t.Errorf("%+v: %v", strike, err)
			}
			action := planner.Create
			if strike.Effect {
				action = planner.NoOp
			}
			if c := plan(t, p, want); c.Action != action || writes.Load() != 1 {
				t.Errorf("%+v: sent %d times, then %s is planned", strike, writes.Load(), c.Action)
			}
		}
	})
}

// What a service has not begun, because it is asked too often, is asked again, each time with leave; it gives up in the end.
func TestThrottledWritesAreSentAgain(t *testing.T) {
	t.Parallel()
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		var left atomic.Int32
		_, s := serviceLab(t, kind, lab(t, labKey), labservice.Options{Struck: func(string) labservice.Strike {
			if left.Add(-1) >= 0 {
				return labservice.Strike{Status: http.StatusTooManyRequests}
			}
			return labservice.Strike{}
		}})
		p := openAt(t, impatient(s))
		left.Store(3)
		converge(t, p, set("new.contoso.com", "A", 300, "192.0.2.1"), planner.Create)

		left.Store(1000)
		c := plan(t, p, set("new.contoso.com", "A", 300, "192.0.2.2"))
		refusedBecause(t, p, c, "it takes no more requests of this account for now, and took none after every pause; nothing was done: try again later")

		left.Store(1000)
		asked := 0
		err := p.Apply(providers.Asking(t.Context(), func() string {
			if asked++; asked > 2 {
				return "the window has closed"
			}
			return ""
		}), c)
		if !providers.Withdrawn(err) || providers.InDoubt(err) || asked != 3 {
			t.Errorf("asked %d times: %v", asked, err)
		}
	})
}

// What changes between the last look and the write is refused by the service, where it has conditions.
func TestConditionsOfWrites(t *testing.T) {
	t.Parallel()
	for _, kind := range []dnsservice.Kind{dnsservice.Route53, dnsservice.Azure} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			names := lab(t, labKey)
			meanwhile := func(string) labservice.Strike {
				err := names.Edit("contoso.com", "sip.contoso.com.", func([]dns.RR) ([]dns.RR, error) {
					return record(t, "sip.contoso.com. 300 A 203.0.113.77"), nil
				})
				if err != nil {
					t.Error(err)
				}
				return labservice.Strike{}
			}
			_, s := serviceLab(t, kind, names, labservice.Options{Struck: meanwhile})
			p := openAt(t, s)
			for _, v := range []cty.Value{set("sip.contoso.com", "A", 300, "203.0.113.1"), set("sip.contoso.com", "A", -1)} {
				refusedBecause(t, p, plan(t, p, v), "sip.contoso.com A was changed by somebody else after the plan was made ("+kind.Title()+" answered 4")
				names.Edit("contoso.com", "sip.contoso.com.", func(at []dns.RR) ([]dns.RR, error) {
					gone := record(t, "sip.contoso.com. 0 A 203.0.113.77")
					gone[0].Header().Class = dns.ClassNONE
					return gone, nil
				})
			}
			create := plan(t, p, set("sip.contoso.com", "AAAA", 300, "2001:db8::1"))
			if err := p.Apply(t.Context(), create); err != nil {
				t.Errorf("what has nothing to do with it: %v", err)
			}
		})
	}
	t.Run("a TTL", func(t *testing.T) {
		t.Parallel()
		eachService(t, func(t *testing.T, kind dnsservice.Kind) {
			r := serviceRig(t, kind)
			p := openAt(t, r.settings())
			c := plan(t, p, set("_sip._tls.contoso.com", "SRV", 300, "100 1 443 x.contoso.com"))
			r.byHand(t, func(m *dns.Msg) {
				m.RemoveRRset(record(t, "_sip._tls.contoso.com. SRV 0 0 0 ."))
				m.Insert(record(t, "_sip._tls.contoso.com. 77 SRV 0 0 443 sip.contoso.com."))
			})
			refusedBecause(t, p, c, "_sip._tls.contoso.com SRV was changed by somebody else after the plan was made: now its TTL is 77; nothing was changed")
		})
	})
}

func TestZonesOfOneName(t *testing.T) {
	t.Parallel()
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		_, s := serviceLab(t, kind, lab(t, labKey), labservice.Options{Page: 1, Also: []labservice.Listed{
			{ID: "second", Name: "contoso.com"}, {ID: "inner", Name: "contoso.com", Private: true}, {ID: "other", Name: "contoso.com", Private: true},
		}})
		v := set("sip.contoso.com", "A", -1, "192.0.2.1")
		refusedAtPlan(t, s, v, kind.Title()+" has 2 public zones contoso.com, and nothing says which is meant: write the id of one into zone_ids: ")
		refusedAtPlan(t, with(s, map[string]cty.Value{"private": cty.True}), v, kind.Title()+" has 2 private zones contoso.com, and nothing says which is meant")

		// The list names them; so named, one is found.
		listed := openAt(t, s).Read(t.Context(), dnsRecord(), []planner.Object{wanted(v)}).Err.Error()
		_, ids, _ := strings.Cut(listed, "zone_ids: ")
		first, _, _ := strings.Cut(ids, ", ")
		p := openAt(t, with(s, map[string]cty.Value{"zone_ids": cty.SetVal([]cty.Value{cty.StringVal(first)})}))
		if c := plan(t, p, set("sip.contoso.com", "A", -1, "203.0.113.10", "203.0.113.11")); c.Action != planner.NoOp {
			t.Errorf("%s in the zone that is named", c.Action)
		}
		refusedAtPlan(t, with(s, map[string]cty.Value{"zone_ids": cty.SetVal([]cty.Value{cty.StringVal("nobody's")})}), v,
			kind.Title()+" shows no zone that holds sip.contoso.com among the account's public zones; it shows none; check who signs in, private and zone_ids")
		refusedAtPlan(t, with(s, map[string]cty.Value{"zones": cty.SetVal([]cty.Value{cty.StringVal("com")})}), v, "has no zone com, which zones names")
	})
}

func TestWhoSignsInToServices(t *testing.T) {
	t.Parallel()
	said := map[dnsservice.Kind]string{
		dnsservice.Route53:    "listing the zones: Amazon Route 53 answered 403 InvalidClientTokenId: The security token included in the request is invalid; the access key is not known: check access_key_id",
		dnsservice.Azure:      "signing in to Entra: AADSTS7000215: Invalid client secret provided (trace id 11111111-2222-3333-4444-555555555555); check client_secret",
		dnsservice.Cloudflare: "listing the zones: Cloudflare answered 403 10000: Authentication error; check api_token",
	}
	wrong := cty.StringVal("hush hush").Mark(schema.Sensitive)
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		_, s := serviceLab(t, kind, lab(t, labKey), labservice.Options{})
		own := s.Values.GetAttr(string(kind)).AsValueMap()
		if kind == dnsservice.Route53 {
			secret := maps.Clone(own)
			secret["secret_access_key"] = wrong
			refusedAtPlan(t, with(s, map[string]cty.Value{"route53": cty.ObjectVal(secret)}), set("sip.contoso.com", "A", -1, "192.0.2.1"),
				"answered 403 SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method; check secret_access_key, and this machine's clock")
		}
		for name, v := range map[string]cty.Value{"access_key_id": cty.StringVal("AKIAOTHER"), "client_secret": wrong, "api_token": wrong} {
			if _, has := own[name]; has {
				own[name] = v
			}
		}
		refusedAtPlan(t, with(s, map[string]cty.Value{string(kind): cty.ObjectVal(own)}), set("sip.contoso.com", "A", -1, "192.0.2.1"), said[kind])
		o := wanted(set("sip.contoso.com", "A", -1, "192.0.2.1"))
		if err := openAt(t, with(s, map[string]cty.Value{string(kind): cty.ObjectVal(own)})).Read(t.Context(), o.Kind, []planner.Object{o}).Err; strings.Contains(err.Error(), "hush") {
			t.Errorf("the secret stands in %v", err)
		}
		strange := openAt(t, with(s, map[string]cty.Value{"fingerprint": cty.StringVal(strings.Repeat("00", 32))}))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := strange.Read(ctx, o.Kind, []planner.Object{o}).Err; err == nil {
			t.Error("a stranger's certificate was taken")
		}
	})
}

// The zone's name servers are asked whether they answer with the records, where a block asks for that.
func TestPropagationFromAService(t *testing.T) {
	t.Parallel()
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		names := lab(t, labKey)
		_, s := serviceLab(t, kind, names, labservice.Options{})
		s.Reach = func(string) string { return names.Addr() }
		p := openAt(t, s)
		o := wanted(withPropagation(set("sip.contoso.com", "A", -1, "203.0.113.10", "203.0.113.11")))
		listing := p.Read(t.Context(), o.Kind, []planner.Object{o})
		p.(providers.Verifier).Verify(t.Context(), o.Kind, []planner.Object{o}, listing)
		if found := listing.Objects[o.LiveID()]; listing.Err != nil || found.Pending != "" {
			t.Errorf("%v, pending %q", listing.Err, found.Pending)
		}
		s.Reach = func(string) string { return refusing(t) }
		openAt(t, s).(providers.Verifier).Verify(t.Context(), o.Kind, []planner.Object{o}, listing)
		if found := listing.Objects[o.LiveID()]; !strings.Contains(found.Pending, "the name server ns1.contoso.com") || !strings.Contains(found.Pending, "could not be asked") {
			t.Errorf("pending %q", found.Pending)
		}
	})
}

// withPropagation is a record set that is waited for at the zone's name servers.
func withPropagation(v cty.Value) cty.Value {
	values, t := v.AsValueMap(), propagationBlock().Type().AttributeTypes()
	values["propagation"] = cty.ObjectVal(map[string]cty.Value{"resolvers": cty.NullVal(t["resolvers"]), "authoritative": cty.True, "timeout": cty.StringVal("1s")})
	return cty.ObjectVal(values)
}
