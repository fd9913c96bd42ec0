package lab

import (
	"errors"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"
)

// A kerberosToken is what a client sends to show a ticket.
type kerberosToken struct {
	request messages.APReq
	wrapped bool // in SPNEGO; Python's clients send it bare
}

func readToken(token []byte) (*kerberosToken, error) {
	t := &kerberosToken{}
	var outer spnego.SPNEGOToken
	if outer.Unmarshal(token) == nil && outer.Init {
		t.wrapped, token = true, outer.NegTokenInit.MechTokenBytes
	}
	var inner spnego.KRB5Token
	if err := inner.Unmarshal(token); err != nil {
		return nil, err
	}
	if !inner.IsAPReq() {
		return nil, errors.New("the token shows no ticket")
	}
	t.request = inner.APReq
	return t, nil
}

// proofID is the identifier of an answer within GSS-API (RFC 4121 4.1).
var proofID = []byte{2, 0}

// proof answers that the ticket could be read (RFC 4120 5.5.2), as clients want it that hold the host to it. The library reads
// such answers and writes none.
func (t *kerberosToken) proof() ([]byte, error) {
	a := t.request.Authenticator
	part := struct {
		CTime          time.Time `asn1:"generalized,explicit,tag:0"`
		Cusec          int       `asn1:"explicit,tag:1"`
		SequenceNumber int64     `asn1:"optional,explicit,tag:3"`
	}{a.CTime, a.Cusec, a.SeqNumber}
	plain, err := asn1.Marshal(part)
	if err != nil {
		return nil, err
	}
	sealed, err := crypto.GetEncryptedData(asn1tools.AddASNAppTag(plain, asnAppTag.EncAPRepPart), t.request.Ticket.DecryptedEncPart.Key, keyusage.AP_REP_ENCPART, 0)
	if err != nil {
		return nil, err
	}
	answer, err := asn1.Marshal(messages.APRep{PVNO: iana.PVNO, MsgType: msgtype.KRB_AP_REP, EncPart: types.EncryptedData(sealed)})
	if err != nil {
		return nil, err
	}
	mechanism, err := asn1.Marshal(gssapi.OIDKRB5.OID())
	if err != nil {
		return nil, err
	}
	inner := asn1tools.AddASNAppTag(append(append(mechanism, proofID...), asn1tools.AddASNAppTag(answer, asnAppTag.APREP)...), 0)
	if !t.wrapped {
		return inner, nil
	}
	outer := spnego.NegTokenResp{NegState: asn1.Enumerated(spnego.NegStateAcceptCompleted), SupportedMech: gssapi.OIDKRB5.OID(), ResponseToken: inner}
	return outer.Marshal()
}
