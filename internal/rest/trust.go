package rest

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	"hybrid/internal/bounded"
)

// Client makes the client of a provider block: ca_file is a path from the folder of the configuration ("" is none), the rest is as
// [HTTP] says. It reads that file and contacts nothing.
func Client(folder, caFile, fingerprint string) (*http.Client, error) {
	var ca []byte
	if caFile != "" {
		if !filepath.IsAbs(caFile) {
			caFile = filepath.Join(folder, caFile)
		}
		var err error
		if ca, err = bounded.PEM(caFile); err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
	}
	config, err := trusting(ca, fingerprint)
	if err != nil {
		return nil, err
	}
	return HTTP(config), nil
}

// trusting is the configuration for a service with a private authority (in PEM) or a pinned certificate (SHA-256 in hex);
// with neither, this machine's authorities decide.
func trusting(ca []byte, fingerprint string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(ca) > 0 {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(ca) {
			return nil, errors.New("ca_file holds no certificate in PEM (lines between BEGIN CERTIFICATE and END CERTIFICATE)")
		}
	}
	if fingerprint == "" {
		return config, nil
	}
	want, err := hex.DecodeString(strings.ReplaceAll(fingerprint, ":", ""))
	if err != nil || len(want) != sha256.Size {
		return nil, fmt.Errorf("%q is no SHA-256 fingerprint: write its 64 hexadecimal digits, with or without colons", fingerprint)
	}
	config.InsecureSkipVerify = len(ca) == 0 // a pinned certificate needs neither a known authority nor a name
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if sum := sha256.Sum256(state.PeerCertificates[0].Raw); string(sum[:]) != string(want) {
			return fmt.Errorf("the server's certificate is not the pinned one: its SHA-256 fingerprint is %X", sum)
		}
		return nil
	}
	return config, nil
}

// How much is taken of any answer, in bytes, whoever reads it: libraries that sign in read answers whole.
const (
	MostAnswer = 64 << 20  // unpacked; clients of services take less where they read themselves
	MostHeader = 256 << 10 // of headers: one that signs in by Kerberos has some ten thousand
)

// HTTP makes a client that follows no redirects: the services make none, and what signs a request must not travel with one.
func HTTP(config *tls.Config) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig, transport.MaxResponseHeaderBytes = config, MostHeader
	return &http.Client{Transport: bounding{transport}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
