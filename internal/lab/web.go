package lab

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"hybrid/internal/lab/discovery"
)

// A web serves one side's HTTP and SIP.
type web struct {
	http    *http.Server
	handed  *handed
	sip     func() string // FQDN of the registrar
	served  sync.WaitGroup
	address string // of plain HTTP
}

func startWeb(host string, log hclog.Logger, side discovery.Side, sip func() string) (*web, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, err
	}
	w := &web{handed: newHanded(listener.Addr()), sip: sip, address: listener.Addr().String()}
	w.http = &http.Server{
		Handler: &discovery.Service{Side: side}, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.Named("discovery").StandardLogger(&hclog.StandardLoggerOptions{ForceLevel: hclog.Debug}),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			if _, ok := c.(*arrived); ok {
				return discovery.Secure(ctx)
			}
			return ctx
		},
	}
	for _, at := range []net.Listener{listener, w.handed} {
		w.served.Go(func() { _ = w.http.Serve(at) }) // ends with ErrServerClosed
	}
	return w, nil
}

// take serves a connection whose handshake is done, until it ends: SIP or HTTP, by its first line.
func (w *web) take(c net.Conn) {
	reader := bufio.NewReader(c)
	line, err := firstLine(reader)
	if err != nil {
		return
	}
	a := &arrived{Conn: c, reader: reader, ended: make(chan struct{})}
	if strings.Contains(strings.ToUpper(line), " SIP/2.0") {
		discovery.AnswerSIP(a, w.sip())
		return
	}
	if w.handed.put(a) {
		<-a.ended
	}
}

// firstLine looks at the first line of a connection that says something, and leaves it unread; an error where there is none
// within 4096 bytes.
func firstLine(r *bufio.Reader) (string, error) {
	for n := 1; ; n = r.Buffered() + 1 {
		if _, err := r.Peek(n); err != nil {
			return "", err
		}
		seen, _ := r.Peek(r.Buffered())
		if line, _, ok := bytes.Cut(bytes.TrimLeft(seen, "\r\n"), []byte("\n")); ok {
			return string(line), nil
		}
	}
}
