package kerberos

import (
	"testing"

	"github.com/jcmturner/gokrb5/v8/types"
)

// strangers are beginnings of what a service may answer: a reply, an error, a signature, an offer.
var strangers = []string{
	"", "\x60\x0b\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", "\x60\x0f\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x02\x00\x6f\x00",
	"\x60\x0f\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03\x00\x7e\x00", "\x04\x04\x05\xff\xff\xff\xff\xff0123456789abcdef",
	"\x05\x04\x05\xff\x00\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07\x00\xff\xff0123456789ab",
}

// What a service answers before it has proven itself is anybody's: it is never taken for its proof, its signature or its offer.
func FuzzAnswer(f *testing.F) {
	for _, s := range strangers {
		f.Add([]byte(s))
	}
	key := types.EncryptionKey{KeyType: 18, KeyValue: []byte("thirty-two bytes of a secret key")}
	f.Fuzz(func(t *testing.T, answer []byte) {
		agreed := &Signing{service: "DNS/ns1.contoso.com", key: key}
		if err := agreed.Agree(answer); err == nil || agreed.chosen {
			t.Fatalf("%x is taken for the service's proof", answer)
		}
		if err := agreed.Verify([]byte("message"), answer); err == nil {
			t.Fatalf("%x is taken for a signature", answer)
		}
		if _, err := (&Context{agreed: agreed}).Unsealed(answer, ""); err == nil {
			t.Fatalf("%x is taken for the service's offer", answer)
		}
	})
}
