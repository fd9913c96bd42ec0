package dnsservice

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/miekg/dns"

	"hybrid/internal/amount"
)

// A Refusal is what a service answers instead of doing what it was asked.
type Refusal struct {
	Title   string // "Cloudflare"
	Doing   string // "changing sip.contoso.com A"
	Status  int    // of HTTP
	Code    string // the service's own: "InvalidChangeBatch", "81057"
	Message string
	Remedy  string // what to do; "" where nothing is known

	throttled  bool
	retryAfter time.Duration
}

func (r *Refusal) Error() string {
	text := fmt.Sprintf("%s: %s answered %d", r.Doing, r.Title, r.Status)
	if r.Code != "" {
		text += " " + r.Code
	}
	if r.Message != "" {
		text += ": " + strings.TrimSuffix(r.Message, ".")
	}
	if r.Remedy != "" {
		text += "; " + r.Remedy
	}
	return text
}

// usual lays what every service's statuses mean under what is not known otherwise.
func (r *Refusal) usual(writes bool) {
	r.throttled = r.throttled || r.Status == http.StatusTooManyRequests
	switch {
	case r.Remedy != "":
	case r.throttled && r.retryAfter > maxPause:
		r.Remedy = "it takes no more requests of this account for " + amount.Lasting(r.retryAfter) + "; nothing was done: try again then"
	case r.throttled:
		r.Remedy = "it takes no more requests of this account for now, and took none after every pause; nothing was done: try again later"
	case r.Code == "" && r.Status < http.StatusInternalServerError:
		r.Remedy = "the answer is not in the form of " + r.Title + ": look whether a proxy in between, or a wrong service_url, has answered"
	case r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden && !writes:
		r.Remedy = "check who signs in, and that reading zones and records is permitted"
	case r.Status == http.StatusForbidden:
		r.Remedy = "whoever signs in may not change records of this zone: permit it at the service"
	case r.Status >= http.StatusInternalServerError:
		r.Remedy = "the fault is the service's own: try again later"
	}
}

// A ConflictError says that a set is not what the change was made from. Nothing was changed.
type ConflictError struct {
	Now   []dns.RR // what the set holds now, as far as Known
	Known bool     // false where the service says only that it was changed
	Clash *Set     // what keeps the set out: a CNAME record stands alone at its name
	Odd   string   // what the set has become since, as in [Set.Odd]
	Said  string   // what the service said to that, "" where it was not asked: "412 PreconditionFailed: …"
}

// conflict is a refusal as a conflict.
func (r *Refusal) conflict() *ConflictError {
	return &ConflictError{Said: strings.TrimSuffix(strings.Join(strings.Fields(fmt.Sprintf("%d %s: %s", r.Status, r.Code, r.Message)), " "), ".")}
}

func (e *ConflictError) Error() string { return "the set was changed by somebody else" }
