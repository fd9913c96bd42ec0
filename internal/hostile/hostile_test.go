package hostile

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"
)

// Whoever reads without a limit is seen: that is what makes the tests of others worth something.
func TestWhoReadsWithoutALimitIsSeen(t *testing.T) {
	const enough = 8 << 20
	for _, way := range Answers() {
		s := &Server{Answer: way, Type: "application/json", Begin: `{"value":[`}
		server := httptest.NewServer(s)
		client := &http.Client{Timeout: time.Minute}
		if way.Slow {
			client.Timeout = 300 * time.Millisecond
		}
		answer, err := client.Get(server.URL)
		if err == nil && !way.Slow {
			_, _ = io.CopyN(io.Discard, answer.Body, enough)
			answer.Body.Close()
		}
		switch endless := way.Name == "endless" || way.Name == "endless text" || way.Name == "unpacks without end"; {
		case endless && s.Sent.Load() < 1<<10:
			t.Errorf("%s has sent %d bytes", way.Name, s.Sent.Load())
		case way.Name == "silent" && err == nil:
			t.Errorf("%s has answered", way.Name)
		}
		client.CloseIdleConnections()
		server.CloseClientConnections()
		server.Close()
	}
	var kept []byte
	if peak := Peak(t, func() { kept = make([]byte, 64<<20) }); peak < 60<<20 { // a little that others have left may go meanwhile
		t.Errorf("%d bytes of %d are seen", peak, len(kept))
	}
	runtime.KeepAlive(kept)
}

// Whoever listens is talked to until they hang up, and what they took is counted.
func TestWhatIsTakenIsCounted(t *testing.T) {
	for text, talk := range map[string]func(c net.Conn){
		"begin, more, more, ": func(c net.Conn) { Forever(c, "begin, ", "more, ") },
		"again again ":        func(c net.Conn) { Trickle(c, "again ") },
	} {
		ended := make(chan struct{})
		address, sent := Listen(t, func(c net.Conn) {
			talk(c)
			close(ended)
		})
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		heard := make([]byte, len(text))
		_, err = io.ReadFull(c, heard)
		_ = c.Close()
		<-ended
		if err != nil || string(heard) != text || sent.Load() < int64(len(text)) {
			t.Errorf("%q, %v, %d bytes were sent", heard, err, sent.Load())
		}
	}
}
