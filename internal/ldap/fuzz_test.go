package ldap

import (
	"bufio"
	"bytes"
	"testing"
	"time"
)

// bits are one element of BER, for the seeds: short ones only.
func bits(tag byte, parts ...[]byte) []byte {
	text := bytes.Join(parts, nil)
	return append([]byte{tag, byte(len(text))}, text...)
}

// A server can send whatever it likes: that ends in an error or in entries, never in a panic, and entries are no more than it sent.
func FuzzPage(f *testing.F) {
	id := bits(tagInteger, []byte{1})
	entry := bits(tagEntry, bits(tagText, []byte("CN=a")), bits(tagSequence, bits(tagSequence, bits(tagText, []byte("mail")), bits(tagSet, bits(tagText, []byte("a@b.c"))))))
	well := [][]byte{bits(tagEnumerated, []byte{0}), bits(tagText), bits(tagText)}
	paging := bits(tagControls, bits(tagSequence, bits(tagText, []byte(pagingControl)), bits(tagText, bits(tagSequence, bits(tagInteger, []byte{0}), bits(tagText, []byte("7"))))))
	f.Add(append(bits(tagSequence, id, entry), bits(tagSequence, id, bits(tagDone, well...), paging)...))
	f.Add(bits(tagSequence, id, bits(tagDone, bits(tagEnumerated, []byte{10}), bits(tagText), bits(tagText), bits(tagReferral, bits(tagText, []byte("ldap://x"))))))
	f.Add(bits(tagSequence, bits(tagInteger, []byte{0}), bits(tagExtended, bits(tagEnumerated, []byte{52}), bits(tagText), bits(tagText, []byte("going down")))))
	f.Add(bits(tagSequence, id, bits(tagReference, bits(tagText, []byte("ldap://x")))))
	f.Add([]byte{tagSequence, 0x84, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{tagSequence, 0x80})
	f.Fuzz(func(t *testing.T, sent []byte) {
		taken := 0
		p := &pager{
			conn: &Conn{in: bufio.NewReader(bytes.NewReader(sent)), server: "dc01", timeout: time.Second, last: 1}, places: placesOf([]string{"mail"}), size: 10,
			take: func(e Entry) error { taken += 1 + len(e.Values[0]); return nil },
		}
		p.entry.Values = make([][]string, 1)
		more, err := p.answer()
		if err != nil && p.interrupted(err).Error() == "" {
			t.Error("an error that says nothing")
		}
		if taken > len(sent) || more && p.cookie == "" {
			t.Errorf("%d entries and values, more %t with the cookie %q", taken, more, p.cookie)
		}
	})
}
