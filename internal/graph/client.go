package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/google/uuid"
	"github.com/hashicorp/go-hclog"

	"hybrid/internal/amount"
	"hybrid/internal/rest"
)

const (
	// maxAnswer is how much of an answer is read: a page of a thousand users with their plans is a few megabytes.
	maxAnswer = 32 << 20
	// maxPages and maxElements bound a listing that never ends: pages are of 100 elements where nothing else is asked for.
	maxPages    = 50_000
	maxElements = 5_000_000
	// maxPause bounds a pause that Graph asks for: it names seconds, and minutes where a tenant has used its quota up.
	maxPause = time.Hour
)

// Options says where a client leads and as whom.
type Options struct {
	Endpoint   string // "https://graph.microsoft.com"
	Scope      string // "https://graph.microsoft.com/.default"; made from Endpoint if empty
	Credential azcore.TokenCredential
	HTTP       *http.Client
	Version    string        // of this program, for the User-Agent
	Timeout    time.Duration // of one request; 0 means two minutes
	Log        hclog.Logger
}

// A Client speaks to one Graph endpoint.
type Client struct {
	base     *url.URL
	scope    string
	pipeline runtime.Pipeline
	timeout  time.Duration
	log      hclog.Logger
	trips    atomic.Int64
	wait     func(context.Context, time.Duration) error
}

// New prepares a client; it contacts nothing.
func New(o Options) (*Client, error) {
	base, err := url.Parse(strings.TrimSuffix(o.Endpoint, "/"))
	if err != nil || base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("%q is no endpoint of Microsoft Graph; write https://graph.microsoft.com", o.Endpoint)
	}
	if o.Scope == "" {
		o.Scope = base.String() + "/.default"
	}
	if o.Log == nil {
		o.Log = hclog.NewNullLogger()
	}
	if o.Timeout <= 0 {
		o.Timeout = 2 * time.Minute
	}
	pipeline := runtime.NewPipeline("hybrid", o.Version, runtime.PipelineOptions{
		PerRetry: []policy.Policy{runtime.NewBearerTokenPolicy(o.Credential, []string{o.Scope}, nil), sentPolicy{}},
	}, &policy.ClientOptions{
		Transport: o.HTTP,
		Retry:     policy.RetryOptions{MaxRetries: -1}, // the rule is ours: see the package's documentation
		Telemetry: policy.TelemetryOptions{ApplicationID: "hybrid"},
	})
	return &Client{base: base, scope: o.Scope, pipeline: pipeline, timeout: o.Timeout, log: o.Log, wait: Wait}, nil
}

// Host is where the client leads.
func (c *Client) Host() string { return c.base.Host }

// Scope is what its tokens are asked for: "https://graph.microsoft.com/.default".
func (c *Client) Scope() string { return c.scope }

// RoundTrips counts the requests that were sent to Graph.
func (c *Client) RoundTrips() int64 { return c.trips.Load() }

// Get reads one object, such as "servicePrincipals/…", into v.
func (c *Client) Get(ctx context.Context, path string, query url.Values, v any) error {
	return c.read(ctx, c.address(path, query), v)
}

// List reads a collection page by page and hands every element to each. The pages must be on the same host: the token
// goes with the request.
func (c *Client) List(ctx context.Context, path string, query url.Values, each func(json.RawMessage) error) error {
	next, elements, seen := c.address(path, query), 0, map[string]bool{}
	for pages := 0; next != ""; pages++ {
		seen[next] = true
		var page struct {
			Value []json.RawMessage `json:"value"`
			Next  string            `json:"@odata.nextLink"`
		}
		if err := c.read(ctx, next, &page); err != nil {
			return err
		}
		if elements += len(page.Value); pages == maxPages || elements > maxElements {
			return fmt.Errorf("listing %s at %s: the listing has no end: it was given up after %d pages with %d elements; is there a proxy in between?", path, c.base.Host, pages, elements)
		}
		for _, element := range page.Value {
			if err := each(element); err != nil {
				return err
			}
		}
		if seen[page.Next] {
			return fmt.Errorf("listing %s at %s: the link to the next page leads to one that was read before", path, c.base.Host)
		}
		if err := c.sameHost(page.Next); err != nil {
			return fmt.Errorf("listing %s: %w", path, err)
		}
		next = page.Next
	}
	return nil
}

// sameHost refuses a link that would carry the token elsewhere.
func (c *Client) sameHost(link string) error {
	u, err := url.Parse(link)
	if link != "" && (err != nil || u.Scheme != "https" || !strings.EqualFold(u.Host, c.base.Host)) {
		return fmt.Errorf("the link to the next page leads away from %s, and is not followed", c.base.Host)
	}
	return nil
}

// Patch changes the properties of body. An error for which [rest.Lost] holds means that it may have been done.
func (c *Client) Patch(ctx context.Context, path string, body []byte) error {
	_, err := c.do(ctx, http.MethodPatch, c.address(path, nil), body)
	return err
}

func (c *Client) address(path string, query url.Values) string {
	u := c.base.String() + "/v1.0/" + path
	if len(query) > 0 {
		u += "?" + query.Encode()
	}
	return u
}

func (c *Client) read(ctx context.Context, address string, v any) error {
	body, err := c.do(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("reading %s: the answer is not the JSON of Microsoft Graph (%w); is there a proxy in between?", shortAddress(address), err)
	}
	return nil
}

// do sends a request, and again as long as the rules permit.
func (c *Client) do(ctx context.Context, method, address string, body []byte) ([]byte, error) {
	for attempt := 0; ; attempt++ {
		answer, err := c.once(ctx, method, address, body)
		if err == nil {
			return answer, nil
		}
		pause, again := retry(method, attempt, err)
		if !again || ctx.Err() != nil {
			return nil, err
		}
		c.log.Info("Graph is asked again", "in", pause, "method", method, "address", shortAddress(address), "because", err)
		if waited := c.wait(ctx, pause); waited != nil {
			return nil, fmt.Errorf("%w; waiting %s for it was given up: %w", err, amount.Lasting(pause), waited)
		}
	}
}

// once sends a request.
func (c *Client) once(ctx context.Context, method, address string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	sent := &sending{}
	req, err := runtime.NewRequest(context.WithValue(ctx, sendingKey{}, sent), method, address)
	if err != nil {
		return nil, err
	}
	id := uuid.NewString()
	req.Raw().Header.Set("client-request-id", id)
	req.Raw().Header.Set("Accept", "application/json")
	if body != nil {
		if err := req.SetBody(streaming{bytes.NewReader(body)}, "application/json"); err != nil {
			return nil, err
		}
	}
	runtime.SkipBodyDownload(req)
	resp, err := c.pipeline.Do(req)
	if sent.begun.Load() {
		c.trips.Add(1)
	}
	at := request{method: method, address: address, id: id}
	if err != nil {
		return nil, at.failed(err, sent)
	}
	defer resp.Body.Close()
	return at.answer(resp)
}

// streaming is a body that the pipeline can rewind.
type streaming struct{ *bytes.Reader }

func (streaming) Close() error { return nil }

// answer takes an answer apart. What a write has to say beyond its status does not matter.
func (r request) answer(resp *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch good := resp.StatusCode >= 200 && resp.StatusCode < 300; {
	case !good:
		return nil, r.refused(resp, body)
	case r.method != http.MethodGet:
		return nil, nil
	case err != nil:
		return nil, &rest.CutError{Err: fmt.Errorf("%s: the answer ended early: %w", r, err)}
	case len(body) > maxAnswer:
		return nil, fmt.Errorf("%s: the answer is larger than %d MiB, and was given up", r, maxAnswer>>20)
	}
	return body, nil
}

// Wait waits, unless the context ends before: then it says why.
func Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
