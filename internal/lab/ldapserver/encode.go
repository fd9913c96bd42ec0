package ldapserver

import (
	ber "github.com/go-asn1-ber/asn1-ber"
	wire "github.com/go-ldap/ldap/v3"
)

// appendElement appends a BER element (X.690, 8.1).
func appendElement(b []byte, tag byte, contents []byte) []byte {
	return append(appendHead(b, tag, len(contents)), contents...)
}

// appendText appends an OCTET STRING.
func appendText(b []byte, text string) []byte { return append(appendHead(b, 0x04, len(text)), text...) }

func appendHead(b []byte, tag byte, size int) []byte {
	switch {
	case size < 0x80:
		return append(b, tag, byte(size))
	case size < 0x100:
		return append(b, tag, 0x81, byte(size))
	case size < 0x10000:
		return append(b, tag, 0x82, byte(size>>8), byte(size))
	}
	return append(b, tag, 0x84, byte(size>>24), byte(size>>16), byte(size>>8), byte(size))
}

// send writes a message. What cannot be written is seen when it is flushed.
func (c *client) send(id int64, tag byte, contents, controls []byte) {
	m := ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, "").Bytes()
	m = append(appendElement(m, tag, contents), controls...)
	_, _ = c.out.Write(appendElement(nil, 0x30, m))
}

// end sends how an operation has ended. Where told, it says what to ask the next page with.
func (c *client) end(id int64, op ber.Tag, code int, text string, referrals []string, cookie string, told bool) {
	contents := appendText(appendText([]byte{0x0a, 1, byte(code)}, ""), text)
	if len(referrals) > 0 {
		var all []byte
		for _, r := range referrals {
			all = appendText(all, r)
		}
		contents = appendElement(contents, 0xa3, all)
	}
	var controls []byte
	if told {
		paging := wire.NewControlPaging(0)
		paging.SetCookie([]byte(cookie))
		controls = appendElement(nil, 0xa0, paging.Encode().Bytes())
	}
	if c.out == nil { // before anything was said
		return
	}
	c.send(id, byte(op)|0x60, contents, controls)
}
