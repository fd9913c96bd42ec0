package powershell

import (
	"slices"
	"strings"
)

// A NoSessionError says that no session could be opened on any host, or that none is tried any more because the
// credentials were refused. Whatever is asked meanwhile fails alike.
type NoSessionError struct{ Hosts []HostError }

// A HostError says why no session could be opened on one host.
type HostError struct {
	Host string // as it is written in messages, with its port
	Err  error
}

func (e *NoSessionError) Error() string {
	lines := make([]string, len(e.Hosts))
	for n, h := range e.Hosts {
		lines[n] = h.Error()
	}
	slices.Sort(lines) // hosts take turns in being tried first, and that is nobody's concern
	return strings.Join(lines, "\n")
}

// Unwrap gives what happened on each host.
func (e *NoSessionError) Unwrap() []error {
	all := make([]error, len(e.Hosts))
	for n, h := range e.Hosts {
		all[n] = h.Err
	}
	return all
}

// Outage marks the error as one that is not about what was asked.
func (e *NoSessionError) Outage() {}

// Error names the host once: the errors below mostly begin with it.
func (e HostError) Error() string {
	text := e.Err.Error()
	if strings.HasPrefix(text, e.Host+" ") {
		return text
	}
	return "no session on " + e.Host + ": " + strings.TrimPrefix(text, e.Host+": ")
}
