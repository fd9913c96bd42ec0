// Package hostile has far ends that mean no good, for tests: they send without end, claim what is not there, break off, stop in the
// middle, or say nothing at all. What they were able to send is counted.
package hostile

import (
	"compress/gzip"
	"io"
	"net/http"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// An Answer is one way to answer a request over HTTP.
type Answer struct {
	Name  string
	Slow  bool // it comes to no end by itself: the client's own time has to end it
	serve func(w http.ResponseWriter, r *http.Request, begin string)
}

// A Server answers every request in the same way. It is an [http.Handler].
type Server struct {
	Answer
	Type  string       // content type: "application/json"
	Begin string       // what a good answer begins with: `{"value":[`
	Sent  atomic.Int64 // bytes of bodies and headers that could be sent, before they were compressed
}

// ServeHTTP answers every request alike, as ill as the Answer says.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", s.Type)
	s.serve(&counter{w, &s.Sent}, r, s.Begin)
}

// counter counts what could be written.
type counter struct {
	http.ResponseWriter
	sent *atomic.Int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.sent.Add(int64(n))
	return n, err
}

func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// Answers are all ways.
func Answers() []Answer {
	return []Answer{
		{Name: "endless", serve: func(w http.ResponseWriter, _ *http.Request, begin string) { Forever(w, begin, "0,") }},
		{Name: "endless text", serve: func(w http.ResponseWriter, _ *http.Request, begin string) { Forever(w, begin+`"`, "x") }},
		{Name: "endless refusal", serve: func(w http.ResponseWriter, _ *http.Request, begin string) {
			w.WriteHeader(http.StatusBadRequest)
			Forever(w, begin, "0,")
		}},
		{Name: "endless headers", serve: endlessHeaders},
		{Name: "unpacks without end", serve: func(w http.ResponseWriter, _ *http.Request, begin string) {
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			defer packed.Close()
			Forever(packed, begin, " ")
		}},
		{Name: "a length that is not true", serve: func(w http.ResponseWriter, _ *http.Request, begin string) {
			w.Header().Set("Content-Length", "1099511627776")
			_, _ = io.WriteString(w, begin) // and ends
		}},
		{Name: "deep", serve: func(w http.ResponseWriter, _ *http.Request, begin string) {
			_, _ = io.WriteString(w, begin+strings.Repeat(`[`, 1<<20))
		}},
		{Name: "cut off", serve: func(w http.ResponseWriter, _ *http.Request, begin string) { _, _ = io.WriteString(w, begin) }},
		{Name: "no text", serve: func(w http.ResponseWriter, _ *http.Request, begin string) {
			_, _ = io.WriteString(w, begin+"\x00\xff\xfe\x1b[2J\x1b]0;owned\x07")
		}},
		{Name: "another type", serve: func(w http.ResponseWriter, _ *http.Request, _ string) { _, _ = io.WriteString(w, `["\u001b[2J"]`) }},
		{Name: "a byte at a time", Slow: true, serve: func(w http.ResponseWriter, r *http.Request, begin string) {
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, begin+" "); err != nil {
					return
				}
				begin = ""
				_ = http.NewResponseController(w).Flush()
				pause(r, 50*time.Millisecond)
			}
		}},
		{Name: "silent", Slow: true, serve: func(_ http.ResponseWriter, r *http.Request, _ string) { pause(r, time.Hour) }},
	}
}

func pause(r *http.Request, d time.Duration) {
	select {
	case <-r.Context().Done():
	case <-time.After(d):
	}
}

func endlessHeaders(w http.ResponseWriter, _ *http.Request, _ string) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	Forever(&connection{conn, w.(*counter).sent}, "HTTP/1.1 200 OK\r\n", "X-More: 0123456789\r\n")
}

// Peak is by how many bytes the heap was larger than before while something was done, garbage included. It is of the whole program:
// tests that ask for it do not run beside others.
func Peak(t testing.TB, do func()) int64 {
	t.Helper()
	runtime.GC() // what others have left would otherwise be swept meanwhile, and hide as much
	before, most := heap(), int64(0)
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, heap()-before)
			select {
			case <-tick.C:
			case <-end:
				most = max(most, heap()-before)
				return
			}
		}
	}()
	do()
	close(end)
	<-ended
	return most
}

func heap() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}
