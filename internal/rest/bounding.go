package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"hybrid/internal/bounded"
)

// bounding ends answers that are too large to be any.
type bounding struct{ next *http.Transport }

func (b bounding) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = &body{r.Context(), answer.Body, r.URL.Host, MostAnswer}
	return answer, nil
}

// CloseIdleConnections is what [http.Client.CloseIdleConnections] calls.
func (b bounding) CloseIdleConnections() { b.next.CloseIdleConnections() }

// Redialled is a client like another, without a proxy, whose connections a function makes. Answers stay as bounded as they were.
func Redialled(c *http.Client, dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Client {
	client := *c
	b, isBounding := c.Transport.(bounding)
	if !isBounding {
		b.next = c.Transport.(*http.Transport)
	}
	transport := b.next.Clone()
	transport.Proxy, transport.DialContext = nil, dial
	if client.Transport = transport; isBounding {
		client.Transport = bounding{transport}
	}
	return &client
}

// A body is that of an answer, and knows how much of it may still come.
type body struct {
	ctx context.Context // of the request
	io.ReadCloser
	host string
	left int64
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return 0, fmt.Errorf("the answer of %s was given up: %w", b.host, &bounded.TooLargeError{Most: MostAnswer})
	}
	if errors.Is(err, io.EOF) && b.ctx.Err() != nil { // where the time ends while a body without a length comes, net/http tells that as its end
		err = context.Cause(b.ctx)
	}
	return n, err
}
