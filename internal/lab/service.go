package lab

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

// Limits of Windows Server 2012 R2, the oldest host of the product.
const (
	maxShells    = 30
	maxProcesses = 25
	idleTimeout  = 2 * time.Hour
)

// A service is the WS-Management service: Create, Command, Send, Receive, Signal and Delete of shells, over HTTP with
// TLS, to those that its gate lets in (MS-WSMV 3.1.4).
type service struct {
	gate    *gate
	command func(line string) program // what a command line runs
	estate  *Estate
	log     hclog.Logger

	// The clock by which shells are idle is the machine's even where the estate has one of its own: clients poll by the machine's,
	// and an hour that is skipped between two polls is none in which nobody polled.
	wall func() time.Time

	ctx      context.Context
	landing  *landing
	path     string // of the estate; "" keeps no counts of sessions
	mu       sync.Mutex
	shells   map[string]*shell
	sessions Sessions

	operations operations
}

// ServeHTTP answers one request.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host := s.landing.arrived(r)
	if s.isDown(host) {
		panic(http.ErrAbortHandler) // ends the connection without an answer
	}
	view, ok := s.gate.opens(w, r)
	if !ok {
		return
	}
	switch {
	case r.URL.Path != "/wsman":
		w.WriteHeader(http.StatusNotFound)
		return
	case r.Method != http.MethodPost:
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	case !strings.HasPrefix(r.Header.Get("Content-Type"), "application/soap+xml"):
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEnvelope))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	m, fault := parseMessage(data)
	if fault != nil {
		s.refuse(w, m, fault)
		return
	}
	s.dispatch(w, r, m, caller{view: view, host: host})
}

// A caller is who asks: for which view the account is, "" for the plain one, and by which name the host was called.
type caller struct{ view, host string }

// dispatch carries out a request and answers it.
func (s *service) dispatch(w http.ResponseWriter, r *http.Request, m *message, by caller) {
	s.log.Trace("request", "action", m.action[strings.LastIndex(m.action, "/")+1:], "shell", m.shell)
	if m.action == nsTransfer+"/Create" {
		body, fault := s.create(m, by)
		s.answer(w, m, body, fault)
		return
	}
	handlers := map[string]func(*shell, *message) (string, *soapFault){
		nsTransfer + "/Delete": (*shell).delete, nsShell + "/Command": (*shell).run,
		nsShell + "/Send": (*shell).send, nsShell + "/Signal": (*shell).signal,
	}
	handle := handlers[m.action]
	if handle == nil && m.action != nsShell+"/Receive" {
		s.refuse(w, m, faultAction)
		return
	}
	sh := s.find(m.shell)
	if sh == nil || sh.host != by.host {
		s.refuse(w, m, shellFault(m.shell))
		return
	}
	defer sh.use()()
	if handle == nil {
		sh.receive(w, r, m)
		return
	}
	body, fault := handle(sh, m)
	s.answer(w, m, body, fault)
}

func (s *service) answer(w http.ResponseWriter, m *message, body string, fault *soapFault) {
	if fault != nil {
		s.refuse(w, m, fault)
		return
	}
	write(w, http.StatusOK, envelope(m.action+"Response", newID(), m.id, body))
}

func (s *service) refuse(w http.ResponseWriter, m *message, fault *soapFault) {
	if fault != faultTimeout {
		s.log.Debug("fault", "code", fault.code, "text", fault.text)
	}
	id := ""
	if m != nil {
		id = m.id
	}
	write(w, http.StatusInternalServerError, envelope("http://schemas.dmtf.org/wbem/wsman/1/wsman/fault", newID(), id, fault.body()))
}

// write sends an answer; a client that has gone away is no error of ours.
func write(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/soap+xml;charset=UTF-8")
	w.Header().Set("Content-Length", fmt.Sprint(len(text)))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// newID makes a GUID in the spelling of Windows.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return strings.ToUpper(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

// struck says whether a fault on the wire strikes a host.
func (s *service) struck(host string, kind FaultKind) bool {
	hit := false
	_ = s.estate.Do(func() error {
		hit = s.estate.strike(host, "", "", kind).Kind == kind
		return nil
	})
	return hit
}

// allowed is how many sessions may be at work at once.
func (s *service) allowed() (n int) {
	_ = s.estate.Do(func() error {
		n = s.estate.Limits.Operations
		return nil
	})
	return n
}

// create makes a shell, after it has dropped those that nobody has used for long.
func (s *service) create(m *message, by caller) (string, *soapFault) {
	if !strings.EqualFold(m.resource, resourceCmd) {
		return "", faultResource
	}
	if s.struck(by.host, Quota) {
		return "", faultShells
	}
	idle := idleTimeout
	if e := child(child(m.body, nsShell, "Shell"), nsShell, "IdleTimeOut"); e != nil {
		var err error
		if idle, err = parseDuration(strings.TrimSpace(e.Text())); err != nil {
			return "", schemaFault("IdleTimeOut: " + err.Error())
		}
	}
	sh := s.open(idle, by)
	if sh == nil {
		return "", faultShells
	}
	return `<x:ResourceCreated><a:Address>` + anonymous + `</a:Address><a:ReferenceParameters><w:ResourceURI>` + resourceCmd +
		`</w:ResourceURI><w:SelectorSet><w:Selector Name="ShellId">` + sh.id + `</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>` +
		`<rsp:Shell><rsp:ShellId>` + sh.id + `</rsp:ShellId><rsp:ResourceUri>` + resourceCmd + `</rsp:ResourceUri><rsp:Owner>` + escape(s.gate.login.Username) +
		`</rsp:Owner><rsp:ClientIP>127.0.0.1</rsp:ClientIP><rsp:IdleTimeOut>` + fmt.Sprintf("PT%.3fS", idle.Seconds()) +
		`</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>`, nil
}

// open registers a new shell; nil where there are too many on the host.
func (s *service) open(idle time.Duration, by caller) *shell {
	s.expire()
	now := s.wall()
	s.mu.Lock()
	defer s.mu.Unlock()
	there := 0
	for _, other := range s.shells {
		if other.host == by.host {
			there++
		}
	}
	if there >= maxShells {
		return nil
	}
	ctx, cancel := context.WithCancel(s.ctx)
	sh := &shell{id: newID(), view: by.view, host: by.host, server: s, ctx: ctx, close: cancel, idle: idle, processes: map[string]*process{}, used: now}
	s.shells[sh.id] = sh
	s.tally(func(s *Sessions) { s.Opened++ })
	return sh
}

// expire ends the shells that nobody has used for longer than their idle timeout.
func (s *service) expire() {
	now := s.wall()
	s.mu.Lock()
	var unused []*shell
	for _, sh := range s.shells {
		if sh.expired(now) {
			unused = append(unused, sh)
		}
	}
	s.mu.Unlock()
	for _, sh := range unused {
		sh.end(func(s *Sessions) { s.Expired++ })
	}
}

// find gives a shell that has not expired, nil where there is none.
func (s *service) find(id string) *shell {
	sh := s.known(id)
	if sh != nil && sh.expired(s.wall()) {
		sh.end(func(s *Sessions) { s.Expired++ })
		return nil
	}
	return sh
}

func (s *service) known(id string) *shell {
	s.mu.Lock()
	defer s.mu.Unlock()
	for known, sh := range s.shells {
		if strings.EqualFold(known, id) {
			return sh
		}
	}
	return nil
}

// closeAll ends every shell and waits for their processes.
func (s *service) closeAll() {
	s.expire()
	s.mu.Lock()
	shells := s.shells
	s.shells = map[string]*shell{}
	s.mu.Unlock()
	for _, sh := range shells {
		sh.close()
		sh.mu.Lock()
		for _, p := range sh.processes {
			defer func() { <-p.ended }()
		}
		sh.mu.Unlock()
	}
}
