package powershell

import (
	"context"
	"io"

	"hybrid/internal/wsman"
)

// A Host is where sessions run. A Host that is an [io.Closer] is closed with the pool that it was given to.
type Host interface {
	// Start runs a command; ctx bounds the start only.
	Start(ctx context.Context, command string, args ...string) (Process, error)
	// String names the host in messages.
	String() string
}

// A Process is what runs on a host. One goroutine may read while another writes.
type Process interface {
	io.Reader // standard output

	// WriteContext writes to standard input. An error that has a method Delivered() bool tells whether anything may
	// have arrived; without one it may.
	WriteContext(ctx context.Context, b []byte) (int, error)
	// Stderr is the end of what it has written to standard error.
	Stderr() string
	// ExitCode is known once the process has ended by itself.
	ExitCode() (code int, known bool)
	// Close ends it, in a few seconds at most. Reads and writes under way return.
	Close() error
}

// WinRM is a Windows host with a WS-Man listener. It contacts nothing.
func WinRM(options wsman.Options) (Host, error) {
	host, err := wsman.New(options)
	if err != nil {
		return nil, err
	}
	return winRM{host}, nil
}

type winRM struct{ *wsman.Host }

func (h winRM) Start(ctx context.Context, command string, args ...string) (Process, error) {
	process, err := h.Host.Start(ctx, command, args...)
	if err != nil {
		return nil, err // not a Process that holds nil
	}
	return process, nil
}
