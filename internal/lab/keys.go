package lab

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"strings"
	"time"
)

// keys are a lab's secrets: its certificates, its login and the key of its name servers. They are made at the first
// start and kept beside the estate, so that a client configured for a lab works with it the next day.
type keys struct {
	CA          string `json:"ca"`          // PEM
	Certificate string `json:"certificate"` // PEM, of the server
	Key         string `json:"key"`         // PEM
	Password    string `json:"password"`
	TSIG        string `json:"tsig"` // base64
	// Client is the certificate and key, in PEM, that the lab's application signs in to Entra with. It is made when there
	// is a tenant: Entra takes RSA keys only, and one takes its time.
	Client string `json:"client,omitempty"`
}

const (
	username = "administrator"
	tsigName = "hybrid."
	tsigHash = "hmac-sha256"
)

// keysPath is where the secrets of an estate's file are.
func keysPath(path string) string { return strings.TrimSuffix(path, ".json") + ".keys.json" }

// loadKeys reads the secrets beside an estate's file, or makes them; without a path they last as long as the lab.
func loadKeys(path, host string) (*keys, error) {
	if path == "" {
		return makeKeys(host)
	}
	data, err := os.ReadFile(keysPath(path))
	if errors.Is(err, os.ErrNotExist) {
		k, err := makeKeys(host)
		if err != nil {
			return nil, err
		}
		return k, k.save(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the lab's keys cannot be read: %w", err)
	}
	k := &keys{}
	if err := json.Unmarshal(data, k); err != nil {
		return nil, fmt.Errorf("the lab's keys %s cannot be read: %w. Remove the file, and the lab makes new ones", keysPath(path), err)
	}
	return k, nil
}

// save keeps the secrets beside an estate's file; without a path it does nothing.
func (k *keys) save(path string) error {
	if path == "" {
		return nil
	}
	return writeWhole(keysPath(path), func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(k)
	})
}

func makeKeys(host string) (*keys, error) {
	authority, authorityKey, err := certificate(&x509.Certificate{
		Subject: pkix.Name{CommonName: "hybrid lab"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, nil)
	if err != nil {
		return nil, err
	}
	server := &x509.Certificate{
		Subject: pkix.Name{CommonName: "hybrid lab server"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage:    x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		server.IPAddresses = append(server.IPAddresses, ip)
	} else if host != "localhost" {
		server.DNSNames = append(server.DNSNames, host)
	}
	leaf, leafKey, err := certificate(server, authority, authorityKey)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(leafKey)
	if err != nil {
		return nil, err
	}
	return &keys{
		CA: pemText("CERTIFICATE", authority.Raw), Certificate: pemText("CERTIFICATE", leaf.Raw), Key: pemText("PRIVATE KEY", private),
		Password: rand.Text(), TSIG: base64.StdEncoding.EncodeToString(random(32)),
	}, nil
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

func pemText(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// certificate makes a certificate signed by a parent, or by itself.
func certificate(template, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template.SerialNumber = new(big.Int).SetBytes(random(16))
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().AddDate(10, 0, 0)
	if parent == nil {
		parent, parentKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		return nil, nil, err
	}
	made, err := x509.ParseCertificate(der)
	return made, key, err
}

// tls is the server's configuration.
func (k *keys) tls() (*tls.Config, error) {
	pair, err := tls.X509KeyPair([]byte(k.Certificate), []byte(k.Key))
	if err != nil {
		return nil, fmt.Errorf("the lab's certificate cannot be used: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// fingerprint is the SHA-256 of the server's certificate, as AB:CD:…
func (k *keys) fingerprint() string {
	block, _ := pem.Decode([]byte(k.Certificate))
	if block == nil {
		return ""
	}
	sum := sha256.Sum256(block.Bytes)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum[:]), " ", ":")
}
