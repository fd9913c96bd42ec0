package kerberos

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/messages"
)

// A Context is one sign-in to a service by SASL's mechanism GSSAPI (RFC 4752): a token, the service's answer, which proves who it
// is, and the word of both that nothing is sealed, since TLS does that. It is used once.
type Context struct{ agreed *Signing }

// Context begins a sign-in to a service ("ldap/dc01.contoso.com") and gives the first token. Errors are those of [Identity.Token].
func (i *Identity) Context(ctx context.Context, service string, binding Binding) (*Context, []byte, error) {
	agreed, token, err := i.begin(ctx, service, checksum(binding, gssapi.ContextFlagInteg|gssapi.ContextFlagConf|gssapi.ContextFlagMutual))
	return &Context{agreed: agreed}, token, err
}

// Answered takes the service's answer to the first token, as [Signing.Agree] does.
func (c *Context) Answered(token []byte) error { return c.agreed.Agree(token) }

// errNotProven says that what follows was not signed by whoever has proven to be the service.
var errNotProven = errors.New("the service does not sign its offer with the key that was agreed on")

// Bits of the flags of a token (RFC 4121 4.2.2).
const (
	ofService = 1
	sealed    = 2
	byOwnKey  = 4
)

// layerNone is the bit that says that nothing is signed or sealed from here on (RFC 4752 3.3).
const layerNone = 1

// Unsealed answers the service's offer of what is done with messages: nothing. Account is who one wants to be, "" for oneself.
func (c *Context) Unsealed(offer []byte, account string) ([]byte, error) {
	said, err := c.open(offer)
	if err != nil {
		return nil, err
	}
	if len(said) != 4 {
		return nil, fmt.Errorf("the service offers %d bytes, where four say what is done with messages (RFC 4752)", len(said))
	}
	if said[0]&layerNone == 0 {
		return nil, ErrSealing
	}
	key := c.agreed.key
	answer := gssapi.WrapToken{SndSeqNum: c.agreed.sequence, Payload: append([]byte{layerNone, 0, 0, 0}, account...)}
	if c.agreed.chosen {
		answer.Flags = byOwnKey
	}
	kind, err := crypto.GetEtype(key.KeyType)
	if err != nil {
		return nil, err
	}
	answer.EC = uint16(kind.GetHMACBitLength() / 8)
	if err := answer.SetCheckSum(key, keyusage.GSSAPI_INITIATOR_SEAL); err != nil {
		return nil, err
	}
	return answer.Marshal()
}

// ErrSealing says that a service takes only messages that are signed or sealed by Kerberos itself.
var ErrSealing = errors.New("the service demands that messages are signed by Kerberos, beside TLS")

// headSize is the length of what stands before a token's contents (RFC 4121 4.2.6.2).
const headSize = 16

// open gives what a token holds that is signed and not sealed.
func (c *Context) open(token []byte) ([]byte, error) {
	if len(token) < headSize || token[2]&ofService == 0 || token[2]&sealed != 0 {
		return nil, errNotProven
	}
	turned := unrotated(token)
	var read gssapi.WrapToken
	if err := read.Unmarshal(turned, true); err != nil {
		return nil, err
	}
	if (read.Flags&byOwnKey != 0) != c.agreed.chosen {
		return nil, errNotProven
	}
	if ok, err := read.Verify(c.agreed.key, keyusage.GSSAPI_ACCEPTOR_SEAL); !ok || err != nil {
		return nil, errNotProven
	}
	return read.Payload, nil
}

// unrotated puts a token's contents before its checksum. Windows and Heimdal send the checksum first, MIT's library last, and each
// says by how much it is turned (RFC 4121 4.2.5).
func unrotated(token []byte) []byte {
	body := token[headSize:]
	if len(body) == 0 {
		return token
	}
	by := int(binary.BigEndian.Uint16(token[6:])) % len(body)
	turned := append([]byte{}, token[:headSize]...)
	return append(append(turned, body[by:]...), body[:by]...)
}

// framed is a request as GSS-API carries it.
func framed(request messages.APReq) ([]byte, error) {
	body, err := request.Marshal()
	if err != nil {
		return nil, err
	}
	mechanism, err := asn1.Marshal(gssapi.OIDKRB5.OID())
	if err != nil {
		return nil, err
	}
	return asn1tools.AddASNAppTag(append(append(mechanism, requestID...), body...), 0), nil
}
