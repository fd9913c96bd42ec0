package kerberos

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"
)

// A Signing is what both ends agree on with a ticket, to sign messages and to check one another's (RFC 4121 4.2.6.1). It is safe for
// concurrent use once it is agreed on.
type Signing struct {
	service string
	end     time.Time
	sent    types.Authenticator // whose time the service must send back, for only it can read it

	mutex    sync.Mutex
	key      types.EncryptionKey // that of the ticket, or the one that the service has chosen in its place
	chosen   bool
	sequence uint64 // of the next signature
}

// Begin gives what opens an agreement with a service ("DNS/dc01.contoso.com"): a token outside of SPNEGO, whose answer goes to
// [Signing.Agree]. The service is made to prove that it is the one. Errors are *[Error], or that of the context.
func (i *Identity) Begin(ctx context.Context, service string) (*Signing, []byte, error) {
	return i.begin(ctx, service, checksum(Binding{}, gssapi.ContextFlagMutual|gssapi.ContextFlagReplay|gssapi.ContextFlagInteg))
}

// begin shows a ticket to a service that has to prove itself.
func (i *Identity) begin(ctx context.Context, service string, sum []byte) (*Signing, []byte, error) {
	t, err := i.service(ctx, service)
	if err != nil {
		return nil, nil, err
	}
	request, who, err := i.request(t, sum)
	if err != nil {
		return nil, nil, err
	}
	types.SetFlag(&request.APOptions, flags.APOptionMutualRequired)
	token, err := framed(request)
	return &Signing{service: service, end: t.end, sent: who, key: t.key, sequence: uint64(who.SeqNumber)}, token, err
}

// Agree takes the service's answer. An error means that it is not the service that the ticket is for, or does not take the ticket.
func (s *Signing) Agree(answer []byte) error {
	var token spnego.KRB5Token
	switch err := token.Unmarshal(answer); {
	case err != nil:
		return fmt.Errorf("the answer of %s is none of Kerberos: %w", s.service, err)
	case token.IsKRBError():
		return fmt.Errorf("%s does not take the ticket: %w", s.service, token.KRBError)
	case !token.IsAPRep():
		return fmt.Errorf("%s proves nothing", s.service)
	}
	plain, err := crypto.DecryptEncPart(token.APRep.EncPart, s.key, keyusage.AP_REP_ENCPART)
	if err != nil {
		return fmt.Errorf("what answers has not the key of %s", s.service)
	}
	var proof messages.EncAPRepPart
	if err := proof.Unmarshal(plain); err != nil {
		return fmt.Errorf("the proof of %s cannot be read: %w", s.service, err)
	}
	if !proof.CTime.Equal(s.sent.CTime.Truncate(time.Second)) || proof.Cusec != s.sent.Cusec {
		return fmt.Errorf("the proof of %s is for another request", s.service)
	}
	if proof.Subkey.KeyType != 0 {
		s.key, s.chosen = proof.Subkey, true
	}
	return nil
}

// Ends is when the ticket behind it ends.
func (s *Signing) Ends() time.Time { return s.end }

// Sign gives the signature of a message.
func (s *Signing) Sign(message []byte) ([]byte, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	token := gssapi.MICToken{SndSeqNum: s.sequence, Payload: message}
	if s.chosen {
		token.Flags |= gssapi.MICTokenFlagAcceptorSubkey
	}
	if err := token.SetChecksum(s.key, keyusage.GSSAPI_INITIATOR_SIGN); err != nil {
		return nil, err
	}
	s.sequence++
	return token.Marshal()
}

// Verify holds the service's signature against a message. That a message is not an older one is for the protocol above to see, by what
// the message says.
func (s *Signing) Verify(message, signature []byte) error {
	var token gssapi.MICToken
	if err := token.Unmarshal(signature, true); err != nil {
		return err
	}
	token.Payload = message
	if ok, err := token.Verify(s.key, keyusage.GSSAPI_ACCEPTOR_SIGN); err != nil || !ok {
		return errors.Join(errors.New("the signature is another's, or the message was changed"), err)
	}
	return nil
}
