package notify

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"
)

// A postbox is an SMTP server (RFC 5321) for one conversation, with STARTTLS (RFC 3207) and AUTH PLAIN (RFC 4616).
type postbox struct {
	port     int
	roots    *x509.CertPool
	starttls bool   // offered
	refuse   string // answered to DATA's end; "" takes the mail
	said     chan []string
}

// newPostbox listens on this machine until the test ends; implicit begins with TLS.
func newPostbox(t *testing.T, implicit bool, p *postbox) *postbox {
	t.Helper()
	cert, roots := selfSigned(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p.port, p.roots, p.said = l.Addr().(*net.TCPAddr).Port, roots, make(chan []string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		if implicit {
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}})
		}
		p.said <- p.converse(conn, cert, implicit)
	}()
	return p
}

// converse answers line by line and gives what the client said.
func (p *postbox) converse(conn net.Conn, cert tls.Certificate, secure bool) (said []string) {
	lines := bufio.NewReader(conn)
	answer := func(text string) { conn.Write([]byte(text + "\r\n")) }
	answer("220 postbox")
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return said
		}
		line = strings.TrimRight(line, "\r\n")
		said = append(said, line)
		switch verb, _, _ := strings.Cut(strings.ToUpper(line), " "); verb {
		case "EHLO":
			answer("250-postbox")
			if p.starttls && !secure {
				answer("250-STARTTLS")
			}
			answer("250 AUTH PLAIN")
		case "STARTTLS":
			answer("220 go on")
			upgraded := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}})
			conn, lines, secure = upgraded, bufio.NewReader(upgraded), true
		case "AUTH":
			answer("235 welcome")
		case "DATA":
			answer("354 go on")
			said = append(said, readMail(lines)...)
			if p.refuse != "" {
				answer(p.refuse)
			} else {
				answer("250 taken")
			}
		case "QUIT":
			answer("221 farewell")
			return said
		default:
			answer("250 fine")
		}
	}
}

func readMail(lines *bufio.Reader) (mail []string) {
	for {
		line, err := lines.ReadString('\n')
		if line = strings.TrimRight(line, "\r\n"); err != nil || line == "." {
			return mail
		}
		mail = append(mail, line)
	}
}

func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "postbox"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

func (p *postbox) target(way string) Target {
	return Target{
		Name: "post", Type: "mail", Server: "127.0.0.1", Port: p.port, TLS: way, roots: p.roots,
		Username: "hybrid", Password: "s3cret-password", From: "hybrid <hybrid@contoso.com>", To: []string{"ops@contoso.com", "board@contoso.com"},
	}
}

// A mail is handed over after signing in, over TLS in each of its forms, or in clear text to this machine.
func TestMailIsHandedOver(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"starttls", "implicit", "none"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			p := newPostbox(t, way == "implicit", &postbox{starttls: way == "starttls"})
			if err := Send(t.Context(), p.target(way), drifted()); err != nil {
				t.Fatal(err)
			}
			said := strings.Join(<-p.said, "\n")
			for _, part := range []string{
				"AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00hybrid\x00s3cret-password")),
				"MAIL FROM:<hybrid@contoso.com>", "RCPT TO:<ops@contoso.com>", "RCPT TO:<board@contoso.com>",
				"Subject: hybrid: contoso: 2 changes by hand", "hosting_provider.LyncOnline enabled: true =E2=86=92 false",
			} {
				if !strings.Contains(said, part) {
					t.Errorf("%q was not said:\n%s", part, said)
				}
			}
			if starttls := strings.Contains(said, "STARTTLS"); starttls != (way == "starttls") {
				t.Errorf("STARTTLS: %v", starttls)
			}
		})
	}
}

// A server without TLS gets neither password nor message.
func TestNoMailInClearText(t *testing.T) {
	t.Parallel()
	p := newPostbox(t, false, &postbox{})
	err := Send(t.Context(), p.target(""), ended())
	if err == nil || !strings.Contains(err.Error(), `notify "post": not told: `) {
		t.Fatalf("got %v", err)
	}
	if said := strings.Join(<-p.said, "\n"); strings.Contains(said, "AUTH") || strings.Contains(said, "MAIL FROM") {
		t.Errorf("said in clear text:\n%s", said)
	}
}

func TestAMailThatIsRefused(t *testing.T) {
	t.Parallel()
	p := newPostbox(t, false, &postbox{starttls: true, refuse: "554 no mail with s3cret-password"})
	err := Send(t.Context(), p.target("starttls"), ended())
	if err == nil || !strings.Contains(err.Error(), "554") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
	<-p.said
}

// A certificate that nobody vouches for is not spoken to.
func TestMailToAServerThatIsNotTrusted(t *testing.T) {
	t.Parallel()
	p := newPostbox(t, true, &postbox{})
	target := p.target("implicit")
	target.roots = x509.NewCertPool()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := Send(ctx, target, ended()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v", err)
	}
}
