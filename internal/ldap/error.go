package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"

	wire "github.com/go-ldap/ldap/v3"
)

// A Kind says what is wrong.
type Kind int

// What can be wrong with reading a directory.
const (
	Unreachable Kind = iota // nobody answers
	Misdirected             // the URL is none
	Untrusted               // the certificate is not believed
	Clear                   // the server does not encrypt
	Refused                 // the account, its password or its ticket is not taken
	Binding                 // a sign-in without channel binding or signing is not taken
	Elsewhere               // what was asked for is on another server
	Limited                 // the server gives no more than so much
	Nowhere                 // the base does not exist
	Denied                  // the account may not read it
	Endless                 // the answer has no end
	Silent                  // the server does not go on
	Cut                     // the connection ended in the middle
	Other                   // what the server said
)

// An Error is why reading failed.
type Error struct {
	Kind   Kind
	Server string // "dc01.contoso.com"
	Text   string // what it does, and what helps: a clause that follows its name
	Err    error  // nil where Text says it all
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Server + " " + e.Text
	}
	return e.Server + " " + e.Text + " (" + e.Err.Error() + ")"
}

func (e *Error) Unwrap() error { return e.Err }

// Errors of the steps on the way, before they are told.
type (
	handshakeError struct{ error }
	clearError     struct{ error }
)

func (e *handshakeError) Unwrap() error { return e.error }
func (e *clearError) Unwrap() error     { return e.error }

// error tells what went wrong.
func (c *Conn) error(err error) error {
	own, taker := (*Error)(nil), (*takerError)(nil)
	switch {
	case errors.As(err, &taker):
		return taker.error
	case errors.As(err, &own), errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, errLarge), errors.Is(err, errSignIn):
		return &Error{Endless, c.server, "sends more than a directory has to say: look whether it is one, and what stands in between", err}
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{Silent, c.server, fmt.Sprintf("has not answered within %s", c.timeout), nil}
	}
	if told := c.secured(err); told != nil {
		return told
	}
	if ended := (*result)(nil); errors.As(err, &ended) {
		return c.result(ended)
	}
	if bound := (*wire.Error)(nil); errors.As(err, &bound) && bound.ResultCode < wire.LDAPResultOther {
		return c.result(&result{code: int64(bound.ResultCode), text: bound.Err.Error()})
	}
	if dialled := (*net.OpError)(nil); errors.As(err, &dialled) && dialled.Op == "dial" {
		return &Error{Unreachable, c.server, "cannot be reached: look at the name, and whether a firewall lets LDAP through (636, 389 for ldap://)", err}
	}
	return &Error{Cut, c.server, "ended the connection in the middle: what was read is not all", err}
}

// secured tells what went wrong before anything was said: encryption, tickets.
func (c *Conn) secured(err error) error {
	handshake, clear, ticket, shown := (*handshakeError)(nil), (*clearError)(nil), (*ticketError)(nil), (*notTakenError)(nil)
	switch {
	case errors.As(err, &ticket):
		return c.ticketless(ticket.error)
	case errors.As(err, &shown):
		return c.notTaken(shown)
	case errors.As(err, &clear):
		return &Error{Clear, c.server, "does not encrypt: it refuses StartTLS, and nothing is sent in the clear. Give the domain controller a certificate, or write ldaps://", err}
	case errors.As(err, &handshake):
		return c.untrusted(handshake.error)
	}
	return nil
}

func (c *Conn) untrusted(err error) error {
	authority, name, invalid := x509.UnknownAuthorityError{}, x509.HostnameError{}, x509.CertificateInvalidError{}
	header := tls.RecordHeaderError{}
	text := err.Error()
	switch {
	case errors.As(err, &authority) || strings.Contains(text, "unknown authority"):
		return &Error{Untrusted, c.server, "shows a certificate of an authority that this machine does not trust: name the authority's certificate in ca_file", err}
	case errors.As(err, &name) || strings.Contains(text, "is valid for"):
		return &Error{Untrusted, c.server, "shows a certificate that is made out to another name: write the name that is in it in url, or in server_name", err}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return &Error{Untrusted, c.server, "shows a certificate that has expired: renew it on the domain controller", err}
	case errors.As(err, &header), errors.Is(err, io.EOF), strings.Contains(text, "connection reset"):
		return &Error{Clear, c.server, "does not encrypt at this port: a domain controller without a certificate closes port 636 at once. Give it one, or look at the port", err}
	}
	return &Error{Untrusted, c.server, "shows a certificate that is not believed", err}
}

// result tells what the server answered (RFC 4511, appendix A).
func (c *Conn) result(err *result) error {
	switch err.code {
	case wire.LDAPResultInvalidCredentials:
		return c.refused(err)
	case wire.LDAPResultStrongAuthRequired, wire.LDAPResultConfidentialityRequired, wire.LDAPResultInappropriateAuthentication:
		return &Error{Binding, c.server, unsealed, err}
	case wire.LDAPResultReferral:
		return &Error{Elsewhere, c.server, "does not have this part of the directory and refers to " + strings.Join(err.referrals, ", ") + ": name that server in url, or correct base_dn", err}
	case wire.LDAPResultSizeLimitExceeded, wire.LDAPResultAdminLimitExceeded, wire.LDAPResultTimeLimitExceeded:
		return &Error{Limited, c.server, "gives this account no more entries: raise its limit (size.prtotal in OpenLDAP, MaxPageSize and MaxQueryDuration in Active Directory's query policy)", err}
	case wire.LDAPResultNoSuchObject:
		return &Error{Nowhere, c.server, "has nothing at this base: look at base_dn, and whether the account may read it", err}
	case wire.LDAPResultInsufficientAccessRights:
		return &Error{Denied, c.server, "does not let this account read", err}
	case wire.LDAPResultOperationsError:
		if strings.Contains(strings.ToLower(err.Error()), "bind") {
			return &Error{Denied, c.server, "does not let anybody read who has not signed in", err}
		}
	case wire.LDAPResultUnavailable, wire.LDAPResultBusy:
		return &Error{Unreachable, c.server, "is too busy to answer: try again, or name another domain controller in url", err}
	}
	return &Error{Other, c.server, "refuses", err}
}

// dataCode is the reason for a refused sign-in in Active Directory's text: "AcceptSecurityContext error, data 52e, v4563".
var dataCode = regexp.MustCompile(`data ([0-9a-f]+)`)

// unsealed is what helps where TLS is not enough for a domain controller.
const unsealed = "wants messages signed by Kerberos itself, beside TLS, which is not done here: sign in with a password over LDAPS (auth = \"simple\")"

// unbound says whether a domain controller that demands channel binding (LdapEnforceChannelBinding) has refused a sign-in for it:
// SEC_E_BAD_BINDINGS, or in words of LDAP ERROR_INVALID_PARAMETER.
func unbound(err error) bool {
	text := strings.ToLower(err.Error())
	return strings.Contains(text, "80090346") || strings.Contains(text, "data 57,")
}

// refused tells why a sign-in is not taken, as far as the server tells (Win32 error codes in hexadecimal).
func (c *Conn) refused(err *result) error {
	code := ""
	if m := dataCode.FindStringSubmatch(strings.ToLower(err.Error())); m != nil {
		code = m[1]
	}
	reasons := map[string]string{
		"525": "knows no such account", "52e": "does not take this password", "530": "lets this account not sign in at this time",
		"531": "lets this account not sign in from this computer", "532": "does not take this password, which has expired", "533": "has this account disabled",
		"701": "has this account, which has expired", "773": "wants this password changed first", "775": "has this account locked",
	}
	if unbound(err) {
		return &Error{Binding, c.server, "does not take this sign-in, since it was bound to another certificate than its own: something decrypts the connection on its way, such as a load balancer or a proxy. Name the domain controller itself in url", err}
	}
	if text := reasons[code]; text != "" {
		return &Error{Refused, c.server, text, err}
	}
	return &Error{Refused, c.server, "does not take this account or its password", err}
}
