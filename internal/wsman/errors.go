package wsman

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	"hybrid/internal/kerberos"
	"hybrid/internal/socket"
)

// A ConnectError says that a request was not answered: no connection, a connection that broke, or a context that
// ended.
type ConnectError struct {
	Address string
	Sent    bool // whether any of the request may have left
	Err     error
}

func (e *ConnectError) Error() string { return e.Address + ": " + cause(e.Err) }
func (e *ConnectError) Unwrap() error { return e.Err }

// Delivered says whether the request may have reached its process.
func (e *ConnectError) Delivered() bool { return e.Sent }

// cause says in an administrator's words what went wrong on the way, and what to look at.
func cause(err error) string {
	var (
		name  *net.DNSError
		plain tls.RecordHeaderError
	)
	switch {
	case errors.Is(err, context.Canceled):
		return "cancelled while waiting for an answer"
	case errors.Is(err, context.DeadlineExceeded):
		return "gave up waiting for an answer at the deadline"
	case errors.As(err, &name):
		return lookup(name)
	case socket.Refused(err):
		return "connection refused. Is the host up, and has it a WinRM listener on this port? On the host, winrm enumerate winrm/config/listener lists them"
	case socket.Unreachable(err):
		return "no route to the host. Check the network, VPN and address"
	case errors.As(err, &plain) || errors.Is(err, http.ErrSchemeMismatch):
		return "the server does not speak TLS on this port. 5986 is the usual HTTPS port; 5985 is plain HTTP"
	case errors.Is(err, os.ErrDeadlineExceeded) || timedOut(err):
		return "no answer in time. Is the host up, and does a firewall let this port through?"
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return "the server closed the connection before it had answered"
	case socket.Reset(err):
		return "the connection was reset before the answer was complete"
	}
	return err.Error()
}

func lookup(err *net.DNSError) string {
	if err.IsNotFound {
		return fmt.Sprintf("there is no host %q in DNS. Check its name", err.Name)
	}
	return fmt.Sprintf("the name %q could not be looked up: %s", err.Name, err.Err)
}

func timedOut(err error) bool {
	var slow net.Error
	return errors.As(err, &slow) && slow.Timeout()
}

// An HTTPError is an answer that is not an envelope.
type HTTPError struct {
	Address     string
	Username    string // who tried to sign in
	Status      int
	ContentType string
	Reason      string // of a 401: why, and what helps
	Ticket      bool   // a ticket was shown, which can be repeated without bringing the account closer to being locked
}

func (e *HTTPError) Error() string {
	return fmt.Sprintf("%s answered HTTP %d: %s", e.Address, e.Status, e.explain())
}

func (e *HTTPError) explain() string {
	switch e.Status {
	case http.StatusUnauthorized:
		return e.Reason
	case http.StatusForbidden:
		return fmt.Sprintf("%q may not use Windows Remote Management there. Add the account to the host's Remote Management Users or Administrators", e.Username)
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return "there is a web server on this port, but no WS-Man listener. Check host and port; 5986 is the usual one"
	case http.StatusBadRequest:
		return "the server did not understand the request. Is this port plain HTTP where HTTPS is spoken, or the other way round?"
	case http.StatusOK:
		return fmt.Sprintf("this is not WS-Man: content type %q instead of %s, or an answer without end. Check host and port", e.ContentType, contentType)
	}
	return "this is not an answer of WS-Man. Is there a proxy in between?"
}

// Delivered says whether the request may have reached its process: below 500 the web server itself refused it.
func (e *HTTPError) Delivered() bool { return e.Status >= 500 || e.Status == http.StatusOK }

// Refused says whether err means that the account was not accepted, or may not sign in: a repetition would only bring it
// closer to being locked.
func Refused(err error) bool {
	if kerberos.Refused(err) {
		return true
	}
	var answer *HTTPError
	if errors.As(err, &answer) {
		return answer.Status == http.StatusUnauthorized && !answer.Ticket || answer.Status == http.StatusForbidden
	}
	var fault *Fault
	return errors.As(err, &fault) && fault.Code == CodeAccessDenied
}
