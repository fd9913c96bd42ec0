package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// certificate NAME DAYS FILE writes a self-signed certificate that is valid for so many days more, or has expired so many
// days ago, into FILE, and its private key into FILE.key.
func certificate(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 3, "certificate NAME DAYS FILE")
	days, err := strconv.Atoi(args[1])
	ts.Check(err)
	public, private, err := selfSigned(args[0], days)
	ts.Check(err)
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[2])), 0o700))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), public, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]+".key"), private, 0o600))
}

// selfSigned makes a certificate and its private key, both PEM, that is good for so many days more.
func selfSigned(name string, days int) (public, private []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(0, 0, days), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), err
}
