package notify

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"hybrid/internal/hostile"
)

// No server of mail is listened to without end, and what it says shows no password and moves no cursor.
func TestMailAndWhoMeansNoGood(t *testing.T) {
	certificate, roots := selfSigned(t)
	heard := func(c io.Reader) { _, _ = c.Read(make([]byte, 1<<10)) }
	for _, c := range []struct {
		name, says string
		talk       func(c net.Conn)
		slow       bool
	}{
		{"a line without end", "more than 1 MiB", func(c net.Conn) { hostile.Forever(c, "", "2") }, false},
		{"lines without end", "more than 1 MiB", func(c net.Conn) { hostile.Forever(c, "", "220-more\r\n") }, false},
		{"abilities without end", "more than 1 MiB", func(c net.Conn) {
			_, _ = io.WriteString(c, "220 here\r\n")
			heard(c)
			hostile.Forever(c, "", "250-AUTH PLAIN\r\n")
		}, false},
		{"no mail", "", func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 \x1b[2J\r\n\r\n") }, false},
		{"no TLS after all", "", func(c net.Conn) {
			_, _ = io.WriteString(c, "220 here\r\n")
			heard(c)
			_, _ = io.WriteString(c, "250 STARTTLS\r\n")
			heard(c)
			_, _ = io.WriteString(c, "220 go on\r\n")
			heard(c)
			_, _ = io.WriteString(c, "250 \x1b[2J\r\n250 never mind\r\n")
		}, false},
		{"hangs up", "", func(net.Conn) {}, false},
		{"silent", "no answer within", func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, true},
		{"a byte at a time", "no answer within", func(c net.Conn) { hostile.Trickle(c, "2") }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for way, talk := range map[string]func(net.Conn){"starttls": c.talk, "implicit": behind(certificate, c.talk)} {
				address, sent := hostile.Listen(t, talk)
				at := netip.MustParseAddrPort(address)
				target := Target{
					Name: "post", Type: "mail", Server: at.Addr().String(), Port: int(at.Port()), TLS: way, roots: roots,
					Username: "hybrid", Password: "s3cret-password", From: "a@b.example", To: []string{"c@d.example"},
				}
				limit := deadline
				if c.slow {
					limit = 300 * time.Millisecond
				}
				ctx, cancel := context.WithTimeout(t.Context(), limit)
				var err error
				peak := hostile.Peak(t, func() { err = Send(ctx, target, ended()) })
				cancel()
				if err == nil || !strings.HasPrefix(err.Error(), `notify "post": not told: `) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "s3cret") || len(err.Error()) > 2000 {
					t.Errorf("%s: %.500q", way, err)
				}
				if strings.ContainsRune(err.Error(), '\x1b') {
					t.Errorf("%s: what the server sent is told as it is: %q", way, err)
				}
				if peak > 64<<20 || sent.Load() > mostMail+hostile.OnItsWay {
					t.Errorf("%s: %d bytes of memory, %d were sent", way, peak, sent.Load())
				}
			}
		})
	}
}

// behind talks once TLS is spoken.
func behind(certificate tls.Certificate, talk func(net.Conn)) func(net.Conn) {
	return func(c net.Conn) {
		encrypted := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{certificate}})
		defer encrypted.Close()
		talk(encrypted)
	}
}

// Of a webhook's answer nothing but the status counts; its body is not read, however much of it there is.
func TestAWebhookThatMeansNoGood(t *testing.T) {
	for _, way := range hostile.Answers() {
		t.Run(way.Name, func(t *testing.T) {
			server := &hostile.Server{Answer: way, Type: "application/json", Begin: "{"}
			s := httptest.NewServer(server)
			defer s.Close()
			defer s.CloseClientConnections()
			ctx, cancel := context.WithTimeout(t.Context(), deadline)
			if way.Name == "silent" {
				ctx, cancel = context.WithTimeout(t.Context(), 300*time.Millisecond)
			}
			defer cancel()
			var err error
			peak := hostile.Peak(t, func() {
				err = Send(ctx, Target{Name: "ops", Type: "webhook", URL: s.URL + "/t0ken-in-the-path", Secret: "s3cret"}, ended())
			})
			if refused := way.Name == "endless refusal" || way.Name == "endless headers" || way.Name == "silent"; (err != nil) != refused {
				t.Errorf("%v", err)
			}
			if err != nil && (strings.Contains(err.Error(), "t0ken") || strings.Contains(err.Error(), "s3cret") || len(err.Error()) > 2000) {
				t.Errorf("%.300q", err)
			}
			if peak > 64<<20 {
				t.Errorf("it took %d bytes of memory", peak)
			}
		})
	}
}
