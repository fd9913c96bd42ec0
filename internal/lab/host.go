package lab

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// A host is a simulated Windows PowerShell in which the host agent runs. It speaks the agent's protocol: the first
// line of input is the agent itself in base64, then there is one JSON request a line.
type host struct {
	simulator *simulator
	login     Login // what a pool's endpoint takes
	process   *process
	answers   *answers
	allowed   map[string]bool // the list fixed by the last open; nil before it
	endpoint  bool            // its cmdlets are those of a pool's endpoint
	connected bool            // has signed in to the tenant
	console   *dnsConsole     // what the session's cmdlets are of, where it has the module DnsServer
}

// A Login is the one account that the lab's hosts know.
type Login struct{ Username, Password string }

// A request is one line of input.
type request struct {
	ID   json.RawMessage `json:"id"`
	Open *struct {
		Modules    []string `json:"modules"`
		Endpoint   string   `json:"endpoint"`
		Credential any      `json:"credential"`
		Cmdlets    []string `json:"cmdlets"`
	} `json:"open"`
	invocation
	Select []string `json:"select"`
}

// An invocation is a cmdlet call as data.
type invocation struct {
	Cmdlet     string         `json:"cmdlet"`
	Parameters map[string]any `json:"parameters"`
}

// program is what `powershell.exe -EncodedCommand <bootstrap>` runs.
func (h host) program(p *process) int {
	h.process, h.answers = p, newAnswers(p.stream("stdout"))
	h.answers.ends = func() { p.shell.server.operations.end(p) }
	lines := bufio.NewReaderSize(p.stdin, 1<<16)
	if err := expectAgent(lines); err != nil {
		fmt.Fprintf(p.stream("stderr"), "%v\r\n", err)
		return 1
	}
	h.slow()
	if err := h.answers.hello(); err != nil {
		return 1
	}
	for {
		line, err := lines.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			if h.serve(line) != nil {
				return 1
			}
		}
		if err != nil || p.ctx.Err() != nil {
			return 0
		}
	}
}

// expectAgent reads the agent's source, which the lab does not run: it only sees that something like it came.
func expectAgent(lines *bufio.Reader) error {
	line, err := lines.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	source, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
	if err != nil {
		return errors.New(`Exception calling "FromBase64String" with "1" argument(s): "The input is not a valid Base-64 string."`)
	}
	if !bytes.Contains(source, []byte("#hybrid j")) {
		return errors.New("The first line of input is not the host agent, and the lab runs no other scripts.")
	}
	return nil
}

// serve answers one line. An error means that nobody takes the answers any more.
func (h *host) serve(line []byte) error {
	began := time.Now()
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return h.answers.done(json.RawMessage("null"), millis(began), &Failure{
			Message: "Conversion from JSON failed with error: " + err.Error(), Type: "System.ArgumentException", Category: "NotSpecified",
			Kind: "System.ArgumentException,Microsoft.PowerShell.Commands.ConvertFromJsonCommand",
		})
	}
	if len(r.ID) == 0 {
		r.ID = json.RawMessage("null")
	}
	if r.Open != nil {
		failure, err := h.open(&r)
		return errors.Join(err, h.answers.done(r.ID, millis(began), failure))
	}
	return h.call(&r, began)
}

func millis(since time.Time) int64 { return time.Since(since).Milliseconds() }

// open fixes the list of what may be called and answers with what exists of it.
func (h *host) open(r *request) (*Failure, error) {
	if r.Open.Endpoint != "" && !h.login.is(r.Open.Credential) {
		return &Failure{
			Message: "Connecting to remote server " + r.Open.Endpoint + " failed with the following error message : Access is denied.",
			Kind:    "AccessDenied,PSSessionOpenFailed", Category: "OpenError",
			Type: "System.Management.Automation.Remoting.PSRemotingTransportException",
		}, nil
	}
	for _, name := range r.Open.Modules {
		if other := h.simulator.beside(name); other != nil {
			h.simulator = other
			continue
		}
		if strings.EqualFold(name, dnsModule) {
			h.console = &dnsConsole{estate: h.simulator.estate, tables: h.simulator.dnsTables, server: h.simulator.dns[h.process.shell.view]}
			continue
		}
		if !strings.EqualFold(name, serversModule) && !strings.EqualFold(name, "Lync") {
			return &Failure{
				Message: "The specified module '" + name + "' was not loaded because no valid module file was found in any module directory.",
				Kind:    "Modules_ModuleNotFound,Microsoft.PowerShell.Commands.ImportModuleCommand", Category: "ResourceUnavailable",
				Type: "System.IO.FileNotFoundException",
			}, nil
		}
	}
	h.allowed, h.endpoint = map[string]bool{}, r.Open.Endpoint != ""
	var found []any
	for _, name := range r.Open.Cmdlets {
		if h.has(name) && !h.allowed[strings.ToLower(name)] {
			h.allowed[strings.ToLower(name)] = true
			found = append(found, name)
		}
	}
	return nil, h.answers.rows(r.ID, len(found), func(b []byte, n int) []byte { return appendValue(b, found[n]) })
}

func (h *host) has(cmdlet string) bool {
	missing := h.strike(cmdlet, nil, Missing)
	if missing.Kind != "" || h.ofHost(cmdlet) != nil {
		return missing.Kind == ""
	}
	if h.console != nil {
		return h.console.has(cmdlet)
	}
	return h.simulator.has(cmdlet)
}

// is says whether a credential parameter holds the login.
func (l Login) is(credential any) bool {
	outer, _ := credential.(map[string]any)
	inner, _ := outer["$credential"].(map[string]any)
	return inner["username"] == l.Username && inner["password"] == l.Password
}

// invoke runs a cmdlet, with what its parameters call first.
func (h *host) invoke(i invocation, stale bool) (output, error) {
	if !h.allowed[strings.ToLower(i.Cmdlet)] {
		text := "cmdlet '" + i.Cmdlet + "' is not on the agent's list"
		return output{}, &Failure{Message: text, Kind: text, Category: "OperationStopped", Type: "System.Management.Automation.RuntimeException"}
	}
	params := make(map[string]any, len(i.Parameters))
	for name, value := range i.Parameters {
		made, err := h.argument(value)
		if err != nil {
			return output{}, err
		}
		params[name] = made
	}
	switch {
	case h.ofHost(i.Cmdlet) != nil:
		return h.onHost(i.Cmdlet, params)
	case h.console != nil:
		return h.console.run(i.Cmdlet, params)
	case h.simulator.module == teamsModule:
		return h.inTenant(i.Cmdlet, params, stale)
	}
	return h.simulator.run(i.Cmdlet, params, stale)
}

// argument makes a parameter's value: {"$call": …} is what that cmdlet returns.
func (h *host) argument(value any) (any, error) {
	table, ok := value.(map[string]any)
	if !ok || len(table) != 1 || table["$call"] == nil {
		return value, nil
	}
	text, err := json.Marshal(table["$call"])
	if err != nil {
		return nil, err
	}
	var inner invocation
	if err := json.Unmarshal(text, &inner); err != nil {
		return nil, err
	}
	out, err := h.invoke(inner, false)
	if err != nil || len(out.objects) != 1 {
		return nil, err
	}
	return out.objects[0], nil
}

// write answers with what a cmdlet gave.
func (h *host) write(r *request, out output) error {
	for _, text := range out.console {
		if _, err := fmt.Fprintf(h.process.stream("stdout"), "%s\r\n", text); err != nil {
			return err
		}
	}
	for _, text := range out.warnings {
		if err := h.answers.warning(r.ID, text); err != nil {
			return err
		}
	}
	if err := h.answers.objects(r.ID, out.objects, r.Select); err != nil {
		return err
	}
	if err := h.answers.rows(r.ID, len(out.texts), func(b []byte, n int) []byte { return appendValue(b, out.texts[n]) }); err != nil {
		return err
	}
	if err := h.answers.accounts(r.ID, out.accounts, r.Select); err != nil {
		return err
	}
	return h.answers.online(r.ID, out.online, r.Select)
}
