package dns

import (
	"encoding/hex"
	"testing"

	"github.com/miekg/dns"
)

// What a name server says before both ends have a key is signed by nobody: whatever it is, there is a token as it was sent, or an
// error. That no stranger's token is taken for a proof is internal/kerberos' to show.
func FuzzTKEY(f *testing.F) {
	const name = "1-2.sig-ns1.contoso.com."
	for _, rr := range []*dns.TKEY{{Key: "", Mode: tkeyMode}, {Error: 17}, {Key: "6081", Algorithm: gssAlgorithm}, {Key: "600b06092a864886f71201020202"}} {
		rr.Hdr = dns.RR_Header{Name: name, Rrtype: dns.TypeTKEY, Class: dns.ClassANY}
		rr.KeySize = uint16(len(rr.Key) / 2)
		m := new(dns.Msg).SetQuestion(name, dns.TypeTKEY)
		m.Answer = []dns.RR{rr}
		raw, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	p := &provider{server: "ns1.contoso.com:53"}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var answer dns.Msg
		if answer.Unpack(raw) != nil {
			return
		}
		token, err := p.tokenOf("agreeing on a key", &key{name: name}, &answer)
		if err != nil {
			return
		}
		for _, rr := range answer.Answer {
			if tkey, is := rr.(*dns.TKEY); is && tkey.Error == 0 && tkey.Key == hex.EncodeToString(token) {
				return
			}
		}
		t.Fatalf("%x is no token of the answer %v", token, &answer)
	})
}
