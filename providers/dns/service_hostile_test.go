package dns

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/dnsservice"
	labservice "hybrid/internal/lab/dnsservice"
	"hybrid/planner"
	"hybrid/providers"
)

// between puts a proxy in front of the lab's service, which answers in its place where between says true.
func between(t *testing.T, kind dnsservice.Kind, o labservice.Options, between func(w http.ResponseWriter, r *http.Request) bool) providers.Settings {
	t.Helper()
	behind, _ := serviceLab(t, kind, lab(t, labKey), o)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !between(w, r) {
			behind.ServeHTTP(w, r)
		}
	}))
	s.StartTLS()
	t.Cleanup(s.Close)
	sum := sha256.Sum256(s.Certificate().Raw)
	further := map[string]cty.Value{"service_url": cty.StringVal(s.URL), "fingerprint": cty.StringVal(hex.EncodeToString(sum[:]))}
	block := serviceBlock(kind, behind.URL(), hex.EncodeToString(sum[:]), nil) // httptest has one certificate, so that Azure's sign-in is trusted as well
	return impatient(with(providers.Settings{Name: "dns.external", Values: block}, further))
}

func says(status int, kind, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

var signInPage = says(http.StatusOK, "text/html", "<html><title>Sign in to the network</title></html>")

// A proxy that answers a write with a page of its own has not said that it was done: it is in doubt, and reading settles it.
func TestAPageInPlaceOfAWritesAnswerIsADoubt(t *testing.T) {
	t.Parallel()
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		s := between(t, kind, labservice.Options{}, func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodGet {
				return false
			}
			signInPage(w)
			return true
		})
		p := openAt(t, s)
		for _, v := range []cty.Value{set("new.contoso.com", "A", 300, "192.0.2.1"), set("sip.contoso.com", "A", -1)} {
			c := plan(t, p, v)
			if err := p.Apply(t.Context(), c); !providers.InDoubt(err) || !strings.Contains(err.Error(), "is there a proxy in between?") {
				t.Errorf("%s: %v", c.Action, err)
			}
			if again := plan(t, p, v); again.Action != c.Action {
				t.Errorf("then %s is planned, and nothing was done", again.Action)
			}
		}
	})
}

// A refusal that is not in the service's form is none of its own: it says nothing of rights, and a 404 is no absence.
func TestARefusalOfAProxyIsNotTheServices(t *testing.T) {
	t.Parallel()
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		for _, status := range []int{http.StatusForbidden, http.StatusNotFound, http.StatusFound} {
			var blocked atomic.Bool
			s := between(t, kind, labservice.Options{}, func(w http.ResponseWriter, _ *http.Request) bool {
				if blocked.Load() {
					says(status, "text/html", "<html>no</html>")(w)
				}
				return blocked.Load()
			})
			p := openAt(t, s)
			c := plan(t, p, set("new.contoso.com", "A", 300, "192.0.2.1"))
			blocked.Store(true)
			refusedBecause(t, p, c, "answered "+strconv.Itoa(status)+"; the answer is not in the form of "+kind.Title())
			refusedAtPlan(t, s, set("new.contoso.com", "A", 300, "192.0.2.1"), "look whether a proxy in between, or a wrong service_url, has answered")
		}
	})
}

// A pause that is longer than anybody waits is told, not slept, and nothing is sent a second time.
func TestALongPauseIsToldNotSlept(t *testing.T) {
	t.Parallel()
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		for after, told := range map[string]string{"3600": "for 1 h;", "99999999999999": "nothing was done: try again then"} {
			var asked atomic.Int32
			s := between(t, kind, labservice.Options{}, func(w http.ResponseWriter, _ *http.Request) bool {
				asked.Add(1)
				w.Header().Set("Retry-After", after)
				says(http.StatusTooManyRequests, "text/plain", "")(w)
				return true
			})
			refusedAtPlan(t, s, set("sip.contoso.com", "A", 300, "192.0.2.1"), told)
			if asked.Load() != 1 {
				t.Errorf("asked %d times", asked.Load())
			}
		}
	})
}

// An answer that is cut is asked for again; one that stays cut, or is larger than any page, is an error and no smaller zone.
func TestAnswersThatAreCutOrHuge(t *testing.T) {
	t.Parallel()
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		cuts := new(atomic.Int32)
		s := between(t, kind, labservice.Options{}, func(w http.ResponseWriter, _ *http.Request) bool {
			if cuts.Add(-1) < 0 {
				return false
			}
			w.Header().Set("Content-Length", "4000")
			_, _ = io.WriteString(w, `{"value":[`)
			return true
		})
		p := openAt(t, s)
		cuts.Store(2)
		if c := plan(t, p, set("sip.contoso.com", "A", -1, "203.0.113.10", "203.0.113.11")); c.Action != planner.NoOp {
			t.Errorf("%s after two answers that were cut", c.Action)
		}
		cuts.Store(1000)
		refusedAtPlan(t, s, set("sip.contoso.com", "A", 300, "192.0.2.1"), "ended early")

		huge := between(t, kind, labservice.Options{}, func(w http.ResponseWriter, _ *http.Request) bool {
			block := strings.Repeat(" ", 1<<20)
			for range 40 {
				_, _ = io.WriteString(w, block)
			}
			return true
		})
		refusedAtPlan(t, huge, set("sip.contoso.com", "A", 300, "192.0.2.1"), "is larger than 32 MiB, and was given up")
	})
}

// A zone that is gone by the time of the write is an error that says so, and is no empty zone.
func TestAZoneThatVanishes(t *testing.T) {
	t.Parallel()
	gone := map[dnsservice.Kind]func(http.ResponseWriter){
		dnsservice.Route53:    says(http.StatusNotFound, "text/xml", `<ErrorResponse><Error><Code>NoSuchHostedZone</Code><Message>No hosted zone found with ID: Z1</Message></Error></ErrorResponse>`),
		dnsservice.Azure:      says(http.StatusNotFound, "application/json", `{"error":{"code":"ParentResourceNotFound","message":"Failed to perform 'read' on resource(s) of type 'dnszones/A', because the parent resource could not be found."}}`),
		dnsservice.Cloudflare: says(http.StatusNotFound, "application/json", `{"success":false,"errors":[{"code":7003,"message":"Could not route to /zones/1, perhaps your object identifier is invalid?"}]}`),
	}
	eachService(t, func(t *testing.T, kind dnsservice.Kind) {
		var vanished atomic.Bool
		s := between(t, kind, labservice.Options{}, func(w http.ResponseWriter, _ *http.Request) bool {
			if vanished.Load() {
				gone[kind](w)
			}
			return vanished.Load()
		})
		p := openAt(t, s)
		c := plan(t, p, set("new.contoso.com", "A", 300, "192.0.2.1"))
		vanished.Store(true)
		refusedBecause(t, p, c, "answered 404")
	})
}

// Pages that do not belong together are an error: a record that has moved to a page that was read before is on none of them.
func TestPagesThatChangeWhileTheyAreRead(t *testing.T) {
	t.Parallel()
	s := between(t, dnsservice.Cloudflare, labservice.Options{}, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/dns_records") {
			return false
		}
		page := r.URL.Query().Get("page")
		total := map[string]string{"1": "3", "2": "2"}[page]
		says(http.StatusOK, "application/json", `{"success":true,"result":[{"id":"`+page+`","name":"a.contoso.com","type":"A","ttl":300,"content":"192.0.2.`+page+`"}],`+
			`"result_info":{"total_pages":2,"total_count":`+total+`}}`)(w)
		return true
	})
	refusedAtPlan(t, s, set("new.contoso.com", "A", 300, "192.0.2.1"), "told of 3, and on a later page of 2: something changed them meanwhile; run plan again")
}

// Azure writes the port into links, at times; it is the same host. Nothing else is.
func TestLinksOfAzure(t *testing.T) {
	t.Parallel()
	for link, followed := range map[string]bool{"": true, "http://": false, "https://evil.example/@": false} {
		pages := 0
		var base string
		s := between(t, dnsservice.Azure, labservice.Options{}, func(w http.ResponseWriter, r *http.Request) bool {
			base = r.Host
			if !strings.HasSuffix(r.URL.Path, "/dnsZones") {
				return false
			}
			if pages++; pages > 1 {
				return false
			}
			next := "https://" + base + r.URL.Path + "?api-version=2018-05-01&page=2"
			if link != "" {
				next = link + base + r.URL.Path
			}
			says(http.StatusOK, "application/json", `{"value":[],"nextLink":"`+next+`"}`)(w)
			return true
		})
		o := wanted(set("sip.contoso.com", "A", -1, "203.0.113.10", "203.0.113.11"))
		err := openAt(t, s).Read(t.Context(), o.Kind, []planner.Object{o}).Err
		if followed != (err == nil) || err != nil && !strings.Contains(err.Error(), "leads away from") {
			t.Errorf("%q: %v", link, err)
		}
	}
}
