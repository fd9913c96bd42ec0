package notify

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/wneessen/go-mail"

	"hybrid/internal/bounded"
)

// mail hands the message to an SMTP server as plain text.
func (t *Target) mail(ctx context.Context, m Message) error {
	letter := mail.NewMsg()
	if err := letter.From(t.From); err != nil {
		return err
	}
	if err := letter.To(t.To...); err != nil {
		return err
	}
	letter.Subject(Bounded(m.title()))
	letter.SetDate()
	letter.SetMessageID()
	letter.SetBodyString(mail.TypeTextPlain, m.text())
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	client, err := mail.NewClient(t.Server, t.mailOptions(bounding(ctx, giveUp))...)
	if err != nil {
		return err
	}
	server, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return &deliveryError{givenUp(ctx, err), dialled(err)}
	}
	err = client.SendWithSMTPClient(server, letter)
	_ = client.CloseWithSMTPClient(server) // what the server has taken it has, whatever it says to the farewell
	if err != nil {
		return &deliveryError{givenUp(ctx, err), true}
	}
	return nil
}

// givenUp is the error, or why the connection was ended from here, of which the library tells only what it had read so far.
func givenUp(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); bounded.TooLarge(cause) {
		return cause
	}
	return err
}

// mailOptions are how a server is spoken to: never in clear text unless the block says so, which it may of this machine.
func (t *Target) mailOptions(dial mail.DialContextFunc) []mail.Option {
	settings := &tls.Config{ServerName: t.Server, MinVersion: tls.VersionTLS12, RootCAs: t.roots}
	options := []mail.Option{mail.WithTimeout(deadline), mail.WithoutNoop(), mail.WithTLSConfig(settings)}
	switch t.TLS {
	case "implicit": // not WithSSL, whose connections are bounded by nothing; a policy has the library see for itself that TLS is spoken
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic), mail.WithPort(cmp.Or(t.Port, 465)), mail.WithDialContextFunc(over(settings, dial)))
	case "none":
		options = append(options, mail.WithTLSPolicy(mail.NoTLS), mail.WithPort(cmp.Or(t.Port, 25)), mail.WithDialContextFunc(dial))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory), mail.WithPort(cmp.Or(t.Port, 587)), mail.WithDialContextFunc(dial))
	}
	if t.Username != "" {
		options = append(options, mail.WithSMTPAuth(t.auth()), mail.WithUsername(t.Username), mail.WithPassword(t.Password))
	}
	return options
}

// mostMail is how much is read of a server of mail, in bytes, TLS included: its answers are lines.
const mostMail = 1 << 20

// bounding connects to a server of which no more is read than that, and not beyond the end of a context, which the library heeds only
// while it connects. Until TLS is spoken what is read is anybody's word, and the library keeps a line whole, however long it is.
// giveUp is told of a server that has said more.
func bounding(until context.Context, giveUp context.CancelCauseFunc) mail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(until, func() { _ = c.Close() })
		return &boundedConn{Conn: c, left: mostMail, giveUp: giveUp}, nil
	}
}

// over speaks TLS from a connection's beginning.
func over(settings *tls.Config, dial mail.DialContextFunc) mail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		encrypted := tls.Client(c, settings)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			_ = c.Close()
			return nil, err
		}
		return encrypted, nil
	}
}

// A boundedConn ends once so many bytes were read of it. One at a time reads.
type boundedConn struct {
	net.Conn
	left   int
	giveUp context.CancelCauseFunc
}

func (c *boundedConn) Read(p []byte) (int, error) {
	if c.left == 0 {
		err := &bounded.TooLargeError{Most: mostMail}
		c.giveUp(err)
		return 0, err
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

// auth is how to sign in: the strongest way that the server offers.
func (t *Target) auth() mail.SMTPAuthType {
	if t.TLS == "none" {
		return mail.SMTPAuthPlainNoEnc // to this machine
	}
	return mail.SMTPAuthAutoDiscover
}

// text is the message as the body of a mail.
func (m Message) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", m.Summary)
	for _, f := range m.facts() {
		fmt.Fprintf(&b, "%s: %s\n", f.name, f.value)
	}
	if lines := m.lines(); len(lines) > 0 {
		fmt.Fprintf(&b, "\nChanged by hand:\n%s\n", strings.Join(lines, "\n"))
	}
	return b.String()
}

// dialled says whether an error came after a connection was made: from then on a mail may have arrived.
func dialled(err error) bool {
	var of *net.OpError
	return !errors.As(err, &of) || of.Op != "dial"
}
