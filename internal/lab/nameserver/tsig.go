package nameserver

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"time"

	"github.com/miekg/dns"
)

// A Key is a TSIG key (RFC 8945): its name, its algorithm such as "hmac-sha256", and its secret in base64.
type Key struct {
	Name, Algorithm, Secret string
}

// A keyring verifies and makes signatures with one key. It implements [dns.TsigProvider].
type keyring struct {
	name, algorithm string // canonical; name "" where there is no key
	hash            func() hash.Hash
	secret          []byte
}

func newKeyring(k Key) (keyring, error) {
	if k.Name == "" {
		return keyring{}, nil
	}
	ring := keyring{name: dns.CanonicalName(k.Name), algorithm: dns.CanonicalName(k.Algorithm)}
	hashes := map[string]func() hash.Hash{
		dns.HmacSHA1: sha1.New, dns.HmacSHA224: sha256.New224, dns.HmacSHA256: sha256.New,
		dns.HmacSHA384: sha512.New384, dns.HmacSHA512: sha512.New,
	}
	if ring.hash = hashes[ring.algorithm]; ring.hash == nil {
		return keyring{}, fmt.Errorf("name server: TSIG key %s: no such algorithm: %q", k.Name, k.Algorithm)
	}
	var err error
	if ring.secret, err = base64.StdEncoding.DecodeString(k.Secret); err != nil || len(ring.secret) == 0 {
		return keyring{}, fmt.Errorf("name server: TSIG key %s: the secret is not base64", k.Name)
	}
	return ring, nil
}

// Generate makes the signature of a message.
func (k keyring) Generate(msg []byte, t *dns.TSIG) ([]byte, error) {
	if k.name == "" || dns.CanonicalName(t.Hdr.Name) != k.name || dns.CanonicalName(t.Algorithm) != k.algorithm {
		return nil, dns.ErrSecret
	}
	mac := hmac.New(k.hash, k.secret)
	mac.Write(msg)
	return mac.Sum(nil), nil
}

// Verify compares the signature of a message with what it should be.
func (k keyring) Verify(msg []byte, t *dns.TSIG) error {
	want, err := k.Generate(msg, t)
	if err != nil {
		return err
	}
	if got, err := hex.DecodeString(t.MAC); err != nil || !hmac.Equal(want, got) {
		return dns.ErrSig
	}
	return nil
}

// signature says whether a request is signed, and the TSIG error where the signature does not hold.
func signature(w dns.ResponseWriter, r *dns.Msg) (signed bool, failed int) {
	if r.IsTsig() == nil {
		return false, dns.RcodeSuccess
	}
	switch err := w.TsigStatus(); {
	case err == nil:
		return true, dns.RcodeSuccess
	case errors.Is(err, dns.ErrSecret):
		return true, dns.RcodeBadKey
	case errors.Is(err, dns.ErrTime):
		return true, dns.RcodeBadTime
	default:
		return true, dns.RcodeBadSig
	}
}

// sign marks an answer to be signed as its request was; the library does it when it writes.
func sign(r, m *dns.Msg) {
	if t := r.IsTsig(); t != nil {
		m.SetTsig(t.Hdr.Name, t.Algorithm, t.Fudge, time.Now().Unix())
	}
}

// rejectSignature answers NOTAUTH with the error in a TSIG record: unsigned for BADKEY and BADSIG, signed and with the
// server's time for BADTIME (RFC 8945 section 5.2).
func (s *Server) rejectSignature(w dns.ResponseWriter, r *dns.Msg, failed int) {
	m := new(dns.Msg).SetRcode(r, dns.RcodeNotAuth)
	sign(r, m)
	t := m.IsTsig()
	t.Error = uint16(failed)
	if failed == dns.RcodeBadTime {
		t.TimeSigned = r.IsTsig().TimeSigned
		t.OtherLen, t.OtherData = 6, fmt.Sprintf("%012x", time.Now().Unix())
	}
	s.send(w, m)
}

// allowed says whether a request may change or transfer a zone.
func (s *Server) allowed(signed bool) bool { return signed || s.key.name == "" }
