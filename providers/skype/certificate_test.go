package skype

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"
)

// freshCertificate makes one certificate for all tests, in PEM.
var freshCertificate = sync.OnceValues(func() (string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "exchange"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), err
})

func certificate(t testing.TB) string {
	t.Helper()
	text, err := freshCertificate()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestCertificatesAreTakenInPEMAndBare(t *testing.T) {
	t.Parallel()
	armoured := certificate(t)
	bare := bareCertificate(armoured)
	if strings.ContainsAny(bare, "-\n ") {
		t.Fatalf("the bare form is %q", bare)
	}
	for _, text := range []string{armoured, bare, bare[:40] + "\r\n" + bare[40:]} {
		if err := checkCertificate(cty.StringVal(text)); err != nil {
			t.Error(err)
		}
		if got := normCertificate(cty.StringVal(text)).AsString(); got != bare {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	for _, text := range []string{"", "C:\\exchange.cer", base64.StdEncoding.EncodeToString([]byte("no certificate")), strings.Replace(armoured, "CERTIFICATE", "PRIVATE KEY", 2)} {
		if err := checkCertificate(cty.StringVal(text)); err == nil || !strings.Contains(err.Error(), "exported as Base-64") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
