package hostile

import (
	"bytes"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// OnItsWay is how many bytes both ends' kernels may hold of what was sent and nobody has read, at most, as Linux is set: 32 MiB to be read
// (tcp_rmem) and 4 MiB to be sent (tcp_wmem). How much of that they use is theirs to say: more on a machine that has much else to do.
const OnItsWay = 36 << 20

// Listen answers every connection to a port of this machine with a function, each beside the others, and hangs up where it ends. Nobody
// is let in any more once the test is over. sent counts the bytes that could be written to all of them.
func Listen(t testing.TB, talk func(c net.Conn)) (address string, sent *atomic.Int64) {
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
				talk(&connection{c, sent})
			}()
		}
	}()
	return l.Addr().String(), sent
}

// connection counts what could be written.
type connection struct {
	net.Conn
	sent *atomic.Int64
}

func (c *connection) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.sent.Add(int64(n))
	return n, err
}

// Forever writes how something begins, and then more of it again and again, until nobody takes it any more.
func Forever(w io.Writer, begin, more string) {
	block := bytes.Repeat([]byte(more), 64<<10/len(more)+1)
	_, err := io.WriteString(w, begin)
	for err == nil {
		_, err = w.Write(block)
	}
}

// Trickle writes a text again and again, a byte every ten milliseconds, until nobody takes it any more.
func Trickle(w io.Writer, text string) {
	for n := 0; ; n++ {
		if _, err := io.WriteString(w, text[n%len(text):][:1]); err != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}
