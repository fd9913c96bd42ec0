package wsman

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"testing"

	"hybrid/internal/kerberos"
)

// A host's challenge is taken apart before anybody knows who the host is: whatever it holds, it is bound or left as it is.
func FuzzChallenge(f *testing.F) {
	information := []byte{2, 0, 4, 0, 'D', 0, 'C', 0, 0, 0, 0, 0}
	whole := make([]byte, challengeHeader+8, challengeHeader+8+len(information))
	copy(whole, "NTLMSSP\x00\x02")
	binary.LittleEndian.PutUint32(whole[20:], 0xe2898215)
	binary.LittleEndian.PutUint16(whole[targetFields:], uint16(len(information)))
	binary.LittleEndian.PutUint32(whole[targetFields+4:], uint32(len(whole)))
	f.Add(append(whole, information...))
	f.Add(whole)
	f.Add([]byte("NTLMSSP\x00\x02"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		token := challenge(http.Header{"Www-Authenticate": {"Negotiate " + base64.StdEncoding.EncodeToString(sent)}})
		if len(sent) > 0 && !bytes.Equal(token, sent) {
			t.Fatalf("%x was read as %x", sent, token)
		}
		with := bound(token, kerberos.Binding{1})
		if len(with) < len(token) || len(with) > len(token)+1<<16+24 {
			t.Fatalf("%d bytes became %d", len(token), len(with))
		}
	})
}
