package notify

import (
	"context"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hybrid/internal/hostile"
)

// talking answers every connection with a function, and counts what it could send.
func talking(t *testing.T, talk func(c io.ReadWriter)) (port int, sent *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	sent = new(atomic.Int64)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				talk(&tallied{c, sent})
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, sent
}

type tallied struct {
	net.Conn
	sent *atomic.Int64
}

func (c *tallied) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.sent.Add(int64(n))
	return n, err
}

func without(w io.Writer, more string) {
	for block := []byte(strings.Repeat(more, 1<<10)); ; {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

// No server of mail is listened to without end, and what it says shows no password and moves no cursor.
func TestMailAndWhoMeansNoGood(t *testing.T) {
	heard := func(c io.Reader) { _, _ = c.Read(make([]byte, 1<<10)) }
	for _, c := range []struct {
		name, says string
		talk       func(c io.ReadWriter)
		slow       bool
	}{
		{"a line without end", "more than 1 MiB", func(c io.ReadWriter) { without(c, "2") }, false},
		{"lines without end", "more than 1 MiB", func(c io.ReadWriter) { without(c, "220-more\r\n") }, false},
		{"abilities without end", "more than 1 MiB", func(c io.ReadWriter) {
			_, _ = io.WriteString(c, "220 here\r\n")
			heard(c)
			without(c, "250-AUTH PLAIN\r\n")
		}, false},
		{"no mail", "", func(c io.ReadWriter) { _, _ = io.WriteString(c, "HTTP/1.1 400 \x1b[2J\r\n\r\n") }, false},
		{"no TLS after all", "", func(c io.ReadWriter) {
			_, _ = io.WriteString(c, "220 here\r\n")
			heard(c)
			_, _ = io.WriteString(c, "250 STARTTLS\r\n")
			heard(c)
			_, _ = io.WriteString(c, "220 go on\r\n")
			heard(c)
			_, _ = io.WriteString(c, "250 \x1b[2J\r\n250 never mind\r\n")
		}, false},
		{"hangs up", "", func(io.ReadWriter) {}, false},
		{"silent", "no answer within", func(c io.ReadWriter) { _, _ = io.Copy(io.Discard, c) }, true},
		{"a byte at a time", "no answer within", func(c io.ReadWriter) {
			for {
				if _, err := io.WriteString(c, "2"); err != nil {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			port, sent := talking(t, c.talk)
			target := Target{Name: "post", Type: "mail", Server: "127.0.0.1", Port: port, Username: "hybrid", Password: "s3cret-password", From: "a@b.example", To: []string{"c@d.example"}}
			limit := deadline
			if c.slow {
				limit = 300 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			var err error
			peak := hostile.Peak(t, func() { err = Send(ctx, target, ended()) })
			if err == nil || !strings.HasPrefix(err.Error(), `notify "post": not told: `) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "s3cret") || len(err.Error()) > 2000 {
				t.Errorf("%.500q", err)
			}
			if strings.ContainsRune(err.Error(), '\x1b') {
				t.Errorf("what the server sent is told as it is: %q", err)
			}
			if peak > 64<<20 || sent.Load() > 16<<20 {
				t.Errorf("%d bytes of memory, %d were sent", peak, sent.Load())
			}
		})
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
