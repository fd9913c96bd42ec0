package ldap

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"

	wire "github.com/go-ldap/ldap/v3"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"

	"hybrid/internal/kerberos"
)

// Kerberos says who signs in by a ticket. Connections share the identity, and with it the tickets.
type Kerberos struct {
	Identity *kerberos.Identity
	Service  string // "ldap/dc01.contoso.com"; "" for that of the URL's host
}

// byTicket binds by GSSAPI over the encrypted connection, to which the ticket is bound by the server's certificate: a domain
// controller may demand that (LdapEnforceChannelBinding).
func (c *Conn) byTicket(ctx context.Context, library *wire.Conn, k Kerberos) error {
	state := c.conn.(*tls.Conn).ConnectionState()
	s := &saslClient{ctx: ctx, identity: k.Identity, binding: kerberos.BindingOf(state.PeerCertificates[0])}
	service := cmp.Or(k.Service, "ldap/"+c.server)
	err := library.GSSAPIBind(s, service, "")
	if bound := (*wire.Error)(nil); errors.As(err, &bound) && bound.ResultCode == wire.LDAPResultInvalidCredentials {
		k.Identity.Forget(service) // the domain controller may have a new key
		return &notTakenError{service, k.Identity.String(), bound}
	}
	return err
}

// saslClient is the library's view of one sign-in.
type saslClient struct {
	ctx      context.Context
	identity *kerberos.Identity
	binding  kerberos.Binding
	begun    *kerberos.Context
}

// InitSecContext gives the first token, and then takes the server's answer to it.
func (s *saslClient) InitSecContext(service string, answer []byte) (token []byte, more bool, err error) {
	if s.begun == nil {
		s.begun, token, err = s.identity.Context(s.ctx, service, s.binding)
	} else {
		err = s.begun.Answered(answer)
	}
	if err != nil {
		return nil, false, &ticketError{err}
	}
	return token, token != nil, nil
}

// InitSecContextWithOptions is the same: what Kerberos has of options is chosen already.
func (s *saslClient) InitSecContextWithOptions(service string, answer []byte, _ []int) ([]byte, bool, error) {
	return s.InitSecContext(service, answer)
}

// NegotiateSaslAuth answers what the server offers to do with messages.
func (s *saslClient) NegotiateSaslAuth(offer []byte, account string) ([]byte, error) {
	answer, err := s.begun.Unsealed(offer, account)
	if err != nil {
		return nil, &ticketError{err}
	}
	return answer, nil
}

// DeleteSecContext forgets the sign-in.
func (s *saslClient) DeleteSecContext() error {
	s.begun = nil
	return nil
}

// ticketError is why there is no ticket, or none that both sides agree on.
type ticketError struct{ error }

func (e *ticketError) Unwrap() error { return e.error }

// notTakenError says that the server does not take a ticket.
type notTakenError struct {
	service, who string
	err          *wire.Error
}

func (e *notTakenError) Error() string { return e.err.Error() }
func (e *notTakenError) Unwrap() error { return e.err }

// ticketless tells why there is no ticket.
func (c *Conn) ticketless(err error) error {
	told := (*kerberos.Error)(nil)
	switch {
	case errors.Is(err, kerberos.ErrSealing):
		return &Error{Binding, c.server, unsealed, err}
	case errors.As(err, &told) && told.Code == errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN:
		return &Error{Refused, c.server, fmt.Sprintf("could not be signed in to by Kerberos: the realm %s knows no service %s. Write the domain controller's full name in url, not an alias or an address (setspn -Q %s finds who has it)",
			told.Realm, told.Service, told.Service), nil}
	case errors.As(err, &told):
		return &Error{Refused, c.server, "could not be signed in to by Kerberos: " + told.Text, nil}
	}
	return &Error{Refused, c.server, "could not be signed in to by Kerberos", err}
}

// notTaken tells why the server may not have taken a ticket that the KDC has given.
func (c *Conn) notTaken(e *notTakenError) error {
	if unbound(e) {
		return c.result(&result{code: int64(e.err.ResultCode), text: e.err.Err.Error()})
	}
	return &Error{Refused, c.server, fmt.Sprintf("does not take the ticket of %s for %s: does that name belong to the domain controller's own account (setspn -Q %s)? Else its key was changed meanwhile, its clock is off, "+
		"or something decrypts the connection on its way, to whose certificate the ticket is bound", e.who, e.service, e.service), e.err}
}
