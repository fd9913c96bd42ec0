// Package wsman runs a process on a Windows host through its WS-Man listener (Windows Remote Management): the text
// shell of MS-WSMV, over HTTPS, signed in by Kerberos, NTLM, a client certificate or Basic authentication.
//
// Plain HTTP is not spoken: what is sent over it must be sealed message by message (MS-WSMV 2.2.9.1), which no Go library in good
// keeping does, and unsealed it shows the network what is done and, with Basic, the password.
//
// The envelopes are built by masterzen/winrm; posting and reading them is done here, because that library's own
// transports take a SOAP fault for an empty answer and know no context.
package wsman

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/masterzen/winrm"
)

// The port of a listener (Windows' default since WinRM 2.0) and the defaults of [Options].
const (
	portHTTPS           = 5986
	defaultTimeout      = 20 * time.Second
	defaultEnvelopeSize = 153600
)

// Options say where a listener is and how it is spoken to.
type Options struct {
	Host string // name or address, IPv6 without brackets
	Port int    // 0: 5986
	Dial string // host:port to connect to instead; the listener is still spoken to by its own name. "": Host and Port

	CA          []byte // PEM: the authorities to trust instead of the system's
	Fingerprint string // SHA-256 of the server's own certificate in hex, colons allowed; without CA it alone decides
	ServerName  string // the name that the certificate must bear; "" means Host

	SignIn             SignIn // nil: [Basic] with the two that follow
	Username, Password string

	Timeout      time.Duration // how long the server may hold one poll for output; 0: 20 s
	EnvelopeSize int           // bytes an envelope may have in either direction; 0: 153600, the smallest Windows default
	Log          hclog.Logger  // nil: none
}

// A Host is one listener. It is safe for concurrent use, and contacts nothing until [Host.Start].
type Host struct {
	transport  *Transport
	parameters *winrm.Parameters
	url        string
	address    string
	chunk      int // bytes of input that fit one envelope
	log        hclog.Logger
	ending     sync.WaitGroup
}

// New checks the options. The errors name the option that is wrong.
func New(options Options) (*Host, error) {
	options = options.withDefaults()
	if err := options.check(); err != nil {
		return nil, err
	}
	transport, err := newTransport(options)
	if err != nil {
		return nil, err
	}
	return &Host{
		transport:  transport,
		parameters: winrm.NewParameters(period(options.Timeout), "en-US", options.EnvelopeSize),
		url:        options.url(),
		address:    options.address(),
		chunk:      (options.EnvelopeSize - envelopeOverhead) / 4 * 3,
		log:        options.Log,
	}, nil
}

// envelopeOverhead is what an envelope may hold beside base64: headers, namespaces and two identifiers make about
// 2,000 bytes.
const envelopeOverhead = 4096

func (o Options) withDefaults() Options {
	if o.Port == 0 {
		o.Port = portHTTPS
	}
	if o.SignIn == nil {
		o.SignIn = Basic{o.Username, o.Password}
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.EnvelopeSize == 0 {
		o.EnvelopeSize = defaultEnvelopeSize
	}
	if o.Log == nil {
		o.Log = hclog.NewNullLogger()
	}
	o.Host = strings.Trim(o.Host, "[]")
	return o
}

func (o Options) check() error {
	switch {
	case o.Host == "" || strings.ContainsAny(o.Host, "/@ \t\r\n"):
		return fmt.Errorf("host %q is not a host name or address; write it like fe01.contoso.com, without https:// and port", o.Host)
	case o.Port < 1 || o.Port > 65535:
		return fmt.Errorf("port %d is not between 1 and 65535; a WS-Man listener is usually on 5986 (HTTPS)", o.Port)
	case o.EnvelopeSize < 2*envelopeOverhead:
		return fmt.Errorf("an envelope size of %d bytes is too small; the least is %d", o.EnvelopeSize, 2*envelopeOverhead)
	case o.Timeout < time.Millisecond:
		return fmt.Errorf("a timeout of %s is too short", o.Timeout)
	}
	return o.SignIn.check(o.Host)
}

func (o Options) url() string {
	return (&url.URL{Scheme: "https", Host: o.address(), Path: "/wsman"}).String()
}

// address is host and port, an IPv6 address in brackets.
func (o Options) address() string { return net.JoinHostPort(o.Host, strconv.Itoa(o.Port)) }

// period writes a duration as XML Schema does: PT20S, PT0.5S.
func period(d time.Duration) string {
	return "PT" + strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "S"
}

// String is the listener's host and port.
func (h *Host) String() string { return h.address }

// Posts is how many requests have been posted so far, polls for output included.
func (h *Host) Posts() int64 { return h.transport.posts.Load() }

// Transport is what the host's requests are posted by.
func (h *Host) Transport() *Transport { return h.transport }

// Close waits until the shells of processes that could not be started have been removed (at most five seconds), and
// lets idle connections go. Processes are closed by themselves.
func (h *Host) Close() error {
	h.ending.Wait()
	h.transport.client.CloseIdleConnections()
	return nil
}

// closePatience bounds how long the server is waited for when a process or shell is given up.
const closePatience = 5 * time.Second

// discard removes a shell that nothing runs in, without making the caller wait.
func (h *Host) discard(shell string) {
	h.ending.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), closePatience)
		defer cancel()
		if _, err := h.transport.exchange(ctx, winrm.NewDeleteShellRequest(h.url, shell, h.parameters)); err != nil {
			h.log.Debug("a shell stays behind until its idle timeout", "host", h.address, "error", err)
		}
	})
}
