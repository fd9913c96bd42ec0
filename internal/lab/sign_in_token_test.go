package lab

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"
)

// bareToken shows a ticket that nobody has issued, in SPNEGO and without.
func bareToken(f *testing.F) (wrapped, inner []byte) {
	f.Helper()
	sealed := types.EncryptedData{EType: 18, Cipher: []byte("0123456789abcdef0123456789abcdef")}
	request := messages.APReq{
		PVNO: 5, MsgType: 14, APOptions: types.NewKrbFlags(), EncryptedAuthenticator: sealed,
		Ticket: messages.Ticket{TktVNO: 5, Realm: "CONTOSO.COM", SName: types.NewPrincipalName(nametype.KRB_NT_SRV_INST, "WSMAN/localhost"), EncPart: sealed},
	}
	body, err := request.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	mechanism, err := asn1.Marshal(gssapi.OIDKRB5.OID())
	if err != nil {
		f.Fatal(err)
	}
	inner = asn1tools.AddASNAppTag(append(append(mechanism, 1, 0), body...), 0)
	token := spnego.SPNEGOToken{Init: true, NegTokenInit: spnego.NegTokenInit{MechTypes: []asn1.ObjectIdentifier{gssapi.OIDKRB5.OID()}, MechTokenBytes: inner}}
	if wrapped, err = token.Marshal(); err != nil {
		f.Fatal(err)
	}
	return wrapped, inner
}

// Nobody who has no ticket of the keytab's key is let in, whatever the token is, and it ends nothing but its request.
func FuzzToken(f *testing.F) {
	wrapped, inner := bareToken(f)
	f.Add(wrapped)
	f.Add(inner)
	f.Add([]byte("NTLMSSP\x00\x01"))
	f.Add([]byte{0x60, 0x84})
	keys := keytab.New()
	if err := keys.AddEntry("WSMAN/localhost", "CONTOSO.COM", rand.Text(), time.Now(), 1, 18); err != nil {
		f.Fatal(err)
	}
	g := &gate{keys: keys}
	f.Fuzz(func(t *testing.T, token []byte) {
		r := httptest.NewRequest(http.MethodPost, "https://localhost/wsman", http.NoBody)
		r.Header.Set("Authorization", "Negotiate "+base64.StdEncoding.EncodeToString(token))
		w := httptest.NewRecorder()
		if _, ok := g.opens(w, r); ok || w.Code != http.StatusUnauthorized {
			t.Fatalf("let in, with status %d", w.Code)
		}
	})
}
