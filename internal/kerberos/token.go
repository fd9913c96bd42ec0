package kerberos

import (
	"context"
	"crypto"
	"crypto/md5"
	_ "crypto/sha256" // for [crypto.Hash]
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"net"
	"strings"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/chksumtype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"
)

// A Binding ties a sign-in to the TLS connection that it is sent over, by the server's certificate: what was sent to somebody
// in between is worth nothing elsewhere. It is the MD5 hash that Kerberos and NTLM carry (RFC 4121 4.1.1.2, MS-NLMP 2.2.2.1).
// Zero binds to nothing.
type Binding [md5.Size]byte

// BindingOf is the binding tls-server-end-point (RFC 5929 4.1): the certificate's hash by the algorithm that it is signed
// with, by SHA-256 where that is MD5 or SHA-1. Zero for a certificate whose signature has no hash of its own (Ed25519).
func BindingOf(leaf *x509.Certificate) Binding {
	hash := hashOf(leaf.SignatureAlgorithm)
	if hash == 0 {
		return Binding{}
	}
	sum := hash.New()
	sum.Write(leaf.Raw)
	data := append([]byte("tls-server-end-point:"), sum.Sum(nil)...)
	// Types and lengths of the addresses of both sides, none of which is said, then the data.
	whole := make([]byte, 16, 20+len(data))
	whole = binary.LittleEndian.AppendUint32(whole, uint32(len(data)))
	return md5.Sum(append(whole, data...))
}

func hashOf(signature x509.SignatureAlgorithm) crypto.Hash {
	switch signature {
	case x509.SHA384WithRSA, x509.SHA384WithRSAPSS, x509.ECDSAWithSHA384:
		return crypto.SHA384
	case x509.SHA512WithRSA, x509.SHA512WithRSAPSS, x509.ECDSAWithSHA512:
		return crypto.SHA512
	case x509.PureEd25519, x509.UnknownSignatureAlgorithm:
		return 0
	}
	return crypto.SHA256
}

// The identifiers of a Kerberos request within GSS-API (RFC 4121 4.1), and where its checksum keeps what.
var requestID = []byte{1, 0}

const (
	checksumSize  = 24 // the length of the binding, the binding, the flags
	checksumFlags = 20
)

// Token gives a new token for a service ("WSMAN/fe01.contoso.com") as HTTP's Negotiate carries it, in SPNEGO (RFC 4559). Each
// may be sent once. Errors are *[Error], or that of the context.
func (i *Identity) Token(ctx context.Context, service string, binding Binding) ([]byte, error) {
	t, err := i.service(ctx, service)
	if err != nil {
		return nil, err
	}
	request, _, err := i.request(t, checksum(binding, gssapi.ContextFlagInteg|gssapi.ContextFlagConf))
	if err != nil {
		return nil, err
	}
	return wrap(request)
}

// request shows a ticket, once.
func (i *Identity) request(t ticket, sum []byte) (messages.APReq, types.Authenticator, error) {
	who, err := types.NewAuthenticator(i.realm, i.principal)
	if err != nil {
		return messages.APReq{}, who, err
	}
	who.Cksum = types.Checksum{CksumType: chksumtype.GSSAPI, Checksum: sum}
	request, err := messages.NewAPReq(t.ticket, t.key, who)
	return request, who, err
}

// checksum is what an authenticator carries for GSS-API (RFC 4121 4.1.1): the binding, and what both ends shall do.
func checksum(binding Binding, demands uint32) []byte {
	sum := make([]byte, checksumSize)
	binary.LittleEndian.PutUint32(sum, uint32(len(binding)))
	copy(sum[4:], binding[:])
	binary.LittleEndian.PutUint32(sum[checksumFlags:], demands)
	return sum
}

// wrap puts a request into SPNEGO.
func wrap(request messages.APReq) ([]byte, error) {
	inner, err := framed(request)
	if err != nil {
		return nil, err
	}
	token := spnego.SPNEGOToken{Init: true, NegTokenInit: spnego.NegTokenInit{
		MechTypes: []asn1.ObjectIdentifier{gssapi.OIDKRB5.OID()}, MechTokenBytes: inner,
	}}
	return token.Marshal()
}

// ServiceName is the service principal name of a service on a host: "WSMAN/fe01.contoso.com". There is none for an address.
func ServiceName(service, host string) (string, error) {
	if net.ParseIP(strings.Trim(host, "[]")) != nil {
		return "", fmt.Errorf("Kerberos has no tickets for an address: write the host's name in place of %s", host)
	}
	return service + "/" + strings.TrimSuffix(host, "."), nil
}
