// Package wsmantest is a small WS-Man listener over TLS for tests: shells whose commands are Go functions.
package wsmantest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/pem"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hybrid/internal/wsman"
)

// The account that the server knows.
const (
	Username = "CONTOSO\\svc-hybrid"
	Password = "p'\"$x\u2018\u00e9`"
)

// A Program is one command under way.
type Program struct {
	Command string
	Args    []string
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Done    <-chan struct{} // closed when the command is terminated
}

// A Server is a listener. Set Intercept before the first request.
type Server struct {
	*httptest.Server
	// Intercept sees every request first, by the last word of its action ("Create", "Receive"). If it returns true it
	// has answered.
	Intercept func(action string, w http.ResponseWriter, r *http.Request) bool

	run     func(*Program) int
	mutex   sync.Mutex
	changed *sync.Cond
	shells  map[string]*shell // by shell identifier
	serial  int
	posts   []string
}

// A shell holds one command.
type shell struct {
	stdin          pipe
	stdout, stderr bytes.Buffer
	done           chan struct{}
	over           bool
	ended          bool
	exit           int
}

// New starts a server, over TLS unless plain. It stops with the test's Cleanup.
func New(t interface{ Cleanup(func()) }, run func(*Program) int) *Server {
	s := Unstarted(run)
	s.StartTLS()
	t.Cleanup(s.Stop)
	return s
}

// Unstarted makes a server that the caller starts, and stops by Stop.
func Unstarted(run func(*Program) int) *Server {
	s := &Server{run: run, shells: map[string]*shell{}}
	s.changed = sync.NewCond(&s.mutex)
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.Config.ErrorLog = quiet
	return s
}

// Stop terminates all commands, breaks all connections and closes the server.
func (s *Server) Stop() {
	s.mutex.Lock()
	for _, sh := range s.shells {
		sh.terminate()
	}
	s.mutex.Unlock()
	s.CloseClientConnections()
	s.Close()
}

// Options lead to the server with the right account and certificate.
func (s *Server) Options() wsman.Options {
	host, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	number, _ := strconv.Atoi(port)
	options := wsman.Options{Host: host, Port: number, Username: Username, Password: Password}
	if s.TLS != nil {
		options.CA = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	}
	return options
}

// Actions lists what has been asked so far: "Create", "Command", "Receive" …
func (s *Server) Actions() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.posts)
}

// Shells is how many shells there are.
func (s *Server) Shells() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.shells)
}

// Kill removes all shells, as an administrator or the idle timeout does.
func (s *Server) Kill() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for id, sh := range s.shells {
		sh.terminate()
		delete(s.shells, id)
	}
	s.changed.Broadcast()
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var m message
	if err == nil {
		err = xml.Unmarshal(body, &m)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	action := path.Base(m.Header.Action)
	s.mutex.Lock()
	s.posts = append(s.posts, action)
	s.mutex.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	if s.Intercept != nil && s.Intercept(action, w, r) {
		return
	}
	if user, password, _ := r.BasicAuth(); user != Username || password != Password {
		w.Header().Add("WWW-Authenticate", "Negotiate")
		w.Header().Add("WWW-Authenticate", `Basic realm="WSMAN"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.act(action, &m, w, r)
}

func (s *Server) act(action string, m *message, w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if action == "Create" {
		s.create(m, w)
		return
	}
	sh := s.shells[m.Header.Selector]
	if sh == nil {
		Fault(w, 2150858843, "w:InvalidSelectors", "The request for the Windows Remote Shell with ShellId "+m.Header.Selector+" failed because the shell was not found on the server.")
		return
	}
	switch action {
	case "Command":
		s.start(sh, m)
		answer(w, m, `<rsp:CommandResponse><rsp:CommandId>C-`+m.Header.Selector+`</rsp:CommandId></rsp:CommandResponse>`)
	case "Send":
		data, _ := base64.StdEncoding.DecodeString(m.Body.Stream.Data)
		sh.stdin.put(data, m.Body.Stream.End == "true")
		answer(w, m, `<rsp:SendResponse/>`)
	case "Receive":
		s.receive(sh, m, w, r)
	case "Signal":
		sh.terminate()
		answer(w, m, `<rsp:SignalResponse/>`)
	case "Delete":
		sh.terminate()
		delete(s.shells, m.Header.Selector)
		s.changed.Broadcast()
		answer(w, m, ``)
	}
}

func (s *Server) create(m *message, w http.ResponseWriter) {
	s.serial++
	id := fmt.Sprintf("%08X-0000-0000-0000-000000000000", s.serial)
	s.shells[id] = &shell{done: make(chan struct{})}
	answer(w, m, `<x:ResourceCreated><a:ReferenceParameters><w:SelectorSet><w:Selector Name="ShellId">`+id+
		`</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated><rsp:Shell><rsp:ShellId>`+id+`</rsp:ShellId></rsp:Shell>`)
}

func (s *Server) start(sh *shell, m *message) {
	program := &Program{
		Command: m.Body.Command, Args: m.Body.Args, Stdin: &sh.stdin, Done: sh.done,
		Stdout: writer{s, &sh.stdout}, Stderr: writer{s, &sh.stderr},
	}
	go func() {
		exit := s.run(program)
		s.mutex.Lock()
		defer s.mutex.Unlock()
		sh.ended, sh.exit = true, exit
		s.changed.Broadcast()
	}()
}

// receive holds the poll until there is something to tell, or its time is over.
func (s *Server) receive(sh *shell, m *message, w http.ResponseWriter, r *http.Request) {
	wait, err := time.ParseDuration(strings.ToLower(strings.TrimPrefix(m.Header.Timeout, "PT")))
	if err != nil {
		wait = time.Minute
	}
	over := time.AfterFunc(wait, s.wake)
	defer over.Stop()
	defer context.AfterFunc(r.Context(), s.wake)()
	until := time.Now().Add(wait)
	for sh.stdout.Len() == 0 && sh.stderr.Len() == 0 && !sh.ended {
		switch {
		case r.Context().Err() != nil:
			return
		case s.shells[m.Header.Selector] != sh:
			Fault(w, 995, "w:InternalError", "The I/O operation has been aborted because of either a thread exit or an application request.")
			return
		case !time.Now().Before(until):
			Fault(w, wsman.CodeOperationTimeout, "w:TimedOut", "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.")
			return
		}
		s.changed.Wait()
	}
	answer(w, m, `<rsp:ReceiveResponse>`+sh.take()+`</rsp:ReceiveResponse>`)
}

func (s *Server) wake() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.changed.Broadcast()
}

// mostOutput is what one answer may carry, in bytes: what fits the default envelope.
const mostOutput = 110_000

func (sh *shell) take() string {
	var b strings.Builder
	for _, out := range []struct {
		name string
		from *bytes.Buffer
	}{{"stdout", &sh.stdout}, {"stderr", &sh.stderr}} {
		if out.from.Len() > 0 {
			fmt.Fprintf(&b, `<rsp:Stream Name=%q CommandId="C">%s</rsp:Stream>`, out.name, base64.StdEncoding.EncodeToString(out.from.Next(mostOutput)))
		}
	}
	state := "Running"
	if sh.ended && sh.stdout.Len() == 0 {
		state = "Done"
	}
	fmt.Fprintf(&b, `<rsp:CommandState CommandId="C" State="http://schemas.microsoft.com/wbem/wsman/1/windows/shell/CommandState/%s">`, state)
	if state == "Done" {
		fmt.Fprintf(&b, `<rsp:ExitCode>%d</rsp:ExitCode>`, sh.exit)
	}
	return b.String() + `</rsp:CommandState>`
}

func (sh *shell) terminate() {
	if !sh.over {
		sh.over = true
		close(sh.done)
	}
	sh.stdin.put(nil, true)
}

// A writer is a command's output.
type writer struct {
	server *Server
	to     *bytes.Buffer
}

func (w writer) Write(b []byte) (int, error) {
	w.server.mutex.Lock()
	defer w.server.mutex.Unlock()
	defer w.server.changed.Broadcast()
	return w.to.Write(b)
}
