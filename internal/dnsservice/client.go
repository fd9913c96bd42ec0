package dnsservice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"

	"hybrid/internal/amount"
	"hybrid/internal/rest"
)

// Options say how a service is reached.
type Options struct {
	URL     string        // "https://api.cloudflare.com"; "" is the service's own
	HTTP    *http.Client  // follows no redirects
	Timeout time.Duration // of one request; 0 means 30 seconds
	Log     hclog.Logger
	// Sleep waits, false where the context ended before. Nil waits by the clock of the machine.
	Sleep func(ctx context.Context, d time.Duration) bool
}

const (
	usualTimeout = 30 * time.Second
	// maxAnswer is how much of an answer is read: a page of some thousand records is a few megabytes.
	maxAnswer = 32 << 20
	// maxPause bounds a pause that a service asks for: Cloudflare closes an account's API for five minutes at a time.
	maxPause = 6 * time.Minute
	// maxPages bounds a listing that never ends: of the shortest pages, which are Azure's of 100, these are 200,000 record sets.
	maxPages = 2000
)

// A client sends requests to a service and explains what comes of them.
type client struct {
	title   string
	base    *url.URL
	http    *http.Client
	timeout time.Duration
	log     hclog.Logger
	sleep   func(context.Context, time.Duration) bool
	trips   atomic.Int64
	sign    func(ctx context.Context, r *http.Request, body []byte) error
	// refusal takes an error's answer apart: code, message, and what is known to help.
	refusal func(r *Refusal, body []byte)
}

func newClient(title, usual string, o Options) (*client, error) {
	if o.URL == "" {
		o.URL = usual
	}
	base, err := url.Parse(strings.TrimSuffix(o.URL, "/"))
	if err != nil || base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("%q is not where %s is reached; write https:// and a host", o.URL, title)
	}
	if o.Timeout <= 0 {
		o.Timeout = usualTimeout
	}
	if o.Log == nil {
		o.Log = hclog.NewNullLogger()
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	return &client{title: title, base: base, http: o.HTTP, timeout: o.Timeout, log: o.Log, sleep: o.Sleep}, nil
}

// Host is where the service is reached.
func (c *client) Host() string { return c.base.Host }

// RoundTrips counts the requests that were sent.
func (c *client) RoundTrips() int64 { return c.trips.Load() }

// Close ends idle connections.
func (c *client) Close() { c.http.CloseIdleConnections() }

// A request is one that is sent, and again as long as the rules permit.
type request struct {
	doing  string // "reading the zone contoso.com"
	method string
	path   string // with the query, or a whole address on the same host
	header http.Header
	body   []byte
	leave  func() error // asked before a write is sent
}

func (r request) writes() bool { return r.method != http.MethodGet }

// do sends a request: reads again on 429, 5xx and broken connections, writes only where the service says that it has not begun.
func (c *client) do(ctx context.Context, r request) ([]byte, error) {
	for attempt := 0; ; attempt++ {
		if r.leave != nil {
			if err := r.leave(); err != nil {
				return nil, err
			}
		}
		answer, err := c.once(ctx, r)
		if err == nil {
			return answer, nil
		}
		pause, again := retry(r, attempt, err)
		if !again || ctx.Err() != nil {
			return nil, err
		}
		c.log.Info("asked again", "service", c.title, "in", pause, "doing", r.doing, "because", err)
		if !c.sleep(ctx, pause) {
			return nil, fmt.Errorf("%w; waiting %s for it was given up: %w", err, amount.Lasting(pause), context.Cause(ctx))
		}
	}
}

// retry says whether a failed request is sent again, and after how long.
func retry(r request, attempt int, err error) (time.Duration, bool) {
	var refused *Refusal
	if attempt+1 >= rest.MaxAttempts || rest.Lost(err) {
		return 0, false
	}
	if errors.As(err, &refused) && (refused.throttled || !r.writes() && refused.Status >= http.StatusInternalServerError) {
		if refused.retryAfter > 0 {
			return refused.retryAfter, refused.retryAfter <= maxPause
		}
		return rest.Backoff(attempt), true
	}
	return rest.Backoff(attempt), !r.writes() && rest.Cut(err)
}

func (c *client) once(ctx context.Context, r request) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	address, err := c.base.Parse(c.base.Path + r.path)
	if strings.HasPrefix(r.path, "https://") {
		address, err = url.Parse(r.path)
	}
	if err != nil || !sameHost(address, c.base) || address.Scheme != "https" {
		return nil, fmt.Errorf("%s: the link to the next page leads away from %s, and is not followed", r.doing, c.base.Host)
	}
	var written atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { written.Store(true) }}
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), r.method, address.String(), bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	if r.writes() {
		req.GetBody = nil // the transport would send it a second time over another connection
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	if err := c.sign(ctx, req, r.body); err != nil {
		return nil, err
	}
	c.trips.Add(1)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.failed(r, err, written.Load())
	}
	defer resp.Body.Close()
	return c.answer(r, resp)
}

// sameHost says whether two addresses lead to one host: Azure's links may write the port that https has anyway.
func sameHost(a, b *url.URL) bool {
	return strings.EqualFold(strings.TrimSuffix(a.Host, ":443"), strings.TrimSuffix(b.Host, ":443"))
}

// answer takes an answer apart.
func (c *client) answer(r request, resp *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		refused := &Refusal{Title: c.title, Doing: r.doing, Status: resp.StatusCode, retryAfter: rest.RetryAfter(resp.Header, time.Now())}
		c.refusal(refused, body)
		refused.usual(r.writes())
		if r.writes() && refused.Status >= http.StatusInternalServerError && !refused.throttled {
			return nil, &rest.LostError{Err: refused}
		}
		return nil, refused
	}
	switch {
	case err != nil && r.writes():
		return nil, &rest.LostError{Err: fmt.Errorf("%s: the answer of %s ended early: %w", r.doing, c.title, err)}
	case err != nil:
		return nil, &rest.CutError{Err: fmt.Errorf("%s: the answer of %s ended early: %w", r.doing, c.title, err)}
	case len(body) > maxAnswer:
		large := fmt.Errorf("%s: the answer of %s is larger than %d MiB, and was given up", r.doing, c.title, maxAnswer>>20)
		if r.writes() {
			return nil, &rest.LostError{Err: large}
		}
		return nil, large
	}
	return body, nil
}

// failed explains a request without an answer.
func (c *client) failed(r request, err error, written bool) error {
	plain := rest.Bare(err)
	switch {
	case r.writes() && written:
		return &rest.LostError{Err: fmt.Errorf("%s: sent to %s, and no answer came: %w", r.doing, c.title, plain)}
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: %w", r.doing, plain)
	}
	explained := fmt.Errorf("%s: no answer from %s: %w; check the network and any proxy in between", r.doing, c.title, plain)
	if r.writes() {
		return fmt.Errorf("%w; nothing was sent", explained)
	}
	return &rest.CutError{Err: explained}
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// unreadable explains an answer that is not what the service speaks.
func (c *client) unreadable(doing string, err error) error {
	return fmt.Errorf("%s: the answer is not one of %s (%w); is there a proxy in between?", doing, c.title, err)
}
