package graph

import (
	"errors"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"hybrid/internal/rest"
)

// retry says whether a failed request is sent again, and after how long: reads on 429, 5xx and broken connections,
// writes on 429 alone. Where Graph names a time it is waited for, up to an hour: what names more is told at once.
func retry(method string, attempt int, err error) (time.Duration, bool) {
	if attempt+1 >= rest.MaxAttempts {
		return 0, false
	}
	var refused *Error
	throttled := errors.As(err, &refused) && refused.Status == http.StatusTooManyRequests
	read := method == http.MethodGet
	switch {
	case throttled, read && refused != nil && refused.Status >= 500:
		if refused.retryAfter > 0 {
			return refused.retryAfter, refused.retryAfter <= maxPause
		}
		return rest.Backoff(attempt), true
	case read && rest.Cut(err):
		return rest.Backoff(attempt), true
	}
	return 0, false
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
