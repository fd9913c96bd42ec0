package graph

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// maxAttempts bounds how often a request is sent. Where Graph names a time it is waited for, however long: only the
// context bounds it. Every early repetition counts against the limit as well.
const maxAttempts = 6

// retry says whether a failed request is sent again, and after how long: reads on 429, 5xx and broken connections,
// writes on 429 alone.
func retry(method string, attempt int, err error) (time.Duration, bool) {
	if attempt+1 >= maxAttempts {
		return 0, false
	}
	var refused *Error
	var cut *cutError
	throttled := errors.As(err, &refused) && refused.Status == http.StatusTooManyRequests
	read := method == http.MethodGet
	switch {
	case throttled, read && refused != nil && refused.Status >= 500:
		if refused.retryAfter > 0 {
			return refused.retryAfter, true
		}
		return backoff(attempt), true
	case read && errors.As(err, &cut):
		return backoff(attempt), true
	}
	return 0, false
}

// backoff is 1, 2, 4 … seconds and up to half of that more, so that many clients do not return at once.
func backoff(attempt int) time.Duration {
	d := time.Second << attempt
	return d + rand.N(d/2)
}

// retryAfter reads the header in both of its forms (RFC 9110 section 10.2.3).
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// sending knows how far a request to Graph itself has come: the token's does not count.
type sending struct{ begun, written atomic.Bool }

type sendingKey struct{}

// sentPolicy stands last in the pipeline, behind the one that fetches the token.
type sentPolicy struct{}

// Do notes when the request leaves this machine.
func (sentPolicy) Do(req *policy.Request) (*http.Response, error) {
	ctx := req.Raw().Context()
	sent, ok := ctx.Value(sendingKey{}).(*sending)
	if !ok {
		return req.Next()
	}
	sent.begun.Store(true)
	trace := &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { sent.written.Store(true) }}
	return req.WithContext(httptrace.WithClientTrace(ctx, trace)).Next()
}
