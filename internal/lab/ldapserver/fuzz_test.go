package ldapserver

import (
	"bufio"
	"bytes"
	"io"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"
	wire "github.com/go-ldap/ldap/v3"
)

// packetOf is a request as go-ldap sends it.
func packetOf(op *ber.Packet) []byte {
	envelope := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	envelope.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 1, ""))
	envelope.AppendChild(op)
	return envelope.Bytes()
}

func bindRequest() []byte {
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, wire.ApplicationBindRequest, nil, "")
	op.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 3, ""))
	op.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "CONTOSO\\hybrid", ""))
	op.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, "secret", ""))
	return packetOf(op)
}

func searchRequest(f *testing.F) []byte {
	f.Helper()
	filter, err := wire.CompileFilter("(&(objectClass=user)(mail=*))")
	if err != nil {
		f.Fatal(err)
	}
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, wire.ApplicationSearchRequest, nil, "")
	op.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "DC=contoso,DC=com", ""))
	for _, n := range []int64{2, 0} {
		op.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, n, ""))
	}
	for range 2 {
		op.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 0, ""))
	}
	op.AppendChild(ber.NewBoolean(ber.ClassUniversal, ber.TypePrimitive, ber.TagBoolean, false, ""))
	op.AppendChild(filter)
	names := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	names.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "mail", ""))
	op.AppendChild(names)
	return packetOf(op)
}

// Whatever a client sends, the lab goes on: a request is answered, or the connection ends.
func FuzzRequest(f *testing.F) {
	f.Add(bindRequest())
	f.Add(searchRequest(f))
	f.Add(packetOf(ber.Encode(ber.ClassApplication, ber.TypeConstructed, wire.ApplicationExtendedRequest, nil, "")))
	f.Add([]byte{0x30, 0x05, 0x02, 0x01, 0x01, 0x63, 0x00})
	f.Fuzz(func(t *testing.T, sent []byte) {
		server := &Server{options: Options{
			Admit: func(string, string) bool { return true },
			Find:  func(Request) ([]Object, error) { return nil, nil },
		}}
		c := &client{server: server, encrypted: true, signedIn: true, out: bufio.NewWriter(io.Discard), found: map[string][]Object{}}
		for in := bytes.NewReader(sent); c.next(in); {
		}
	})
}
