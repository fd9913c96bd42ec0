package wsmantest

import (
	"bytes"
	"io"
	"log"
	"sync"
)

// quiet drops what the HTTP server says of broken connections, which tests make on purpose.
var quiet = log.New(io.Discard, "", 0)

// A pipe is a command's input: writes never wait for a reader.
type pipe struct {
	mutex sync.Mutex
	some  *sync.Cond
	kept  bytes.Buffer
	ended bool
}

func (p *pipe) cond() *sync.Cond {
	if p.some == nil {
		p.some = sync.NewCond(&p.mutex)
	}
	return p.some
}

func (p *pipe) put(data []byte, end bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.kept.Write(data)
	p.ended = p.ended || end
	p.cond().Broadcast()
}

// Read blocks until there is input or its end.
func (p *pipe) Read(b []byte) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for p.kept.Len() == 0 {
		if p.ended {
			return 0, io.EOF
		}
		p.cond().Wait()
	}
	return p.kept.Read(b)
}
