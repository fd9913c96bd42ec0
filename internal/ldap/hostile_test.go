package ldap_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hybrid/internal/hostile"
	"hybrid/internal/ldap"
)

// element is one BER element, its length in four bytes.
func element(tag byte, parts ...string) string {
	body := strings.Join(parts, "")
	n := len(body)
	return string([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) + body
}

func message(id int, op string) string {
	return element(0x30, element(0x02, string([]byte{byte(id >> 16), byte(id >> 8), byte(id)})), op)
}

const success = "\x0a\x01\x00\x04\x00\x04\x00"

var bound = message(1, element(0x61, success))

// entry is an entry of a search, with one value of an attribute.
func entry(id int, dn, name, value string) string {
	return message(id, element(0x64, element(0x04, dn), element(0x30, element(0x30, element(0x04, name), element(0x31, element(0x04, value))))))
}

// searching is the number of the first search on a connection.
const searching = 1<<20 + 1

// A directory that means no good answers sign-ins, unless it says otherwise, and then every search in its way.
func TestNoDirectoryIsReadWithoutEnd(t *testing.T) {
	for _, c := range []struct {
		name   string
		signIn func(w io.Writer) // nil: it succeeds
		search func(w io.Writer)
		says   string
		most   int64 // bytes that are taken; 0: not held
		slow   bool  // only time ends it
	}{
		{name: "a sign-in without end", signIn: func(w io.Writer) { hostile.Forever(w, "", "\x30\x80\x02\x01\x01\x61\x80") }, says: "ended the connection", most: 8 << 20},
		{name: "a sign-in of 2 GiB", signIn: func(w io.Writer) {
			hostile.Forever(w, "\x30\x84\x7f\xff\xff\xf0\x02\x01\x01\x61\x84\x7f\xff\xff\xe0", "x")
		}, says: "ended the connection", most: 8 << 20},
		{name: "a sign-in in silence", signIn: func(w io.Writer) { _, _ = io.Copy(io.Discard, w.(net.Conn)) }, says: "has not answered within", slow: true},
		{name: "a message of 2 GiB", search: func(w io.Writer) { hostile.Forever(w, "\x30\x84\x7f\xff\xff\xff", "x") }, says: "sends more than a directory has to say", most: 8 << 20},
		{name: "a message that is claimed", search: func(w io.Writer) { send(w, "\x30\x84\x03\xff\xff\xff") }, says: "broke off after 0 entries"},
		{name: "entries without end", search: func(w io.Writer) { hostile.Forever(w, "", entry(searching, "CN=x", "cn", "x")) }, says: "sends a page of more than 10000 entries, where 1000 were asked for", most: 16 << 20},
		{name: "references without end", search: func(w io.Writer) {
			hostile.Forever(w, "", message(searching, element(0x73, element(0x04, "ldap://dc.example"))))
		}, says: "names more than 10000 other servers", most: 16 << 20},
		{name: "attributes without end", search: func(w io.Writer) {
			for n := range 9_000 {
				send(w, entry(searching, fmt.Sprintf("CN=%d", n), fmt.Sprintf("x-%d-%s", n, strings.Repeat("y", 4000)), "x"))
			}
		}, says: "broke off after 9000 entries"},
		{name: "no BER", search: func(w io.Writer) { send(w, "HTTP/1.1 400 Bad Request\r\n\r\n") }, says: "broke off after 0 entries"},
		{name: "lengths within lengths", search: func(w io.Writer) { send(w, "\x30\x0a\x02\x01\x05\x64\x84\x7f\xff\xff\xff\x00") }, says: "broke off after 0 entries"},
		{name: "another's answer", search: func(w io.Writer) { send(w, entry(77, "CN=x", "cn", "x")) }, says: "broke off after"},
		{name: "a byte at a time", search: func(w io.Writer) {
			hostile.Trickle(w, entry(searching, "CN=x", "cn", strings.Repeat("x", 10_000)))
		}, says: "has not ended a page within", slow: true},
		{name: "an empty page, again and again", search: nil, says: "page after page with nothing in them"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := directory(t, c.signIn, c.search)
			var err error
			patience := time.Minute
			if c.slow {
				patience = 2 * time.Second // to sign in within, too, on a machine that may be busy
			}
			peak := hostile.Peak(t, func() { err = read(t, s, patience) })
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "127.0.0.1 ") {
				t.Errorf("it is told as %v", err)
			}
			if sent := s.sent.Load(); c.most > 0 && sent > c.most+hostile.OnItsWay {
				t.Errorf("%d bytes were taken", sent)
			}
			if peak > 256<<20 { // garbage included: a collector that comes late leaves some 110 MB of the largest of these
				t.Errorf("it took %d bytes of memory", peak)
			}
		})
	}
}

// read signs in and reads all that there is.
func read(t *testing.T, s served, patience time.Duration) error {
	c, err := ldap.Dial(t.Context(), ldap.Options{
		URL: "ldaps://127.0.0.1", Dial: s.address, Trust: ldap.Trust{Fingerprint: s.fingerprint},
		Username: "svc", Password: "secret", Timeout: patience,
	})
	if err != nil {
		return err
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err = c.Each(ctx, ldap.Search{Base: "DC=contoso,DC=com", Filter: "(cn=*)", Attributes: []string{"cn"}}, func(ldap.Entry) error { return nil })
	return err
}

type served struct {
	address, fingerprint string
	sent                 *atomic.Int64
}

// directory listens, answers a sign-in, and then each search. Where search is nil it answers with a page of nothing, and more to come.
func directory(t *testing.T, signIn, search func(io.Writer)) served {
	t.Helper()
	borrowed := httptest.NewUnstartedServer(nil) // for its certificate
	borrowed.StartTLS()
	config := &tls.Config{Certificates: borrowed.TLS.Certificates}
	s := served{fingerprint: fingerprint(borrowed)}
	borrowed.Close()
	s.address, s.sent = hostile.Listen(t, func(plain net.Conn) { converse(tls.Server(plain, config), signIn, search) })
	return s
}

func converse(conn net.Conn, signIn, search func(io.Writer)) {
	defer conn.Close()
	in := make([]byte, 64<<10)
	if _, err := conn.Read(in); err != nil {
		return
	}
	if signIn != nil {
		signIn(conn)
		return
	}
	send(conn, bound)
	for n := searching; ; n++ {
		if _, err := conn.Read(in); err != nil {
			return
		}
		if search != nil {
			search(conn)
			return
		}
		control := element(0x30, element(0x04, "1.2.840.113556.1.4.319"), element(0x04, element(0x30, "\x02\x01\x00", element(0x04, "more"))))
		send(conn, element(0x30, element(0x02, string([]byte{byte(n >> 16), byte(n >> 8), byte(n)})), element(0x65, success), element(0xa0, control)))
	}
}

func send(w io.Writer, text string) { _, _ = io.WriteString(w, text) }

func fingerprint(s *httptest.Server) string {
	sum := sha256.Sum256(s.Certificate().Raw)
	return hex.EncodeToString(sum[:])
}
