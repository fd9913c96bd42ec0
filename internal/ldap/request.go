package ldap

import (
	ber "github.com/go-asn1-ber/asn1-ber"
	wire "github.com/go-ldap/ldap/v3"
)

// request is the message that asks for one page.
func (s Search) request(id int64, size int, cookie string) ([]byte, error) {
	filter, err := wire.CompileFilter(s.Filter)
	if err != nil {
		return nil, err
	}
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, wire.ApplicationSearchRequest, nil, "")
	op.AppendChild(text(s.Base))
	op.AppendChild(enumerated(s.Scope.wire()))
	op.AppendChild(enumerated(wire.NeverDerefAliases))
	op.AppendChild(integer(0)) // no limit of entries
	op.AppendChild(integer(0)) // nor of time
	op.AppendChild(ber.NewBoolean(ber.ClassUniversal, ber.TypePrimitive, ber.TagBoolean, false, ""))
	op.AppendChild(filter)
	names := ber.NewSequence("")
	for _, name := range s.Attributes {
		names.AppendChild(text(name))
	}
	if len(s.Attributes) == 0 {
		names.AppendChild(text("1.1")) // none
	}
	op.AppendChild(names)
	if s.Scope == Object {
		return envelope(id, op, nil), nil
	}
	paging := wire.NewControlPaging(uint32(size))
	paging.SetCookie([]byte(cookie))
	controls := ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
	controls.AppendChild(paging.Encode())
	return envelope(id, op, controls), nil
}

// startTLSName is the operation that begins encryption (RFC 4511, 4.14).
const startTLSName = "1.3.6.1.4.1.1466.20037"

// startTLSRequest is the message that asks for encryption.
func startTLSRequest(id int64) []byte {
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, wire.ApplicationExtendedRequest, nil, "")
	op.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, startTLSName, ""))
	return envelope(id, op, nil)
}

func envelope(id int64, op, controls *ber.Packet) []byte {
	m := ber.NewSequence("")
	m.AppendChild(integer(id))
	m.AppendChild(op)
	if controls != nil {
		m.AppendChild(controls)
	}
	return m.Bytes()
}

func text(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}

func integer(n int64) *ber.Packet {
	return ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, n, "")
}

func enumerated(n int) *ber.Packet {
	return ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, int64(n), "")
}
