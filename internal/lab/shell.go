package lab

import (
	"context"
	"encoding/base64"
	"strings"
	"sync"
	"time"

	"github.com/beevik/etree"
)

// A shell holds processes.
type shell struct {
	id     string
	view   string // whose account made it, "" for the plain one
	host   string // as the client called it
	server *service
	ctx    context.Context
	close  context.CancelFunc
	idle   time.Duration // after which it may be dropped

	mu        sync.Mutex
	processes map[string]*process
	asked     int       // requests under way
	used      time.Time // when the last one ended
}

// use begins a request, and gives what ends it.
func (sh *shell) use() (done func()) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.asked++
	return func() {
		now := sh.server.wall()
		sh.mu.Lock()
		defer sh.mu.Unlock()
		sh.asked--
		sh.used = now
	}
}

// expired says whether nobody has used the shell for longer than its idle timeout. A poll that waits uses it.
func (sh *shell) expired(now time.Time) bool {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.asked == 0 && now.Sub(sh.used) > sh.idle
}

// lose drops the shell and ends its processes.
func (sh *shell) lose() { sh.end(func(s *Sessions) { s.Lost++ }) }

// end drops the shell, ends its processes and counts how it came to that.
func (sh *shell) end(count func(*Sessions)) {
	sh.server.mu.Lock()
	if sh.server.shells[sh.id] == sh {
		delete(sh.server.shells, sh.id)
		sh.server.tally(count)
	}
	sh.server.mu.Unlock()
	sh.close()
}

func (sh *shell) delete(*message) (string, *soapFault) {
	sh.end(func(s *Sessions) { s.Closed++ })
	return "", nil
}

// run starts a command line. pywinrm sends the arguments in one element, masterzen/winrm in one each.
func (sh *shell) run(m *message) (string, *soapFault) {
	line := child(m.body, nsShell, "CommandLine")
	if child(line, nsShell, "Command") == nil {
		return "", schemaFault("there is no rsp:Command")
	}
	var words []string
	for _, e := range line.ChildElements() {
		if e.NamespaceURI() == nsShell && (e.Tag == "Command" || e.Tag == "Arguments") {
			words = append(words, strings.TrimSpace(e.Text()))
		}
	}
	id := newID()
	if wanted := line.SelectAttrValue("CommandId", ""); wanted != "" {
		id = strings.ToUpper(wanted)
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if len(sh.processes) >= maxProcesses {
		return "", faultProcesses
	}
	sh.processes[id] = sh.start(id, sh.server.command(strings.Join(words, " ")))
	return `<rsp:CommandResponse><rsp:CommandId>` + escape(id) + `</rsp:CommandId></rsp:CommandResponse>`, nil
}

// process finds the process that an element names in its attribute CommandId.
func (sh *shell) process(e *etree.Element) (*process, *soapFault) {
	if e == nil {
		return nil, schemaFault("the body does not fit the action")
	}
	id := e.SelectAttrValue("CommandId", "")
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if p := sh.processes[strings.ToUpper(id)]; p != nil {
		return p, nil
	}
	return nil, commandFault(id)
}

// send feeds a process's standard input.
func (sh *shell) send(m *message) (string, *soapFault) {
	stream := child(child(m.body, nsShell, "Send"), nsShell, "Stream")
	p, fault := sh.process(stream)
	if fault != nil {
		return "", fault
	}
	if stream.SelectAttrValue("Name", "") != "stdin" {
		return "", schemaFault("input goes to the stream stdin")
	}
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(stream.Text()), ""))
	if err != nil {
		return "", schemaFault("rsp:Stream: " + err.Error())
	}
	if sh.server.struck(sh.host, Throttle) || len(data) > 0 && !sh.server.operations.begin(p, sh.server.allowed()) {
		return "", faultOperations
	}
	if len(data) > 0 {
		if _, err := p.stdin.Write(data); err != nil {
			return "", &soapFault{code: 109, subcode: "w:InternalError", text: "The pipe has been ended. "}
		}
	}
	if strings.EqualFold(stream.SelectAttrValue("End", ""), "true") {
		p.stdin.Close()
	}
	return `<rsp:SendResponse/>`, nil
}

// signal ends a process, or only drops it where it has ended: clients send terminate in both cases (MS-WSMV 3.1.4.14).
func (sh *shell) signal(m *message) (string, *soapFault) {
	signal := child(m.body, nsShell, "Signal")
	p, fault := sh.process(signal)
	if fault != nil {
		return "", fault
	}
	code := ""
	if e := child(signal, nsShell, "Code"); e != nil {
		code = strings.ToLower(strings.TrimSpace(e.Text()))
	}
	switch code[strings.LastIndex(code, "/")+1:] {
	case "terminate":
		sh.mu.Lock()
		delete(sh.processes, p.id)
		sh.mu.Unlock()
		p.kill()
	case "ctrl_c", "ctrl_break":
		p.kill()
	default:
		return "", schemaFault("there is no such signal")
	}
	return `<rsp:SignalResponse/>`, nil
}
